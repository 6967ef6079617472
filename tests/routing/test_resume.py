"""A "done" that is taken back: who had it has it again, if they still may, and counts are true."""

import pytest

from accounts.services import update_user
from inbox.models import Conversation, Message
from inbox.services import resolve_conversation, undo_resolve
from inbox.signals import resolve_undone
from routing.models import Agent, Assignment
from routing.services import assign_conversation, repair_agents, resume_conversation
from tests.factories import ConversationFactory, KeywordFactory
from tests.routing.conftest import open_counts
from workforce.services import check_in, check_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(write, people, sales) -> Conversation:
    """Given to staff by a keyword; nobody else of Sales is at work."""
    KeywordFactory(word="mua", department=sales)
    check_out(user=people["colleague"])
    conversation = write("mua", sender="kh")
    assert conversation.assignee == people["staff"]
    return conversation


def resolve(conversation: Conversation, by) -> None:
    resolve_conversation(conversation=conversation, by=by)


def undo(conversation: Conversation, by) -> Conversation:
    undo_resolve(conversation=conversation, by=by)
    conversation.refresh_from_db()
    return conversation


def codes(conversation: Conversation) -> list[str]:
    lines = Message.objects.filter(conversation=conversation, direction="event").order_by("pk")
    return [data["code"] for data in lines.values_list("data", flat=True)]


def test_the_same_record_goes_on_and_the_place_counts_again(mine, people):
    before = Assignment.objects.values().get()
    resolve(mine, people["staff"])
    assert open_counts(people["staff"]) == [0]
    assert undo(mine, people["staff"]).assignee == people["staff"]
    assert Assignment.objects.values().get() == before
    assert open_counts(people["staff"]) == [1]
    assert codes(mine) == ["assigned_by_keyword", "resolved", "resolve_undone"]


def test_a_place_that_was_filled_meanwhile_leaves_one_too_many(mine, people, write):
    Agent.objects.filter(user=people["staff"]).update(capacity=1)
    waits = write("mua", sender="next")
    assert waits.waiting_reason == "all_full"
    resolve(mine, people["staff"])
    waits.refresh_from_db()
    assert waits.assignee == people["staff"]
    undo(mine, people["staff"])
    assert mine.assignee == people["staff"]
    assert open_counts(people["staff"]) == [2]
    assert write("mua", sender="third").assignee is None  # and nothing more comes


def test_a_manager_undoes_it_for_the_assignee(mine, people):
    resolve(mine, people["manager"])
    assert undo(mine, people["manager"]).assignee == people["staff"]
    assert open_counts(people["staff"]) == [1]


@pytest.mark.parametrize("why", ["checked_out", "deactivated", "department_changed"])
def test_who_may_no_longer_have_it_gives_it_back(mine, people, billing, why):
    resolve(mine, people["manager"])
    staff = people["staff"]
    if why == "checked_out":
        check_out(user=staff)
    else:
        change = {"is_active": False} if why == "deactivated" else {"department": billing}
        update_user(user=staff, actor=people["admin"], changes=change)
    undo(mine, people["manager"])
    assert (mine.assignee, mine.status, mine.waiting_reason) == (None, "open", "nobody_at_work")
    assert Assignment.objects.get().end_reason == why
    assert codes(mine)[-2:] == ["resolve_undone", f"released_{why}"]
    assert open_counts(staff) == [0]


def test_a_colleague_with_room_gets_it_at_once(mine, people):
    resolve(mine, people["manager"])
    check_out(user=people["staff"])
    check_in(user=people["colleague"])
    assert undo(mine, people["manager"]).assignee == people["colleague"]
    assert open_counts(people["staff"], people["colleague"]) == [0, 1]


def test_what_waits_for_the_customer_stays_with_who_went_home(people, sales, commits):
    waits = ConversationFactory(
        status="waiting", waiting_since=None, department=sales, assignee=people["staff"]
    )
    resolve(waits, people["manager"])
    check_out(user=people["staff"])
    assert undo(waits, people["manager"]).assignee == people["staff"]


def test_what_nobody_had_is_given_to_somebody(people, sales, commits):
    nobodys = ConversationFactory(department=sales)
    resolve(nobodys, people["manager"])
    assert undo(nobodys, people["manager"]).assignee in (people["staff"], people["colleague"])
    assert Assignment.objects.get().ended_at is None


def test_resuming_twice_does_it_once(mine, people):
    resolve(mine, people["staff"])
    undo(mine, people["staff"])
    resume_conversation(conversation_id=mine.pk)
    assert Assignment.objects.get().ended_at is None
    assert open_counts(people["staff"]) == [1]


def test_what_is_done_again_by_then_stays_so(mine, people):
    resolve(mine, people["staff"])
    ended = Assignment.objects.values().get()
    resume_conversation(conversation_id=mine.pk)
    assert Assignment.objects.values().get() == ended
    assert open_counts(people["staff"]) == [0]


@pytest.fixture
def unheard():
    """The process dies between the commit and what routing does then."""
    receivers, resolve_undone.receivers = resolve_undone.receivers, []
    resolve_undone.sender_receivers_cache.clear()
    yield
    resolve_undone.receivers = receivers
    resolve_undone.sender_receivers_cache.clear()


def test_the_sweep_finds_what_nobody_resumed(mine, people, unheard):
    repair_agents()  # what the cast lacks
    resolve(mine, people["staff"])
    undo(mine, people["staff"])
    assert open_counts(people["staff"]) == [0]
    assert repair_agents() == 2  # the count and the record
    assert Assignment.objects.get().ended_at is None
    assert open_counts(people["staff"]) == [1]
    assert repair_agents() == 0


@pytest.mark.parametrize("case", ["another's by now", "given anew", "of the cycle before"])
def test_the_sweep_leaves_other_records_as_they_are(mine, people, write, unheard, case):
    resolve(mine, people["staff"])
    if case == "of the cycle before":
        write("mua", sender="kh")  # given to the same person, and that record was lost
        Assignment.objects.order_by("pk").last().delete()
        Conversation.objects.update(assignee=people["staff"])
    else:
        check_in(user=people["colleague"])
        undo(mine, people["staff"])
        assign_conversation(conversation=mine, assignee=people["colleague"], by=people["manager"])
        if case == "given anew":
            assign_conversation(conversation=mine, assignee=people["staff"], by=people["manager"])
        else:
            Assignment.objects.order_by("pk").last().delete()
    ended = Assignment.objects.values().order_by("pk").first()
    assert ended["end_reason"] == "resolved"
    repair_agents()
    assert Assignment.objects.values().order_by("pk").first() == ended
