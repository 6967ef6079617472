"""Granting days away from the desk, and taking them back."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import record
from accounts.workplace import workplace_zone
from omnichat.lib.errors import DomainError
from workforce.attendance_records import DayPart
from workforce.leave_cost import leave_cost
from workforce.leave_times import leave_span
from workforce.models import Leave, LeaveType, Request
from workforce.services.attendance import tell_availability_changed
from workforce.services.leave_ledger import lock_account, return_days, take_days
from workforce.services.months import refuse_locked_months, require_may_settle
from workforce.shift_times import DAY, Span
from workforce.timesheet_days import plan_of_day
from workforce.timesheet_records import by_date, by_person, published_plans

MAX_DAYS = 366  # of one leave; more are two
TOLD_DAYS = "%d/%m/%Y"


class BadLeave(DomainError):
    code = "bad_leave"
    status = 400


class LeaveOverlaps(DomainError):
    code = "leave_overlaps"


class LeaveWithdrawn(DomainError):
    code = "leave_withdrawn"


class LeaveIsAsked(DomainError):
    code = "leave_was_asked_for"


class PersonLeft(DomainError):
    code = "person_not_active"


@transaction.atomic
def grant_leave(
    *,
    user: User,
    type: LeaveType,
    first: date,
    last: date,
    actor: User,
    part: str = DayPart.WHOLE,
    note: str = "",
    ip: str | None = None,
    at: datetime | None = None,
) -> Leave:
    """Grant somebody leave from `first` to `last`, both included; it counts at once.

    Shifts planned on these dates stay in the roster and are excused, and the days are taken from
    the person's account. Locks the person, then the months. Raises NotTheirs, PersonLeft,
    BadLeave with its field, LeaveOverlaps, MonthLocked, OverBalance.
    """
    require_may_settle(actor=actor, people=[user])
    days = {"first": first, "last": last, "part": part}
    return write_leave(user=user, type=type, **days, actor=actor, note=note, ip=ip, at=at)


def write_leave(
    *,
    user: User,
    type: LeaveType,
    first: date,
    last: date,
    part: str,
    actor: User,
    note: str = "",
    request: Request | None = None,
    ip: str | None = None,
    at: datetime | None = None,
) -> Leave:
    """Do what `grant_leave` does for whoever may: call it in a transaction that has asked."""
    lock_account(user)
    if not User.objects.filter(pk=user.pk, is_active=True).exists():
        raise PersonLeft(_("This account is deactivated."), field="user")
    check_leave(type, first, last, part)
    days = [first + n * DAY for n in range((last - first).days + 1)]
    refuse_locked_months(user_ids=[user.pk], dates=days)
    refuse_overlap(user, first, last)
    span = _spans([(user.pk, first, last, part)])[0]
    with _overlap_refused():
        leave = Leave.objects.create(
            user=user,
            type=type,
            first=first,
            last=last,
            part=part,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            days=leave_cost(first, last, part),
            request=request,
            note=note,
            granted_at=at or timezone.now(),
            granted_by=actor,
        )
    take_days(leave=leave, actor=actor, at=at)
    record("leave_granted", actor=actor, target=user, changes=_shown(leave), ip=ip)
    tell_availability_changed([user.pk])
    return leave


@transaction.atomic
def withdraw_leave(
    *, leave: Leave, actor: User, ip: str | None = None, at: datetime | None = None
) -> Leave:
    """Take a leave back: from now on, and for the days behind, it counts as never granted.

    Its days go back to the account. Locks the person, then the months. Raises NotTheirs,
    MonthLocked, LeaveIsAsked, and LeaveWithdrawn for the second of two.
    """
    require_may_settle(actor=actor, people=[leave.user])
    if leave.request_id is not None:
        text = _("This leave was asked for: cancel request #%(number)d instead.")
        raise LeaveIsAsked(text % {"number": leave.request_id})
    return unwrite_leave(leave=leave, actor=actor, ip=ip, at=at)


def unwrite_leave(
    *, leave: Leave, actor: User, ip: str | None = None, at: datetime | None = None
) -> Leave:
    """Do what `withdraw_leave` does for whoever may: call it in a transaction that has asked."""
    leave = Leave.objects.select_related("user", "type").get(pk=leave.pk)
    lock_account(leave.user)
    days = [leave.first + n * DAY for n in range((leave.last - leave.first).days + 1)]
    refuse_locked_months(user_ids=[leave.user_id], dates=days)
    granted = Leave.objects.granted().filter(pk=leave.pk)
    if not granted.update(withdrawn_at=at or timezone.now(), withdrawn_by=actor):
        raise LeaveWithdrawn(_("This leave is withdrawn already."))
    return_days(leave=leave, actor=actor, at=at)
    record("leave_withdrawn", actor=actor, target=leave.user, changes=_shown(leave), ip=ip)
    tell_availability_changed([leave.user_id])
    leave.refresh_from_db()
    return leave


def follow_roster(*, user_ids: Collection[int], dates: Collection[date]) -> None:
    """After published shifts of these people changed: leave begins and ends with the shifts.

    Call in the transaction that changed them. Open pages and routing are told as well, for a
    shift of today is part of who can be given work.
    """
    around = Leave.objects.granted().filter(user__in=user_ids)
    leaves = list(around.between(min(dates), max(dates) + DAY))
    if leaves:
        spans = _spans([(leave.user_id, leave.first, leave.last, leave.part) for leave in leaves])
        for leave, span in zip(leaves, spans, strict=True):
            leave.starts_at, leave.ends_at = span.starts_at, span.ends_at
        Leave.objects.bulk_update(leaves, ["starts_at", "ends_at"])
    tell_availability_changed(sorted(user_ids))


def check_leave(type: LeaveType, first: date, last: date, part: str) -> None:
    """Refuse days that are none of this kind of leave. Raises BadLeave with its field."""
    if not type.is_active:
        raise BadLeave(_("This kind of leave is no longer in use."), field="type")
    if last < first:
        raise BadLeave(_("The last day is before the first."), field="last")
    if part != DayPart.WHOLE and first != last:
        raise BadLeave(_("Half a day is of one day: choose the same date twice."), field="last")
    if part != DayPart.WHOLE and not type.allows_half_days:
        raise BadLeave(_("This kind of leave is for whole days only."), field="part")
    if (last - first).days >= MAX_DAYS:
        raise BadLeave(_("Longer than a year: grant it in two parts."), field="last")


def refuse_overlap(user: User, first: date, last: date) -> None:
    """Refuse days on which somebody has leave already. Raises LeaveOverlaps."""
    other = Leave.objects.granted().filter(user=user).between(first, last)
    if other := other.select_related("type").first():
        text = _("%(person)s has leave already: %(type)s, %(first)s to %(last)s.")
        days = {"first": f"{other.first:{TOLD_DAYS}}", "last": f"{other.last:{TOLD_DAYS}}"}
        raise LeaveOverlaps(text % {"person": user, "type": other.type, **days}, field="first")


@contextmanager
def _overlap_refused() -> Iterator[None]:
    """Say in words what the constraint of the table refuses."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise LeaveOverlaps(_("This person has leave on these days already.")) from error


def _spans(leaves: Collection[tuple[int, date, date, str]]) -> list[Span]:
    """The instants of several leaves: (person, first, last, part); one statement for the plans."""
    zone = workplace_zone()
    first = min(leave[1] for leave in leaves) - DAY
    last = max(leave[2] for leave in leaves)
    planned = by_person(published_plans({leave[0] for leave in leaves}, first, last))
    return [
        leave_span(begins, ends, DayPart(part), _plans(planned[user_id]), zone)
        for user_id, begins, ends, part in leaves
    ]


def _plans(shifts: list) -> dict:
    return {on: plan_of_day(of_day) for on, of_day in by_date(shifts).items()}


def _shown(leave: Leave) -> dict[str, str]:
    """What the leave is, for the audit; the kind by its stored name, which has words."""
    return {
        "leave": leave.type.name,
        "first": leave.first.isoformat(),
        "last": leave.last.isoformat(),
        "part": leave.part,
    }
