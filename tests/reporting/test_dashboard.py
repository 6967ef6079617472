"""The figures of the dashboards on a small world, and what they cost on a larger one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import translation

from reporting.board import Span, load_board, load_wall
from reporting.board_page import page_of
from reporting.goals import goals_of
from reporting.models import BacklogSnapshot, KpiDefinition, KpiTarget
from reporting.own_day import load_own_day
from reporting.own_day_page import own_day_page
from routing.models import Agent, SlaPolicy
from tests.factories import ChannelFactory
from tests.reporting.dashboard_rows import NOW, conversation, fact, roll
from tests.test_statement_counts import statements, told
from tests.workforce.timesheet_rows import moment, plan, shift, worked
from workforce.models import Request

pytestmark = pytest.mark.django_db
BOARD_PAGE, WALL_PAGE, OWN_DAY_PAGE = 30, 28, 22


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(moment(NOW), tick=False)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def facts(people, sales, billing):
    """Two days of Sales and one of Billing, and the Monday before."""
    zalo, web = ChannelFactory(name="Zalo"), ChannelFactory(name="Web")
    staff, other = people["staff"], people["other_staff"]
    s, b = {"department": sales}, {"department": billing}
    for at in ("2026-11-23 08:10", "2026-11-23 08:20", "2026-11-23 09:01"):
        fact("cycle_started", at, label="inbound", channel=zalo, **s)
    fact("cycle_started", "2026-11-23 09:30", label="inbound", channel=web, **b)
    fact("cycle_started", "2026-11-22 16:00", label="inbound", channel=zalo, **s)
    for minutes, day in ((2, 23), (3, 23), (10, 23), (5, 22)):
        at = f"2026-11-{day} 09:00"
        fact("first_response", at, minutes=minutes, channel=zalo, actor=staff, **s)
    fact("first_response", "2026-11-23 09:40", minutes=40, channel=web, actor=other, **b)
    for at in ("2026-11-23 09:10", "2026-11-23 09:20", "2026-11-23 09:25"):
        fact("sla_met", at, label="first_response", channel=zalo, actor=staff, **s)
    fact("sla_breached", "2026-11-23 09:26", label="next_response", channel=web, actor=staff, **s)
    fact("sla_breached", "2026-11-23 09:27", label="resolution", channel=web, actor=staff, **s)
    fact("sla_breached", "2026-11-23 09:28", label="first_response", channel=web, actor=other, **b)
    # A week ago, before this hour and after it.
    fact("cycle_started", "2026-11-16 09:51", label="inbound", channel=zalo, **s)
    fact("cycle_started", "2026-11-16 09:53", label="inbound", channel=zalo, **s)
    fact("first_response", "2026-11-16 09:00", minutes=6, channel=zalo, actor=staff, **s)
    fact("first_response", "2026-11-16 17:00", minutes=90, channel=zalo, actor=staff, **s)
    fact("resolved", "2026-11-23 09:00", minutes=30, channel=zalo, actor=staff, **s)
    fact("resolved", "2026-11-22 09:00", minutes=30, channel=zalo, actor=staff, **s)
    fact("resolved", "2026-11-22 09:30", minutes=30, channel=zalo, actor=staff, **s)
    roll()


@pytest.fixture
def backlog(people, sales, billing):
    """Sales: one late and one at risk of two people, two that wait; Billing and nobody's: one."""
    staff, colleague = people["staff"], people["colleague"]
    conversation("late", sales, staff, waits=90, due=-4)
    conversation("risky", sales, colleague, waits=300, due=3)
    conversation("answered", sales, staff, status="waiting")
    conversation("over", sales, staff, status="resolved", due=-9)
    conversation("queue", sales, waits=16)
    conversation("late queue", sales, waits=14, due=-1)
    conversation("billing", billing, people["other_staff"], waits=60 * 24 * 4)
    conversation("common", None, waits=20)
    for username, load in (("staff", 8), ("colleague", 1), ("other_staff", 1)):
        Agent.objects.filter(user__username=username).update(open_count=load)


def test_todays_figures_beside_the_same_weekday_up_to_this_hour(people, facts):
    board = load_board(people["admin"], Span.TODAY)
    assert {code: (value.amount, value.n) for code, value in board.total.items()} == {
        "started": (4, 4),
        "first_response": (6.5 * 60, 4),
        "sla": (60.0, 5),
    }
    assert {code: (value.amount, value.n) for code, value in board.before.items()} == {
        "started": (1, 1),
        "first_response": (6 * 60, 1),
        "sla": (None, 0),
    }


def test_the_figures_of_seven_days_beside_the_seven_before(people, facts):
    board = load_board(people["admin"], Span.WEEK)
    assert [board.total["started"].n, board.before["started"].n] == [5, 2]
    assert [board.total["first_response"].amount, board.before["first_response"].amount] == [
        5 * 60,
        48 * 60,
    ]


