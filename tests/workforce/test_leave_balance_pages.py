"""The pages of leave accounts: one's own, a person's, the team's."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from accounts.models import AuditEntry, User
from tests.factories import UserFactory
from tests.test_statement_counts import statements
from workforce.balance_page import served_words
from workforce.models import Leave, LeaveLedgerEntry, LeaveType
from workforce.services import grant_leave, withdraw_leave
from workforce.services.leave_ledger import balance_of
from workforce.templatetags.balance_ui import day_count, day_delta, share_of

HTML = {"accept": "text/html"}
OWN, TEAM = "/requests/balance", "/requests/balances"


@pytest.fixture
def annual(people, time_machine) -> LeaveType:
    """On 23 November, with the staff's account as the design shows it."""
    time_machine.move_to("2026-11-23T03:00:00+00:00", tick=False)
    LeaveLedgerEntry.objects.all().delete()
    User.objects.update(employed_since=date(2024, 3, 5))
    LeaveType.objects.filter(symbol="P").update(accrues_since=date(2026, 1, 1))
    annual = LeaveType.objects.get(symbol="P")
    for kind, on, days in (
        ("opening", date(2025, 12, 31), "2.5"),
        ("accrual", date(2026, 10, 1), "1"),
        ("accrual", date(2026, 11, 1), "1"),
        ("expire", date(2026, 1, 1), "-0.5"),
        ("expire", date(2026, 3, 31), "-1"),
    ):
        LeaveLedgerEntry.objects.create(
            user=people["staff"], type=annual, kind=kind, on=on, days=Decimal(days)
        )
    return annual


def person_page(user: User) -> str:
    return f"{OWN}/{user.public_id}"


def test_ones_own_account(client, people, annual):
    grant_leave(
        user=people["staff"],
        type=annual,
        first=date(2026, 11, 27),
        last=date(2026, 11, 27),
        part="first_half",
        actor=people["manager"],
    )
    client.force_login(people["staff"])
    page = client.get(OWN, headers=HTML)
    assert page.status_code == 200
    tiles = [(tile.type.symbol, tile.days, tile.to_be_taken) for tile in page.context["tiles"]]
    assert tiles == [("P", Decimal("2.5"), Decimal("0.5")), ("NB", 0, 0)]
    year = page.context["year"]
    assert [(line.text, line.days, line.left) for line in year.lines] == [
        ("Leave, 27/11, first half of the day", Decimal("-0.5"), Decimal("2.5")),
        ("Added for month 11/2026", 1, 3),
        ("Added for month 10/2026", 1, 2),
        ("Expired: carried over from 2025", -1, 1),
        ("Not carried over from 2025", Decimal("-0.5"), 2),
    ]
    assert (year.brought, year.left, year.years) == (Decimal("2.5"), Decimal("2.5"), [2026, 2025])
    terms = page.context["terms"]
    assert (terms.served, terms.days_of_year, terms.this_month) == ("2 years 8 months", 12, 1)
    assert (terms.next_extra_day, terms.carried_until) == (date(2029, 3, 1), date(2027, 3, 31))
    assert (terms.outlook.to_come, terms.outlook.at_end) == (1, Decimal("3.5"))
    assert "You have 2.5 days left" in page.text
    assert page.context["form"] is None


def test_the_balance_is_the_sum_of_the_lines_whatever_the_year(client, people, annual):
    client.force_login(people["staff"])
    for year, left in ((2025, Decimal("2.5")), (2026, Decimal(3)), (2024, 0), (2027, Decimal(3))):
        page = client.get(OWN, {"year": year, "type": annual.pk})
        assert page.context["year"].left == left
    assert page.context["tile"].days == balance_of(people["staff"], annual) == 3


def test_another_kind_is_chosen_and_nonsense_is_not(client, people, annual):
    client.force_login(people["staff"])
    in_lieu = LeaveType.objects.get(symbol="NB")
    page = client.get(OWN, {"type": in_lieu.pk})
    assert page.context["tile"].type == in_lieu
    assert page.context["year"].lines == []
    for query in ({"type": "x"}, {"type": 10**30}, {"year": "x"}, {"year": 1}, {"year": 10**9}):
        page = client.get(OWN, query)
        assert page.status_code == 200
        assert (page.context["tile"].type, page.context["year"].number) == (annual, 2026)


