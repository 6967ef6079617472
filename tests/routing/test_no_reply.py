"""Taking away what is not answered in time: from whom, when not, and when a lead decides."""

import logging
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Notification
from accounts.services import notify, set_presence
from inbox.models import Conversation, Viewer
from inbox.sentences import waiting_sentence
from inbox.services import add_note, resolve_conversation, send_reply
from omnichat.lib.aside import LEFT_ALONE, Aside
from omnichat.models import PeriodicJob
from omnichat.worker import JOBS, run_if_due
from routing.models import Agent, Assignment
from routing.services import (
    assign_conversation,
    assign_waiting,
    drain_department,
    move_conversation,
    no_reply,
    save_policy,
    take_away_unanswered,
)
from tests.factories import ConversationFactory, MessageFactory, UserFactory
from tests.routing.conftest import open_counts
from tests.routing.helpers import events_of, set_policy
from workforce.services import check_out

pytestmark = pytest.mark.django_db

PARKED = (None, "parked", {"count": 3})


@pytest.fixture
def given(write, people, words, sales) -> Conversation:
    """Given to staff by its word, in a department that waits 5 minutes for an answer."""
    set_policy(sales, no_reply_minutes=5)
    conversation = write("mua")
    assert conversation.assignee == people["staff"]
    return conversation


@pytest.fixture
def after():
    """`after(minutes)` looks that much later, as if nothing had happened since."""

    def call(minutes: float) -> int:
        ago = timezone.now() - timedelta(minutes=minutes)
        Assignment.objects.filter(ended_at=None).update(assigned_at=ago)
        Conversation.objects.exclude(waiting_since=None).update(waiting_since=ago)
        return take_away_unanswered()

    return call


def state(conversation: Conversation) -> tuple:
    conversation.refresh_from_db()
    assignee = conversation.assignee
    return (
        assignee and assignee.username,
        conversation.waiting_reason,
        conversation.waiting_params,
    )


def bells() -> list[tuple]:
    rows = Notification.objects.filter(params__what="parked").order_by("pk")
    return list(rows.values_list("user__username", "params__count"))


# --- Taking away -------------------------------------------------------------------------------
def test_what_is_not_answered_goes_to_another(given, people, after):
    assert after(4.9) == 0
    assert state(given) == ("staff", "", {})
    assert after(5) == 1
    assert state(given) == ("colleague", "", {})
    assert open_counts(people["staff"], people["colleague"]) == [0, 1]
    ended, active = given.assignments.order_by("pk")
    assert (ended.assignee, ended.end_reason) == (people["staff"], "no_reply")
    assert (active.assignee, active.explanation["decided_by"]) == (people["colleague"], "fresh")
    codes = [line["code"] for line in events_of(given)]
    assert codes == ["assigned_by_keyword", "released_no_reply", "assigned_by_department"]
    assert take_away_unanswered() == 0


def test_whoever_did_not_answer_is_asked_last(given, people, load, after):
    load(people["colleague"], 7)
    assert after(6) == 1
    assert state(given)[0] == "colleague"
    assert given.assignments.latest("pk").explanation["decided_by"] == "fresh"


@pytest.mark.parametrize(
    "state_of", ["answered", "written", "by hand", "snoozed", "claim", "off", "other department"]
)
def test_what_stays(given, people, sales, billing, commits, after, state_of):
    if state_of == "answered":
        send_reply(conversation=given, author=people["staff"], text="Dạ")
    elif state_of == "written":
        _types(given, people["staff"])
    elif state_of == "by hand":
        assign_conversation(conversation=given, assignee=people["colleague"], by=people["manager"])
    elif state_of == "snoozed":
        Conversation.objects.filter(pk=given.pk).update(status="snoozed")
    elif state_of == "claim":
        set_policy(sales, method="claim")
    elif state_of == "off":
        set_policy(sales, no_reply_minutes=None)
    else:
        set_policy(sales, no_reply_minutes=None)
        set_policy(billing, no_reply_minutes=1)
    before = state(given)
    assert after(60) == 0
    assert state(given) == before


