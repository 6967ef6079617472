"""The page of who could be given work when, and the same on a person's page."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.models import User
from accounts.workplace import workplace_zone
from tests.factories import UserFactory
from tests.workforce.roster_rows import HTML
from tests.workforce.timesheet_rows import moment
from workforce.availability import Reason
from workforce.availability_days import DayLine, Piece, strips_of
from workforce.models import AvailabilityInterval

PAGE = "/shifts/availability"


@pytest.fixture
def history(people, time_machine) -> None:
    """Yesterday's night and today's morning of two people; now is 10:00."""
    time_machine.move_to(moment("2026-11-23 10:00"), tick=False)
    stories = {
        "staff": [
            ("checked_out", "2026-11-22 17:00", "2026-11-23 07:56"),
            ("taking_work", "2026-11-23 07:56", "2026-11-23 09:00"),
            ("on_break", "2026-11-23 09:00", "2026-11-23 09:15"),
            ("taking_work", "2026-11-23 09:15", None),
        ],
        "other_staff": [("busy", "2026-11-22 22:00", "2026-11-23 06:00")],
    }
    for who, story in stories.items():
        for reason, since, until in story:
            AvailabilityInterval.objects.create(
                user=people[who],
                reason=reason,
                since=moment(since),
                until=until and moment(until),
            )


def lines_of(client, person: User, query: str = "") -> dict[str, list[tuple[str, int]]]:
    client.force_login(person)
    page = client.get(f"{PAGE}{query}", headers=HTML)
    assert page.status_code == 200
    return {
        line.person.username: [(piece.reason.value, piece.minutes) for piece in line.pieces]
        for line in page.context["lines"]
    }


MORNING = [("checked_out", 476), ("taking_work", 64), ("on_break", 15), ("taking_work", 45)]


def test_a_day_is_cut_at_midnight_and_at_the_present(client, people, history):
    assert lines_of(client, people["staff"]) == {"staff": MORNING}
    assert lines_of(client, people["staff"], "?date=2026-11-22") == {
        "staff": [("checked_out", 420)]
    }
    assert lines_of(client, people["staff"], "?date=2026-11-24") == {"staff": []}


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("staff", {"staff"}),
        ("colleague", {"colleague"}),
        ("manager", {"manager", "staff", "colleague"}),
        ("other_manager", {"other_manager", "other_staff"}),
        ("admin", {"manager", "staff", "colleague", "other_manager", "other_staff"}),
    ],
)
def test_everybody_sees_their_own_people_and_no_more(client, people, history, who, sees):
    lines = lines_of(client, people[who])
    assert set(lines) == sees
    assert lines.get("staff") in (None, MORNING)
    assert lines.get("other_staff") in (None, [("busy", 360)])


def test_an_administrator_narrows_to_a_department(client, people, billing, history):
    found = lines_of(client, people["admin"], f"?department={billing.pk}")
    assert set(found) == {"other_manager", "other_staff"}


def test_the_bars_stand_where_the_hours_are(client, people, history):
    client.force_login(people["staff"])
    strips = client.get(PAGE, headers=HTML).context["strips"]
    assert strips.hours == [7, 9, 11, 13, 15, 17, 19]
    (_line, bars), *_others = strips.lines
    # From 07:00 to 19:00 are 720 minutes.
    assert [(bar.left, bar.width, bar.tone) for bar in bars] == [
        ("7.78%", "8.89%", "ok"),
        ("16.67%", "2.08%", "info"),
        ("18.75%", "6.25%", "ok"),
    ]


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        ("08:00", "17:00", [7, 9, 11, 13, 15, 17, 19]),
        ("08:00", "20:10", [7, 9, 11, 13, 15, 17, 19, 21]),
        ("08:00", "23:10", [4, 8, 12, 16, 20, 24]),
        ("00:00", "24:00", [0, 4, 8, 12, 16, 20, 24]),
    ],
)
def test_the_first_and_the_last_hour_stand_at_the_ends(people, since, until, hours):
    day = "2026-11-23"
    end = "2026-11-24 00:00" if until == "24:00" else f"{day} {until}"
    piece = Piece(Reason.BUSY, moment(f"{day} {since}"), moment(end))
    lines = [DayLine(people["staff"], date(2026, 11, 23), [piece])]
    assert strips_of(lines, workplace_zone()).hours == hours


def test_a_night_widens_the_hours(client, people, history):
    client.force_login(people["other_manager"])
    strips = client.get(PAGE, headers=HTML).context["strips"]
    assert strips.hours[0] == 0


@pytest.mark.parametrize("query", ["?date=x", "?date=2026-02-30", "?department=999"])
def test_what_cannot_be_read_is_said(client, people, history, query):
    client.force_login(people["manager"])
    page = client.get(PAGE + query, headers=HTML)
    assert page.status_code == 400
    assert 'role="alert"' in page.text


def test_the_page_of_a_person_shows_seven_days_and_one_of_them_line_by_line(
    client, people, history
):
    client.force_login(people["manager"])
    address = f"/users/{people['staff'].public_id}"
    page = client.get(address, headers=HTML)
    lines = [line for line, _bars in page.context["strips"].lines]
    assert [line.date.isoformat() for line in lines] == [
        (moment("2026-11-23 10:00") - timedelta(days=n)).date().isoformat() for n in range(7)
    ]
    assert lines[0].seconds_at_work == (64 + 15 + 45) * 60
    assert [piece.reason.value for piece in page.context["day"].pieces] == [r for r, _m in MORNING]
    day = client.get(f"{address}?day=2026-11-22", headers=HTML).context["day"]
    assert [(piece.reason.value, piece.minutes) for piece in day.pieces] == [("checked_out", 420)]


def test_a_team_costs_as_much_as_one(client, people, sales, history, django_assert_max_num_queries):
    UserFactory.create_batch(30, department=sales)
    client.force_login(people["manager"])
    with django_assert_max_num_queries(12):
        assert len(client.get(PAGE, headers=HTML).context["lines"]) == 33