def test_first_response_by_day_beside_the_week_before(people, facts):
    days = load_board(people["admin"], Span.TODAY).days
    assert [day for day, _new, _old in days] == [date(2026, 11, 17 + n) for n in range(7)]
    assert [new.amount for _day, new, _old in days] == [None] * 5 + [300, 390]
    assert [old.amount for _day, _new, old in days] == [None] * 6 + [48 * 60]
    assert len(load_board(people["admin"], Span.MONTH).days) == 30


def test_by_channel_by_hour_and_by_person(people, facts):
    board = load_board(people["admin"], Span.TODAY)
    assert [(name, value.amount, value.n) for name, value in board.channels] == [
        ("Web", 0.0, 2),
        ("Zalo", 100.0, 3),
    ]
    assert board.heat == {(0, 8): 2, (0, 9): 2, (6, 16): 1}
    assert page_of(board).heat_note.startswith("last 7 days · busiest on Mon at ")
    by_name = {one.member.person.username: one for one in board.people}
    assert set(by_name) == {"staff", "colleague", "other_staff"}
    assert (by_name["staff"].response.amount, by_name["staff"].on_time.amount) == (180, 75.0)
    assert by_name["colleague"].response.amount is None


def test_what_is_so_now(people, backlog):
    board = load_board(people["admin"], Span.TODAY)
    found = {team.now.name: team.now for team in board.present.teams}
    assert list(found) == ["Sales", "Billing", "Common queue"]
    sales = found["Sales"]
    assert (sales.waiting, sales.late, sales.long_waits) == (2, 2, 1)
    assert (sales.people, sales.taking, sales.taken, sales.capacity, sales.free) == (2, 2, 9, 16, 7)
    assert (found["Common queue"].waiting, found["Common queue"].long_waits) == (1, 1)
    present = board.present
    assert (present.sum("waiting"), present.waiting_late, present.at_risk) == (3, 1, 1)
    assert present.oldest == moment(NOW) - timedelta(minutes=20)
    assert present.ages == {
        "age_under_1h": 3,
        "age_1h_4h": 1,
        "age_4h_24h": 1,
        "age_1d_3d": 0,
        "age_over_3d": 1,
    }
    assert [one.member.person.username for one in board.people][0] == "staff"
    page = page_of(board)
    assert page.title == "2 conversations are past their deadlines"
    assert page.alert == ("Most of them are in Sales.", "9 of 16 places are taken there.")


def test_how_many_waited_a_week_ago(people, sales, backlog):
    channel = ChannelFactory()
    BacklogSnapshot.objects.create(
        at=moment("2026-11-16 09:45"), department=sales, channel=channel, unassigned_count=1
    )
    BacklogSnapshot.objects.create(
        at=moment("2026-11-16 10:00"), department=sales, channel=channel, unassigned_count=9
    )
    tile = page_of(load_board(people["admin"], Span.TODAY)).tiles[-1]
    assert (tile.figure.number, tile.note) == ("3", "1 is late")
    assert (tile.delta.words, tile.delta.is_up, tile.delta.tone) == ("2", True, "warn")


@pytest.mark.parametrize(
    ("who", "rules", "goal"),
    [
        ("admin", {}, None),
        ("admin", {None: 30, "sales": 5}, 30),
        ("manager", {None: 30, "sales": 5, "billing": 7}, 5),
        ("other_manager", {None: 30, "sales": 5}, 30),
    ],
)
def test_the_goal_is_what_was_promised(people, sales, billing, who, rules, goal):
    SlaPolicy.objects.all().delete()
    departments = {None: None, "sales": sales, "billing": billing}
    for name, minutes in rules.items():
        SlaPolicy.objects.create(department=departments[name], first_response_minutes=minutes)
    SlaPolicy.objects.create(priority=1, first_response_minutes=1)  # of urgent ones
    assert load_board(people[who], Span.TODAY).goals.response_minutes == goal


@pytest.mark.parametrize(
    ("who", "reaches", "goal"),
    [
        ("admin", {}, None),
        ("admin", {"": 92, "sales": 95}, 92),
        ("admin", {"": 92, "staff": 90, "admin": 99}, 90),
        ("manager", {"": 92, "staff": 90, "sales": 95}, 95),
        ("other_manager", {"": 92, "sales": 95}, 92),
        ("staff", {"": 92.5}, 92.5),
    ],
)
def test_the_target_is_the_kpi_of_those_who_answer(people, sales, facts, who, reaches, goal):
    KpiTarget.objects.all().delete()
    definition, _is_new = KpiDefinition.objects.get_or_create(code="sla", defaults={"weight": 1})
    for reach, value in reaches.items():
        whose = {"department": sales} if reach == "sales" else {"role": reach}
        KpiTarget.objects.create(definition=definition, value=value, zero_value=0, **whose)
    assert goals_of(people[who]).on_time_percent == goal
    page = page_of(load_board(people["admin"], Span.TODAY))
    everybodys = reaches.get("staff", reaches.get(""))
    note = "no goal" if everybodys is None else f"goal {everybodys:g}%"
    assert page.tiles[2].note == note
    assert {row.target for row in page.channels.rows} == {everybodys and everybodys / 100}
    KpiDefinition.objects.update(is_active=False)
    assert goals_of(people[who]).on_time_percent is None


