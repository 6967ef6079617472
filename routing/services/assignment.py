"""From a stored message to a person: department by keywords, person by the one claim."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Set
from datetime import datetime
from time import perf_counter_ns

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from inbox.live import tell_conversation
from inbox.models import Conversation, Message
from inbox.services import cycle_id_of, placing_steps
from omnichat.lib.retry import retry_on_conflict
from omnichat.lib.sql import Step, run_together
from routing.keyword_index import Dictionary, current_dictionary
from routing.models import Assignment
from routing.policies import current_policies
from routing.services import assignment_sql as sql
from routing.services.agents import recount_agents
from routing.services.choosing import Choice, decide_department, extract
from routing.services.deciding import Had, Standing, decide, until_placed
from routing.services.placing import raise_line_steps, take_back

logger = logging.getLogger(__name__)


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


@retry_on_conflict
@until_placed
def assign_waiting_one(conversation_id: int, *, lost: Set[int]) -> tuple[Assignment | None, bool]:
    """Give one waiting conversation to somebody, or say on its row why it still waits.

    The second value is False when the row was not to be had: another step holds it at this
    moment, or it does not wait any more.
    """
    with transaction.atomic():
        waiting = Conversation.objects.waiting().filter(pk=conversation_id)
        waiting = waiting.select_related("contact", "channel")
        conversation = waiting.select_for_update(
            no_key=True, skip_locked=True, of=("self",)
        ).first()
        if conversation is None:
            return None, False
        versions = sql.stored_versions()
        cycle_id = cycle_id_of(conversation)
        history = _history(cycle_id)
        dictionary = current_dictionary(versions.keywords)
        standing = Standing(
            conversation=conversation,
            cycle_id=cycle_id,
            choice=_choose_department(conversation, [], dictionary, history),
            policies=current_policies(versions.rules),
            at=timezone.now(),
            history=history,
            lost=lost,
            is_backlog=True,
        )
        return decide(standing), True


@retry_on_conflict
@until_placed
def _route(message_ids: list[int], at: datetime, *, lost: Set[int]) -> Assignment | None:
    """Route the messages of one conversation; locks it."""
    with transaction.atomic():
        conversation, messages, versions = sql.lock_messages(message_ids)
        if conversation is None:
            return None
        cycle_id = messages[-1].cycle_id
        dictionary = current_dictionary(versions.keywords)
        extract_us, matched = _extract(messages, dictionary, conversation.channel_id)
        if conversation.status != Conversation.Status.OPEN:
            run_together(*matched)
            return None
        if conversation.assignee_id is not None:
            run_together(*matched, *_raising_steps(conversation, messages, cycle_id, at))
            matched = []
            if _stays(conversation, cycle_id, messages, at):
                return None
        is_fresh = _is_fresh(conversation)
        history = [] if is_fresh else _history(cycle_id)
        choice = _choose_department(conversation, messages, dictionary, history, is_fresh=is_fresh)
        choice.extract_us = extract_us
        standing = Standing(
            conversation=conversation,
            cycle_id=cycle_id,
            choice=choice,
            policies=current_policies(versions.rules),
            at=at,
            history=history,
            lost=lost,
            also=matched,
            is_backlog=bool(conversation.waiting_reason),
        )
        return decide(standing)


def _raising_steps(
    conversation: Conversation, messages: list[Message], cycle_id: int, at: datetime
) -> list[Step]:
    """To raise the priority of what somebody has, if its new words ask for that."""
    matches = [match for message in messages for match in message.keywords or []]
    columns = Choice(matches=matches).priority_columns(conversation)
    if not columns:
        return []
    line = raise_line_steps(conversation, matches, columns, cycle_id=cycle_id, at=at)
    return [*placing_steps(conversation, **columns), *line]


def _stays(
    conversation: Conversation, cycle_id: int, messages: list[Message], at: datetime
) -> bool:
    """Whether it stays with whoever has it; the customer may come back after they went home."""
    agent = recount_agents([conversation.assignee_id]).get(conversation.assignee_id)
    if agent is not None and agent.keeps_work:
        if any(message.keywords for message in messages):
            tell_conversation(conversation)  # the thread marks the words
        return True
    why = Assignment.EndReason.of_absence(agent.reason if agent else "")
    former_id = conversation.assignee_id
    take_back(conversation, cycle_id=cycle_id, why=why, at=at)
    recount_agents([former_id])
    return False


def _extract(
    messages: list[Message], dictionary: Dictionary, channel_id: int
) -> tuple[int, list[Step]]:
    """Match each message, once; returns the microseconds and what has yet to be written."""
    new = [message for message in messages if message.keywords is None]
    started_ns = perf_counter_ns()
    for message in new:
        message.keywords = extract(message.text, dictionary, channel_id)
    took_us = (perf_counter_ns() - started_ns) // 1000
    if len(new) == 1:
        return took_us, [sql.keywords_step(new[0])]
    Message.objects.bulk_update(new, ["keywords"], batch_size=500)
    return took_us, []


def _is_fresh(conversation: Conversation) -> bool:
    """Nothing was decided about it yet: what has just come is all there is."""
    is_first = conversation.cycle_number == 1 and not conversation.department_id
    return is_first and not conversation.waiting_reason


def _choose_department(
    conversation: Conversation,
    new: list[Message],
    dictionary: Dictionary,
    history: list[Had],
    *,
    is_fresh: bool = False,
) -> Choice:
    """Decide the department by all messages of the cycle, until somebody has had it in it.

    Without a match: where it was before, else the channel's default, else none.
    """
    choice = Choice(keyword_version=dictionary.version)
    messages, was_moved = new, False
    if not is_fresh:
        unwritten = {message.pk: message for message in new}
        stored, was_moved = _messages_of_open_cycle(conversation)
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
        may_move=not history and not was_moved,
        earlier_id=conversation.department_id,
        default_id=conversation.channel.default_department_id,
    )


def _messages_of_open_cycle(conversation: Conversation) -> tuple[list[Message], bool]:
    """What the customer wrote in it, and whether a person chose the department since."""
    inbound = Q(direction=Message.Direction.INBOUND)
    moves = Q(direction=Message.Direction.EVENT, data__code="moved")
    rows = Message.objects.filter(
        inbound | moves, conversation=conversation, cycle__number=conversation.cycle_number
    )
    found = list(rows.only("pk", "keywords", "direction").in_order())
    messages = [row for row in found if row.direction == Message.Direction.INBOUND]
    return messages, len(messages) < len(found)


def _history(cycle_id: int) -> list[Had]:
    """Who had it in this cycle, in order."""
    answers = Message.objects.filter(
        conversation=OuterRef("conversation"),
        cycle=cycle_id,
        direction=Message.Direction.OUTBOUND,
        author__isnull=False,
        sent_at__gt=OuterRef("ended_at"),
    )
    records = Assignment.objects.filter(cycle=cycle_id).order_by("pk")
    rows = records.values_list("assignee_id", "end_reason", "department_id", Exists(answers))
    return [Had(*row) for row in rows]


def _by_conversation(message_ids: list[int]) -> list[list[int]]:
    """Group the ids by conversation, in order; a single one needs no question."""
    if len(message_ids) == 1:
        return [message_ids]
    groups: dict[int, list[int]] = defaultdict(list)
    rows = Message.objects.filter(pk__in=message_ids).in_order()
    for pk, conversation_id in rows.values_list("pk", "conversation_id"):
        groups[conversation_id].append(pk)
    return list(groups.values())
