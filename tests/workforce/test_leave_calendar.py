"""The calendar of a team's leave: who sees what in it, cover, what comes up, what it costs."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.factories import UserFactory
from tests.workforce.roster_rows import HTML, MONDAY, plan, shift_of
from workforce.leave_calendar import may_see_account
from workforce.models import (
    Holiday,
    LeaveBlackout,
    LeaveLedgerEntry,
    LeaveType,
    Request,
    Shift,
    TimeRules,
)
from workforce.services import grant_leave

PAGE = "/requests/calendar"
NOVEMBER = f"{PAGE}?month=2026-11"
CELL = re.compile(r"<td([^>]*)>(.*?)</td>")
DAY = timedelta(days=1)
TUESDAY, WEDNESDAY, SUNDAY = MONDAY + DAY, MONDAY + 2 * DAY, MONDAY + 6 * DAY


@pytest.fixture(autouse=True)
def on_monday(people, time_machine):
    time_machine.move_to("2026-11-23T02:00:00+00:00", tick=False)


def type_of(symbol: str) -> LeaveType:
    return LeaveType.objects.get(symbol=symbol)


def grant(people, who: str, symbol: str, first: date, last: date | None = None, **about):
    about = {"type": type_of(symbol), "first": first, "last": last or first} | about
    return grant_leave(user=people[who], actor=people["admin"], **about)


def ask(person: User, first: date, last: date | None = None, kind: str = "leave", **about):
    about = {"leave_type": type_of("P") if kind == "leave" else None} | about
    return Request.objects.create(user=person, kind=kind, first=first, last=last or first, **about)


def month_of(client, person, address: str = NOVEMBER, status: int = 200):
    client.force_login(person)
    page = client.get(address, headers=HTML)
    assert page.status_code == status
    return page


def cells_of(page, username: str) -> dict[int, tuple[str, str]]:
    """By day of the month what is not empty: (attributes, text)."""
    line = next(one for one in page.context["plan"].lines if one.person.username == username)
    found = CELL.findall(line.cells)
    assert len(found) == len(page.context["plan"].columns)
    return {n: (about.strip(), text) for n, (about, text) in enumerate(found, 1) if text}


def cover_of(page) -> list[tuple[str, str]]:
    return [(about.strip(), text) for about, text in CELL.findall(page.context["plan"].cover)]


def vh(words: str) -> str:
    return f'<span class="vh"> {words}</span>'


def test_a_cell_is_the_symbol_of_the_leave(client, people):
    grant(people, "staff", "P", MONDAY)
    grant(people, "staff", "P", TUESDAY, part="first_half")
    grant(people, "staff", "CT", WEDNESDAY)
    grant(people, "colleague", "KL", MONDAY)
    page = month_of(client, people["manager"])
    assert cells_of(page, "staff") == {
        23: ('data-s="info"', "P" + vh("Annual leave")),
        24: ('data-s="info"', "P/2" + vh("Annual leave, first half of the day")),
        25: ('data-s="ok"', "CT" + vh("Business trip")),
    }
    assert cells_of(page, "colleague") == {23: ('data-s="warn"', "KL" + vh("Unpaid leave"))}
    assert [symbol.text for symbol in page.context["plan"].symbols] == ["CT", "KL", "P"]


def test_leave_over_a_day_off_stands_there_without_colour(client, people):
    grant(people, "staff", "P", SUNDAY - DAY, SUNDAY + DAY)
    page = month_of(client, people["manager"])
    words = "P" + vh("Annual leave")
    assert cells_of(page, "staff") == {
        28: ('data-s="info"', words),
        29: ("data-off", words),
        30: ('data-s="info"', words),
    }


def test_what_waits_is_a_question_until_it_is_granted(client, people):
    ask(people["staff"], MONDAY, TUESDAY)
    ask(people["staff"], WEDNESDAY, kind="trip")
    ask(people["staff"], WEDNESDAY + DAY, kind="late_early")
    ask(people["colleague"], MONDAY, status="cancelled")
    grant(people, "staff", "P", TUESDAY)
    page = month_of(client, people["manager"])
    assert cells_of(page, "colleague") == {}
    waits = ('data-s="info" class="is-wait"', "?" + vh("Annual leave, waits for a decision"))
    assert cells_of(page, "staff") == {
        23: waits,
        24: ('data-s="info"', "P" + vh("Annual leave")),
        25: ('data-s="info" class="is-wait"', "?" + vh("Business trip, waits for a decision")),
    }


def test_staff_see_that_colleagues_are_away_and_their_own_in_full(client, people):
    grant(people, "staff", "Ô", MONDAY)
    grant(people, "staff", "CT", WEDNESDAY)
    ask(people["staff"], TUESDAY)
    grant(people, "colleague", "P", MONDAY)
    page = month_of(client, people["colleague"])
    assert cells_of(page, "staff") == {23: ('data-s="violet"', "–" + vh("away"))}
    assert cells_of(page, "colleague") == {23: ('data-s="info"', "P" + vh("Annual leave"))}
    for hidden in ("Sick leave</span>", "Business trip", "waits for a decision", "Review"):
        assert hidden not in page.text
    own = month_of(client, people["staff"])
    assert set(cells_of(own, "staff")) == {23, 24, 25}
    assert {line.person.username for line in own.context["plan"].lines} == {
        "manager",
        "staff",
        "colleague",
    }


@pytest.mark.parametrize(
    ("who", "own"), [("staff", {"staff"}), ("manager", {"manager", "staff", "colleague"})]
)
def test_balances_are_for_leads_and_for_oneself(client, people, sales, who, own):
    UserFactory(username="second", role=User.Role.MANAGER, department=sales)
    LeaveType.objects.filter(symbol="P").update(days_per_year=12)
    grant(people, "staff", "P", MONDAY, part="first_half")
    plan_of = month_of(client, people[who]).context["plan"]
    assert [type.symbol for type in plan_of.accounts] == ["P"]
    shown = {line.person.username: line.balances for line in plan_of.lines}
    assert {name for name, days in shown.items() if days != [""]} == own
    assert shown["staff"] == ["29.5"]


@pytest.mark.parametrize("who", ["staff", "manager", "admin"])
def test_who_sees_an_account_is_the_rule_of_the_ledger(people, who):
    rows = LeaveLedgerEntry.objects.visible_to(people[who])
    ledger = set(rows.values_list("user", flat=True))
    here = [person for person in people.values() if person.department_id]
    same = [p for p in here if p.department_id == people["staff"].department_id]
    assert {p.pk for p in same if may_see_account(people[who], p)} == ledger & {p.pk for p in same}


def test_the_foot_counts_who_is_there_against_what_the_shifts_need(client, people, sales):
    day = shift_of(sales, minimum_staff=2)
    shift_of(sales, "Free", "10-12")
    for name in ("staff", "colleague"):
        plan(people[name], day, MONDAY)
        plan(people[name], day, TUESDAY)
    grant(people, "staff", "P", MONDAY)
    grant(people, "staff", "P", TUESDAY, part="first_half")
    grant(people, "staff", "P", WEDNESDAY)
    page = month_of(client, people["manager"])
    cover = cover_of(page)
    assert page.context["plan"].need == 2
    assert cover[22] == ('data-s="bad"', "1" + vh("1 too few"))
    assert cover[23] == ("", "2")  # half a day leaves the other to work
    assert cover[24] == ("", "2")  # nothing is planned: manager and colleague are not away
    assert cover[25] == ("", "3")
    assert cover[28] == ("data-off", "")  # Sunday
    assert page.context["plan"].short_days == 1
    assert "1 day has too few people." in page.text


def test_each_shift_needs_its_own_as_in_the_roster(client, people, sales):
    shift_of(sales, "Late", "13-21", minimum_staff=1)
    day = shift_of(sales, minimum_staff=1)
    for name in ("staff", "colleague"):
        plan(people[name], day, MONDAY)
    assert cover_of(month_of(client, people["manager"]))[22] == (
        'data-s="bad"',
        "2" + vh("1 too few"),
    )


def test_a_request_that_would_leave_too_few_is_told(client, people, sales):
    day = shift_of(sales, minimum_staff=2)
    for name in ("staff", "colleague"):
        plan(people[name], day, TUESDAY)
        plan(people[name], day, date(2026, 12, 3))
    ask(people["manager"], TUESDAY)  # not planned: makes no difference
    near = ask(people["staff"], MONDAY, TUESDAY)
    next_month = ask(people["colleague"], date(2026, 12, 3), part="second_half")
    page = month_of(client, people["manager"])
    coming = {one.request_id: one for one in page.context["plan"].coming}
    assert (coming[near.pk].short_on, coming[near.pk].missing) == (TUESDAY, 1)
    assert coming[next_month.pk].short_on is None  # half a day
    assert page.context["plan"].risk == coming[near.pk]
    assert "Tue 24/11 will lack 1 person if the request of Staff is granted." in page.text
    Request.objects.filter(pk=next_month.pk).update(part="whole")
    page = month_of(client, people["manager"])
    coming = {one.request_id: one for one in page.context["plan"].coming}
    assert coming[next_month.pk].short_on == date(2026, 12, 3)


def test_what_comes_up_leads_where_the_reader_may_go(client, people):
    asked = ask(people["staff"], TUESDAY, WEDNESDAY)
    own = ask(people["manager"], TUESDAY)
    leave = grant(people, "colleague", "P", SUNDAY - DAY, SUNDAY + DAY)
    grant(people, "colleague", "P", MONDAY - 3 * DAY)  # over
    grant(people, "colleague", "P", MONDAY + 31 * DAY)  # later
    page = month_of(client, people["manager"])
    coming = page.context["plan"].coming
    assert [
        (one.person.username, one.when, one.days, one.request_id, one.leave_id) for one in coming
    ] == [
        ("manager", "Tue 24/11", "1 day", None, None),
        ("staff", "Tue 24/11 – Wed 25/11", "2 days", asked.pk, None),
        ("colleague", "Sat 28/11 – Mon 30/11", "2 days", None, leave.pk),
    ]
    assert coming[2].granted == "granted by Admin, 23/11"
    assert f'href="/requests/{asked.pk}"' in page.text
    assert f'href="/requests/{own.pk}"' not in page.text
    staff = month_of(client, people["staff"]).context["plan"].coming
    assert [(one.person.username, one.words, one.days, one.leave_id) for one in staff] == [
        ("staff", "Annual leave", "2 days", None),
        ("colleague", "away", "", None),
    ]
    assert {one.request_id for one in staff} == {None}


def test_days_without_leave_are_marked_and_listed(client, people, sales, billing):
    sale = LeaveBlackout.objects.create(name="11.11", first=MONDAY, last=TUESDAY)
    sale.departments.add(sales)
    bills = LeaveBlackout.objects.create(name="Bills", first=MONDAY, last=MONDAY)
    bills.departments.add(billing)
    LeaveBlackout.objects.create(name="12.12", first=date(2026, 12, 12), last=date(2026, 12, 12))
    LeaveBlackout.objects.create(name="10.10", first=date(2026, 10, 10), last=date(2026, 10, 10))
    page = month_of(client, people["staff"])
    plan_of = page.context["plan"]
    assert {one.date for one in plan_of.columns if one.is_hold} == {MONDAY, TUESDAY}
    assert [(hold.name, hold.departments, hold.is_shown) for hold in plan_of.holds] == [
        ("11.11", "Sales", True),
        ("12.12", "", False),
    ]
    assert "Mon 23/11 – Tue 24/11: days without leave (11.11)." in page.text
    assert "leaveblackout/add" not in page.text
    assert "/admin/workforce/leaveblackout/add/" in month_of(client, people["admin"]).text


def test_days_off_are_marked_and_unconfirmed_holidays_named(client, people):
    Holiday.objects.create(date=MONDAY, name="Ngày lễ")
    Holiday.objects.create(date=TUESDAY, name="Ngày Văn hoá", is_confirmed=False)
    page = month_of(client, people["manager"])
    columns = page.context["plan"].columns
    assert {one.date.day for one in columns if one.is_off} == {1, 8, 15, 22, 23, 29}
    assert [one.holiday for one in columns if one.holiday] == ["Ngày lễ"]
    assert "24/11: Ngày Văn hoá, not confirmed as a day off." in page.text


def test_administrators_choose_the_department_and_others_have_their_own(
    client, people, sales, billing
):
    def names(person, query: str = "") -> set[str]:
        plan_of = month_of(client, person, NOVEMBER + query).context["plan"]
        return {line.person.username for line in plan_of.lines}

    ask(people["other_staff"], MONDAY)
    assert names(people["admin"], f"&department={billing.pk}") == {"other_staff", "other_manager"}
    assert names(people["admin"], f"&department={sales.pk}") == {"manager", "staff", "colleague"}
    assert names(people["other_manager"]) == {"other_staff", "other_manager"}
    for who in ("manager", "staff"):
        month_of(client, people[who], f"{NOVEMBER}&department={billing.pk}", 400)


@pytest.mark.parametrize("query", ["?month=x", "?month=2026-13", "?department=999"])
def test_what_cannot_be_read_is_said(client, people, query):
    month_of(client, people["manager"], PAGE + query, 400)


def test_without_a_department_there_is_nobody(client, people, sales, billing):
    type(sales).objects.update(is_active=False)
    assert "Nobody of this department is here yet." in month_of(client, people["admin"]).text


def test_the_last_month_there_is(client, people):
    page = month_of(client, people["manager"], f"{PAGE}?month=2099-12")
    assert (page.context["before"], page.context["after"]) == ("month=2099-11", "")


def test_names_and_symbols_are_text(client, people):
    LeaveType.objects.filter(symbol="P").update(symbol="<i>", name="<b>Phép")
    grant(people, "staff", "<i>", MONDAY)
    LeaveBlackout.objects.create(name="<u>Sale", first=MONDAY, last=MONDAY)
    page = month_of(client, people["manager"]).text
    for tag in ("<i>", "<b>Phép", "<u>"):
        assert tag not in page.replace("<b><", "<")
    assert "&lt;i&gt;" in page


def test_sixty_people_cost_as_many_statements_as_five(client, people, sales):
    Shift.objects.all().delete()
    shift = shift_of(sales, minimum_staff=3)
    LeaveType.objects.filter(symbol="P").update(days_per_year=12)
    LeaveBlackout.objects.create(name="Sale", first=MONDAY, last=MONDAY).departments.add(sales)
    assert TimeRules.objects.exists()

    def cost(more: int) -> int:
        for number, person in enumerate(
            UserFactory.create_batch(more, department=sales, password="x")
        ):
            plan(person, shift, TUESDAY)
            LeaveLedgerEntry.objects.create(
                user=person, type=type_of("P"), kind="opening", days=12, on=date(2026, 1, 1)
            )
            ask(person, TUESDAY + number % 5 * DAY)
            grant({**people, "x": person}, "x", "P", date(2026, 12, 1) + number % 9 * DAY)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(NOVEMBER, headers=HTML).status_code == 200
        return len(queries)

    client.force_login(people["manager"])
    few = cost(2)
    assert cost(55) == few <= 28
