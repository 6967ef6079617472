"""Accounts of leave: what the months add, what expires, and what an administrator corrects."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Max, Min, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import record
from accounts.workplace import workplace_zone
from omnichat.lib.errors import DomainError
from workforce.leave_accrual import (
    Policy,
    accrual_of,
    carried_until,
    expires_at_new_year,
    expires_of_carried,
    months_due,
    new_year,
)
from workforce.models import LeaveLedgerEntry, LeaveType
from workforce.services.leave_ledger import NOTHING, lock_account
from workforce.services.months import NotTheirs
from workforce.shift_times import local_date

Kind = LeaveLedgerEntry.Kind
Pair = tuple[int, int]  # a person and a kind of leave
ROWS_AT_ONCE = 1000


class BadAdjustment(DomainError):
    code = "bad_adjustment"
    status = 400


class NotCounted(DomainError):
    code = "leave_not_counted"
    status = 400


def policy_of(type: LeaveType) -> Policy:
    """Return the rules of a kind of leave, as the arithmetic wants them."""
    return Policy(
        days_per_year=Decimal(type.days_per_year),
        seniority_years=type.seniority_years,
        carry_over_days=type.carry_over_days,
        carry_over_months=type.carry_over_months,
        since=type.accrues_since,
    )


def employed_since(user: User, zone: tzinfo) -> date:
    """Return since when somebody is with the employer, as far as anybody knows."""
    return user.employed_since or local_date(user.approved_at or user.created_at, zone)


def settle_leave_accounts(at: datetime | None = None) -> int:
    """Write what the months up to now have added to the accounts, and what has expired.

    Repeating changes nothing. Locks those whose accounts get a line. Only expiries of this year:
    the one at its beginning keeps no more of what was before than those missed would have kept.
    Returns how many lines were missing. Costs the same number of statements for any number of
    people.
    """
    zone = workplace_zone()
    today = local_date(at or timezone.now(), zone)
    types = list(LeaveType.objects.active().filter(is_counted=True).order_by("pk"))
    count = _write_accruals(types, today, zone)
    return count + sum(_write_expiries(due) for due in _expiries(types, today))


@transaction.atomic
def adjust_balance(
    *,
    user: User,
    type: LeaveType,
    days: Decimal,
    note: str,
    actor: User,
    ip: str | None = None,
    on: date | None = None,
) -> LeaveLedgerEntry:
    """Add days to somebody's account, or take them off, and say why. Locks the person.

    `on` is the date it is about, today unless given; the account may go below zero.
    Raises NotTheirs for everybody but administrators, NotCounted, BadAdjustment with its field.
    """
    if not actor.is_admin:
        raise NotTheirs(_("Only an administrator can adjust an account of leave."))
    if not type.is_counted:
        raise NotCounted(_("This kind of leave has no account of days."), field="type")
    if not days:
        raise BadAdjustment(_("Write how many days: more or less than 0."), field="days")
    if not note.strip():
        raise BadAdjustment(_("Say why, so that it can be understood later."), field="note")
    lock_account(user)
    line = LeaveLedgerEntry.objects.create(
        user=user,
        type=type,
        kind=Kind.ADJUST,
        days=days,
        on=on or timezone.localdate(),
        note=note.strip(),
        actor=actor,
    )
    told = {"leave": type.name, "days": f"{days:+}", "date": f"{line.on}", "note": line.note}
    record("leave_balance_adjusted", actor=actor, target=user, changes=told, ip=ip)
    return line


def lock_accounts(user_ids: Collection[int]) -> None:
    """Do what `lock_account` does for several people, always in the same order."""
    rows = User.objects.filter(pk__in=user_ids).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))


# --- What the months add ------------------------------------------------------------------------
def _write_accruals(types: Sequence[LeaveType], today: date, zone: tzinfo) -> int:
    """Look without locks first: most hours there is nothing to write."""
    adding = [(type, policy_of(type)) for type in types if type.days_per_year]
    people = list(User.objects.filter(is_active=True).order_by("pk")) if adding else []
    since = {user.pk: employed_since(user, zone) for user in people}
    due = {
        (user.pk, type.pk): months
        for type, policy in adding
        for user in people
        if (months := months_due(policy, since[user.pk], today))
    }
    policies = {type.pk: policy for type, policy in adding}
    incomplete = _incomplete(due, policies)
    if not incomplete:
        return 0
    with transaction.atomic():
        lock_accounts({user_id for user_id, _type in incomplete})
        written, opened = _written(incomplete), _opened(incomplete)
        lines = [
            LeaveLedgerEntry(
                user_id=pair[0],
                type_id=pair[1],
                kind=Kind.ACCRUAL,
                days=accrual_of(policies[pair[1]], since[pair[0]], month),
                on=month,
            )
            for pair in incomplete
            for month in due[pair]
            if month not in written.get(pair, ()) and month > opened.get(pair, date.min)
        ]
        return _add(lines)


def _incomplete(due: dict[Pair, list[date]], policies: dict[int, Policy]) -> list[Pair]:
    """Those of whom a month may be missing. One statement.

    An opening balance says what there is on its date: months up to it are in it.
    """
    is_accrual = Q()
    for type_id, policy in policies.items():
        is_accrual |= Q(type=type_id, kind=Kind.ACCRUAL, on__gte=policy.since)
    lines = LeaveLedgerEntry.objects.order_by().values_list("user", "type")
    counted = lines.annotate(
        count=Count("pk", filter=is_accrual),
        first=Min("on", filter=is_accrual),
        last=Max("on", filter=is_accrual),
        opened=Max("on", filter=Q(kind=Kind.OPENING)),
    )
    found = {(row[0], row[1]): row[2:] for row in counted} if due else {}
    missing = []
    for pair, months in due.items():
        count, first, last, opened = found.get(pair, (0, None, None, None))
        wanted = [month for month in months if opened is None or month > opened]
        if not wanted:
            continue
        if count < len(wanted) or first > wanted[0] or last < wanted[-1]:
            missing.append(pair)
    return missing


def _written(pairs: Collection[Pair]) -> dict[Pair, set[date]]:
    lines = _of(pairs).filter(kind=Kind.ACCRUAL).values_list("user", "type", "on")
    months: dict[Pair, set[date]] = {}
    for user_id, type_id, on in lines:
        months.setdefault((user_id, type_id), set()).add(on)
    return months


def _opened(pairs: Collection[Pair]) -> dict[Pair, date]:
    """The date of the latest opening balance of each."""
    lines = _of(pairs).filter(kind=Kind.OPENING).order_by().values_list("user", "type")
    return {(user, type): on for user, type, on in lines.annotate(on=Max("on"))}


# --- What expires -------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Expiry:
    """What of one kind of leave is lost on a date: of last year's, or of what was carried."""

    type: LeaveType
    on: date
    of_carried: bool


