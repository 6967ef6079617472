"""Words that make a conversation urgent, whoever has it by then."""

import pytest

from inbox.models import Conversation, Priority
from inbox.services import set_priority
from tests.factories import KeywordFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def words(sales) -> None:
    KeywordFactory(word="mua", department=sales)
    KeywordFactory(
        word="khẩn cấp", folded="khan cap", department=sales, sets_priority=Priority.URGENT
    )
    KeywordFactory(word="gấp", folded="gap", department=sales, sets_priority=Priority.HIGH)


def priority_of(conversation: Conversation) -> tuple[int, str]:
    conversation.refresh_from_db()
    return conversation.priority, conversation.priority_by


def test_the_first_message_raises_it(write, people, words):
    assert priority_of(write("mua gấp")) == (Priority.HIGH, "keyword")


def test_a_later_message_raises_it_though_somebody_has_it(write, people, words):
    conversation = write("mua")
    assert (conversation.assignee, priority_of(conversation)) == (
        people["staff"],
        (Priority.NORMAL, ""),
    )
    conversation.is_clock_stale = False
    conversation.save(update_fields=["is_clock_stale"])
    conversation = write("khẩn cấp ạ")
    assert priority_of(conversation) == (Priority.URGENT, "keyword")
    assert conversation.assignee == people["staff"]
    assert conversation.is_clock_stale


def raises(conversation: Conversation) -> list[dict]:
    lines = conversation.messages.filter(data__code="priority_raised_by_word").order_by("pk")
    return [line.data["params"] for line in lines]


def test_the_thread_tells_which_word_raised_it(write, people, words):
    conversation = write("mua")
    assert raises(conversation) == []
    write("mua gấp")  # somebody has it
    write("gấp quá")  # no higher than it is
    write("khẩn cấp")
    told = [("gấp", Priority.HIGH), ("khẩn cấp", Priority.URGENT)]
    assert [(one["word"], one["priority"]) for one in raises(conversation)] == told
    given = write("khẩn cấp, mua gấp", sender="kh-2")  # with the decision who gets it
    assert raises(given) == [{"word": "khẩn cấp", "priority": Priority.URGENT}]


def test_it_is_told_of_what_waits(write, sales, words):
    waiting = write("gấp")
    assert (waiting.assignee, waiting.waiting_reason) == (None, "nobody_at_work")
    assert raises(waiting) == [{"word": "gấp", "priority": Priority.HIGH}]


def test_the_strongest_word_counts_and_nothing_lowers_it(write, people, words):
    assert priority_of(write("gấp, khẩn cấp"))[0] == Priority.URGENT
    assert priority_of(write("mua gấp"))[0] == Priority.URGENT


def test_what_a_person_set_stays(write, people, words):
    conversation = write("mua")
    set_priority(conversation=conversation, priority=Priority.LOW, by=people["manager"])
    assert priority_of(write("khẩn cấp")) == (Priority.LOW, "person")
