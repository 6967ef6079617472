"""Naming who decides requests while a manager is away, and ending that."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import record
from omnichat.lib.errors import DomainError
from workforce.models import Delegation
from workforce.services.months import NotTheirs
from workforce.shift_times import DAY

MAX_DAYS = 366  # of one deputy at a time
TOLD_DAYS = "%d/%m/%Y"


class BadDelegation(DomainError):
    code = "bad_delegation"
    status = 400


class DeputyOverlaps(DomainError):
    code = "deputy_overlaps"


class DelegationOver(DomainError):
    code = "delegation_over"


def managers() -> QuerySet[User]:
    """Return those for whom a deputy can be named."""
    return User.objects.filter(is_active=True, role=User.Role.MANAGER)


def possible_deputies() -> QuerySet[User]:
    """Return those who may stand in for a manager, of whatever department."""
    return User.objects.filter(is_active=True, role__in=[User.Role.MANAGER, User.Role.ADMIN])


@transaction.atomic
def name_deputy(
    *,
    user: User,
    deputy: User,
    first: date,
    last: date,
    actor: User,
    ip: str | None = None,
    at: datetime | None = None,
) -> Delegation:
    """Let a deputy decide what waits for a manager from `first` to `last`, both included.

    Locks the manager. Raises NotTheirs, BadDelegation with its field, DeputyOverlaps.
    """
    at = at or timezone.now()
    _require_own(actor, user)
    _refuse_bad_days(first, last, timezone.localdate(at))
    _lock(user)
    if not managers().filter(pk=user.pk).exists():
        raise BadDelegation(_("A deputy is named for a manager who is active."), field="user")
    if deputy.pk == user.pk:
        raise BadDelegation(_("Nobody is their own deputy: choose somebody else."), field="deputy")
    if not possible_deputies().filter(pk=deputy.pk).exists():
        text = _("A deputy is an active manager or administrator.")
        raise BadDelegation(text, field="deputy")
    _refuse_overlap(user, first, last)
    row = Delegation.objects.create(user=user, deputy=deputy, first=first, last=last, created_at=at)
    record("deputy_named", actor=actor, target=user, changes=_shown(row), ip=ip)
    return row


@transaction.atomic
def end_delegation(
    *, delegation: Delegation, actor: User, ip: str | None = None, at: datetime | None = None
) -> Delegation | None:
    """End what a deputy does for a manager: yesterday was the last day; None if none is left.

    Locks the manager. Raises NotTheirs, and DelegationOver for what has ended or is gone.
    """
    today = timezone.localdate(at)
    _require_own(actor, delegation.user)
    _lock(delegation.user)
    rows = Delegation.objects.filter(pk=delegation.pk, last__gte=today)
    row = rows.select_related("user", "deputy").first()
    if row is None:
        raise DelegationOver(_("This deputy's time is over already."))
    record("deputy_ended", actor=actor, target=row.user, changes=_shown(row), ip=ip)
    if row.first >= today:
        row.delete()
        return None
    row.last = today - DAY
    row.save(update_fields=["last"])
    return row


def may_end_delegation(*, delegation: Delegation, actor: User) -> bool:
    """Whether this person may end it: the manager who named the deputy, and administrators."""
    return actor.is_admin or (actor.is_manager and actor.pk == delegation.user_id)


def _require_own(actor: User, user: User) -> None:
    if not (actor.is_admin or (actor.is_manager and actor.pk == user.pk)):
        raise NotTheirs(_("Only an administrator can do this for another manager."))


def _lock(user: User) -> None:
    """Let one who names a deputy for this manager follow the other."""
    list(User.objects.filter(pk=user.pk).select_for_update(no_key=True).values_list("pk"))


def _refuse_bad_days(first: date, last: date, today: date) -> None:
    if last < first:
        raise BadDelegation(_("The last day is before the first."), field="last")
    if first < today:
        raise BadDelegation(_("The first day is over: begin today or later."), field="first")
    if (last - first).days >= MAX_DAYS:
        raise BadDelegation(_("Longer than a year: name the deputy again then."), field="last")


def _refuse_overlap(user: User, first: date, last: date) -> None:
    """Refuse days that have a deputy already: who decides must be one person."""
    others = Delegation.objects.filter(user=user, first__lte=last, last__gte=first)
    if other := others.select_related("deputy").first():
        text = _("%(deputy)s is the deputy already from %(first)s to %(last)s.")
        days = {"first": f"{other.first:{TOLD_DAYS}}", "last": f"{other.last:{TOLD_DAYS}}"}
        raise DeputyOverlaps(text % {"deputy": other.deputy, **days}, field="first")


def _shown(row: Delegation) -> dict[str, str]:
    return {
        "deputy": str(row.deputy),
        "first": row.first.isoformat(),
        "last": row.last.isoformat(),
    }