def test_the_wall_names_what_each_department_owes_next(people, facts, backlog):
    board = load_wall(people["admin"])
    owed = {
        team.now.name: team.next_due and team.next_due.contact.name for team in board.present.teams
    }
    assert owed == {"Billing": None, "Sales": "late", "Common queue": None}
    on_time = {team.now.name: team.on_time.amount for team in board.present.teams}
    assert on_time == {"Billing": 0.0, "Sales": 75.0, "Common queue": None}
    assert [(tile.title, tile.figure.number) for tile in page_of(board).wall_tiles] == [
        ("Waiting to be assigned", "3"),
        ("Due soon", "1"),
        ("Late", "2"),
        ("First response", "6.5"),
        ("On time", "60.0"),
    ]


def test_ones_own_day(people, sales, facts, backlog):
    staff = people["staff"]
    plan(staff, shift(sales, name="Day"), "2026-11-23", "2026-11-24")
    worked(staff, "2026-11-18 08:00", "20:00", is_auto_closed=True)
    worked(staff, "2026-11-17 08:00", "20:00", is_auto_closed=True, corrected_out_at=moment(NOW))
    conversation("soon", sales, staff, due=9)
    conversation("later", sales, staff, due=11)
    ask = {"kind": "shift_change", "consent": "asked", "description": "x"}
    Request.objects.create(user=people["colleague"], colleague=staff, **ask)
    Request.objects.create(user=people["colleague"], colleague=people["manager"], **ask)
    Request.objects.create(user=staff, colleague=people["colleague"], **ask)  # waits for her
    day = load_own_day(staff)
    assert [row.contact.name for row in day.due] == ["late", "soon", "later"]
    assert (day.open_count, day.late, day.soon, day.capacity) == (3, 1, 2, 8)
    assert [day.today[code].amount for code in ("resolved", "first_response", "sla")] == [
        1,
        180,
        75,
    ]
    assert day.yesterday["resolved"].amount == 2
    assert day.forgotten == [date(2026, 11, 18)]
    assert [request.user.username for request in day.asked] == ["colleague"]
    assert day.week_plan_minutes == 960
    page = own_day_page(day)
    assert page.title == "1 customer of yours is past the deadline"
    assert page.about == "Day 08:00–17:00"
    assert [(tile.figure.number, tile.note) for tile in page.tiles] == [
        ("3", "no place left, nothing new comes"),
        ("1", "all of yesterday 2"),
        ("3.0", "no promise"),
        ("75.0", "1 late of 4"),
    ]


def test_the_pages_and_their_live_parts(people, facts, backlog):
    for who, path, part in (
        ("admin", "/dashboard?span=7", 'id="board"'),
        ("manager", "/dashboard?span=x", 'id="board"'),
        ("manager", "/dashboard/wall", 'id="wall-teams"'),
        ("staff", "/dashboard", 'id="own-day"'),
    ):
        client = Client(headers={"Accept": "text/html"})
        client.force_login(people[who])
        page, live = client.get(path), client.get(path, headers={"HX-Request": "true"})
        assert (page.status_code, live.status_code) == (200, 200)
        assert [part in text for text in (page.text, live.text)] == [True, True]
        assert ["<html" in text for text in (page.text, live.text)] == [True, False]
        assert 'hx-trigger="live' in live.text


@pytest.mark.parametrize(
    ("who", "path", "most"),
    [
        ("admin", "/dashboard", BOARD_PAGE),
        ("manager", "/dashboard?span=30", BOARD_PAGE),
        ("admin", "/dashboard/wall", WALL_PAGE),
        ("staff", "/dashboard", OWN_DAY_PAGE),
    ],
)
def test_the_cost_does_not_grow_with_the_rows(people, sales, facts, backlog, who, path, most):
    client = Client(headers={"Accept": "text/html"})
    client.force_login(people[who])
    client.get(path)
    with statements() as few:
        client.get(path)
    for number in range(30):
        conversation(f"more {number}", sales, people["staff"], due=number)
        fact(
            "first_response",
            f"2026-11-{1 + number % 23:02} 09:00",
            minutes=number,
            department=sales,
        )
    roll()
    with statements() as many:
        client.get(path)
    assert len(many) == len(few), told(many)
    assert len(many) <= most, told(many)
