"""Opening balances of many people from a table: checked first, then written all or not at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.names import normalize_username
from accounts.services import record
from omnichat.lib.errors import DomainError
from omnichat.lib.text import fold
from workforce.models import LeaveLedgerEntry, LeaveType
from workforce.opening_file import OpeningRow
from workforce.services.leave_accounts import lock_accounts
from workforce.services.leave_ledger import NOTHING
from workforce.services.months import NotTheirs

Kind = LeaveLedgerEntry.Kind
NEW, SAME, ERROR = "new", "same", "error"
NAMED_ROWS = 5  # in the sentence of a refusal


class WrongRows(DomainError):
    code = "wrong_rows"
    status = 400


@dataclass(slots=True)
class CheckedRow:
    """What would become of a row: `change` is the line that makes the balance what it says."""

    row: OpeningRow
    state: str = ERROR
    person: User | None = None
    type: LeaveType | None = None
    change: Decimal | None = None
    errors: list[tuple[str, str]] = field(default_factory=list)  # (column, reason)

    def refuse(self, column: str, reason: str) -> None:
        self.errors.append((column, reason))


@dataclass(slots=True)
class OpeningResult:
    """A checked table, or one that is written."""

    rows: list[CheckedRow]

    def count(self, state: str) -> int:
        return sum(row.state == state for row in self.rows)

    @property
    def new(self) -> int:
        return self.count(NEW)

    @property
    def same(self) -> int:
        return self.count(SAME)

    @property
    def wrong(self) -> int:
        return self.count(ERROR)


def check_opening_balances(rows: Sequence[OpeningRow]) -> OpeningResult:
    """Return what each row would do. A fixed number of statements; nothing is written."""
    people = _people(row.username for row in rows)
    types = _types()
    checked = [_find(row, people, types) for row in rows]
    good = [row for row in checked if not row.errors]
    _refuse_doubles(good)
    lines = _lines({row.person.pk for row in good})
    for row in good:
        if not row.errors:
            _weigh(row, lines.get((row.person.pk, row.type.pk), []))
    return OpeningResult(checked)


@transaction.atomic
def import_opening_balances(
    *, rows: Sequence[OpeningRow], actor: User, ip: str | None = None
) -> OpeningResult:
    """Write what the balances of a table are on their dates; the same again writes nothing.

    Locks the people, then checks once more: all rows or none.
    Raises NotTheirs for everybody but administrators, WrongRows with the first reasons.
    """
    if not actor.is_admin:
        raise NotTheirs(_("Only an administrator can import balances of leave."))
    lock_accounts([user.pk for user in _people(row.username for row in rows).values()])
    result = check_opening_balances(rows)
    _require_right(result)
    lines = [
        LeaveLedgerEntry(
            user=row.person,
            type=row.type,
            kind=Kind.OPENING,
            days=row.change,
            on=row.row.date,
            actor=actor,
        )
        for row in result.rows
        if row.state == NEW
    ]
    if lines:
        LeaveLedgerEntry.objects.bulk_create(lines)
        told = {"people": len({line.user_id for line in lines}), "added": len(lines)}
        record("leave_balances_imported", actor=actor, changes=told, ip=ip)
    return result


def _require_right(result: OpeningResult) -> None:
    wrong = [row for row in result.rows if row.state == ERROR]
    if not wrong:
        return
    reasons = [
        _("row %(number)d: %(reason)s") % {"number": row.row.number, "reason": reason}
        for row in wrong
        for _column, reason in row.errors[:1]
    ]
    text = ngettext(
        "%(count)d row is wrong, and nothing is written: %(reasons)s",
        "%(count)d rows are wrong, and nothing is written: %(reasons)s",
        len(wrong),
    )
    told = "; ".join(reasons[:NAMED_ROWS]) + ("; …" if reasons[NAMED_ROWS:] else "")
    raise WrongRows(text % {"count": len(wrong), "reasons": told})


# --- Whom and what a row means ------------------------------------------------------------------
def _people(names: Iterable[str]) -> dict[str, User]:
    wanted = {normalize_username(name) for name in names}
    return {user.username: user for user in User.objects.filter(username__in=wanted)}


def _types() -> dict[str, LeaveType]:
    """The kinds by symbol and by name in each language, without marks and capitals."""
    types = list(LeaveType.objects.active().order_by("pk"))
    known: dict[str, LeaveType] = {}
    for type in types:
        names = [type.name]
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                names.append(type.label)
        for name in names:
            known.setdefault(fold(name), type)
    # A symbol is what it says, with its marks: Ô is not O. It goes before a name.
    return known | {type.symbol.casefold(): type for type in types}


def _find(row: OpeningRow, people: dict[str, User], types: dict[str, LeaveType]) -> CheckedRow:
    found = CheckedRow(row)
    for column, code in row.errors.items():
        found.refuse(column, _reason(code))
    if row.username:
        found.person = people.get(normalize_username(row.username))
        if found.person is None:
            text = _("Nobody has the sign-in name “%(name)s”.")
            found.refuse("username", text % {"name": row.cells[0]})
        elif not found.person.is_active:
            found.refuse("username", _("This account is deactivated."))
    if row.type:
        found.type = types.get(row.type.casefold()) or types.get(fold(row.type))
        if found.type is None:
            text = _("There is no kind of leave “%(name)s”.")
            found.refuse("type", text % {"name": row.cells[1]})
        elif not found.type.is_counted:
            found.refuse("type", _("This kind of leave has no account of days."))
    if row.date is not None and row.date > timezone.localdate():
        found.refuse("date", _("The date has not come yet."))
    return found


def _reason(code: str) -> str:
    return {
        "missing": _("This is missing."),
        "no_days": _("Write a number of days like 7.5."),
        "too_many_days": _("These are too many days."),
        "too_precise": _("Days may have two decimals at most."),
        "no_date": _("Write a date like 2026-11-23."),
    }[code]


def _refuse_doubles(rows: Iterable[CheckedRow]) -> None:
    seen: dict[tuple[int, int], int] = {}
    for row in rows:
        other = seen.setdefault((row.person.pk, row.type.pk), row.row.number)
        if other != row.row.number:
            text = _("The same person and kind of leave stand in row %(number)d already.")
            row.refuse("username", text % {"number": other})


# --- What a row would write ---------------------------------------------------------------------
Sums = list[tuple[date, str, Decimal]]


def _lines(user_ids: Collection[int]) -> dict[tuple[int, int], Sums]:
    """The sums by date and kind of line of these people's accounts."""
    lines = LeaveLedgerEntry.objects.filter(user__in=user_ids).order_by()
    sums = lines.values_list("user", "type", "on", "kind").annotate(sum=Sum("days"))
    found: dict[tuple[int, int], Sums] = {}
    for user_id, type_id, on, kind, days in sums:
        found.setdefault((user_id, type_id), []).append((on, kind, days))
    return found


def _weigh(row: CheckedRow, lines: Sums) -> None:
    on = row.row.date
    opened = [day for day, kind, _days in lines if kind == Kind.OPENING]
    if later := [day for day in opened if day > on]:
        text = _("There is an opening balance of %(day)s already. Take that date or a later one.")
        row.refuse("date", text % {"day": f"{max(later):%d/%m/%Y}"})
        return
    known = sum((days for day, _kind, days in lines if day <= on), NOTHING)
    row.change = row.row.days - known
    # A line of 0 still says that what came before is in the balance.
    row.state = SAME if on in opened and not row.change else NEW
