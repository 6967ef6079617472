"""Codes become sentences in both languages."""

import pytest
from django.utils import translation

from accounts.models import Department
from inbox.models import Conversation, OutboundPart
from inbox.sentences import (
    EVENTS,
    FAILURES,
    WAITING,
    event_sentence,
    failure_sentence,
    waiting_sentence,
)

PARAMS = {
    "person": "Lan",
    "by": "Trang",
    "department": "CSKH",
    "word": "gấp",
    "keyword": "bảo hành",
    "count": 4,
}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("code", EVENTS)
def test_every_event_has_a_whole_sentence(code, language):
    with translation.override(language):
        sentence = str(event_sentence({"code": code, "params": PARAMS}))
    assert len(sentence) > 10
    assert "{" not in sentence
    assert "%" not in sentence


def test_languages_differ():
    data = {"code": "assigned_by_keyword", "params": PARAMS}
    with translation.override("en"):
        assert event_sentence(data) == (
            "Assigned to <b>Lan</b> because of <b>“bảo hành”</b> → CSKH, fewest open "
            "conversations of the 4 with room"
        )
    with translation.override("vi"):
        assert str(event_sentence(data)).startswith(
            "Giao cho <b>Lan</b> vì từ khoá <b>“bảo hành”</b> → CSKH"
        )


def test_parameters_are_escaped():
    data = {"code": "taken", "params": {"person": "<script>{by}</script>"}}
    with translation.override("en"):
        assert event_sentence(data) == "<b>&lt;script&gt;{by}&lt;/script&gt;</b> took it"


@pytest.mark.filterwarnings("error")
def test_a_sentence_without_parameters_is_formatted_too():
    with translation.override("en"):
        sentence = event_sentence({"code": "reopened", "params": {}})
    assert (str(sentence), sentence.__html__()) == (
        "The customer wrote again, so it is open again",
        "The customer wrote again, so it is open again",
    )


def test_an_unknown_code_shows_nothing():
    assert event_sentence({"code": "from_the_future", "params": {}}) == ""


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("reason", Conversation.WaitingReason.values)
def test_every_reason_to_wait_has_a_sentence(reason, language):
    conversation = Conversation(waiting_reason=reason, department=Department(name="CSKH"))
    with translation.override(language):
        sentence = waiting_sentence(conversation)
    assert len(sentence) > 10
    assert "{" not in sentence
    assert ("CSKH" in sentence) == (reason in ("all_full", "nobody_at_work"))


def test_who_is_assigned_waits_for_nothing():
    conversation = Conversation(waiting_reason="all_full", assignee_id=1)
    assert waiting_sentence(conversation) == ""


def test_every_failure_has_a_sentence():
    assert set(FAILURES) == set(OutboundPart.Failure)
    assert set(WAITING) == set(Conversation.WaitingReason)
    with translation.override("en"):
        part = OutboundPart(failure="no_reply_url")
        assert failure_sentence(part) == "this channel has no reply address"
