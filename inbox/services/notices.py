"""What the inbox tells people under their bell."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, Notification, User
from accounts.services import notice_step, notify
from inbox.models import Conversation, OutboundPart
from inbox.models.conversation import PathOf
from inbox.waiting import LONG_WAIT_MINUTES
from omnichat.lib.sql import Of, Step

Kind = Notification.Kind
LONG_WAIT = timedelta(minutes=LONG_WAIT_MINUTES)
BATCH = 200
QUEUE_EVERY = timedelta(hours=1)  # a queue that stays too long is told again after this


def assigned_notice_steps(
    conversation: Conversation,
    *,
    assignee_id: int,
    assignment: Of,
    by: User | None,
    at: datetime,
) -> list[Step]:
    """To tell who got a conversation, unless they took it; their pages are told with the row."""
    if by is not None and by.pk == assignee_id:
        return []
    return [
        notice_step(
            user_ids=[assignee_id],
            kind=Kind.ASSIGNED,
            path=conversation.path,
            dedup_key=assignment._replace(before="assigned:"),
            params={"contact": conversation.contact.name, "by": by.display_name if by else ""},
            at=at,
        )
    ]


def tell_not_delivered(part: OutboundPart, *, claim: str) -> None:
    """Tell the author that a part has failed for good; `claim` names the try, see lib.jobs.

    Call in the transaction that writes it; a part that fails again after "send again" is told
    again.
    """
    notify(
        user_ids=[part.message.author_id],
        kind=Kind.FAILED,
        path=part.conversation.path,
        dedup_key=f"failed:{part.pk}:{claim}",
        params={"contact": part.conversation.contact.name},
    )


def tell_long_waits(*, at: datetime | None = None) -> int:
    """Tell assignees of customers who wait too long, and leads of queues that do; how many.

    Safe to repeat: an assignee is told once for one stretch of waiting, whoever runs this, and
    not if a deadline has told them of it.
    """
    at = at or timezone.now()
    return _tell_assignees(at) + _tell_leads(at)


def _long_waits(at: datetime):
    late = Conversation.objects.filter(
        status=Conversation.Status.OPEN, waiting_since__lt=at - LONG_WAIT
    )
    return late.order_by("waiting_since", "pk")


def _tell_assignees(at: datetime) -> int:
    """The oldest BATCH of which nobody told them; those behind wait for the next look."""
    late = _long_waits(at).filter(assignee__is_active=True, assignee__notify_waiting=True)
    known = Notification.objects.filter(
        kind=Kind.WAITING,
        user=OuterRef("assignee"),
        path=PathOf(OuterRef("public_id")),
        created_at__gt=OuterRef("waiting_since"),
    )
    told = 0
    for row in late.filter(~Exists(known)).select_related("contact")[:BATCH]:
        with transaction.atomic():
            told += len(
                notify(
                    user_ids=[row.assignee_id],
                    kind=Kind.WAITING,
                    path=row.path,
                    dedup_key=f"waiting:{row.pk}:{int(row.waiting_since.timestamp())}",
                    params={"contact": row.contact.name, "minutes": LONG_WAIT_MINUTES},
                    at=at,
                    replaces=True,
                )
            )
    return told


def _tell_leads(at: datetime) -> int:
    """One notification for a queue, not one for each row of it, and one in an hour."""
    late = _long_waits(at).filter(assignee=None).order_by()
    counts = dict(late.values_list("department").annotate(Count("pk")))
    names = dict(Department.objects.filter(pk__in=counts).values_list("pk", "name"))
    told = 0
    for department_id, count in counts.items():
        queue = f"queue:{department_id or 0}:"
        just_told = Notification.objects.filter(
            kind=Kind.QUEUE, dedup_key__startswith=queue, created_at__gt=at - QUEUE_EVERY
        )
        leads = _leads_of(department_id).exclude(pk__in=just_told.values("user"))
        scope = "department" if department_id else "all"
        with transaction.atomic():
            told += len(
                notify(
                    user_ids=list(leads.values_list("pk", flat=True)),
                    kind=Kind.QUEUE,
                    path=f"{reverse('inbox:conversation_list')}?scope={scope}&status=open",
                    # The hour keeps two workers at one moment from telling it twice.
                    dedup_key=f"{queue}{int(at.timestamp() // QUEUE_EVERY.total_seconds())}",
                    params={
                        "department": names.get(department_id, ""),
                        "count": count,
                        "minutes": LONG_WAIT_MINUTES,
                    },
                    at=at,
                )
            )
    return told


def _leads_of(department_id: int | None):
    """Who asked to hear of this queue: its managers; of the common one, administrators."""
    leads = User.objects.filter(is_active=True, notify_queue=True)
    if department_id is None:
        return leads.filter(role=User.Role.ADMIN)
    return leads.filter(
        Q(role=User.Role.MANAGER, department=department_id) | Q(role=User.Role.ADMIN)
    )
