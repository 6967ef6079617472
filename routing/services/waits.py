"""Telling customers by ourselves: a greeting, that nobody is here now, how long it takes.

The worker does it, never the webhook: a customer's message is not held up for it, and a worker
that was away says nothing about what is old.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Q
from django.utils import timezone

from inbox.models import AutoReply, Conversation, Message
from inbox.services import Texts, not_greeted, not_told_of_wait, send_auto_reply
from routing.models import Agent, RoutingPolicy
from routing.services.hours import HoursBook, hours_of_all
from routing.wait_times import MORE_THAN_AN_HOUR, Answerer, wait_minutes
from workforce.availability import Reason

logger = logging.getLogger(__name__)

Trigger = AutoReply.Trigger
TOLD_AFTER = timedelta(seconds=20)  # until then somebody may well take it
MINUTES = "{minutes}"
# What is put aside for a lead stands before nobody: routing passes it by.
IN_LINE = ~Q(waiting_reason=Conversation.WaitingReason.PARKED)
# Customers read these, in their language; `None` is said where no honest estimate can be made.
WAIT_TEXTS = {
    "vi": {
        None: "Dạ hiện mọi người đều đang trả lời khách khác, sẽ có người trả lời mình ngay khi"
        " có thể ạ.",
        MORE_THAN_AN_HOUR: "Dạ hiện rất đông khách, mình có thể phải chờ hơn một giờ. Sẽ có người"
        " trả lời mình ạ.",
        MINUTES: "Dạ hiện mọi người đều đang trả lời khách khác. Mình vui lòng chờ khoảng"
        " {minutes} phút ạ.",
    },
    "en": {
        None: "Everybody is answering other customers right now. Somebody will reply as soon as"
        " possible.",
        MORE_THAN_AN_HOUR: "It is very busy right now and may take more than an hour. Somebody"
        " will reply to you.",
        MINUTES: "Everybody is answering other customers right now. Somebody will reply in about"
        " {minutes} min.",
    },
}


def send_auto_replies(*, at: datetime | None = None) -> int:
    """Say what is to be said by ourselves now; returns how many messages.

    Safe to repeat and in several workers at once: once in a cycle for each occasion.
    """
    look = _Look(at or timezone.now())
    return _greet(look) + _tell_waits(look)


class _Look:
    """One look at who is to be told: its moment, and what is read once for it."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.texts = Texts()
        self._queues: dict[int, _Queue] = {}

    def queue(self, department_id: int) -> _Queue:
        if department_id not in self._queues:
            self._queues[department_id] = _Queue(department_id)
        return self._queues[department_id]

    @cached_property
    def _book(self) -> HoursBook:
        return hours_of_all()

    def closed_of(self, departments: set[int | None]) -> set[int | None]:
        """Those that are closed; while nobody knows the department by the organisation's hours."""
        hours = {pk: self._book.of(pk) for pk in departments}
        return {pk for pk, own in hours.items() if own is not None and not own.is_open(self.at)}


def _greet(look: _Look) -> int:
    """The greeting within the hours of the department, else that it is closed."""
    sent = 0
    for conversation, trigger in not_greeted(look.texts, closed_of=look.closed_of, at=look.at):
        text, _language = look.texts.of(conversation, trigger)
        sent += _say(conversation, trigger, text, look.at)
    return sent


def _tell_waits(look: _Look) -> int:
    """How long it takes, where the department says so and nobody could take it so far."""
    policies = RoutingPolicy.objects.filter(tells_wait=True, department__is_active=True)
    telling = list(policies.values_list("department", flat=True))
    if not telling:
        return 0
    waiting = Conversation.objects.waiting().filter(
        department__in=telling, waiting_since__lte=look.at - TOLD_AFTER
    )
    sent = 0
    for conversation in not_told_of_wait(waiting, closed_of=look.closed_of, at=look.at):
        text = _wait_text(conversation, look)
        sent += _say(conversation, Trigger.WAIT, text, look.at)
    return sent


class _Queue:
    """Who waits in a department, in serving order, and who answers there: read once a look."""

    def __init__(self, department_id: int) -> None:
        waiting = Conversation.objects.waiting().filter(IN_LINE, department=department_id)
        in_order = waiting.in_serving_order().values_list("pk", flat=True)
        self._ahead = {pk: ahead for ahead, pk in enumerate(in_order)}
        self._team = answerers_of(department_id)

    def minutes_of(self, conversation: Conversation) -> int | None:
        """When it is answered, rounded up; None: nobody knows."""
        return wait_minutes(self._ahead.get(conversation.pk, len(self._ahead)), self._team)


def answerers_of(department_id: int | None) -> list[Answerer]:
    """Who takes work in a department now."""
    of_department = {"user__is_active": True, "user__department": department_id}
    return team_of(Agent.objects.filter(**of_department, capacity__gt=0))


def team_of(agents: Iterable[Agent]) -> list[Answerer]:
    """Those of some people that take work now, as an estimate of the wait counts them."""
    return [
        Answerer(agent.open_count, agent.reply_seconds, agent.replies_timed)
        for agent in agents
        if agent.reason == Reason.TAKING_WORK
    ]


def _wait_text(conversation: Conversation, look: _Look) -> str:
    minutes = look.queue(conversation.department_id).minutes_of(conversation)
    own, language = look.texts.of(conversation, Trigger.WAIT)
    texts = WAIT_TEXTS[language]
    if minutes in (None, MORE_THAN_AN_HOUR):
        # A text that names minutes would promise what nobody knows.
        return own if own and MINUTES not in own else texts[minutes]
    return (own or texts[MINUTES]).replace(MINUTES, str(minutes))


def _say(conversation: Conversation, trigger: str, text: str, at: datetime) -> bool:
    try:
        message: Message | None = send_auto_reply(
            conversation=conversation, trigger=trigger, text=text, at=at
        )
    except Exception:  # a job loop: one bad row must not keep the others from being told
        logger.exception("conversation %s could not be told by ourselves", conversation.pk)
        return False
    return message is not None