def _types(conversation, person, seconds_ago: int = 0) -> None:
    at = timezone.now() - timedelta(seconds=seconds_ago)
    Viewer.objects.create(conversation=conversation, user=person, seen_at=at, typing_at=at)


@pytest.mark.parametrize(("who", "seconds_ago"), [("staff", 60), ("colleague", 0)])
def test_only_its_own_person_writing_now_keeps_it(given, people, after, who, seconds_ago):
    _types(given, people[who], seconds_ago)
    assert after(6) == 1


def test_a_customer_who_waits_for_less_long_is_not_taken_away(given):
    """Given long ago, answered, and the customer wrote again a minute ago."""
    now = timezone.now()
    Assignment.objects.update(assigned_at=now - timedelta(hours=1))
    Conversation.objects.update(waiting_since=now - timedelta(minutes=1))
    assert take_away_unanswered() == 0


def test_given_a_moment_ago_after_a_long_wait_it_is_not_taken_away(given):
    Conversation.objects.update(waiting_since=timezone.now() - timedelta(hours=1))
    assert take_away_unanswered() == 0


def test_answered_between_the_look_and_the_lock_it_stays(
    given, people, commits, after, monkeypatch
):
    """Two hundred are taken one after the other; the last has had time to be answered."""
    release = no_reply.release_one

    def reply_then_release(*args, **named):
        send_reply(conversation=given, author=people["staff"], text="Dạ")
        return release(*args, **named)

    monkeypatch.setattr(no_reply, "release_one", reply_then_release)
    assert after(6) == 0
    assert state(given)[0] == "staff"
    assert given.assignments.get().ended_at is None


def test_given_back_to_the_only_one_at_work_it_is_not_taken_again_at_once(given, people, after):
    """What another worker has just decided is looked at again, too."""
    check_out(user=people["colleague"])
    late = timezone.now()
    assert after(6) == 1
    assert state(given)[0] == "staff"
    assert no_reply._take_away(given.pk, people["staff"].pk, _late_at(given, late)) is False
    assert given.assignments.count() == 2


def _late_at(conversation, at):
    return no_reply._unanswered(conversation.department_id, at - timedelta(minutes=5), at)


@pytest.mark.parametrize("batch", [1, 200])
def test_one_that_fails_stops_nobody_behind_it(
    given, write, people, after, monkeypatch, caplog, batch
):
    """Of a batch no more than the others; a whole batch no longer than one pass."""
    monkeypatch.setattr(no_reply, "BATCH", batch)
    monkeypatch.setattr(no_reply, "_aside", Aside())
    other = write("mua", sender="kh-2")
    release = no_reply.release_one

    def fail(pk, *args, **named):
        if pk == given.pk:
            raise ValueError("broken row")
        return release(pk, *args, **named)

    monkeypatch.setattr(no_reply, "release_one", fail)
    with caplog.at_level(logging.ERROR, "routing.services.no_reply"):
        assert [after(6), take_away_unanswered()] == ([0, 1] if batch == 1 else [1, 0])
    assert other.assignments.count() == 2
    assert len(caplog.records) == 1
    take_away_unanswered(at=timezone.now() + LEFT_ALONE)  # and is tried again
    assert len(caplog.records) == 2


# --- A clock that jumps ------------------------------------------------------------------------
@pytest.fixture
def worker(monkeypatch):
    """`worker(minutes, …)`: a turn of the job at each of these minutes from now; what it took.

    With `by_another` it is the turn of another worker: what this process sees of it is the row.
    """
    (job,) = (job for job in JOBS if job.name == "take_away_unanswered")
    PeriodicJob.objects.create(name=job.name)
    now = timezone.now()

    def turn(moment) -> int:
        before = Assignment.objects.filter(end_reason="no_reply").count()
        with monkeypatch.context() as then:
            then.setattr(timezone, "now", lambda: moment)
            assert run_if_due(job)
        assert PeriodicJob.objects.get(name=job.name).last_error == ""
        return Assignment.objects.filter(end_reason="no_reply").count() - before

    def call(*minutes: float, by_another: bool = False) -> list[int]:
        moments = [now + timedelta(minutes=minute) for minute in minutes]
        if not by_another:
            return [turn(moment) for moment in moments]
        row = PeriodicJob.objects.filter(name=job.name)
        for moment in moments:
            row.update(run_after=moment + job.every, last_finished_at=moment)
        return []

    return call


