"""From a stored message to a person: department by keywords, person by the one claim."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence, Set
from datetime import datetime
from functools import wraps
from time import perf_counter_ns

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.services.live import tell_department
from inbox.live import tell_conversation
from inbox.models import Conversation, Cycle, Message
from inbox.services import placing_steps
from omnichat.lib.retry import retry_on_conflict
from omnichat.lib.sql import Step, run_together
from routing.keyword_index import Dictionary, current_dictionary, stored_version
from routing.models import Assignment
from routing.scoring import Candidate, rank_least_open
from routing.services import assignment_sql as sql
from routing.services.agents import recount_agents
from routing.services.choosing import (
    Choice,
    candidates_of,
    decide_department,
    extract,
    why_nobody,
)
from routing.services.placing import PlaceLost, end_assignment, give, take_back

logger = logging.getLogger(__name__)

WaitingReason = Conversation.WaitingReason
DRAIN_LIMIT = 200  # conversations looked at in one go; the sweep comes back for the rest


def route_messages(*, message_ids: list[int], at: datetime | None = None) -> None:
    """Extract keywords of stored messages and give their conversations to somebody.

    One short transaction per conversation. `at` is now unless told. A fault is logged and
    left to the sweep: the messages are safe.
    """
    for ids in _by_conversation(message_ids):
        try:
            _route(ids, at or timezone.now())
        except Exception:  # a receiver: trouble here must not stop the other conversations
            logger.exception("messages %s could not be routed; the sweep will", ids)


def assign_next(*, conversation_id: int) -> Assignment | None:
    """Give one waiting conversation to somebody, or say on its row why it still waits.

    Skips a conversation another step holds at this moment.
    """
    return _try_next(conversation_id)[0]


def _until_placed(step: Callable) -> Callable:
    """Do a step again, without whoever was lost to another, each time with fresh counts.

    The step owns its transaction; at most as many tries as there are candidates.
    """

    @wraps(step)
    def tried(*args):
        lost: set[int] = set()
        while True:
            try:
                return step(*args, lost=lost)
            except PlaceLost as error:
                lost.add(error.user_id)

    return tried


@retry_on_conflict
@_until_placed
def _try_next(conversation_id: int, *, lost: Set[int]) -> tuple[Assignment | None, bool]:
    """Do what assign_next says; the second value is False when the row was not to be had."""
    with transaction.atomic():
        waiting = Conversation.objects.waiting().filter(pk=conversation_id)
        waiting = waiting.select_related("contact")
        conversation = waiting.select_for_update(
            no_key=True, skip_locked=True, of=("self",)
        ).first()
        if conversation is None:
            return None, False
        choice = _choose_department(conversation, [], current_dictionary(stored_version()))
        cycle_id = _open_cycle_id(conversation)
        return _assign(conversation, cycle_id, choice, timezone.now(), lost=lost), True


def drain_department(department_id: int | None, *, limit: int = DRAIN_LIMIT) -> int:
    """Give out what waits in a department while anybody has room; return how many.

    A conversation that cannot be given out for a fault of its own is logged and passed over.
    """
    waiting = Conversation.objects.waiting().filter(department=department_id)
    assigned = 0
    for pk in list(waiting.values_list("pk", flat=True)[:limit]):
        try:
            assignment, was_free = _try_next(pk)
        except Exception:  # a job loop: one bad row must not stop those behind it
            logger.exception("conversation %s could not be given out", pk)
            continue
        if assignment is not None:
            assigned += 1
        elif was_free and (reason := _stored_reason(waiting, pk)):
            # Nobody has room: it is true for all behind it.
            _write_reason(waiting.exclude(waiting_reason=reason), reason, department_id)
            break
    return assigned


def _stored_reason(waiting: QuerySet[Conversation], pk: int) -> str:
    return waiting.filter(pk=pk).values_list("waiting_reason", flat=True).first() or ""


@transaction.atomic
def _write_reason(waiting: QuerySet[Conversation], reason: str, department_id: int | None) -> None:
    """Say of all these why they wait; who holds one of them at this moment will say it again.

    Waiting for locked rows one after the other, in no order, would be a deadlock sooner or later.
    """
    free = waiting.select_for_update(no_key=True, skip_locked=True, of=("self",))
    ids = list(free.values_list("pk", flat=True))
    if ids:
        Conversation.objects.filter(pk__in=ids).update(waiting_reason=reason)
        tell_department(department_id)


@retry_on_conflict
@_until_placed
def _route(message_ids: list[int], at: datetime, *, lost: Set[int]) -> Assignment | None:
    """Route the messages of one conversation; locks it."""
    with transaction.atomic():
        conversation, messages, version = sql.lock_messages(message_ids)
        if conversation is None:
            return None
        cycle_id = messages[-1].cycle_id
        dictionary = current_dictionary(version)
        matched = _extract(messages, dictionary)
        if conversation.status != Conversation.Status.OPEN:
            run_together(*matched)
            return None
        if conversation.assignee_id is not None:
            run_together(*matched)
            matched = []
            agent = recount_agents([conversation.assignee_id]).get(conversation.assignee_id)
            if agent is not None and agent.is_at_work:
                if any(message.keywords for message in messages):
                    tell_conversation(conversation)  # the thread marks the words
                return None
            # The customer came back after the assignee went home.
            why = Assignment.EndReason.of_absence(agent.reason if agent else "")
            former_id = conversation.assignee_id
            take_back(conversation, cycle_id=cycle_id, why=why, at=at)
            recount_agents([former_id])
        choice = _choose_department(conversation, messages, dictionary)
        return _assign(conversation, cycle_id, choice, at, also=matched, lost=lost)


def _extract(messages: list[Message], dictionary: Dictionary) -> list[Step]:
    """Match each message, once; returns what has yet to be written of it."""
    new = [message for message in messages if message.keywords is None]
    for message in new:
        message.keywords = extract(message.text, dictionary)
    if len(new) == 1:
        return [sql.keywords_step(new[0])]
    Message.objects.bulk_update(new, ["keywords"], batch_size=500)
    return []


def _choose_department(
    conversation: Conversation, new: list[Message], dictionary: Dictionary
) -> Choice:
    """Decide the department by all messages of the cycle, until somebody has had it in it.

    Without a match: where it was before, else the channel's default, else none.
    """
    choice = Choice()
    is_fresh = conversation.cycle_number == 1 and not conversation.department_id
    is_fresh = is_fresh and not conversation.waiting_reason and bool(new)
    messages = new
    if not is_fresh:
        unwritten = {message.pk: message for message in new}
        stored = _messages_of_open_cycle(conversation)
        messages = [unwritten.get(message.pk, message) for message in stored]
    choice.matches = [
        match | {"message": message.pk}
        for message in messages
        for match in message.keywords or []
        if match["department"] in dictionary.names
    ]
    return decide_department(
        choice,
        dictionary,
        may_move=is_fresh or not _was_assigned_in_cycle(conversation),
        earlier_id=conversation.department_id,
        default_id=conversation.channel.default_department_id,
    )


def _messages_of_open_cycle(conversation: Conversation) -> list[Message]:
    inbound = Message.objects.inbound().filter(
        conversation=conversation, cycle__number=conversation.cycle_number
    )
    return list(inbound.only("pk", "keywords").in_order())


def _was_assigned_in_cycle(conversation: Conversation) -> bool:
    number = conversation.cycle_number
    return Assignment.objects.filter(conversation=conversation, cycle__number=number).exists()


def _open_cycle_id(conversation: Conversation) -> int:
    cycles = Cycle.objects.filter(conversation=conversation, number=conversation.cycle_number)
    return cycles.values_list("pk", flat=True).get()


def _assign(
    conversation: Conversation,
    cycle_id: int,
    choice: Choice,
    at: datetime,
    *,
    lost: Set[int],
    also: Sequence[Step] = (),
) -> Assignment | None:
    """Claim a place and write the decision; the conversation is locked.

    `lost` are people whose place another took a moment ago, `also` is written with the decision.
    Raises PlaceLost.
    """
    if choice.department_id is None:
        _leave_waiting(conversation, choice, WaitingReason.NO_DEPARTMENT, also)
        return None
    had_earlier = conversation.cycle_number > 1
    former_id = _former_assignee_id(conversation) if had_earlier else None
    candidates = candidates_of(choice.department_id)
    left = [candidate for candidate in candidates if candidate.user_id not in lost]
    ranked = rank_least_open(left, former_id=former_id)
    if not ranked:
        _leave_waiting(conversation, choice, why_nobody(candidates), also)
        return None
    if had_earlier:  # a crash may have left the record of the last cycle open
        end_assignment(conversation, why=Assignment.EndReason.RESOLVED, at=at)
    chosen = ranked[0]
    code, params = _sentence(choice, chosen, len(ranked), is_former=chosen.user_id == former_id)
    record = Assignment(
        conversation=conversation,
        cycle_id=cycle_id,
        assignee_id=chosen.user_id,
        department_id=choice.department_id,
        policy=Assignment.Policy.LEAST_OPEN,
        explanation=_explanation(choice, chosen, ranked, candidates, former_id),
        duration_us=(perf_counter_ns() - choice.started_ns) // 1000,
        assigned_at=at,
    )
    give(record, code=code, params=params, is_claim=True, also=also)
    return record


def _leave_waiting(
    conversation: Conversation, choice: Choice, reason: str, also: Sequence[Step]
) -> None:
    now = {"department_id": choice.department_id, "waiting_reason": reason}
    steps = list(also)
    if any(getattr(conversation, name) != value for name, value in now.items()):
        steps += placing_steps(conversation, **now)
    run_together(*steps)


def _former_assignee_id(conversation: Conversation) -> int | None:
    """Who had this customer last."""
    records = Assignment.objects.filter(conversation=conversation).order_by("-pk")
    return records.values_list("assignee_id", flat=True).first()


def _sentence(
    choice: Choice, chosen: Candidate, with_room: int, *, is_former: bool
) -> tuple[str, dict]:
    """Return code and params of the line in the thread."""
    params = {
        "person": chosen.name,
        "department": choice.department_name,
        "count": with_room,
        "keyword": ", ".join(choice.words()[:3]),
    }
    if is_former:
        return "assigned_again", params
    if choice.department_by == "keyword":
        return "assigned_by_keyword", params
    return "assigned_by_department", params


def _explanation(
    choice: Choice,
    chosen: Candidate,
    ranked: list[Candidate],
    candidates: list[Candidate],
    former_id: int | None,
) -> dict:
    """The record of the choice, JSON-safe; read by routing.explanation."""
    with_room = {candidate.user_id for candidate in ranked}
    return {
        "department": choice.department_name,
        "department_by": choice.department_by,
        "matches": choice.matches,
        "sums": choice.sums,
        "chosen": chosen.as_json(),
        "is_former": chosen.user_id == former_id,
        "candidates": [candidate.as_json() for candidate in ranked],
        "left_out": [c.as_json() for c in candidates if c.user_id not in with_room],
    }


def _by_conversation(message_ids: list[int]) -> list[list[int]]:
    """Group the ids by conversation, in order; a single one needs no question."""
    if len(message_ids) == 1:
        return [message_ids]
    groups: dict[int, list[int]] = defaultdict(list)
    rows = Message.objects.filter(pk__in=message_ids).in_order()
    for pk, conversation_id in rows.values_list("pk", "conversation_id"):
        groups[conversation_id].append(pk)
    return list(groups.values())
