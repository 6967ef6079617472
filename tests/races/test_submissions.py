"""One form is stored once and one answer comes first, however many are sent at one moment."""

import uuid
from functools import partial

import pytest

from accounts.models import LiveEvent, User
from inbox.models import Conversation, Draft, Message, OutboundPart
from inbox.services import add_note, newest_reply_id, save_draft, send_reply
from tests.factories import ConversationFactory, MessageFactory
from tests.races.company import person
from tests.races.together import at_once, words

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

WRITTEN = ("outbound", "note")


def _talk(here) -> Conversation:
    talk = ConversationFactory(department=here.departments[0], assignee=here.staff[0])
    MessageFactory(conversation=talk)
    return talk


def _send(talk: Conversation, author, **fields) -> int:
    return send_reply(conversation=talk, author=author, text="Dạ", **fields).pk


def _note(talk: Conversation, author, **fields) -> int:
    return add_note(conversation=talk, author=author, text="Khách quen", **fields).pk


@pytest.mark.parametrize("say", [_send, _note])
def test_8_presses_of_one_form_are_one_message(rounds, company, say):
    here = company(people=1)
    for _round in rounds:
        talk, form = _talk(here), uuid.uuid4()
        LiveEvent.objects.all().delete()
        done = at_once(partial(say, talk, here.staff[0], submission=form) for _press in range(8))
        message = Message.objects.get(conversation=talk, direction__in=WRITTEN)
        assert [outcome.word for outcome in done] == [message.pk] * 8
        assert OutboundPart.objects.filter(conversation=talk).count() == (say is _send)
        told = LiveEvent.objects.filter(kind="message.created", object_id=talk.public_id)
        assert told.count() == 1


def test_one_form_in_8_conversations_is_one_message(rounds, company):
    """The constraint decides: they hold different locks."""
    here = company(people=1)
    for _round in rounds:
        talks, form = [_talk(here) for _number in range(8)], uuid.uuid4()
        calls = [
            partial(_note if number % 2 else _send, talk, here.staff[0], submission=form)
            for number, talk in enumerate(talks)
        ]
        done = at_once(calls)
        message = Message.objects.get(submission=form)
        assert words(done) == {message.pk: 1, "submission_used": 7}
        written = Message.objects.filter(conversation__in=talks, direction__in=WRITTEN)
        assert written.get() == message
        parts = OutboundPart.objects.filter(conversation__in=talks)
        assert parts.count() == (message.direction == "outbound")


def test_of_8_who_answer_at_once_one_answers(rounds, company):
    here = company(people=1)
    leads = [person(here.departments[0], role=User.Role.MANAGER) for _number in range(8)]
    for _round in rounds:
        talk = _talk(here)
        seen = newest_reply_id(talk)
        done = at_once(partial(_send, talk, lead, seen_id=seen) for lead in leads)
        reply = Message.objects.get(conversation=talk, direction="outbound")
        assert words(done) == {reply.pk: 1, "somebody_answered": 7}
        assert OutboundPart.objects.filter(conversation=talk).count() == 1


def test_a_draft_on_its_way_does_not_come_back_after_its_reply(rounds, company):
    here = company(people=1)
    for _round in rounds:
        talk, form = _talk(here), uuid.uuid4()
        who = {"conversation": talk, "author": here.staff[0]}
        keep = partial(save_draft, **who, text="Dạ", submission=form)
        at_once([keep, partial(_send, talk, here.staff[0], submission=form), keep])
        assert Draft.objects.filter(conversation=talk).count() == 0
