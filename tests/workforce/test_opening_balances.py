"""Opening balances from a table: what can be read, what each row would do, all or nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from accounts.models import AuditEntry, User
from omnichat.lib.csv_files import BadTable
from omnichat.lib.errors import DomainError
from tests.factories import UserFactory
from tests.test_statement_counts import statements
from workforce.models import LeaveLedgerEntry, LeaveType
from workforce.opening_file import OpeningRow, read_opening_table
from workforce.services import check_opening_balances, import_opening_balances
from workforce.services.leave_ledger import balance_of

HEADING = "username;type;days;date\n"


def cells(row: OpeningRow) -> tuple:
    return (row.username, row.type, row.days, row.date)


WHOLE = ("staff", "P", Decimal("7.5"), date(2026, 11, 1))


# --- Reading ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "username;type;days;date\nstaff;P;7,5;2026-11-01",
        "\ufeffusername;type;days;date\r\nstaff;P;7,5;2026-11-01\r\n",
        'username,type,days,date\nstaff,P,"7,5",2026-11-01',
        "username,type,days,date\nstaff,P,7.5,01/11/2026",
        "Tên đăng nhập\tLoại nghỉ\tSố ngày\tTính đến ngày\nstaff\tP\t7,5\t1.11.2026",
        "Date;Days;Kind of leave;Sign-in name;Note\n2026-11-01;7.50;P;staff;x",
        "staff;P;7,5;2026-11-01",
    ],
)
def test_tables_that_say_the_same(text):
    (row,) = read_opening_table(text)
    assert (cells(row), row.errors) == (WHOLE, {})


def test_rows_are_numbered_as_a_spreadsheet_does():
    rows = read_opening_table(f"{HEADING}\nstaff;P;1;2026-11-01\n;;;\nlan;P;'-2;2026-11-01")
    assert [(row.number, row.username, row.days) for row in rows] == [
        (3, "staff", 1),
        (5, "lan", -2),
    ]


@pytest.mark.parametrize(
    ("line", "errors"),
    [
        (";P;1;2026-11-01", {"username": "missing"}),
        ("staff;;1;2026-11-01", {"type": "missing"}),
        ("staff;P;;2026-11-01", {"days": "no_days"}),
        ("staff;P;NaN;2026-11-01", {"days": "no_days"}),
        ("staff;P;1e3;2026-11-01", {"days": "no_days"}),
        ("staff;P;1000;2026-11-01", {"days": "too_many_days"}),
        ("staff;P;1,125;2026-11-01", {"days": "too_precise"}),
        ("staff;P;1;2026-02-30", {"date": "no_date"}),
        ("staff;P;1;1999-12-31", {"date": "no_date"}),
        ("staff", {"type": "missing", "days": "no_days", "date": "no_date"}),
    ],
)
def test_cells_that_are_wrong(line, errors):
    (row,) = read_opening_table(HEADING + line)
    assert row.errors == errors


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (HEADING, "empty"),
        ("username;days;date\nstaff;1;2026-11-01", "no_column"),
        (HEADING + "staff;P;1;2026-11-01\n" * 1001, "too_many_rows"),
        (HEADING + "x" * 204_800, "too_large"),
        (HEADING + '"' + "x" * 140_000, "not_csv"),
    ],
)
def test_tables_that_are_none(text, code):
    with pytest.raises(BadTable) as caught:
        read_opening_table(text)
    assert caught.value.code == code


def test_a_thousand_rows_are_read():
    assert len(read_opening_table(HEADING + "staff;P;1;2026-11-01\n" * 1000)) == 1000


# --- What a row would do ------------------------------------------------------------------------
@pytest.fixture
def staff(people, time_machine) -> User:
    """Nobody has a line yet; it is November."""
    time_machine.move_to("2026-11-27T03:00:00+00:00", tick=False)
    LeaveLedgerEntry.objects.all().delete()
    return people["staff"]


@pytest.fixture
def annual(staff) -> LeaveType:
    return LeaveType.objects.get(symbol="P")


def table(*lines: str) -> list[OpeningRow]:
    return read_opening_table(HEADING + "\n".join(lines))


def told(*lines: str) -> list[tuple]:
    """State, line that would be written, and what is wrong of each row."""
    result = check_opening_balances(table(*lines))
    return [(row.state, row.change, row.errors) for row in result.rows]


def write(user: User, type: LeaveType, kind: str, day: str, days: str) -> None:
    LeaveLedgerEntry.objects.create(
        user=user, type=type, kind=kind, on=date.fromisoformat(day), days=Decimal(days)
    )


@pytest.mark.parametrize("name", ["P", "p", "Annual leave", "ANNUAL LEAVE", "Phép năm", "phep nam"])
def test_a_kind_is_named_by_symbol_or_in_either_language(staff, name):
    assert told(f"Staff ;{name};7,5;2026-11-01") == [("new", Decimal("7.5"), [])]


def test_the_line_makes_the_balance_what_the_table_says(staff, annual):
    write(staff, annual, "accrual", "2026-10-01", "3")
    write(staff, annual, "use", "2026-11-01", "-1")
    write(staff, annual, "accrual", "2026-11-02", "1")
    assert told("staff;P;7,5;2026-11-01") == [("new", Decimal("5.5"), [])]
    assert LeaveLedgerEntry.objects.count() == 3


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("nobody;P;1;2026-11-01", "username", "Nobody has the sign-in name “nobody”."),
        ("left;P;1;2026-11-01", "username", "This account is deactivated."),
        ("staff;Q;1;2026-11-01", "type", "There is no kind of leave “Q”."),
        ("staff;TS;1;2026-11-01", "type", "This kind of leave has no account of days."),
        ("staff;P;x;2026-11-01", "days", "Write a number of days like 7.5."),
        ("staff;P;1;2026-11-28", "date", "The date has not come yet."),
        (
            "staff;NB;1;2026-10-31",
            "date",
            "There is an opening balance of 01/11/2026 already. Take that date or a later one.",
        ),
    ],
)
def test_rows_that_are_wrong(staff, line, column, reason):
    UserFactory(username="left", is_active=False)
    write(staff, LeaveType.objects.get(symbol="NB"), "opening", "2026-11-01", "1")
    with translation.override("en"):
        assert told(line) == [("error", None, [(column, reason)])]


def test_the_same_account_twice_is_wrong(staff):
    rows = told(
        "staff;P;1;2026-11-01", "colleague;P;1;2026-11-01", "STAFF;annual leave;2;2026-11-02"
    )
    assert [(row[0], len(row[2])) for row in rows] == [("new", 0), ("new", 0), ("error", 1)]


def test_a_check_costs_the_same_for_any_number_of_rows(staff):
    UserFactory.create_batch(30)
    lines = [f"{name};P;1;2026-11-01" for name in User.objects.values_list("username", flat=True)]
    with statements() as found:
        assert check_opening_balances(table(*lines)).new == 36
    assert len(found) == 3


# --- Writing ------------------------------------------------------------------------------------
def test_what_was_checked_is_written_once(people, staff, annual):
    write(staff, annual, "accrual", "2026-10-01", "3")
    rows = table("staff;P;7,5;2026-11-01", "colleague;P;0;2026-11-01")
    result = import_opening_balances(rows=rows, actor=people["admin"], ip="203.0.113.9")
    assert (result.new, result.same, result.wrong) == (2, 0, 0)
    lines = LeaveLedgerEntry.objects.filter(kind="opening").order_by("pk")
    assert [(line.user.username, line.on, line.days, line.actor) for line in lines] == [
        ("staff", date(2026, 11, 1), Decimal("4.5"), people["admin"]),
        ("colleague", date(2026, 11, 1), Decimal(0), people["admin"]),
    ]
    assert balance_of(staff, annual) == Decimal("7.5")
    again = import_opening_balances(rows=rows, actor=people["admin"])
    assert (again.new, again.same, again.wrong) == (0, 2, 0)
    assert lines.count() == 2
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.ip) == (
        "leave_balances_imported",
        people["admin"],
        "203.0.113.9",
    )
    assert entry.changes == {"people": 2, "added": 2}


def test_a_correction_of_the_same_date_changes_the_balance(people, staff, annual):
    import_opening_balances(rows=table("staff;P;7,5;2026-11-01"), actor=people["admin"])
    import_opening_balances(rows=table("staff;P;6;2026-11-01"), actor=people["admin"])
    assert balance_of(staff, annual) == 6
    days = LeaveLedgerEntry.objects.order_by("pk").values_list("days", flat=True)
    assert list(days) == [Decimal("7.5"), Decimal("-1.5")]


def test_one_wrong_row_and_nothing_is_written(people, staff):
    rows = table("staff;P;7,5;2026-11-01", "nobody;P;1;2026-11-01")
    with pytest.raises(DomainError) as caught:
        import_opening_balances(rows=rows, actor=people["admin"])
    assert (caught.value.code, caught.value.status) == ("wrong_rows", 400)
    assert (LeaveLedgerEntry.objects.count(), AuditEntry.objects.count()) == (0, 0)


@pytest.mark.parametrize("who", ["manager", "staff"])
def test_only_administrators_import(people, staff, who):
    with pytest.raises(DomainError) as caught:
        import_opening_balances(rows=table("staff;P;1;2026-11-01"), actor=people[who])
    assert (caught.value.code, caught.value.status) == ("not_yours", 403)
    assert (LeaveLedgerEntry.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_the_people_are_locked_before_their_accounts_are_read(people, staff, on_postgresql):
    with statements() as found:
        import_opening_balances(rows=table("staff;P;1;2026-11-01"), actor=people["admin"])
    locks = next(n for n, sql in enumerate(found) if "FOR NO KEY UPDATE" in sql)
    reads = next(n for n, sql in enumerate(found) if 'FROM "workforce_leaveledgerentry"' in sql)
    assert locks < reads


# --- The page -----------------------------------------------------------------------------------
PAGE = "/requests/balances/import"


def test_the_page_checks_a_file_and_writes_what_it_has_shown(client, people, staff, annual):
    client.force_login(people["admin"])
    raw = f"\ufeff{HEADING}staff;Phép năm;7,5;01/11/2026\n".encode()
    page = client.post(PAGE, {"file": SimpleUploadedFile("openings.csv", raw)})
    assert page.status_code == 200
    assert page.context["result"].new == 1
    assert LeaveLedgerEntry.objects.count() == 0
    hidden = {"text": page.context["content"], "confirm": "on"}
    done = client.post(PAGE, hidden)
    assert (done.status_code, done.url) == (302, "/requests/balances")
    assert balance_of(staff, annual) == Decimal("7.5")


def test_what_is_confirmed_is_checked_again(client, people, staff):
    client.force_login(people["admin"])
    text = f"{HEADING}staff;P;7,5;2026-11-01"
    User.objects.filter(pk=staff.pk).update(is_active=False)
    page = client.post(PAGE, {"text": text, "confirm": "on"})
    assert page.status_code == 400
    assert page.context["result"].wrong == 1
    assert 'id="confirm"' not in page.text
    assert "This account is deactivated." in page.text
    assert LeaveLedgerEntry.objects.count() == 0


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"username;days\nstaff;1", b"a" * 204_801]
)
def test_files_that_are_none(client, people, staff, content):
    client.force_login(people["admin"])
    page = client.post(PAGE, {"file": SimpleUploadedFile("openings.csv", content)})
    assert page.status_code == 400
    assert set(page.context["form"].errors) == {"file"}


def test_nothing_chosen_and_nothing_pasted(client, people):
    client.force_login(people["admin"])
    page = client.post(PAGE, {"text": "  "})
    assert page.status_code == 400
    assert set(page.context["form"].errors) == {"file"}
