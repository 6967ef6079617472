"""The worker's account keeping, and what an administrator adjusts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import AuditEntry, User
from omnichat.lib.errors import DomainError
from tests.factories import UserFactory
from tests.test_statement_counts import statements
from tests.workforce.timesheet_rows import moment
from workforce.models import LeaveLedgerEntry, LeaveType
from workforce.services import (
    adjust_balance,
    grant_leave,
    leave_accounts,
    settle_leave_accounts,
    withdraw_leave,
)
from workforce.services.leave_ledger import balance_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def annual(people) -> LeaveType:
    """Twelve days a year since January, five carried until the end of March; no lines yet."""
    LeaveLedgerEntry.objects.all().delete()
    User.objects.update(employed_since=date(2026, 1, 1))
    LeaveType.objects.filter(symbol="P").update(accrues_since=date(2026, 1, 1))
    return LeaveType.objects.get(symbol="P")


@pytest.fixture
def staff(annual) -> User:
    """The only one whose days anybody counts here."""
    User.objects.exclude(username="staff").update(is_active=False)
    return User.objects.get(username="staff")


def settle(day: str) -> int:
    return settle_leave_accounts(moment(f"{day} 10:00"))


def lines(user: User, **about) -> list[tuple[str, str, Decimal]]:
    rows = LeaveLedgerEntry.objects.filter(user=user, **about).order_by("on", "pk")
    return [(row.kind, row.on.isoformat(), row.days) for row in rows]


def write(user: User, type: LeaveType, kind: str, day: str, days: str) -> LeaveLedgerEntry:
    return LeaveLedgerEntry.objects.create(
        user=user, type=type, kind=kind, on=date.fromisoformat(day), days=Decimal(days)
    )


# --- What the months add ------------------------------------------------------------------------
def test_each_month_adds_its_days_once(staff):
    assert settle("2026-03-01") == 3
    assert settle("2026-03-31") == 0
    assert settle("2026-04-01") == 1
    assert lines(staff) == [("accrual", f"2026-0{n}-01", Decimal(1)) for n in (1, 2, 3, 4)]


def test_the_month_begins_at_the_workplace(staff):
    """At 18:00 of 31 January in UTC it is February in Vietnam."""
    settle("2026-01-31")
    assert settle_leave_accounts(moment("2026-01-31 23:59")) == 0
    assert settle_leave_accounts(moment("2026-02-01 00:00")) == 1


def test_everybody_active_has_an_account(people, annual):
    leaver = UserFactory(is_active=False, employed_since=date(2026, 1, 1))
    late = UserFactory(employed_since=date(2026, 5, 16))
    assert settle("2026-06-10") == 6 * 6 + 1
    assert lines(people["admin"])[0] == ("accrual", "2026-01-01", Decimal(1))
    assert lines(late) == [("accrual", "2026-06-01", Decimal(1))]
    assert lines(leaver) == []


def test_without_a_date_the_account_counts_since_somebody_was_let_in(staff):
    User.objects.update(employed_since=None, approved_at=moment("2026-04-15 09:00"))
    settle("2026-05-10")
    assert [line[1] for line in lines(staff)] == ["2026-04-01", "2026-05-01"]


def test_kinds_that_are_not_counted_add_nothing(staff, annual):
    LeaveType.objects.filter(symbol="TS").update(days_per_year=6, accrues_since="2026-01-01")
    LeaveType.objects.filter(pk=annual.pk).update(is_active=False)
    assert settle("2026-06-10") == 0


def test_a_month_that_was_missed_is_written_later(staff, annual):
    write(staff, annual, "accrual", "2026-03-01", "1")
    assert settle("2026-03-10") == 2
    User.objects.update(employed_since=date(2025, 11, 1))
    LeaveType.objects.update(accrues_since=date(2025, 12, 1))
    assert settle("2026-03-11") == 1
    assert [line[1] for line in lines(staff)] == [
        "2025-12-01",
        "2026-01-01",
        "2026-02-01",
        "2026-03-01",
    ]


def test_an_opening_balance_holds_what_was_before(staff, annual):
    write(staff, annual, "opening", "2026-03-01", "7.5")
    assert settle("2026-05-01") == 2
    assert settle("2026-05-02") == 0
    assert balance_of(staff, annual) == Decimal("9.5")


def test_service_adds_a_day_within_the_year(staff, annual):
    User.objects.update(employed_since=date(2021, 7, 20))
    assert settle("2026-12-31") == 12
    assert balance_of(staff, annual) == Decimal("12.5")


# --- What expires -------------------------------------------------------------------------------
def test_the_new_year_keeps_five_days(staff, annual):
    settle("2026-12-31")
    assert settle("2027-01-01") == 2
    assert lines(staff, on=date(2027, 1, 1), kind="expire") == [
        ("expire", "2027-01-01", Decimal(-7))
    ]
    assert settle("2027-01-02") == 0
    assert balance_of(staff, annual) == 6


def test_carried_days_expire_after_their_last_date(staff, annual):
    settle("2026-12-31")
    settle("2027-01-01")
    write(staff, annual, "use", "2027-02-10", "-2")
    write(staff, annual, "return", "2027-02-10", "0.5")
    write(staff, annual, "use", "2027-04-20", "-1")  # after their time: not of the carried days
    assert settle("2027-03-31") == 2  # February and March
    assert settle("2027-04-01") == 2
    assert lines(staff, kind="expire")[1:] == [("expire", "2027-03-31", Decimal("-3.5"))]
    assert balance_of(staff, annual) == 12 - 7 - Decimal("1.5") - 1 + 4 - Decimal("3.5")
    assert settle("2027-12-31") == 8


def test_what_is_granted_for_later_is_not_taken_again(staff, annual):
    settle("2026-12-31")
    write(staff, annual, "use", "2027-01-05", "-10")
    assert settle("2027-01-01") == 2
    assert lines(staff, kind="expire") == [("expire", "2027-01-01", Decimal(-3))]
    assert balance_of(staff, annual) == 0


def test_a_worker_that_comes_late_writes_both(staff, annual):
    assert settle("2027-06-01") == 12 + 6 + 2
    assert lines(staff, kind="expire") == [
        ("expire", "2027-01-01", Decimal(-7)),
        ("expire", "2027-03-31", Decimal(-5)),
    ]
    assert balance_of(staff, annual) == 6


def test_what_came_after_their_time_is_not_taken_with_the_carried_days(staff, annual):
    """An adjustment has left one of eight days: that one goes, not those added since."""
    settle("2026-12-31")
    settle("2027-01-01")
    write(staff, annual, "adjust", "2027-03-10", "-7")
    settle("2027-06-01")
    assert lines(staff, kind="expire")[1:] == [("expire", "2027-03-31", Decimal(-1))]
    assert balance_of(staff, annual) == 3


def test_rules_that_began_later_take_nothing(staff, annual):
    write(staff, annual, "adjust", "2025-06-01", "20")
    LeaveType.objects.update(accrues_since=date(2026, 2, 1), carry_over_months=1)
    settle("2026-02-10")
    assert lines(staff, kind="expire") == []


def test_an_opening_balance_after_the_date_knows_better(staff, annual):
    settle("2026-12-31")
    write(staff, annual, "opening", "2027-04-01", "0")
    assert settle("2027-06-01") == 2  # May and June
    assert lines(staff, kind="expire") == []


# --- What it costs ------------------------------------------------------------------------------
def test_it_costs_the_same_for_three_and_for_thirty(people, annual):
    def cost(day: str) -> int:
        with statements() as found:
            settle(day)
        return len(found)

    settle("2026-12-01")
    few, idle = cost("2027-01-01"), cost("2027-01-02")
    UserFactory.create_batch(30, employed_since=date(2026, 1, 1))
    settle("2027-01-02")
    assert (cost("2027-02-01"), cost("2027-02-02")) == (few - 3, idle)
    assert few <= 14
    assert idle <= 6


# --- Adjusting ----------------------------------------------------------------------------------
def adjust(people, annual, **about) -> LeaveLedgerEntry:
    call = {
        "user": people["staff"],
        "type": annual,
        "days": Decimal("1.5"),
        "note": " Business trip on a holiday ",
        "actor": people["admin"],
        "on": date(2026, 8, 18),
    }
    return adjust_balance(**call | about)


def test_an_administrator_adjusts_and_it_is_told(people, annual):
    line = adjust(people, annual, ip="203.0.113.9")
    assert lines(people["staff"]) == [("adjust", "2026-08-18", Decimal("1.5"))]
    assert (line.actor, line.note) == (people["admin"], "Business trip on a holiday")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_label, entry.ip) == (
        "leave_balance_adjusted",
        "Staff",
        "203.0.113.9",
    )
    assert entry.changes == {
        "leave": "Annual leave",
        "days": "+1.5",
        "date": "2026-08-18",
        "note": "Business trip on a holiday",
    }
    adjust(people, annual, days=Decimal(-4))
    assert balance_of(people["staff"], annual) == Decimal("-2.5")


@pytest.mark.parametrize(
    ("about", "code", "field"),
    [
        ({"days": Decimal(0)}, "bad_adjustment", "days"),
        ({"note": "  "}, "bad_adjustment", "note"),
        ({"type": "TS"}, "leave_not_counted", "type"),
        ({"actor": "manager"}, "not_yours", None),
        ({"actor": "staff"}, "not_yours", None),
    ],
)
def test_adjustments_that_are_refused(people, annual, about, code, field):
    if "type" in about:
        about = {"type": LeaveType.objects.get(symbol="TS")}
    if "actor" in about:
        about = {"actor": people[about["actor"]]}
    with pytest.raises(DomainError) as caught:
        adjust(people, annual, **about)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert (LeaveLedgerEntry.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_the_person_is_locked_before_a_line_is_written(people, annual, on_postgresql):
    with statements() as found:
        adjust(people, annual)
    assert "FOR NO KEY UPDATE" in found[0]


def test_leave_that_is_taken_back_comes_out_even(people, annual):
    write(people["staff"], annual, "opening", "2026-11-01", "3")
    day = date(2026, 11, 24)
    leave = grant_leave(
        user=people["staff"], type=annual, first=day, last=day, actor=people["manager"]
    )
    assert balance_of(people["staff"], annual) == 2
    withdraw_leave(leave=leave, actor=people["manager"])
    assert balance_of(people["staff"], annual) == 3


def test_what_another_worker_wrote_meanwhile_stays_the_only_line(staff, annual, monkeypatch):
    """Both have looked before either has written: the table refuses the second line."""
    monkeypatch.setattr(leave_accounts, "_written", lambda pairs: {})
    settle("2026-02-10")
    LeaveLedgerEntry.objects.filter(on=date(2026, 1, 1)).update(on=date(2025, 12, 1))
    settle("2026-02-11")
    assert [line[1] for line in lines(staff)] == ["2025-12-01", "2026-01-01", "2026-02-01"]
