"""Handing over at the end of a shift: where each goes, what is refused, and going home."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Notification
from accounts.services import set_presence
from inbox.models import Channel, Conversation, Message
from inbox.services import send_reply, wake_snoozed
from routing.models import Agent, AgentSkill
from routing.services import assign_conversation, hand_over, handover, refresh_agents
from routing.services.handover import Decision
from tests.factories import ConversationFactory
from tests.routing.conftest import open_counts
from tests.routing.handover_rows import MINUTE, came_before_the_shift, reason_of, shift_until
from tests.routing.helpers import events_of
from workforce.models import TimeEntry
from workforce.services import NotCheckedIn, check_out, follow_time, stay_longer
from workforce.services.attendance import NoShiftToEnd

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(write, words, people) -> list[Conversation]:
    """Staff has two open ones and one that waits for the customer; their shift is ending."""
    staff = people["staff"]
    Agent.objects.filter(user=people["colleague"]).update(capacity=0)
    rows = [write("mua", sender=f"kh-{number}") for number in range(3)]
    send_reply(conversation=rows[2], author=staff, text="Dạ")
    Agent.objects.filter(user=people["colleague"]).update(capacity=2)
    came_before_the_shift(staff)
    shift_until(staff, timezone.now() + 10 * MINUTE)
    refresh_agents(user_ids=[staff.pk])
    assert reason_of(staff) == "shift_ending"
    assert open_counts(staff, people["colleague"]) == [2, 0]
    return rows


def later(person, *, minutes: int = 240) -> None:
    """They work beyond: the shift that follows."""
    now = timezone.now()
    shift_until(person, now + minutes * MINUTE, name="Late", starts_at=now - 5 * MINUTE)
    refresh_agents(user_ids=[person.pk])


def decide(rows, *tos, person=None, notes=()) -> list[Decision]:
    notes = [*notes, *[""] * (len(rows) - len(notes))]
    return [
        Decision(row.pk, to, person if to == "person" else None, note)
        for row, to, note in zip(rows, tos, notes, strict=True)
    ]


def assignees(rows) -> list[str | None]:
    found = dict(
        Conversation.objects.filter(pk__in=[row.pk for row in rows]).values_list(
            "pk", "assignee__username"
        )
    )
    return [found[row.pk] for row in rows]


def notes_of(conversation) -> list[str]:
    notes = Message.objects.filter(conversation=conversation, direction="note")
    return list(notes.order_by("pk").values_list("text", flat=True))


def test_each_goes_where_it_was_sent_and_the_person_goes_home(mine, people):
    staff, colleague = people["staff"], people["colleague"]
    Agent.objects.filter(user=colleague).update(is_routable=False)
    decisions = decide(
        mine, "person", "queue", "keep", person=colleague, notes=("Phiếu BH-2381", "Hứa 18:00")
    )
    outcome = hand_over(user=staff, decisions=decisions)
    assert (outcome.done, outcome.refused, outcome.gone, outcome.is_out) == (
        ["person", "queue", "keep"],
        {},
        0,
        True,
    )
    assert assignees(mine) == ["colleague", None, "staff"]
    assert open_counts(staff, colleague) == [0, 1]
    assert not TimeEntry.objects.open().filter(user=staff).exists()
    former, now = mine[0].assignments.order_by("pk")
    assert (former.end_reason, former.note) == ("handed_over", "Phiếu BH-2381")
    assert (now.assignee, now.assigned_by, now.ended_at) == (colleague, staff, None)
    assert events_of(mine[0])[-1] == {
        "code": "handed_over",
        "params": {"person": "Colleague", "by": "Staff"},
    }
    assert events_of(mine[1])[-1] == {
        "code": "released_handed_over",
        "params": {"person": "Staff", "why": "handed_over", "note": "Hứa 18:00"},
    }
    assert [notes_of(row) for row in mine] == [["Phiếu BH-2381"], ["Hứa 18:00"], []]
    told = Notification.objects.get(user=colleague, kind="assigned")
    assert told.params["by"] == "Staff"
    audit = AuditEntry.objects.filter(action="conversation_handed_over").order_by("pk")
    assert [row.changes for row in audit] == [
        {"assignee": ["Staff", "Colleague"]},
        {"assignee": ["Staff", None]},
    ]


def test_the_queue_gives_it_to_who_has_room_at_once(mine, people):
    hand_over(user=people["staff"], decisions=decide(mine, "queue", "queue", "keep"))
    assert assignees(mine) == ["colleague", "colleague", "staff"]
    assert open_counts(people["staff"], people["colleague"]) == [0, 2]


def test_the_next_shift_gets_them_while_it_has_room_and_the_queue_the_rest(mine, people):
    colleague = people["colleague"]
    later(colleague)
    Agent.objects.filter(user=colleague).update(capacity=1)
    outcome = hand_over(user=people["staff"], decisions=decide(mine, "next", "next", "next"))
    # What waits for the customer takes no place.
    assert outcome.done == ["next", "queue", "next"]
    assert assignees(mine) == ["colleague", None, "colleague"]
    assert open_counts(colleague) == [1]


@pytest.mark.parametrize("minutes", [None, -1, 9])
def test_who_does_not_work_beyond_is_no_next_shift(mine, people, minutes):
    """Nobody planned, gone by then, or ending before oneself."""
    colleague = people["colleague"]
    if minutes is not None:
        later(colleague, minutes=minutes)
    outcome = hand_over(user=people["staff"], decisions=decide(mine, "next", "keep", "keep"))
    assert outcome.done == ["queue", "queue", "keep"]


def test_who_is_busy_is_not_given_the_next_shifts_work(mine, people):
    later(people["colleague"])
    people["colleague"].presence = "busy"
    people["colleague"].save()
    refresh_agents(user_ids=[people["colleague"].pk])
    hand_over(user=people["staff"], decisions=decide(mine, "next", "next", "keep"))
    assert assignees(mine) == [None, None, "staff"]


def test_staff_give_a_named_colleague_no_more_than_their_places(mine, people):
    staff, colleague = people["staff"], people["colleague"]
    Agent.objects.filter(user=colleague).update(capacity=1)
    decisions = decide(mine, "person", "person", "person", person=colleague, notes=("", "Gấp"))
    outcome = hand_over(user=staff, decisions=decisions)
    assert {pk: error.code for pk, error in outcome.refused.items()} == {mine[1].pk: "no_room"}
    assert (outcome.done, outcome.is_out) == ([], False)
    assert assignees(mine) == ["staff", "staff", "staff"]
    assert notes_of(mine[1]) == []
    # What waits for the customer takes no place.
    decisions = decide(mine, "person", "queue", "person", person=colleague)
    assert hand_over(user=staff, decisions=decisions).is_out
    assert assignees(mine) == ["colleague", None, "colleague"]
    assert open_counts(staff, colleague) == [0, 1]


def test_a_light_conversation_fits_into_what_is_left_of_a_place(mine, people):
    colleague = people["colleague"]
    Agent.objects.filter(user=colleague).update(capacity=1)
    Channel.objects.update(load_percent=50)
    decisions = decide(mine, "person", "person", "keep", person=colleague)
    assert hand_over(user=people["staff"], decisions=decisions).is_out
    assert open_counts(colleague) == [2]


def test_a_lead_may_give_a_named_colleague_more_than_their_places(people, sales, commits):
    manager, colleague = people["manager"], people["colleague"]
    Agent.objects.filter(user=colleague).update(capacity=1)
    rows = [ConversationFactory(department=sales, assignee=manager) for _number in range(2)]
    decisions = decide(rows, "person", "person", person=colleague)
    assert hand_over(user=manager, decisions=decisions).is_out
    assert assignees(rows) == ["colleague", "colleague"]
    assert open_counts(colleague) == [2]


def test_one_refusal_moves_nothing_and_leaves_no_trace(write, words, people):
    """Taking work, they would be given straight back what had gone to the queue."""
    staff, colleague = people["staff"], people["colleague"]
    check_out(user=colleague)
    rows = [write("mua", sender=f"kh-{number}") for number in range(3)]
    lines, bells = Message.objects.count(), Notification.objects.count()
    decisions = decide(rows, "person", "queue", "queue", person=colleague, notes=("Gấp", "Gấp"))
    outcome = hand_over(user=staff, decisions=decisions)
    assert (outcome.done, outcome.is_out) == ([], False)
    assert {pk: error.code for pk, error in outcome.refused.items()} == {
        rows[0].pk: "person_not_at_work"
    }
    assert assignees(rows) == ["staff", "staff", "staff"]
    assert [row.assignments.get().ended_at for row in rows] == [None, None, None]
    assert (Message.objects.count(), Notification.objects.count()) == (lines, bells)
    assert not AuditEntry.objects.filter(action="conversation_handed_over").exists()
    # Still there, so that it does not fall into the queue unseen.
    assert TimeEntry.objects.open().filter(user=staff).exists()
    assert open_counts(staff) == [3]


def snoozed_of(person, department, minutes: int = 60) -> Conversation:
    until = timezone.now() + minutes * MINUTE
    return ConversationFactory(
        department=department, assignee=person, status="snoozed", snoozed_until=until
    )


def test_what_is_snoozed_is_no_longer_theirs_and_comes_back_to_another(mine, people, sales):
    staff, colleague = people["staff"], people["colleague"]
    rows = [snoozed_of(staff, sales), snoozed_of(staff, sales)]
    later(colleague)
    outcome = hand_over(
        user=staff, decisions=decide([*mine, *rows], "queue", "queue", "keep", "queue", "next")
    )
    assert outcome.done[-2:] == ["queue", "next"]
    assert assignees(rows) == [None, "colleague"]
    assert {row.status for row in Conversation.objects.filter(pk__in=[r.pk for r in rows])} == {
        "snoozed"
    }
    Agent.objects.filter(user=colleague).update(capacity=9)
    wake_snoozed(at=timezone.now() + 61 * MINUTE)
    assert assignees(rows) == ["colleague", "colleague"]


def test_nothing_snoozed_is_kept_by_who_leaves(mine, people, sales):
    row = snoozed_of(people["staff"], sales)
    assert hand_over(user=people["staff"], decisions=decide([row], "keep")).done == ["queue"]
    assert assignees([row]) == [None]


def test_nobody_of_another_department_is_named_even_if_skilled(mine, people, sales):
    """Staff do not know them, as when they give one away; the next shift and the queue do."""
    staff, other = people["staff"], people["other_staff"]
    decisions = decide(mine[:1], "person", person=other)
    for _without_skill_and_with in range(2):
        outcome = hand_over(user=staff, decisions=decisions)
        assert [error.code for error in outcome.refused.values()] == ["wrong_department"]
        assert assignees(mine)[0] == "staff"
        AgentSkill.objects.get_or_create(agent=other.agent, department=sales)
    later(other)
    assert hand_over(user=staff, decisions=decide(mine[:1], "next")).done == ["next"]
    mine[0].refresh_from_db()
    assert (mine[0].assignee, mine[0].department) == (other, sales)


def test_an_administrator_names_anybody_who_answers_for_it(people, sales, commits):
    admin, other = people["admin"], people["other_staff"]
    row = ConversationFactory(department=sales, assignee=admin)
    decisions = decide([row], "person", person=other)
    refused = hand_over(user=admin, decisions=decisions).refused
    assert [error.code for error in refused.values()] == ["wrong_department"]
    AgentSkill.objects.create(agent=other.agent, department=sales)
    assert hand_over(user=admin, decisions=decisions).done == ["person"]
    assert assignees([row]) == ["other_staff"]


def test_what_another_has_by_now_stays_theirs(mine, people):
    assign_conversation(conversation=mine[0], assignee=people["colleague"], by=people["manager"])
    outcome = hand_over(user=people["staff"], decisions=decide(mine, "queue", "keep", "keep"))
    assert (outcome.gone, outcome.refused, outcome.is_out) == (1, {}, True)
    assert assignees(mine)[0] == "colleague"
    assert mine[0].assignments.count() == 2


def test_what_was_to_be_kept_goes_to_the_queue_when_the_customer_has_written(mine, people, write):
    Agent.objects.filter(user=people["colleague"]).update(capacity=0)
    write("Còn không ạ?", sender="kh-2")
    outcome = hand_over(user=people["staff"], decisions=decide(mine, "queue", "queue", "keep"))
    assert outcome.done == ["queue", "queue", "queue"]
    assert assignees(mine) == [None, None, None]


def test_what_is_kept_goes_to_the_queue_when_the_customer_writes_later(mine, people, write):
    Agent.objects.filter(user=people["colleague"]).update(capacity=0)
    hand_over(user=people["staff"], decisions=decide(mine, "queue", "queue", "keep"))
    assert assignees(mine)[2] == "staff"
    assert write("Còn không ạ?", sender="kh-2").assignee is None


def test_without_a_shift_nothing_comes_back_while_it_is_handed_over(write, words, people):
    staff = people["staff"]
    check_out(user=people["colleague"])
    rows = [write("mua", sender=f"kh-{number}") for number in range(2)]
    assert reason_of(staff) == "taking_work"
    assert hand_over(user=staff, decisions=decide(rows, "queue", "queue")).is_out
    assert assignees(rows) == [None, None]
    assert [row.assignments.count() for row in rows] == [1, 1]


def state_of(person) -> tuple[str, str, int]:
    person.refresh_from_db()
    agent = Agent.objects.get(user=person)
    return person.presence, agent.reason, agent.open_count


def test_who_could_not_go_takes_work_as_before(write, words, people):
    """Refused, they are there and would wait in vain as busy without having said so."""
    staff = people["staff"]
    check_out(user=people["colleague"])
    row = write("mua")
    decisions = decide([row], "person", person=people["colleague"])
    outcome = hand_over(user=staff, decisions=decisions)
    assert ([*outcome.refused], outcome.is_out) == ([row.pk], False)
    assert state_of(staff) == ("available", "taking_work", 1)
    assert write("mua", sender="kh-2").assignee == staff


def test_a_fault_leaves_nobody_busy(write, words, people, monkeypatch):
    staff = people["staff"]
    check_out(user=people["colleague"])
    row, seen = write("mua"), []

    def fault(user):
        seen.append(state_of(staff))
        raise OSError("disk full")

    monkeypatch.setattr("routing.services.handover.check_out", fault)
    with pytest.raises(OSError, match="disk full"):
        hand_over(user=staff, decisions=decide([row], "queue"))
    assert seen == [("busy", "busy", 0)]
    assert state_of(staff) == ("available", "taking_work", 1)
    assert assignees([row]) == ["staff"]


@pytest.mark.parametrize("presence", ["busy", "offline"])
def test_what_somebody_said_meanwhile_or_before_counts(write, words, people, presence, monkeypatch):
    staff, colleague = people["staff"], people["colleague"]
    check_out(user=colleague)
    row = write("mua")
    if presence == "busy":
        set_presence(user=staff, presence="busy")
        refresh_agents(user_ids=[staff.pk])
    else:
        carry_out = handover._carry_out

        def say_meanwhile(*args):
            found = carry_out(*args)
            set_presence(user=staff, presence="offline")
            return found

        monkeypatch.setattr(handover, "_carry_out", say_meanwhile)
    decisions = [*decide([row], "person", person=colleague), *decide([row], "queue")]
    assert not hand_over(user=staff, decisions=decisions).is_out
    assert state_of(staff)[0] == presence


def test_twice_is_as_good_as_once(mine, people):
    Agent.objects.filter(user=people["colleague"]).update(capacity=0)
    decisions = decide(mine, "queue", "queue", "keep")
    hand_over(user=people["staff"], decisions=decisions)
    lines = Message.objects.count()
    outcome = hand_over(user=people["staff"], decisions=decisions)
    assert (outcome.done, outcome.gone) == (["keep"], 2)
    assert Message.objects.count() == lines


# --- Staying longer -----------------------------------------------------------------------------
def stay(user, at) -> float:
    """Stay longer at a time; until how many minutes after it, as the entry says too."""
    until = stay_longer(user=user, at=at)
    assert TimeEntry.objects.open().get(user=user).stays_until == until
    return (until - at) / MINUTE


def test_staying_brings_work_again_and_half_an_hour_each_time(mine, people):
    staff = people["staff"]
    ends_at = staff.shift_assignments.get().ends_at
    assert stay(staff, ends_at - 10 * MINUTE) == 40
    assert reason_of(staff) == "taking_work"
    assert stay(staff, ends_at + 5 * MINUTE) == 55


@pytest.mark.parametrize(
    ("pressed", "until"),
    [
        # Hours before the end, and again: not more than one stretch beyond it.
        ([-240, -240, -120, 0], [270, 270, 150, 30]),
        ([-10, -10, -9, 1, 2, 30], [40, 40, 39, 59, 58, 30]),
        # Twice within the same minute, when it is over already.
        ([20, 20, 20.5], [30, 30, 29.5]),
    ],
)
def test_pressing_again_does_not_add_up(mine, people, pressed, until):
    staff = people["staff"]
    ends_at = staff.shift_assignments.get().ends_at
    assert [stay(staff, ends_at + minutes * MINUTE) for minutes in pressed] == until


def test_staying_after_the_end_counts_from_now_if_it_would_be_over(people, commits):
    staff, now = people["staff"], timezone.now()
    came_before_the_shift(staff)
    shift_until(staff, now - 45 * MINUTE)
    refresh_agents(user_ids=[staff.pk])
    assert reason_of(staff) == "shift_ended"
    assert stay_longer(user=staff, at=now) == now + 30 * MINUTE
    assert reason_of(staff) == "taking_work"


def test_nobody_stays_who_is_not_there_or_has_no_shift(people, commits):
    with pytest.raises(NoShiftToEnd):
        stay_longer(user=people["staff"])
    check_out(user=people["staff"])
    with pytest.raises(NotCheckedIn):
        stay_longer(user=people["staff"])
    assert not TimeEntry.objects.exclude(stays_until=None).exists()


# --- The notification ---------------------------------------------------------------------------
def test_the_time_to_hand_over_is_told_once(write, words, people):
    staff = people["staff"]
    check_out(user=people["colleague"])
    write("mua")
    came_before_the_shift(staff)
    row = shift_until(staff, timezone.now() + 15 * MINUTE)
    follow_time(at=row.handover_at + timedelta(seconds=1))
    refresh_agents(user_ids=[staff.pk])
    told = Notification.objects.filter(user=staff, kind="roster").get()
    clock = f"{timezone.localtime(row.ends_at):%H:%M}"
    assert (told.path, told.params) == ("/shifts/handover", {"handover": 1, "time": clock})


def test_who_has_nothing_is_not_told(people, commits):
    ConversationFactory(department=people["staff"].department, assignee=people["colleague"])
    came_before_the_shift(people["staff"])
    shift_until(people["staff"], timezone.now() + 10 * MINUTE)
    refresh_agents(user_ids=[people["staff"].pk])
    assert reason_of(people["staff"]) == "shift_ending"
    assert not Notification.objects.filter(kind="roster").exists()
