"""Telling people that a deadline comes or is missed, and what follows at the deadline.

What is noticed long after its moment (the worker was away, or the server's clock was set forward)
and what comes in a crowd is told each person in one line instead of one for each, and nothing is
done about it by itself: a jump of the clock must neither ring hundreds of bells nor take
everybody's conversations away.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification
from accounts.services import notify
from inbox.models import Conversation
from inbox.services import raise_priority
from inbox.services.conversations import lock_conversation
from routing.models import Assignment, Metric, SlaClock, SlaPolicy
from routing.services.leads import leads_of
from routing.services.release import release_one
from routing.services.sla_chunks import in_chunks
from routing.services.sla_clock_row import next_look, thresholds_of
from routing.sla_clocks import DUE, RISK

logger = logging.getLogger(__name__)

BATCH = 200
CHUNK = 50
LATE = timedelta(minutes=5)
# To one person in one pass; more are told in one line.
MAX_EACH = 3
CROWD_EVERY = timedelta(hours=1)
# For leads too: what their queue comes to (`queue`) is told only to those who asked for it.
KIND = Notification.Kind.WAITING
Action = SlaPolicy.BreachAction
EndReason = Assignment.EndReason


@dataclass(frozen=True, slots=True)
class Warning:
    """That a clock reached a share of its promise."""

    clock: SlaClock
    percent: int
    moment: datetime
    is_late: bool

    @property
    def conversation(self) -> Conversation:
        return self.clock.conversation


def warn_deadlines(*, at: datetime | None = None, limit: int = BATCH) -> int:
    """Warn at half, at risk and at the deadline, once each; returns how many clocks said so.

    The assignee hears at 50 and 80 percent and at the deadline, the leads at 80 and at the
    deadline. Locks the conversations, leaves those that somebody else holds. Where business hours
    begin or end, the conversation's clocks are looked at again.
    """
    at = at or timezone.now()
    due = SlaClock.objects.open().filter(look_at__lte=at).order_by("look_at", "pk")
    ids = list(due.values_list("pk", flat=True)[:limit])
    again = partial(_look_again, at=at + LATE)
    warned = [one for some in in_chunks(ids, CHUNK, partial(_warn, at=at), again) for one in some]
    act_at_deadlines(at=at, limit=limit)
    return len(warned)


def act_at_deadlines(*, at: datetime, limit: int = BATCH) -> int:
    """Do what policies want at a missed deadline; returns for how many clocks it was settled.

    What is to be done is written down with the warning, so a worker that dies in between leaves it
    to the next. Nothing is done once the promise is over or the deadline is long past.
    """
    to_do = SlaClock.objects.filter(is_action_due=True).order_by("pk")
    clocks = list(to_do.select_related("policy", "conversation")[:limit])
    return sum(_settle(clock, at) for clock in clocks)


def _look_again(clock_id: int, *, at: datetime) -> None:
    SlaClock.objects.filter(pk=clock_id).update(look_at=at)


@transaction.atomic
def _warn(clock_ids: list[int], *, at: datetime) -> list[Warning]:
    """Write down that these clocks were told about, and tell it."""
    ids = SlaClock.objects.filter(pk__in=clock_ids).values("conversation")
    rows = Conversation.objects.filter(pk__in=ids).order_by("pk")
    rows = rows.select_related("contact").select_for_update(
        no_key=True, skip_locked=True, of=("self",)
    )
    conversations = {row.pk: row for row in rows}
    clocks = SlaClock.objects.open().filter(
        pk__in=clock_ids, conversation__in=conversations, look_at__lte=at
    )
    warned, seen = [], []
    for clock in clocks.select_related("policy").order_by("pk"):
        clock.conversation = conversations[clock.conversation_id]
        if warning := _reached(clock, at):
            warned.append(warning)
        # Opening and closing are worked out with the hours, by whoever follows the clocks.
        clock.look_at = next_look(clock, None, at)
        seen.append(clock)
    fields = ["warned_percent", "breached_at", "look_at", "is_action_due"]
    SlaClock.objects.bulk_update(seen, fields, batch_size=CHUNK)
    stale = [clock.conversation_id for clock in seen]
    Conversation.objects.filter(pk__in=stale).update(is_clock_stale=True)
    _tell(warned, at)
    return warned


def _reached(clock: SlaClock, at: datetime) -> Warning | None:
    """The highest share that was reached and not told; notes it on the clock."""
    reached = [
        (percent, moment)
        for percent, moment in thresholds_of(clock)
        if moment is not None and moment <= at and percent > clock.warned_percent
    ]
    if not reached:
        return None
    percent, moment = reached[-1]
    clock.warned_percent = percent
    warning = Warning(clock, percent, moment, is_late=at - moment > LATE)
    if percent == DUE:
        clock.breached_at = clock.due_at
        clock.is_action_due = not warning.is_late and _action_of(clock) != Action.NOTIFY
    return warning


def _tell(warned: list[Warning], at: datetime) -> None:
    known_leads = cache(leads_of)  # read once in a pass
    by_person: dict[int, list[Warning]] = defaultdict(list)
    for warning in warned:
        assignee_id = warning.conversation.assignee_id
        if assignee_id is not None:
            by_person[assignee_id].append(warning)
        if warning.percent >= RISK:
            for pk in known_leads(warning.conversation.department_id):
                if pk != assignee_id:
                    by_person[pk].append(warning)
    for user_id, theirs in sorted(by_person.items()):
        single = [warning for warning in theirs if not warning.is_late]
        if len(single) > MAX_EACH:
            single = []
        for warning in single:
            _tell_one(user_id, warning, at)
        if len(single) < len(theirs):
            _tell_crowd(user_id, len(theirs) - len(single), at)


def _tell_one(user_id: int, warning: Warning, at: datetime) -> None:
    clock = warning.clock
    due = int(clock.due_at.timestamp()) if clock.due_at else 0
    notify(
        user_ids=[user_id],
        kind=KIND,
        path=warning.conversation.path,
        dedup_key=f"due:{clock.pk}:{warning.percent}:{due}",
        params={
            "what": "missed" if warning.percent == DUE else "due",
            "metric": clock.metric,
            "contact": warning.conversation.contact.name,
            "percent": warning.percent,
            "minutes": _minutes_left(clock, at),
        },
        at=at,
        replaces=True,
    )


def _tell_crowd(user_id: int, count: int, at: datetime) -> None:
    """One line an hour, however many there are."""
    notify(
        user_ids=[user_id],
        kind=KIND,
        path=f"{reverse('inbox:conversation_list')}?status=open",
        dedup_key=f"due-many:{int(at.timestamp() // CROWD_EVERY.total_seconds())}",
        params={"what": "many", "count": count},
        at=at,
    )


def _minutes_left(clock: SlaClock, at: datetime) -> int:
    left = (clock.due_at - at).total_seconds() if clock.due_at else 0
    return max(0, -int(-left // 60))


def _action_of(clock: SlaClock) -> str:
    return clock.policy.breach_action if clock.policy else Action.NOTIFY


def _settle(clock: SlaClock, at: datetime) -> bool:
    """What the policy wants at the deadline, beside telling; one that fails is tried again."""
    due = clock.breached_at
    is_over = clock.stopped_at is not None or due is None or at - due > LATE
    try:
        if is_over or _action_of(clock) == Action.NOTIFY:
            return _is_mine_to_do(clock)
        if _action_of(clock) == Action.RAISE_PRIORITY:
            return _raise(clock)
        _take_away(clock)
        return _is_mine_to_do(clock)
    except Exception:  # a job loop: one conversation's fault must not keep the others waiting
        logger.exception("nothing was done at the deadline of clock %s", clock.pk)
        return False


def _is_mine_to_do(clock: SlaClock) -> bool:
    """Take the mark away; False when another worker did."""
    marked = SlaClock.objects.filter(pk=clock.pk, is_action_due=True)
    return bool(marked.update(is_action_due=False))


@transaction.atomic
def _raise(clock: SlaClock) -> bool:
    conversation = lock_conversation(clock.conversation)
    if not _is_mine_to_do(clock):
        return False
    raise_priority(conversation=conversation)
    return True


def _take_away(clock: SlaClock) -> None:
    """From whoever had it at the deadline; done twice, it stays with whoever has it since."""
    mine = clock.conversation.assignee_id
    if mine is None:
        return
    newer = Assignment.objects.filter(
        conversation=OuterRef("pk"), ended_at=None, assigned_at__gt=clock.breached_at
    )
    unanswered = Conversation.objects.open_of(mine).exclude(Exists(newer))
    is_end = clock.metric == Metric.RESOLUTION
    why = EndReason.DEADLINE_MISSED if is_end else EndReason.NO_REPLY
    release_one(clock.conversation_id, why, only_from=mine, only_if=unanswered)