def test_a_worker_takes_away_what_it_has_watched_for_as_long(given, worker):
    assert worker(0, 2, 4, 4.9) == [0] * 4
    assert worker(5.1) == [1]


@pytest.mark.parametrize("jump", [2.1, 60, 24 * 60])
def test_after_a_jump_forward_everybody_has_the_whole_time_once_more(given, worker, jump):
    assert worker(0, 2, 4) == [0] * 3
    assert worker(*(4 + jump + minutes for minutes in (0, 2, 4, 4.9))) == [0] * 4
    assert state(given)[0] == "staff"
    assert worker(4 + jump + 5) == [1]


def test_after_a_step_back_it_begins_anew(given, worker):
    assert worker(0, 2, 4, -60, -58, -56) == [0] * 6
    ago = timezone.now() - timedelta(minutes=60)
    Assignment.objects.update(assigned_at=ago)
    Conversation.objects.update(waiting_since=ago)
    assert worker(-55.1, -54.9) == [0, 1]


def test_workers_that_never_ran_take_nothing_away(given, worker):
    assert worker(60) == [0]


def test_two_workers_in_turn_watch_as_one(given, worker):
    """Each of them sees the job every four minutes only: a gap to it alone, none to the job."""
    assert worker(0) == [0]
    worker(2, by_another=True)
    assert worker(4) == [0]
    worker(5, by_another=True)
    assert worker(6) == [1]


def test_a_short_restart_does_not_grant_the_time_again(given, worker):
    assert worker(0, 2, 3) == [0] * 3
    assert worker(4.9, 5.1) == [0, 1]


def test_after_ten_minutes_without_a_worker_the_time_begins_anew(given, worker):
    assert worker(0, 2, 12, 14, 16, 16.9) == [0] * 6
    assert worker(17.1) == [1]


# --- A lead decides ----------------------------------------------------------------------------
@pytest.fixture
def parked(given, after) -> Conversation:
    for _hop in range(3):
        assert after(6) == 1
    assert state(given) == PARKED
    return given


def test_after_three_people_a_lead_decides(parked, people, after):
    assert [r.assignee.username for r in parked.assignments.order_by("pk")] == [
        "staff",
        "colleague",
        "staff",
    ]
    assert bells() == [("manager", 3)]
    assert after(60) == 0
    assert drain_department(parked.department_id) == assign_waiting() == 0
    assert state(parked) == PARKED
    assert bells() == [("manager", 3)]


def test_the_page_behind_why_tells_how_many_did_not_answer(parked, people, client):
    """Not how many are at work."""
    client.force_login(people["manager"])
    address = reverse("routing:conversation_why", args=[parked.public_id])
    answer = client.get(address, headers={"accept": "text/html"})
    with translation.override(answer.headers["Content-Language"]):
        assert answer.context["waiting_because"] == waiting_sentence(parked)
    assert "3" in answer.context["waiting_because"]


def test_the_lead_has_one_line_about_it(given, people, after):
    """With what the deadline said of it a moment ago, it were two."""
    notify(
        user_ids=[people["manager"].pk],
        kind="waiting",
        path=given.path,
        dedup_key="due:1:80:1",
        params={"what": "due", "contact": "Chị Hoa", "minutes": 1},
    )
    for _hop in range(3):
        after(6)
    assert [n.params["what"] for n in people["manager"].notifications.all()] == ["parked"]


def test_a_parked_one_stops_nobody_behind_it(parked, people, sales):
    behind = ConversationFactory(department=sales)
    assert drain_department(sales.pk) == 1
    assert state(behind)[0] is not None
    assert state(parked) == PARKED


def test_the_customer_writing_again_does_not_take_it_from_the_lead(parked, write):
    assert state(write("Alo?")) == PARKED
    assert bells() == [("manager", 3)]


