"""Leave in the roster: who sees what of it, and that nobody is planned over it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from omnichat.lib.errors import DomainError
from tests.workforce.roster_rows import HTML, MONDAY, plan, rows, shift_of
from workforce.models import LeaveType
from workforce.roster_plan import dates_of_week
from workforce.services import assign_shift, copy_week, grant_leave, publish_week

MON, TUE, WED, THU, FRI, SAT, SUN = dates_of_week(MONDAY)
WEEK = timedelta(days=7)


@pytest.fixture
def day(sales):
    return shift_of(sales, minimum_staff=2)


def grant(people, first: date, last: date | None = None, *, symbol="P", part="whole", who="staff"):
    return grant_leave(
        user=people[who],
        type=LeaveType.objects.get(symbol=symbol),
        first=first,
        last=last or first,
        part=part,
        actor=people["admin"],
    )


def week_of(client, person):
    client.force_login(person)
    page = client.get(f"/shifts?week={MONDAY.isoformat()}", headers=HTML)
    assert page.status_code == 200
    return page


def leave_of(page, username: str) -> list[tuple[str, bool] | None]:
    """By day: the words and whether they lead further."""
    row = next(r for r in page.context["plan"].rows if r.person.username == username)
    return [cell.leave and (cell.leave.words, cell.leave.id is not None) for cell in row.cells]


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("manager", [("Annual leave", True)] * 2),
        ("staff", [("Annual leave", True)] * 2),
        ("colleague", [("away", False)] * 2),
    ],
)
def test_colleagues_see_that_and_leads_and_the_person_what_it_is(client, people, day, who, seen):
    grant(people, TUE, WED)
    page = week_of(client, people[who])
    assert leave_of(page, "staff") == [None, *seen, None, None, None, None]
    assert ("Annual leave" in page.text) == (who != "colleague")


def test_half_days_say_which_half_and_remote_work_is_nobodys_business(client, people, day):
    grant(people, TUE, part="first_half")
    grant(people, WED, symbol="R")
    assert leave_of(week_of(client, people["manager"]), "staff")[1:3] == [
        ("Annual leave, first half of the day", True),
        ("Remote work", True),
    ]
    assert leave_of(week_of(client, people["colleague"]), "staff")[1:3] == [("away", False), None]


def test_who_is_away_covers_nothing_and_their_shift_is_struck_out(client, people, day):
    for name in ("staff", "colleague"):
        plan(people[name], day, TUE)
        plan(people[name], day, WED)
    grant(people, TUE)
    grant(people, WED, part="second_half")
    page = week_of(client, people["manager"])
    cover = page.context["plan"].cover[0].days
    assert [(one.planned, one.minimum) for one in cover[1:3]] == [(1, 2), (2, 2)]
    row = next(r for r in page.context["plan"].rows if r.person.username == "staff")
    assert [cell.chips[0].is_excused for cell in row.cells[1:3]] == [True, False]
    assert page.text.count("<s>") == 1


def refused(act, **about) -> tuple[str, str | None]:
    before = rows()
    with pytest.raises(DomainError) as caught:
        act(**about)
    assert rows() == before
    return caught.value.code, caught.value.field


def test_nobody_is_planned_on_a_day_of_leave(people, day):
    grant(people, TUE)
    about = {"user": people["staff"], "shift": day, "actor": people["manager"]}
    assert refused(assign_shift, on=TUE, **about) == ("on_leave", "date")
    assert refused(assign_shift, on=TUE, publish=True, **about) == ("on_leave", "date")
    assign_shift(on=WED, **about)


@pytest.mark.parametrize(
    ("symbol", "part"), [("P", "second_half"), ("R", "whole"), ("CT", "whole")]
)
def test_who_works_that_day_all_the_same_can_be_planned(people, day, symbol, part):
    grant(people, TUE, symbol=symbol, part=part)
    assign_shift(user=people["staff"], shift=day, on=TUE, actor=people["manager"])
    assert len(rows()) == 1


def test_a_copied_week_leaves_the_days_of_leave_out(people, day, sales):
    for on in (MON, TUE, WED):
        plan(people["staff"], day, on)
    grant(people, TUE + WEEK, WED + WEEK)
    copied = copy_week(departments=[sales], week=MONDAY + WEEK, actor=people["manager"])
    assert (copied.added, copied.skipped) == (1, 2)
    assert [row[2] for row in rows()][3:] == [(MON + WEEK).isoformat()]


def test_a_draft_from_before_the_leave_may_be_published(people, day, sales):
    plan(people["staff"], day, TUE)
    grant(people, TUE)
    assert publish_week(departments=[sales], week=MONDAY, actor=people["manager"]) == 1
