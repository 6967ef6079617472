"""Whose figures the dashboards show: a manager's own department in each, staff their own."""

from __future__ import annotations

import pytest

from inbox.models import Conversation
from reporting.board import Span, load_board, load_wall
from reporting.models import BacklogSnapshot
from reporting.own_day import load_own_day
from routing.models import Agent, SlaPolicy
from tests.factories import ChannelFactory
from tests.reporting.dashboard_rows import NOW, conversation, fact, roll
from tests.workforce.timesheet_rows import moment, worked
from workforce.models import AvailabilityInterval, Request

pytestmark = pytest.mark.django_db
MEASURED = ("sla_met", "first_response", "resolved")
# What each lead's board comes to: figures of Sales count once, those of Billing ten times.
SEES = {"admin": 11, "manager": 1, "other_manager": 10}


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(moment(NOW), tick=False)


@pytest.fixture
def world(people, sales, billing):
    """The same of Sales once and of Billing ten times, today and a week ago; something nobody's."""
    SlaPolicy.objects.all().delete()
    for department, times, who, name in (
        (sales, 1, "staff", "Of Sales"),
        (billing, 10, "other_staff", "Of Billing"),
    ):
        channel, actor = ChannelFactory(name=name), people[who]
        about = {"department": department, "channel": channel}
        for at in ("2026-11-23 09:00", "2026-11-16 09:00"):
            for _number in range(times):
                fact("cycle_started", at, label="inbound", **about)
                for kind in MEASURED:
                    label = "first_response" if kind == "sla_met" else ""
                    fact(kind, at, minutes=times, label=label, actor=actor, **about)
        for number in range(times):
            conversation(f"{name} {number}", department, waits=times, due=-number)
            conversation(f"{name} {number}, answered by {who}", department, actor, waits=times)
        BacklogSnapshot.objects.create(
            at=moment("2026-11-16 09:45"), unassigned_count=times, **about
        )
        SlaPolicy.objects.create(department=department, first_response_minutes=times)
    fact("cycle_started", "2026-11-23 09:00", label="inbound")
    conversation("nobody's", None, waits=600, due=-99)
    roll()


@pytest.mark.parametrize("who", SEES)
def test_every_figure_of_a_leads_board_is_of_their_departments(people, world, who):
    n = SEES[who]
    board, of_all = load_board(people[who], Span.TODAY), who == "admin"
    other = 1 if of_all else 0  # what belongs to no department
    assert board.total["started"].n == n + other
    assert [board.total[code].n for code in ("first_response", "sla")] == [n, n]
    assert [value.n for value in board.before.values()] == [n, n, n]
    assert [(new.n, old.n) for _day, new, old in board.days][-1] == (n, n)
    assert sum(board.heat.values()) == n + other
    assert sum(value.n for _name, value in board.channels) == n
    assert sum(one.response.n + one.on_time.n for one in board.people) == 2 * n
    assert board.waiting_before == n
    present = board.present
    assert (present.sum("waiting"), present.sum("late")) == (n + other, n + other)
    assert present.waiting_late == n + other
    assert sum(present.ages.values()) == 2 * n + other
    assert board.finding.params["late"] == n + other


@pytest.mark.parametrize(
    ("who", "names", "team"),
    [
        ("manager", {"Sales"}, {"staff", "colleague"}),
        ("other_manager", {"Billing"}, {"other_staff"}),
        ("admin", {"Sales", "Billing", "Common queue"}, {"staff", "colleague", "other_staff"}),
    ],
)
def test_departments_and_people_a_lead_reads_of(client, people, world, who, names, team):
    wall = load_wall(people[who])
    departments = [one.department for one in wall.present.teams]
    assert {one.name if one else "Common queue" for one in departments} == names
    assert {one.member.person.username for one in wall.people} == team
    owed = [one.next_due.department for one in wall.present.teams if one.next_due]
    assert {one.name if one else "Common queue" for one in owed} == names
    client.force_login(people[who])
    for path in ("/dashboard", "/dashboard?span=7", "/dashboard?span=30", "/dashboard/wall"):
        page = client.get(path, headers={"accept": "text/html"}).text
        for name in {"Sales", "Billing"}:
            assert (path, name, name in page) == (path, name, name in names)
        for person in ("staff", "colleague", "other_staff"):
            seen = str(people[person].public_id) in page
            assert (path, person, seen) == (path, person, person in team and "wall" not in path)


@pytest.mark.parametrize(("who", "n"), [("staff", 1), ("other_staff", 10), ("colleague", 0)])
def test_ones_own_day_is_ones_own(client, people, world, who, n):
    for name in ("staff", "colleague", "other_staff"):
        worked(people[name], "2026-11-18 08:00", "20:00", is_auto_closed=True)
    for name in ("manager", "colleague"):
        Request.objects.create(
            user=people["other_manager"],
            colleague=people[name],
            kind="shift_change",
            consent="asked",
            description="x",
        )
    AvailabilityInterval.objects.all().delete()
    AvailabilityInterval.objects.create(
        user=people["staff"], reason="taking_work", since=moment("2026-11-23 08:00")
    )
    day = load_own_day(people[who])
    assert [day.today[code].n for code in ("resolved", "first_response", "sla")] == [n, n, n]
    assert day.open_count == n
    assert {row.assignee.username for row in day.due} == ({who} if n else set())
    assert day.agent == Agent.objects.get(user=people[who])
    assert len(day.forgotten) == 1
    assert len(day.asked) == (who == "colleague")
    assert (day.week_seconds > 0) == (who == "staff")
    client.force_login(people[who])
    page = client.get("/dashboard", headers={"accept": "text/html"}).text
    foreign = Conversation.objects.exclude(assignee=people[who])
    for row in foreign:
        assert str(row.public_id) not in page


def test_staff_have_no_board_on_the_wall(client, people, world):
    client.force_login(people["staff"])
    assert client.get("/dashboard/wall").status_code == 403
