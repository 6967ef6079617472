"""Canned replies: writing them, finding them, counting how often they help."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.services import require_managed
from inbox.models import CannedReply, CannedReplyUse, Conversation
from omnichat.lib.errors import DomainError

COUNTED_FOR = timedelta(days=30)


class CannedReplyExists(DomainError):
    code = "canned_reply_exists"


@transaction.atomic
def create_canned_reply(
    *,
    actor: User,
    department: Department | None,
    shortcut: str,
    title: str,
    text: str,
    is_active: bool = True,
) -> CannedReply:
    """Add one for a department, or for all (None: administrators).

    Raises NotYourDepartment, CannedReplyExists.
    """
    _require_managed(department and department.pk, actor)
    row = CannedReply(
        department=department, shortcut=shortcut, title=title, text=text, is_active=is_active
    )
    return _save(row, actor)


@transaction.atomic
def update_canned_reply(*, canned_reply: CannedReply, actor: User, **changes) -> CannedReply:
    """Change one; where it stands and where it goes must be the actor's.

    Raises NotYourDepartment, CannedReplyExists.
    """
    row = CannedReply.objects.select_for_update(no_key=True).get(pk=canned_reply.pk)
    _require_managed(row.department_id, actor)
    for name, value in changes.items():
        setattr(row, name, value)
    _require_managed(row.department_id, actor)
    return _save(row, actor)


@transaction.atomic
def delete_canned_reply(*, canned_reply: CannedReply, actor: User) -> None:
    """Remove one with its counts; what was sent with it stays. Raises NotYourDepartment."""
    _require_managed(canned_reply.department_id, actor)
    CannedReply.objects.filter(pk=canned_reply.pk).delete()


def count_use(*, canned_id: int, user: User) -> None:
    """Count one reply sent with it; call inside its transaction. Gone or not theirs: nothing."""
    row = CannedReply.objects.visible_to(user).filter(pk=canned_id).first()
    if row is not None:
        CannedReplyUse.objects.create(canned_reply=row, user=user)


def canned_for(conversation: Conversation, user: User, *, at: datetime | None = None):
    """Those in use that fit the conversation and the person, the most used first."""
    rows = CannedReply.objects.visible_to(user).filter(is_active=True)
    if user.is_admin and conversation.department_id:
        rows = rows.filter(Q(department=conversation.department_id) | Q(department=None))
    return with_uses(rows, at=at).order_by("-use_count", "shortcut", "pk")


def with_uses(rows, *, at: datetime | None = None):
    """Each with `use_count`: how many replies of the last 30 days were sent with it."""
    since = (at or timezone.now()) - COUNTED_FOR
    return rows.annotate(use_count=Count("uses", filter=Q(uses__used_at__gte=since)))


def _require_managed(department_id: int | None, actor: User) -> None:
    text = _("You can only change canned replies of your own department.")
    require_managed([department_id], actor, text, field="department")


def _save(row: CannedReply, actor: User) -> CannedReply:
    row.updated_by, row.updated_at = actor, timezone.now()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise CannedReplyExists(
            _("This shortcut is taken already in this department."), field="shortcut"
        ) from error
    return row
