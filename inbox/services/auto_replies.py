"""What the program itself tells a customer: once for each occasion of a cycle."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property

from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import LiveEvent, Organisation
from inbox.languages import ENGLISH, VIETNAMESE, language_of
from inbox.live import tell_conversation
from inbox.models import (
    AutoReply,
    AutoReplySent,
    Contact,
    Conversation,
    Cycle,
    Message,
    OutboundPart,
)
from inbox.services.conversations import lock_conversation

logger = logging.getLogger(__name__)

Trigger = AutoReply.Trigger
LIVE = (Conversation.Status.OPEN, Conversation.Status.WAITING)
FRESH = timedelta(minutes=10)  # what a customer wrote longer ago is not answered by a program
LOOP_LIMIT = 5  # automatic messages to one contact, promises P-O4
LOOP_WINDOW = timedelta(minutes=1)
ECHO_WINDOW = timedelta(minutes=5)
LANGUAGE_BY = 20  # of the customer's last messages
BATCH = 200

# Which of some departments are closed now; None is the common queue. Routing knows the hours.
ClosedOf = Callable[[set[int | None]], set[int | None]]


# --- Telling -----------------------------------------------------------------------------------
@transaction.atomic
def send_auto_reply(
    *, conversation: Conversation, trigger: str, text: str, at: datetime | None = None
) -> Message | None:
    """Tell a customer something by ourselves; None when it may not or need not be said.

    It is nobody's answer: status, turn, waiting time and counts stay as they are. Once in a
    cycle for each `trigger`, whoever tries, and never after a person has answered in it; a wait
    only while it goes on. Programs are never answered, nor what echoes our own words; a contact
    gets at most LOOP_LIMIT in LOOP_WINDOW. Locks the conversation, then the contact.
    """
    at = at or timezone.now()
    conversation = lock_conversation(conversation)
    contact = Contact.objects.select_for_update(no_key=True).get(pk=conversation.contact_id)
    if conversation.status not in LIVE or contact.is_bot:
        return None
    if trigger == Trigger.WAIT and not _is_told_to_wait(conversation):
        return None
    cycle = Cycle.objects.get(conversation=conversation, number=conversation.cycle_number)
    if cycle.first_response_at is not None:
        return None
    sent = _take(cycle, contact, trigger, at)
    if sent is None or _is_echo(conversation) or _is_loop(contact, at):
        return None  # said once, or decided once that it is not said
    message = Message.objects.create(
        conversation=conversation,
        cycle=cycle,
        channel_id=conversation.channel_id,
        direction=Message.Direction.OUTBOUND,
        text=text,
        data={"auto": trigger},
        sent_at=at,
        received_at=at,
    )
    OutboundPart.objects.create(
        message=message, conversation=conversation, channel_id=conversation.channel_id
    )
    AutoReplySent.objects.filter(pk=sent.pk).update(message=message)
    tell_conversation(conversation, LiveEvent.Kind.MESSAGE_CREATED)
    return message


def _is_told_to_wait(conversation: Conversation) -> bool:
    """Nobody has it yet, and somebody is to be found: nobody knows how long a lead takes."""
    is_parked = conversation.waiting_reason == Conversation.WaitingReason.PARKED
    return conversation.is_waiting and not is_parked


def _take(cycle: Cycle, contact: Contact, trigger: str, at: datetime) -> AutoReplySent | None:
    try:
        with transaction.atomic():
            return AutoReplySent.objects.create(
                cycle=cycle, contact=contact, trigger=trigger, sent_at=at
            )
    except IntegrityError:
        return None


def _is_echo(conversation: Conversation) -> bool:
    """The newest thing they "wrote" is what we said a moment ago."""
    newest = conversation.messages.inbound().order_by("-pk").first()
    if newest is None:
        return False
    since = newest.received_at - ECHO_WINDOW
    ours = Message.objects.filter(
        conversation__contact=conversation.contact_id,
        direction=Message.Direction.OUTBOUND,
        sent_at__range=(since, newest.received_at),
    )
    return any(text.split() == newest.text.split() for text in ours.values_list("text", flat=True))


def _is_loop(contact: Contact, at: datetime) -> bool:
    """Two programs talk to each other; it is logged once while it lasts."""
    lately = AutoReplySent.objects.filter(contact=contact, sent_at__gt=at - LOOP_WINDOW)
    if lately.exclude(message=None).count() < LOOP_LIMIT:
        return False
    if lately.filter(message=None).count() == 1:  # the one that was just written
        logger.warning("contact %s gets no more automatic messages for now", contact.pk)
    return True


# --- To whom, and what -------------------------------------------------------------------------
class Texts:
    """What the channels in use say by themselves: read once, asked for many conversations."""

    def __init__(self) -> None:
        rows = AutoReply.objects.filter(is_active=True, channel__is_active=True)
        columns = rows.values_list("channel", "trigger", "text_vi", "text_en")
        self._texts = {
            (channel, trigger): {VIETNAMESE: vi, ENGLISH: en}
            for channel, trigger, vi, en in columns
        }

    def channels(self, trigger: str) -> list[int]:
        """Those that say something on an occasion."""
        return [channel for channel, occasion in self._texts if occasion == trigger]

    def of(self, conversation: Conversation, trigger: str) -> tuple[str, str]:
        """The channel's text of an occasion, or nothing; and the language of the customer."""
        language = self._language_of(conversation)
        texts = self._texts.get((conversation.channel_id, trigger), {})
        return texts.get(language, ""), language

    def _language_of(self, conversation: Conversation) -> str:
        """`vi` or `en`, by what the customer wrote, else the organisation's."""
        newest = conversation.messages.inbound().order_by("-pk")[:LANGUAGE_BY]
        return language_of(newest.values_list("text", flat=True), default=self._own_language)

    @cached_property
    def _own_language(self) -> str:
        own = Organisation.objects.values_list("language", flat=True).first()
        return own if own in (VIETNAMESE, ENGLISH) else VIETNAMESE