def test_without_a_manager_the_administrators_are_told(given, people, sales, after):
    type(people["manager"]).objects.filter(pk=people["manager"].pk).update(is_active=False)
    for _hop in range(3):
        after(6)
    assert bells() == [("admin", 3)]


@pytest.mark.parametrize("second_hears", [False, True])
def test_where_no_managers_bell_rings_the_administrators_are_told(
    given, people, sales, after, second_hears
):
    people["manager"].notify_waiting = False
    people["manager"].save(update_fields=["notify_waiting"])
    UserFactory(username="second", role="manager", department=sales, notify_waiting=second_hears)
    for _hop in range(3):
        after(6)
    assert bells() == [("second" if second_hears else "admin", 3)]


def test_it_is_parked_also_while_everybody_is_full(given, people, sales, after):
    """The drain stops at the first for whom there is no room; a lead hears of it all the same."""
    for _hop in range(2):
        after(6)
    set_presence(user=people["colleague"], presence="busy")
    before = ConversationFactory(department=sales, priority=1)
    Agent.objects.filter(user=people["staff"]).update(capacity=0)
    assert after(6) == 1
    assert state(given) == PARKED
    assert bells() == [("manager", 3)]
    assert state(before)[0] is None


def test_an_answer_of_a_person_begins_the_count_anew(given, write, people, commits, after):
    for name in ("colleague", "staff"):
        assert after(6) == 1
        assert state(given)[0] == name
    send_reply(conversation=given, author=people["staff"], text="Dạ")
    assert state(write("Còn màu đỏ không?"))[0] == "staff"
    assert after(6) == 1
    assert state(given)[0] == "colleague"  # did not answer before, but that is another question
    assert given.assignments.latest("pk").explanation["decided_by"] == "fresh"
    assert after(6) == 1
    assert state(given)[0] == "staff"
    assert after(6) == 1
    assert state(given) == PARKED
    assert bells() == [("manager", 3)]


@pytest.mark.parametrize("what", ["note", "automatic reply"])
def test_only_a_person_answers(given, people, after, what):
    for _hop in range(2):
        assert after(6) == 1
    if what == "note":
        add_note(conversation=given, author=people["manager"], text="Ai trả lời đi")
    else:
        MessageFactory(conversation=given, direction="outbound", text="Xin đợi một chút")
    assert after(6) == 1
    assert state(given) == PARKED


@pytest.mark.parametrize("changes", [{"max_hops": 4}, {"no_reply_minutes": None}])
def test_a_policy_that_parks_it_no_more_gives_it_out(parked, people, sales, commits, changes):
    save_policy(department=sales, changes=changes, actor=people["admin"])
    assert state(parked) == ("colleague", "", {})
    assert parked.assignments.count() == 4


def test_a_lead_gives_it_to_somebody_whom_nobody_takes_it_from(parked, people, commits, after):
    assign_conversation(conversation=parked, assignee=people["staff"], by=people["manager"])
    assert after(60) == 0
    assert state(parked) == ("staff", "", {})


def test_a_lead_sends_it_to_a_department_that_has_not_had_it(
    parked, people, billing, commits, after
):
    set_policy(billing, no_reply_minutes=5, max_hops=1)
    move_conversation(conversation=parked, department=billing, by=people["admin"])
    assert state(parked) == ("other_staff", "", {})
    assert after(6) == 1  # now Billing has
    assert state(parked) == (None, "parked", {"count": 1})
    assert bells() == [("manager", 3), ("other_manager", 1)]


def test_a_new_cycle_begins_with_nobody_asked(parked, people, write):
    resolve_conversation(conversation=parked, by=people["manager"])
    assert state(write("Chào")) == ("colleague", "", {})
    record = parked.assignments.latest("pk")
    assert (record.cycle.number, record.ended_at) == (2, None)


def test_a_new_cycle_that_must_wait_is_not_parked(parked, people, write):
    resolve_conversation(conversation=parked, by=people["manager"])
    for name in ("staff", "colleague"):
        check_out(user=people[name])
    assert state(write("Chào")) == (None, "nobody_at_work", {})