def _expiries(types: Iterable[LeaveType], today: date) -> list[list[_Expiry]]:
    """Those due this year, the earlier first: what the year's beginning takes is not carried."""
    beginning, carried = [], []
    for type in types:
        policy = policy_of(type)
        if type.carry_over_days is not None and type.accrues_since <= new_year(today.year):
            beginning.append(_Expiry(type, new_year(today.year), of_carried=False))
        last = carried_until(policy, today.year)
        if last is not None and type.accrues_since <= last < today:
            carried.append(_Expiry(type, last, of_carried=True))
    return [due for due in (beginning, carried) if due]


def _write_expiries(due: Sequence[_Expiry]) -> int:
    """Look, and only then lock whoever loses something and look again."""
    losing = _losses(due)
    if not losing:
        return 0
    with transaction.atomic():
        user_ids = {user_id for user_id, _type in losing}
        lock_accounts(user_ids)
        dates = {expiry.type.pk: expiry.on for expiry in due}
        lines = [
            LeaveLedgerEntry(
                user_id=user_id, type_id=type_id, kind=Kind.EXPIRE, days=-days, on=dates[type_id]
            )
            for (user_id, type_id), days in _losses(due, user_ids).items()
        ]
        return _add(lines)


def _losses(due: Sequence[_Expiry], user_ids: Collection[int] | None = None) -> dict[Pair, Decimal]:
    """What of each account is lost and not written off yet. One statement."""
    at_year_end, used, on_date, known = Q(), Q(), Q(), Q()
    taken = Q(kind__in=[Kind.USE, Kind.RETURN])
    for expiry in due:
        kind, year = Q(type=expiry.type), new_year(expiry.on.year)
        at_year_end |= kind & Q(on__lt=year)
        used |= kind & taken & Q(on__gte=year, on__lte=expiry.on)
        on_date |= kind & Q(on__lte=expiry.on)
        # Written already, or an opening balance knows better.
        known |= kind & (
            Q(kind=Kind.EXPIRE, on=expiry.on) | Q(kind=Kind.OPENING, on__gte=expiry.on)
        )
    lines = LeaveLedgerEntry.objects.filter(
        user__is_active=True, type__in=[expiry.type for expiry in due]
    )
    if user_ids is not None:
        lines = lines.filter(user__in=user_ids)
    sums = lines.order_by().values_list("user", "type")
    sums = sums.annotate(
        at_year_end=Sum("days", filter=at_year_end),
        used=Sum("days", filter=used),
        on_date=Sum("days", filter=on_date),
        left=Sum("days"),
        known=Count("pk", filter=known),
    )
    expiry_of = {expiry.type.pk: expiry for expiry in due}
    losses = {}
    for user_id, type_id, end, taken_days, then, left, is_known in sums:
        lost = _loss(expiry_of[type_id], end, taken_days, then, left)
        if lost and not is_known:
            losses[user_id, type_id] = lost
    return losses


def _loss(
    expiry: _Expiry, end: Decimal | None, used: Decimal | None, then: Decimal | None, left: Decimal
) -> Decimal:
    policy, end = policy_of(expiry.type), end or NOTHING
    if not expiry.of_carried:
        return expires_at_new_year(policy, at_year_end=end, left=left)
    left = min(left, then or NOTHING)
    return expires_of_carried(policy, at_year_end=end, used=-(used or NOTHING), left=left)


def _of(pairs: Collection[Pair]):
    """The lines of these accounts, and of others of the same people and kinds."""
    users, types = {user for user, _type in pairs}, {type for _user, type in pairs}
    return LeaveLedgerEntry.objects.filter(user__in=users, type__in=types)


def _add(lines: Sequence[LeaveLedgerEntry]) -> int:
    """Write lines; another worker's that is there already stays the only one."""
    LeaveLedgerEntry.objects.bulk_create(lines, batch_size=ROWS_AT_ONCE, ignore_conflicts=True)
    return len(lines)
