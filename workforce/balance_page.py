"""What the pages of leave accounts show: tiles, the lines of a year, how days are counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Department, User
from accounts.workplace import workplace_zone
from workforce.leave_accrual import (
    MONTHS,
    Outlook,
    Policy,
    accrual_of,
    carried_until,
    days_of_year,
    extra_days,
    new_year,
    next_extra_day,
    outlook,
)
from workforce.models import Leave, LeaveLedgerEntry, LeaveType
from workforce.services import may_settle
from workforce.services.leave_accounts import employed_since, policy_of
from workforce.services.leave_ledger import NOTHING, balances_of
from workforce.time_words import month_name

Kind = LeaveLedgerEntry.Kind


# --- Whom one may see ---------------------------------------------------------------------------
def may_see(viewer: User, person: User) -> bool:
    """Everybody their own account; leads those of whose time they settle."""
    return person.pk == viewer.pk or may_settle(actor=viewer, user=person)


def team_of(viewer: User, department: Department | None) -> list[User]:
    """Return the active people whose accounts a lead may see, by name."""
    people = User.objects.visible_to(viewer).filter(is_active=True)
    if department is not None:
        people = people.filter(department=department)
    people = people.select_related("department").order_by("display_name", "pk")
    return [person for person in people if may_see(viewer, person)]


def counted_types(viewer: User) -> QuerySet[LeaveType]:
    return LeaveType.objects.visible_to(viewer).active().filter(is_counted=True)


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One person, and what is left of each kind in the order of the columns."""

    person: User
    balances: list[Decimal]


def team_rows(people: Sequence[User], types: Sequence[LeaveType]) -> list[TeamRow]:
    """Return the table of a team. One statement."""
    left = balances_of([person.pk for person in people])
    return [
        TeamRow(person, [left.get((person.pk, type.pk), NOTHING) for type in types])
        for person in people
    ]


# --- Tiles --------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Tile:
    """What is left of a kind that is counted, or what was taken this year of one that is not."""

    type: LeaveType
    days: Decimal
    to_be_taken: Decimal = NOTHING  # in the balance already


def tiles_of(viewer: User, person: User, today: date) -> list[Tile]:
    """Return the tiles of a person: what is counted, then what else was taken. Three statements."""
    lines = LeaveLedgerEntry.objects.visible_to(viewer).filter(user=person).order_by()
    sums = lines.values_list("type").annotate(
        left=Sum("days"),
        ahead=Sum("days", filter=Q(on__gt=today, kind__in=[Kind.USE, Kind.RETURN])),
    )
    left = {type_id: (days, ahead or NOTHING) for type_id, days, ahead in sums}
    year = (new_year(today.year), date(today.year, MONTHS, 31))
    leaves = Leave.objects.visible_to(viewer).granted().filter(user=person, first__range=year)
    taken = dict(leaves.order_by().values_list("type").annotate(sum=Sum("days")))
    tiles = []
    for type in LeaveType.objects.visible_to(viewer):
        days, ahead = left.get(type.pk, (NOTHING, NOTHING))
        if type.is_counted and (type.is_active or days):
            tiles.append(Tile(type, days, -ahead))
        elif type.kind == LeaveType.Kind.AWAY and not type.is_counted and taken.get(type.pk):
            tiles.append(Tile(type, taken[type.pk]))
    return sorted(tiles, key=lambda tile: (not tile.type.is_counted, tile.type.pk))


# --- The lines of a year ------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Line:
    """One line of the account, in words, and what was left after it."""

    entry: LeaveLedgerEntry
    text: str
    left: Decimal

    @property
    def days(self) -> Decimal:
        return self.entry.days


@dataclass(frozen=True, slots=True)
class Year:
    """The account of one kind in a year, the newest line first."""

    number: int
    years: list[int]  # those there are lines of, the newest first, and this one
    brought: Decimal  # what was there before
    lines: list[Line]
    left: Decimal  # at the end of it


def year_of(viewer: User, person: User, type: LeaveType, number: int, today: date) -> Year:
    """Return the lines of a year with the balance after each. Two statements."""
    lines = LeaveLedgerEntry.objects.visible_to(viewer).filter(user=person, type=type)
    dates = lines.order_by().values_list("on", "days")
    years, brought = {today.year, number}, NOTHING
    for on, days in dates:
        years.add(on.year)
        if on.year < number:
            brought += days
    left, shown = brought, []
    of_year = lines.filter(on__range=(new_year(number), date(number, MONTHS, 31)))
    for entry in of_year.select_related("leave", "actor").order_by("on", "pk"):
        left += entry.days
        shown.append(Line(entry, line_words(entry), left))
    return Year(number, sorted(years, reverse=True), brought, shown[::-1], left)


def line_words(entry: LeaveLedgerEntry) -> str:
    """Say what a line of the account is about."""
    if entry.kind == Kind.OPENING:
        return _("Opening balance")
    if entry.kind == Kind.ACCRUAL:
        return _("Added for month %(month)s") % {"month": month_name(entry.on)}
    if entry.kind == Kind.EXPIRE:
        if entry.on == new_year(entry.on.year):
            return _("Not carried over from %(year)d") % {"year": entry.on.year - 1}
        return _("Expired: carried over from %(year)d") % {"year": entry.on.year - 1}
    if entry.kind == Kind.ADJUST:
        return _("Adjustment: %(reason)s") % {"reason": entry.note}
    span = _span(entry.leave) if entry.leave else f"{entry.on:%d/%m}"
    if entry.kind == Kind.RETURN:
        return _("Leave taken back, %(days)s") % {"days": span}
    return _("Leave, %(days)s") % {"days": span}


def _span(leave: Leave) -> str:
    first, last = f"{leave.first:%d/%m}", f"{leave.last:%d/%m}"
    if leave.part != Leave.Part.WHOLE:
        return f"{first}, {leave.get_part_display()}"
    return first if leave.first == leave.last else f"{first}–{last}"


# --- How it is counted --------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Terms:
    """How one kind of leave is counted for a person, and what comes of it this year."""

    policy: Policy
    employed: date
    served: str
    days_of_year: Decimal
    extra_days: int
    this_month: Decimal
    next_extra_day: date | None
    next_days_of_year: Decimal
    carried_until: date | None  # in the next year
    outlook: Outlook


def terms_of(person: User, type: LeaveType, balance: Decimal, today: date) -> Terms:
    """Return the rules of a kind of leave as they are for one person today."""
    policy, employed = policy_of(type), employed_since(person, workplace_zone())
    rate = days_of_year(policy, employed, today)
    return Terms(
        policy=policy,
        employed=employed,
        served=served_words(employed, today),
        days_of_year=rate,
        extra_days=extra_days(policy, employed, today),
        this_month=accrual_of(policy, employed, today.replace(day=1)),
        next_extra_day=next_extra_day(policy, employed, today),
        next_days_of_year=rate + 1,
        carried_until=carried_until(policy, today.year + 1),
        outlook=outlook(policy, employed, today=today, balance=balance),
    )


def served_words(employed: date, today: date) -> str:
    """`2 years 8 months`: full months with the employer."""
    months = (today.year - employed.year) * MONTHS + today.month - employed.month
    years, rest = divmod(max(0, months - (today.day < employed.day)), MONTHS)
    told = []
    if years:
        told.append(ngettext("%(count)d year", "%(count)d years", years) % {"count": years})
    if rest or not years:
        told.append(ngettext("%(count)d month", "%(count)d months", rest) % {"count": rest})
    return " ".join(told)