def test_what_was_taken_of_kinds_that_are_not_counted(client, people, annual):
    sick, trip = (LeaveType.objects.get(symbol=symbol) for symbol in ("Ô", "CT"))
    by = {"user": people["staff"], "actor": people["manager"]}
    for type, day in ((sick, 3), (sick, 4), (trip, 5)):
        on = date(2026, 11, day)
        grant_leave(type=type, first=on, last=on, **by)
    on = date(2026, 11, 6)
    withdraw_leave(leave=grant_leave(type=sick, first=on, last=on, **by), actor=people["manager"])
    Leave.objects.filter(first=date(2026, 11, 4)).update(first="2025-11-04", last="2025-11-04")
    client.force_login(people["staff"])
    tiles = client.get(OWN).context["tiles"]
    assert [(tile.type.symbol, tile.days) for tile in tiles][2:] == [("Ô", 1)]


def test_numbers_are_written_as_the_reader_does(client, people, annual):
    User.objects.filter(pk=people["staff"].pk).update(language="vi")
    LeaveLedgerEntry.objects.create(
        user=people["staff"], type=annual, kind="adjust", on=date(2026, 11, 2), days=Decimal("4.5")
    )
    client.force_login(people["staff"])
    page = client.get(OWN)
    assert '<span class="tile-num">7,5 <small>' in page.text
    assert '<span class="delta" data-s="ok">+4,5</span>' in page.text
    assert '<span class="delta">\N{MINUS SIGN}1</span>' in page.text


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("admin", {"admin", "manager", "staff", "colleague", "other_staff", "other_manager"}),
        ("manager", {"manager", "staff", "colleague"}),
        ("other_manager", {"other_manager", "other_staff"}),
        ("staff", {"staff"}),
    ],
)
def test_whose_accounts_one_sees(client, people, annual, sales, who, sees):
    """Another manager of the same department is none of the staff."""
    people = people | {"deputy": UserFactory(role="manager", department=sales)}
    sees = sees | ({"deputy"} if who == "admin" else set())
    client.force_login(people[who])
    pages = {name: client.get(person_page(person)).status_code for name, person in people.items()}
    assert {name for name, status in pages.items() if status == 200} == sees
    assert set(pages.values()) <= {200, 404}
    page = client.get(TEAM)
    if who == "staff":
        assert page.status_code == 403
        return
    shown = {row.person.username for row in page.context["rows"]}
    assert shown == {people[name].username for name in sees}


# --- The team -----------------------------------------------------------------------------------
def test_the_table_of_a_team(client, people, annual, billing):
    client.force_login(people["manager"])
    page = client.get(TEAM)
    assert [type.symbol for type in page.context["types"]] == ["P", "NB"]
    rows = {row.person.username: row.balances for row in page.context["rows"]}
    assert rows == {"staff": [3, 0], "colleague": [0, 0], "manager": [0, 0]}
    assert person_page(people["staff"]) in page.text
    assert "/requests/balances/import" not in page.text
    foreign = client.get(TEAM, {"department": billing.pk})
    assert {row.person.username for row in foreign.context["rows"]} == set(rows)
    client.force_login(people["admin"])
    page = client.get(TEAM, {"department": billing.pk})
    shown = {row.person.username for row in page.context["rows"]}
    assert shown == {"other_staff", "other_manager"}
    assert "/requests/balances/import" in page.text


def test_a_team_costs_the_same_for_three_and_for_forty(client, people, annual, sales):
    client.force_login(people["manager"])
    costs = []
    for more in (0, 40):
        UserFactory.create_batch(more, department=sales)
        with statements() as found:
            assert len(client.get(TEAM).context["rows"]) == 3 + more
        costs.append(len(found))
    assert costs[0] == costs[1] <= 12


