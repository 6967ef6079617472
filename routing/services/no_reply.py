"""Taking away what somebody did not answer in time, until a lead has to decide."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Notification, User
from accounts.services import notify
from inbox.models import Conversation, Viewer
from inbox.services.viewers import SHOWN_FOR
from routing.models import Assignment
from routing.policies import stored_policies
from routing.services.release import release_one

BATCH = 200


def take_away_unanswered(*, at: datetime | None = None) -> int:
    """Give to somebody else what was not answered for as long as its department allows; how many.

    What a person assigned or took stays, and what is being answered at this moment. After as
    many people as the policy says it is put aside, and the leads are told. Safe to repeat, safe
    in several workers at once.
    """
    at = at or timezone.now()
    taken = 0
    for department_id, policy in stored_policies().by_department.items():
        if policy.no_reply_minutes is None or policy.is_claim:
            continue
        late = _unanswered(department_id, at - timedelta(minutes=policy.no_reply_minutes), at)
        for pk, assignee_id in list(late.values_list("pk", "assignee_id")[:BATCH]):
            if release_one(pk, Assignment.EndReason.NO_REPLY, only_from=assignee_id):
                taken += 1
                _tell_if_parked(pk, at)
    return taken


def _unanswered(department_id: int, before: datetime, at: datetime):
    """Given by the program before then, and the customer waits since before then."""
    given = Assignment.objects.filter(
        conversation=OuterRef("pk"),
        assignee=OuterRef("assignee"),
        ended_at=None,
        assigned_by=None,
        assigned_at__lte=before,
    )
    writes = Viewer.objects.filter(
        conversation=OuterRef("pk"), user=OuterRef("assignee"), typing_at__gt=at - SHOWN_FOR
    )
    mine = Conversation.objects.filter(
        Exists(given),
        ~Exists(writes),
        status=Conversation.Status.OPEN,
        department=department_id,
        waiting_since__lte=before,
    ).exclude(assignee=None)
    mine = mine.exclude(woken_at__gt=before)  # put off, nobody could answer it
    return mine.order_by("waiting_since", "pk")


@transaction.atomic
def _tell_if_parked(conversation_id: int, at: datetime) -> None:
    parked = Conversation.objects.filter(
        pk=conversation_id, waiting_reason=Conversation.WaitingReason.PARKED, assignee=None
    )
    conversation = parked.select_related("contact").first()
    if conversation is None:
        return
    count = conversation.waiting_params.get("count", 0)
    notify(
        user_ids=_leads_of(conversation.department_id),
        kind=Notification.Kind.WAITING,
        path=conversation.path,
        dedup_key=f"parked:{conversation.pk}:{conversation.cycle_number}:{count}",
        params={"contact": conversation.contact.name, "what": "parked", "count": count},
        at=at,
    )


def _leads_of(department_id: int | None) -> list[int]:
    """Its managers; administrators where it has none."""
    active = User.objects.filter(is_active=True)
    managers = active.filter(role=User.Role.MANAGER, department=department_id)
    leads = managers if managers.exists() else active.filter(role=User.Role.ADMIN)
    return list(leads.values_list("pk", flat=True))
