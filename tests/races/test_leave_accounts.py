"""Accounts of leave, whoever keeps and uses them at the same moment."""

from __future__ import annotations

import threading
import time
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db.models import Sum

from accounts.models import User
from tests.races.together import at_once, words
from tests.workforce.timesheet_rows import moment
from workforce.models import Leave, LeaveLedgerEntry, LeaveType
from workforce.opening_file import read_opening_table
from workforce.services import (
    adjust_balance,
    grant_leave,
    import_opening_balances,
    leave_accounts,
    settle_leave_accounts,
)
from workforce.services.leave_ledger import balance_of

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

MON = date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.fixture
def annual(company) -> LeaveType:
    """Twelve days a year, five carried until March."""
    rules = {"days_per_year": 12, "carry_over_days": 5, "carry_over_months": 3}
    about = {"name": "Annual leave", "is_counted": True, "accrues_since": date(2026, 1, 1)}
    return LeaveType.objects.update_or_create(symbol="P", defaults=rules | about)[0]


def _settle(at: datetime) -> str:
    settle_leave_accounts(at)
    return "done"


def _take(user: User, annual: LeaveType, actor: User, day: date) -> str:
    grant_leave(user=user, type=annual, first=day, last=day, actor=actor)
    return "done"


def _sum(user: User) -> Decimal:
    lines = LeaveLedgerEntry.objects.filter(user=user)
    return lines.aggregate(sum=Sum("days"))["sum"] or Decimal(0)


def test_workers_that_settle_at_once_write_each_line_once(rounds, company, annual):
    for _round in rounds:
        here = company(people=4)
        people = User.objects.filter(pk__in=[user.pk for user in here.staff])
        people.update(employed_since=date(2026, 1, 1))
        at = moment("2027-04-02 09:00")
        assert words(at_once([partial(_settle, at)] * 8)) == {"done": 8}
        for user in here.staff:
            lines = LeaveLedgerEntry.objects.filter(user=user)
            months = list(lines.filter(kind="accrual").order_by("on").values_list("on", flat=True))
            assert months == [
                *(date(2026, month, 1) for month in range(1, 13)),
                *(date(2027, month, 1) for month in range(1, 5)),
            ]
            expired = lines.filter(kind="expire").order_by("on").values_list("on", "days")
            assert list(expired) == [(date(2027, 1, 1), -7), (date(2027, 3, 31), -5)]
            assert balance_of(user, annual) == _sum(user) == 4
        assert settle_leave_accounts(at) == 0


def test_what_expires_is_no_longer_there_for_who_takes_leave(rounds, company, annual):
    """The account has seven days, of which two expire: whoever comes first, none is spent twice."""
    for _round in rounds:
        here = company()
        staff, lead = here.staff[0], here.managers[0]
        User.objects.update(employed_since=date(2027, 1, 20))  # nothing is added yet
        LeaveLedgerEntry.objects.create(
            user=staff, type=annual, kind="opening", on=date(2026, 12, 31), days=7
        )
        first = date(2027, 2, 1)
        takes = [partial(_take, staff, annual, lead, first + n * DAY) for n in range(5)]
        takes += [partial(_take, staff, annual, lead, first + (n + 7) * DAY) for n in range(5)]
        told = words(at_once([*takes, partial(_settle, moment("2027-01-10 09:00"))]))
        assert set(told) <= {"done", "over_balance"}
        assert balance_of(staff, annual) == _sum(staff) >= 0
        taken = Leave.objects.filter(user=staff).count()
        lost = LeaveLedgerEntry.objects.filter(user=staff, kind="expire")
        lost = lost.aggregate(sum=Sum("days"))["sum"] or 0
        assert 7 - taken + lost == balance_of(staff, annual)


@pytest.fixture
def has_looked(monkeypatch) -> threading.Event:
    """Set once a worker has looked at the accounts; it then takes its time to write."""
    looked, add = threading.Event(), leave_accounts._add

    def add_slowly(lines: list) -> int:
        looked.set()
        time.sleep(0.3)
        return add(lines)

    monkeypatch.setattr(leave_accounts, "_add", add_slowly)
    return looked


def test_leave_waits_for_a_worker_that_has_looked(company, annual, has_looked):
    """The one day there is expires; who asks for it meanwhile does not get it as well."""
    here = company()
    staff, lead = here.staff[0], here.managers[0]
    LeaveType.objects.update(carry_over_days=0)
    User.objects.update(employed_since=date(2027, 1, 20))
    LeaveLedgerEntry.objects.create(
        user=staff, type=annual, kind="opening", on=date(2026, 12, 31), days=1
    )

    def take() -> str:
        assert has_looked.wait(30)
        return _take(staff, annual, lead, date(2027, 2, 1))

    told = words(at_once([take, partial(_settle, moment("2027-01-10 09:00"))]))
    assert told == {"done": 1, "over_balance": 1}
    assert balance_of(staff, annual) == _sum(staff) == 0


def test_an_opening_balance_waits_for_a_worker_that_has_looked(
    company, annual, has_looked, new_admin
):
    here, admin = company(), new_admin()
    staff = here.staff[0]
    User.objects.update(employed_since=date(2026, 1, 1))
    rows = read_opening_table(f"{staff.username};P;7,5;2026-06-30")

    def load() -> str:
        assert has_looked.wait(30)
        import_opening_balances(rows=rows, actor=admin)
        return "done"

    assert words(at_once([load, partial(_settle, moment("2026-06-10 09:00"))])) == {"done": 2}
    assert balance_of(staff, annual) == _sum(staff) == Decimal("7.5")


def test_leads_who_take_the_last_day_at_once_grant_one(rounds, company, annual):
    for _round in rounds:
        here = company()
        staff, lead = here.staff[0], here.managers[0]
        LeaveLedgerEntry.objects.create(user=staff, type=annual, kind="opening", on=MON, days=1)
        # Of two months, whose rows are no common lock.
        days = [MON, date(2026, 12, 1)]
        told = words(at_once([partial(_take, staff, annual, lead, day) for day in days]))
        assert told == {"done": 1, "over_balance": 1}
        assert Leave.objects.filter(user=staff).count() == 1
        assert balance_of(staff, annual) == _sum(staff) == 0


def test_an_opening_balance_is_true_whoever_writes_at_once(rounds, company, annual, new_admin):
    """Adjusted before or after, imported by whoever: on its date the balance is what it says."""
    for _round in rounds:
        here, admin = company(), new_admin()
        staff = here.staff[0]
        User.objects.filter(pk=staff.pk).update(employed_since=date(2026, 1, 1))
        rows = read_opening_table(f"{staff.username};P;7,5;2026-06-30")

        def load(rows=rows, admin=admin) -> str:
            import_opening_balances(rows=rows, actor=admin)
            return "done"

        def adjust(staff=staff, admin=admin) -> str:
            by = {"note": "x", "actor": admin, "on": date(2026, 7, 1)}
            adjust_balance(user=staff, type=annual, days=Decimal(1), **by)
            return "done"

        settle = partial(_settle, moment("2026-08-10 09:00"))
        assert words(at_once([load, adjust, settle] * 4)) == {"done": 12}
        lines = LeaveLedgerEntry.objects.filter(user=staff)
        before = lines.filter(on__lte=date(2026, 6, 30)).aggregate(sum=Sum("days"))["sum"]
        assert before == Decimal("7.5")
        assert balance_of(staff, annual) == Decimal("7.5") + 4 + 2  # July and August