def test_an_account_costs_the_same_for_any_number_of_lines(client, people, annual):
    client.force_login(people["staff"])
    costs = []
    for month in range(2, 10):
        with statements() as found:
            client.get(OWN)
        costs.append(len(found))
        LeaveLedgerEntry.objects.create(
            user=people["staff"],
            type=annual,
            kind="accrual",
            on=date(2026, month, 1),
            days=1,
            actor=people["admin"],
        )
    assert max(costs) == min(costs) <= 16


def test_people_who_left_are_not_in_the_team(client, people, annual):
    User.objects.filter(username="colleague").update(is_active=False)
    client.force_login(people["manager"])
    shown = {row.person.username for row in client.get(TEAM).context["rows"]}
    assert shown == {"staff", "manager"}


# --- Adjusting ----------------------------------------------------------------------------------
def typed(annual: LeaveType, **about) -> dict:
    return {"type": annual.pk, "days": "1,5", "note": "Công tác ngày nghỉ", "on": ""} | about


def test_an_administrator_adjusts_on_the_page(client, people, annual):
    client.force_login(people["admin"])
    address = person_page(people["staff"])
    assert 'id="adjust"' in client.get(address).text
    done = client.post(address, typed(annual))
    assert (done.status_code, done.url) == (302, f"{address}?type={annual.pk}&year=2026")
    line = LeaveLedgerEntry.objects.get(kind="adjust")
    assert (line.days, line.on, line.note) == (
        Decimal("1.5"),
        date(2026, 11, 23),
        "Công tác ngày nghỉ",
    )
    assert AuditEntry.objects.get().action == "leave_balance_adjusted"
    shown = client.get(done.url).context["year"].lines[0]
    assert (shown.text, shown.left) == ("Adjustment: Công tác ngày nghỉ", Decimal("4.5"))


@pytest.mark.parametrize(
    ("about", "field"),
    [
        ({"days": ""}, "days"),
        ({"days": "0"}, "days"),
        ({"days": "1,125"}, "days"),
        ({"days": "NaN"}, "days"),
        ({"days": "1000"}, "days"),
        ({"note": " "}, "note"),
        ({"on": "2026-02-30"}, "on"),
        ({"type": "0"}, "type"),
    ],
)
def test_an_adjustment_that_is_wrong_comes_back_with_the_reason(
    client, people, annual, about, field
):
    client.force_login(people["admin"])
    before = LeaveLedgerEntry.objects.count()
    page = client.post(person_page(people["staff"]), typed(annual, **about))
    assert page.status_code == 400
    assert list(page.context["form"].errors) == [field]
    assert (LeaveLedgerEntry.objects.count(), AuditEntry.objects.count()) == (before, 0)


@pytest.mark.parametrize(("who", "status"), [("manager", 403), ("staff", 403), ("colleague", 404)])
def test_nobody_else_adjusts(client, people, annual, who, status):
    client.force_login(people[who])
    before = LeaveLedgerEntry.objects.count()
    assert 'id="adjust"' not in client.get(person_page(people["staff"])).text
    assert client.post(person_page(people["staff"]), typed(annual)).status_code == status
    assert (LeaveLedgerEntry.objects.count(), AuditEntry.objects.count()) == (before, 0)


# --- Words --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("since", "words"),
    [
        ("2024-03-05", "2 years 8 months"),
        ("2024-11-23", "2 years"),
        ("2024-11-24", "1 year 11 months"),
        ("2026-11-20", "0 months"),
        ("2027-01-01", "0 months"),
    ],
)
def test_how_long_somebody_is_here(since, words):
    with translation.override("en"):
        assert served_words(date.fromisoformat(since), date(2026, 11, 23)) == words


def test_days_in_words():
    with translation.override("en"):
        assert [day_count(Decimal(days)) for days in ("1", "7.5", "0", "-1.25")] == [
            "1 day",
            "7.5 days",
            "0 days",
            "-1.25 days",
        ]
        assert [day_delta(Decimal(days)) for days in ("1.0", "-0.5")] == ["+1", "\N{MINUS SIGN}0.5"]
    shares = [share_of(Decimal(days), Decimal(12)) for days in ("8.5", "-1", "30")]
    assert shares == [71, 0, 100]
    assert share_of(Decimal(3), Decimal(0)) == 0
