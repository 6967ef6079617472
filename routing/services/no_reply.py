"""Taking away what somebody did not answer in time, until a lead has to decide."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import OperationalError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from inbox.models import Conversation, Viewer
from inbox.services.viewers import SHOWN_FOR
from omnichat.lib.aside import Aside
from routing.models import Assignment
from routing.policies import stored_policies
from routing.services.draining import assign_next
from routing.services.release import release_one

logger = logging.getLogger(__name__)

BATCH = 200
_aside = Aside()


def take_away_unanswered(
    *, at: datetime | None = None, steady_since: datetime | None = None
) -> int:
    """Give to somebody else what was not answered for as long as its department allows; how many.

    What a person assigned or took stays, and what is being answered at this moment. After as
    many people as the policy says it is put aside, and the leads are told. Time before
    `steady_since` does not count: after a gap everybody has the whole time once more, or a jump of
    the clock by an hour would take everything from everybody at once. Safe to repeat, safe in
    several workers at once.
    """
    at = at or timezone.now()
    taken = 0
    for department_id, policy in stored_policies().by_department.items():
        if policy.no_reply_minutes is None or policy.is_claim:
            continue
        before = at - timedelta(minutes=policy.no_reply_minutes)
        if steady_since is not None and steady_since > before:
            continue
        late = _unanswered(department_id, before, at)
        for pk, assignee_id in _first(late, at):
            try:
                taken += _take_away(pk, assignee_id, late)
            except OperationalError:  # the database's fault, not the row's
                logger.exception("conversation %s could not be taken away now", pk)
            except Exception:  # a job loop: one bad row must not stop those behind it
                logger.exception("conversation %s could not be taken away", pk)
                _aside.put(pk, at)
    return taken


def _first(late: QuerySet[Conversation], at: datetime) -> list[tuple[int, int]]:
    """The oldest, without those that failed a moment ago."""
    rows = late.exclude(pk__in=_aside.ids(at))
    return list(rows.values_list("pk", "assignee_id")[:BATCH])


def _take_away(conversation_id: int, assignee_id: int, late: QuerySet[Conversation]) -> bool:
    """Look again behind the lock: answered by now, or given anew by another worker, it stays."""
    why = Assignment.EndReason.NO_REPLY
    taken = release_one(conversation_id, why, only_from=assignee_id, only_if=late)
    if taken:
        # Those before it in the queue had their turn; now its own fate, should they be full.
        assign_next(conversation_id=conversation_id)
    return taken


def _unanswered(department_id: int, before: datetime, at: datetime) -> QuerySet[Conversation]:
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
