"""What is served first, and who says so."""

import pytest

from accounts.models import AuditEntry
from inbox.models import Conversation, Priority
from inbox.services import propose_priority, raise_priority, resolve_conversation, set_priority
from inbox.services.conversations import ConversationResolved, NotYours
from inbox.services.priorities import UnknownPriority
from tests.factories import ConversationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(people, sales) -> Conversation:
    made = ConversationFactory(department=sales, assignee=people["staff"], is_clock_stale=False)
    made.refresh_from_db()
    return made


def state(row: Conversation) -> tuple:
    row = Conversation.objects.get(pk=row.pk)
    return row.priority, row.priority_by, row.is_clock_stale


def lines(row: Conversation) -> list[dict]:
    return list(row.messages.filter(direction="event").values_list("data", flat=True))


def test_by_hand_it_is_written_told_and_entered(row, people):
    set_priority(conversation=row, priority=Priority.URGENT, by=people["staff"])

    assert state(row) == (1, "person", True)
    assert lines(row) == [
        {"code": "priority_set", "params": {"person": str(people["staff"]), "priority": 1}}
    ]
    entry = AuditEntry.objects.get(action="priority_changed")
    assert entry.changes == {"priority": ["normal", "urgent"]}
    assert entry.target_id == str(row.public_id)


def test_the_same_again_only_says_that_a_person_wants_it(row, people):
    set_priority(conversation=row, priority=Priority.NORMAL, by=people["staff"])

    assert state(row) == (3, "person", True)
    assert not lines(row)
    assert not AuditEntry.objects.filter(action="priority_changed").exists()


@pytest.mark.parametrize("priority", [0, 5, -1])
def test_what_is_no_priority_is_refused(row, people, priority):
    with pytest.raises(UnknownPriority) as refused:
        set_priority(conversation=row, priority=priority, by=people["staff"])
    assert refused.value.field == "priority"
    assert state(row) == (3, "", False)


def test_only_who_may_work_on_it_sets_it_and_only_while_it_is_open(row, people):
    with pytest.raises(NotYours):
        set_priority(conversation=row, priority=1, by=people["colleague"])
    resolve_conversation(conversation=row, by=people["staff"])
    with pytest.raises(ConversationResolved):
        set_priority(conversation=row, priority=1, by=people["staff"])
    assert state(row)[:2] == (3, "")


@pytest.mark.parametrize(
    ("has", "proposed", "then"),
    [
        ((3, ""), 2, (2, "keyword")),
        ((2, "vip"), 1, (1, "keyword")),
        ((2, "vip"), 2, (2, "vip")),
        ((2, "vip"), 4, (2, "vip")),
        ((4, "person"), 1, (4, "person")),
    ],
)
def test_a_proposal_only_raises_and_never_overrides_a_person(row, has, proposed, then):
    row.priority, row.priority_by = has
    row.save(update_fields=["priority", "priority_by"])

    is_raised = propose_priority(row, proposed, by="keyword")

    assert is_raised == (has != then)
    assert state(row) == (*then, has != then)
    assert (row.priority, row.priority_by) == then


@pytest.mark.parametrize(
    ("has", "then"), [((3, ""), (2, "sla")), ((1, ""), (1, "")), ((3, "person"), (3, "person"))]
)
def test_a_missed_deadline_raises_by_one(row, has, then):
    Conversation.objects.filter(pk=row.pk).update(priority=has[0], priority_by=has[1])

    assert raise_priority(conversation=row) == (has != then)

    assert state(row)[:2] == then
    assert len(lines(row)) == (has != then)