def not_greeted(
    texts: Texts, *, closed_of: ClosedOf, at: datetime
) -> list[tuple[Conversation, str]]:
    """Conversations whose cycle has just begun with nobody's answer, and what each is told.

    The greeting, or out of hours where `closed_of` says that the department is closed; only
    those whose channel has that text, so that what is never told is not picked again and again.
    The newest first: one that fails every time holds up nobody. Bounded by the index of when
    messages came. What routing has not looked at is left for the next time: its department
    decides which hours count.
    """
    occasions = (Trigger.GREETING, Trigger.OUT_OF_HOURS)
    channels = {channel for trigger in occasions for channel in texts.channels(trigger)}
    if not channels:
        return []
    said = AutoReplySent.objects.filter(cycle=OuterRef("cycle"), trigger__in=occasions)
    unrouted = Message.objects.unrouted().filter(cycle=OuterRef("cycle")).order_by()
    new = Message.objects.inbound().filter(
        received_at__gte=at - FRESH,
        channel__in=channels,
        cycle__first_response_at=None,
        cycle__resolved_at=None,
        cycle__started_at__gte=at - FRESH,
        conversation__status__in=LIVE,
        conversation__contact__is_bot=False,
    )
    new = new.filter(~Exists(said), ~Exists(unrouted)).order_by()
    departments = set(new.values_list("conversation__department", flat=True).distinct())
    closed = closed_of(departments) if departments else set()
    open_now = _in_departments("conversation__department", departments - closed)
    shut_now = _in_departments("conversation__department", closed)
    new = new.filter(
        (open_now & Q(channel__in=texts.channels(Trigger.GREETING)))
        | (shut_now & Q(channel__in=texts.channels(Trigger.OUT_OF_HOURS)))
    )
    newest = new.values("conversation").annotate(newest=Max("pk")).order_by("-newest")
    found = Conversation.objects.in_bulk([row["conversation"] for row in newest[:BATCH]])
    return [
        (one, Trigger.OUT_OF_HOURS if one.department_id in closed else Trigger.GREETING)
        for one in found.values()
        if one.department_id in departments  # else it moved just now: the next time
    ]


def not_told_of_wait(
    waiting: QuerySet[Conversation], *, closed_of: ClosedOf, at: datetime
) -> list[Conversation]:
    """Those of `waiting` who wrote lately and were not told how long it takes in this cycle.

    Not where `closed_of` says that the department is closed. The newest first, as above.
    """
    said = AutoReplySent.objects.filter(
        cycle__conversation=OuterRef("pk"),
        cycle__number=OuterRef("cycle_number"),
        trigger=Trigger.WAIT,
    )
    answered = Cycle.objects.filter(
        conversation=OuterRef("pk"), number=OuterRef("cycle_number")
    ).exclude(first_response_at=None)
    fresh = waiting.filter(last_inbound_at__gte=at - FRESH, contact__is_bot=False)
    fresh = fresh.exclude(waiting_reason=Conversation.WaitingReason.PARKED)
    fresh = fresh.filter(~Exists(said), ~Exists(answered)).order_by("-last_inbound_at", "-pk")
    departments = set(fresh.order_by().values_list("department", flat=True).distinct())
    if not departments:
        return []
    open_now = _in_departments("department", departments - closed_of(departments))
    return list(fresh.filter(open_now)[:BATCH])


def _in_departments(column: str, departments: set[int | None]) -> Q:
    """Those of any of them; None is the common queue."""
    found = Q(**{f"{column}__in": [pk for pk in departments if pk is not None]})
    return found | Q(**{column: None}) if None in departments else found
