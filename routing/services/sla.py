"""The clocks of promises, following what happened to their conversations.

Whatever changes a conversation's turn, status, cycle, department or priority sets
`is_clock_stale`; the worker comes by here four times a second. Nothing is counted on: each time
the cycle's own moments say how its promises stand (`routing/sla_clocks.py`), so a pass that is
late, done twice or by two workers writes the same.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Window
from django.db.models.functions import Lag
from django.utils import timezone

from inbox.live import tell_conversations
from inbox.models import Conversation, Cycle, Message
from inbox.services import waits_since
from routing.models import Metric, SlaChange, SlaClock
from routing.services.sla_chunks import in_chunks
from routing.services.sla_clock_row import SHOWN, due_columns, set_clock
from routing.services.sla_news import tell_clocks
from routing.services.sla_rules import Promise, SlaRules
from routing.sla_clocks import Happening, Story, Wanted, promises_of

BATCH = 200
# Locked at a time: a reply waits no longer than this many take.
CHUNK = 50
# A cycle that began and ended while no worker ran is still found this long.
LOOK_BACK = timedelta(days=7)
HAPPENINGS = {"inbound": "in", "outbound": "out"}
SNOOZE_LINES = ("snoozed", "woken")
PRIORITY_LINES = ("priority_set", "priority_raised", "priority_raised_by_word")


@dataclass(slots=True)
class _Work:
    """What one pass has read and has yet to write."""

    rules: SlaRules
    at: datetime
    cycles: dict[int, list[Cycle]] = field(default_factory=lambda: defaultdict(list))
    lines: dict[int, list[Happening]] = field(default_factory=lambda: defaultdict(list))
    # When a cycle's priority last became this one, by (cycle, priority).
    prioritised: dict[tuple[int, int], datetime] = field(default_factory=dict)
    clocks: dict[int, list[SlaClock]] = field(default_factory=lambda: defaultdict(list))
    new: list[SlaClock] = field(default_factory=list)
    changed: list[SlaClock] = field(default_factory=list)
    history: list[SlaChange] = field(default_factory=list)


def follow_clocks(*, at: datetime | None = None, limit: int = BATCH) -> int:
    """Bring the clocks of stale conversations up to date; returns how many were looked at.

    Locks the conversations, in the order of ids, and leaves those that somebody else holds. One
    that cannot be followed is left until something happens to it again.
    """
    tell_clocks()
    stale = Conversation.objects.filter(is_clock_stale=True).order_by("pk")
    ids = list(stale.values_list("pk", flat=True)[:limit])
    return sum(in_chunks(ids, CHUNK, partial(_follow, at=at), _leave))


def follow_clock(conversation_id: int) -> None:
    """Do so at once for one conversation whose new deadline somebody is about to be told.

    Where that fails or somebody else holds it, the worker's next look repairs it.
    """
    in_chunks([conversation_id], 1, partial(_follow, at=None), lambda pk: None)


def _leave(conversation_id: int) -> None:
    Conversation.objects.filter(pk=conversation_id).update(is_clock_stale=False)


@transaction.atomic
def _follow(ids: list[int], *, at: datetime | None) -> int:
    stale = Conversation.objects.filter(pk__in=ids, is_clock_stale=True).order_by("pk")
    rows = stale.select_for_update(no_key=True, skip_locked=True, of=("self",))
    conversations = {row.pk: row for row in rows}
    if not conversations:
        return 0
    work = _read(conversations, at or timezone.now())
    for row in conversations.values():
        for cycle in work.cycles[row.pk]:
            _follow_cycle(work, row, cycle)
    _write(work)
    _write_conversations(work, list(conversations.values()))
    return len(conversations)


def _read(conversations: dict[int, Conversation], at: datetime) -> _Work:
    """The rules, and of each conversation its clocks, its cycles and what happened in them."""
    work = _Work(SlaRules(), at)
    is_latest = Q(number=F("conversation__cycle_number"))
    of_cycle = SlaClock.objects.filter(cycle=OuterRef("pk"))
    is_missed = Q(resolved_at__gt=at - LOOK_BACK) & ~Exists(of_cycle)
    wanted = is_latest | Q(Exists(of_cycle.open())) | is_missed
    cycles = Cycle.objects.filter(wanted, conversation__in=conversations)
    if not work.rules:  # nothing is promised, at most something was
        cycles = cycles.filter(Exists(of_cycle))
    found = list(cycles.order_by("number"))
    for cycle in found:
        work.cycles[cycle.conversation_id].append(cycle)
    if not found:
        return work
    for clock in SlaClock.objects.filter(cycle__in=found).order_by("pk"):
        work.clocks[clock.cycle_id].append(clock)
    is_reply = Q(direction=Message.Direction.OUTBOUND, author__isnull=False)
    codes = SNOOZE_LINES + PRIORITY_LINES
    is_told = Q(direction=Message.Direction.EVENT, data__code__in=codes)
    is_turn = Q(direction=Message.Direction.INBOUND) | is_reply | is_told
    lines = Message.objects.filter(is_turn, cycle__in=found).order_by("received_at", "pk")
    # Whoever writes several in a row has the turn since the first: the others are not read.
    order = ["received_at", "pk"]
    before = Window(Lag("direction"), partition_by="cycle_id", order_by=order)
    is_change = Q(before=None) | ~Q(before=F("direction"))
    lines = lines.annotate(before=before).filter(is_change | Q(direction=Message.Direction.EVENT))
    columns = ("cycle_id", "direction", "sent_at", "received_at", "data__code")
    columns += ("data__params__priority",)
    for cycle_id, direction, sent_at, received_at, code, priority in lines.values_list(*columns):
        if code in PRIORITY_LINES:
            work.prioritised[cycle_id, priority] = received_at
            continue
        moment = waits_since(sent_at, received_at)
        work.lines[cycle_id].append(Happening(HAPPENINGS.get(direction, code), moment))
    return work


def _story(work: _Work, row: Conversation, cycle: Cycle) -> Story:
    is_latest = cycle.number == row.cycle_number and cycle.resolved_at is None
    return Story(
        started_at=cycle.started_at,
        happenings=work.lines[cycle.pk],
        first_response_at=cycle.first_response_at,
        resolved_at=cycle.resolved_at,
        status=row.status if is_latest else "",
        waiting_since=row.waiting_since if is_latest else None,
        since=row.waiting_since or row.last_message_at,
        is_asked=row.status != Conversation.Status.SPAM,
    )


def _follow_cycle(work: _Work, row: Conversation, cycle: Cycle) -> None:
    """Give each promise its clock, and stop those that nothing asks for any more."""
    known = work.clocks[cycle.pk]
    kept: set[int] = set()
    for wanted in promises_of(_story(work, row, cycle)):
        clock = _clock_of(wanted, known, kept)
        priority = row.priority
        if clock is not None:
            kept.add(id(clock))
            if clock.stopped_at is not None and wanted.stopped_at is not None:
                continue  # it is history, whatever the rules are by now
            if clock.breached_at and row.priority_by == Conversation.PriorityBy.SLA:
                priority = clock.priority  # what was raised because of it does not judge it anew
        promise = _promise_for(work, row, cycle, wanted, clock, priority)
        if promise is None:
            if clock is not None:
                kept.discard(id(clock))
            continue
        is_new = clock is None
        if is_new:
            clock = SlaClock(conversation=row, cycle=cycle, metric=wanted.metric)
            known.append(clock)
            kept.add(id(clock))
        change = set_clock(clock, wanted, promise, row, priority=priority, at=work.at)
        (work.new if is_new else work.changed).append(clock)
        if change is not None:
            work.history.append(change)
    for clock in known:
        if id(clock) not in kept and clock.stopped_at is None:
            _no_longer_asked(work, clock)


def _promise_for(
    work: _Work,
    row: Conversation,
    cycle: Cycle,
    wanted: Wanted,
    clock: SlaClock | None,
    priority: int,
) -> Promise | None:
    """What is promised; what was over before the policy was made or changed it does not judge.

    Nor does another priority: what is promised under it is promised since it was chosen.
    """
    promise = work.rules.promise(wanted.metric, row.department_id, priority)
    if promise is None:
        return None
    if _is_over_by(promise.since, wanted):
        return None if clock is None else work.rules.as_it_ran(promise, clock)
    chosen_at = work.prioritised.get((cycle.pk, priority))
    if chosen_at is None:
        return promise
    if clock is not None and _is_over_by(chosen_at, wanted):
        return work.rules.as_it_ran(promise, clock)
    return promise._replace(since=max(chosen_at, promise.since or chosen_at))


def _is_over_by(moment: datetime | None, wanted: Wanted) -> bool:
    return None not in (moment, wanted.stopped_at) and wanted.stopped_at <= moment


def _clock_of(wanted: Wanted, known: list[SlaClock], kept: set[int]) -> SlaClock | None:
    """The clock of this promise: begun at the same moment, else the open one of its kind."""
    free = [c for c in known if c.metric == wanted.metric and id(c) not in kept]
    same = [clock for clock in free if clock.started_at == wanted.started_at]
    still_open = [clock for clock in free if clock.stopped_at is None]
    if wanted.metric == Metric.NEXT_RESPONSE and wanted.stopped_at is not None:
        still_open = []  # an earlier turn must not take the clock of the one that runs
    found = same or still_open
    return found[-1] if found else None


def _no_longer_asked(work: _Work, clock: SlaClock) -> None:
    """The promise ended without being kept or broken, unless it was broken before."""
    clock.stopped_at = max(work.at, clock.started_at)
    is_broken = clock.breached_at is not None
    if clock.due_at is not None and clock.due_at <= clock.stopped_at:
        clock.breached_at, is_broken = clock.due_at, True
    clock.is_met = False if is_broken else None
    clock.paused_at, clock.look_at = None, None
    work.changed.append(clock)


def _write(work: _Work) -> None:
    # The mark of what is to be done at a deadline is the warnings' own.
    theirs = ("id", "is_action_due")
    fields = [f.name for f in SlaClock._meta.concrete_fields if f.name not in theirs]
    SlaClock.objects.bulk_update(work.changed, fields, batch_size=CHUNK)
    SlaClock.objects.bulk_create(work.new)
    SlaChange.objects.bulk_create(work.history)


def _write_conversations(work: _Work, rows: list[Conversation]) -> None:
    """Copy the promise that falls due next onto each row, and tell pages where it differs."""
    shown = []
    for row in rows:
        latest = [cycle.pk for cycle in work.cycles[row.pk] if cycle.number == row.cycle_number]
        clocks = [clock for pk in latest for clock in work.clocks[pk] if clock.stopped_at is None]
        columns = due_columns(row, clocks, work.rules, at=work.at)
        if any(getattr(row, name) != value for name, value in columns.items()):
            for name, value in columns.items():
                setattr(row, name, value)
            shown.append(row)
    Conversation.objects.bulk_update(shown, SHOWN, batch_size=CHUNK)
    Conversation.objects.filter(pk__in=[row.pk for row in rows]).update(is_clock_stale=False)
    tell_conversations(shown)
