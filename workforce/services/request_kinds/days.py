"""Requests about days: leave, remote work, trips, coming later, leaving earlier, overtime."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.services import record
from accounts.workplace import workplace_zone
from omnichat.lib.errors import DomainError
from workforce.attendance_records import LeaveKind
from workforce.leave_cost import leave_cost
from workforce.models import DayAgreement, LeaveBlackout, LeaveType, Request, ShiftAssignment
from workforce.overtime_classes import overtime_beyond
from workforce.request_words import limit_words
from workforce.services.attendance import tell_availability_changed
from workforce.services.leave import (
    LeaveWithdrawn,
    check_leave,
    refuse_overlap,
    unwrite_leave,
    write_leave,
)
from workforce.services.leave_ledger import require_balance
from workforce.services.months import refuse_locked_months
from workforce.services.request_kinds.base import BadRequest, RequestKind
from workforce.shift_times import day_bounds, local_date, minutes_between

MAX_LATE_MINUTES = 4 * 60
MAX_OVERTIME = timedelta(hours=16)
# Asked for later than this, it is a matter for the timesheet.
MAX_AGE = timedelta(days=62)


# The kind of leave that each kind of request asks for.
LEAVE_KINDS = {
    Request.Kind.LEAVE: LeaveKind.AWAY,
    Request.Kind.REMOTE: LeaveKind.REMOTE,
    Request.Kind.TRIP: LeaveKind.TRIP,
}


class BlackoutDay(DomainError):
    code = "blackout_day"


class AttachmentMissing(DomainError):
    code = "attachment_missing"


class AlreadyAgreed(DomainError):
    code = "already_agreed"


class TooMuchOvertime(DomainError):
    code = "too_much_overtime"


class DaysAway(RequestKind):
    """Leave, remote work and trips: all are granted as leave of their kind."""

    details = ("leave_type", "first", "last", "part")
    needed = ("first", "leave_type")
    owner_may_undo = True

    def prepare(self, request: Request, at: datetime) -> None:
        """One day unless a last one is named; the usual kind of leave unless one is."""
        if request.first and not request.last:
            request.last = request.first
        if request.first and request.leave_type is None:
            request.leave_type = leave_types_for(request.kind).first()

    def check(self, request: Request, at: datetime) -> None:
        if request.first is None:
            if request.last is not None:
                self.require_complete(request)
            return
        _refuse_long_ago(request, at)
        kind, last = request.leave_type, request.last or request.first
        if last < request.first:
            raise BadRequest(_("The last day is before the first."), field="last")
        if kind is None:
            return
        if kind.kind != LEAVE_KINDS[request.kind]:
            raise BadRequest(_("This is another kind of request."), field="leave_type")
        check_leave(kind, request.first, last, request.part)
        refuse_overlap(request.user, request.first, last)
        cost = leave_cost(request.first, last, request.part)
        if request.kind == Request.Kind.LEAVE and not cost and not _is_planned(request):
            text = _("There is no working day in it: weekly rest and holidays need no leave.")
            raise BadRequest(text, field="first")
        require_balance(user=request.user, type=kind, days=cost)
        if kind.is_restricted:
            _refuse_blackout(request)

    def apply(self, request: Request, actor: User, at: datetime, ip: str | None) -> dict:
        if request.leave_type.needs_attachment and not request.files.exists():
            text = _("%(type)s needs a paper. Ask for it in the comments, then approve.")
            raise AttachmentMissing(text % {"type": request.leave_type})
        leave = write_leave(
            user=request.user,
            type=request.leave_type,
            first=request.first,
            last=request.last or request.first,
            part=request.part,
            request=request,
            actor=actor,
            ip=ip,
            at=at,
        )
        return {"leave": leave.pk, "days": str(leave.days)}

    def undo(self, request: Request, actor: User, at: datetime, ip: str | None) -> None:
        leave = request.leaves.granted().filter(pk=request.effect["leave"]).first()
        if leave is None:
            raise LeaveWithdrawn(_("This leave is withdrawn already."))
        unwrite_leave(leave=leave, actor=actor, ip=ip, at=at)

    def begins_at(self, request: Request) -> datetime | None:
        leave = request.leaves.filter(pk=request.effect.get("leave")).first()
        return leave and leave.starts_at


class LateOrEarly(RequestKind):
    """Coming later or leaving earlier on one date, by so many minutes."""

    details = ("first", "side", "minutes")
    needed = details
    owner_may_undo = True

    def check(self, request: Request, at: datetime) -> None:
        if request.first is None:
            return
        _refuse_long_ago(request, at)
        if request.minutes is not None and not 0 < request.minutes <= MAX_LATE_MINUTES:
            text = ngettext(
                "Between 1 and %(most)d minute; for more, ask for half a day of leave.",
                "Between 1 and %(most)d minutes; for more, ask for half a day of leave.",
                MAX_LATE_MINUTES,
            )
            raise BadRequest(text % {"most": MAX_LATE_MINUTES}, field="minutes")
        agreed = DayAgreement.objects.standing().filter(user=request.user, date=request.first)
        if agreed.filter(kind=request.side).exists():
            raise AlreadyAgreed(_("This is agreed for that day already."), field="first")

    def apply(self, request: Request, actor: User, at: datetime, ip: str | None) -> dict:
        agreement = DayAgreement(kind=request.side, date=request.first, minutes=request.minutes)
        return _agree(agreement, request, actor, at, ip)

    def undo(self, request: Request, actor: User, at: datetime, ip: str | None) -> None:
        _withdraw(request, actor, at, ip)

    def begins_at(self, request: Request) -> datetime | None:
        return day_bounds(request.first, workplace_zone())[0]


class Overtime(RequestKind):
    """Work beyond the plan, from one moment to another; it is counted and classed as agreed."""

    details = ("starts_at", "ends_at")
    needed = details
    owner_may_undo = True

    def prepare(self, request: Request, at: datetime) -> None:
        if request.starts_at:
            request.first = local_date(request.starts_at, workplace_zone())

    def check(self, request: Request, at: datetime) -> None:
        if request.starts_at is None or request.ends_at is None:
            return
        _refuse_long_ago(request, at)
        if request.ends_at <= request.starts_at:
            raise BadRequest(_("The end is before the start."), field="ends_at")
        if request.ends_at - request.starts_at > MAX_OVERTIME:
            raise BadRequest(_("Longer than 16 hours."), field="ends_at")
        agreed = DayAgreement.objects.standing().filter(user=request.user, kind="overtime")
        overlap = agreed.filter(starts_at__lt=request.ends_at, ends_at__gt=request.starts_at)
        if overlap.exists():
            raise AlreadyAgreed(_("Overtime is agreed at that time already."), field="starts_at")
        for one in overtime_beyond(request.user, request.starts_at, request.ends_at):
            if one.is_refusal:
                text = f"{limit_words(one)} ({one.limit.source})."
                raise TooMuchOvertime(text, field="ends_at")

    def apply(self, request: Request, actor: User, at: datetime, ip: str | None) -> dict:
        agreement = DayAgreement(
            kind=DayAgreement.Kind.OVERTIME,
            date=request.first,
            starts_at=request.starts_at,
            ends_at=request.ends_at,
            minutes=minutes_between(request.starts_at, request.ends_at),
        )
        return _agree(agreement, request, actor, at, ip)

    def undo(self, request: Request, actor: User, at: datetime, ip: str | None) -> None:
        _withdraw(request, actor, at, ip)

    def begins_at(self, request: Request) -> datetime | None:
        return request.starts_at


def leave_types_for(kind: str) -> QuerySet[LeaveType]:
    """Return the kinds of leave that a request of this kind may ask for, the usual one first."""
    return LeaveType.objects.active().filter(kind=LEAVE_KINDS[kind]).order_by("pk")


def _refuse_long_ago(request: Request, at: datetime) -> None:
    today = local_date(at, workplace_zone())
    if request.first and request.first < today - MAX_AGE:
        text = _("That is more than %(days)d days ago.")
        field = "starts_at" if request.kind == Request.Kind.OVERTIME else "first"
        raise BadRequest(text % {"days": MAX_AGE.days}, field=field)


def _is_planned(request: Request) -> bool:
    """Has the person a shift on one of the days? A desk that is open on Sundays has."""
    last = request.last or request.first
    planned = ShiftAssignment.objects.filter(user=request.user).between(request.first, last)
    return planned.exists()


def _refuse_blackout(request: Request) -> None:
    days = LeaveBlackout.objects.of_department(request.user.department_id)
    if found := days.between(request.first, request.last or request.first).first():
        text = _("No leave from %(first)s to %(last)s: %(name)s. Choose other days.")
        words = {"first": f"{found.first:%d/%m}", "last": f"{found.last:%d/%m}", "name": found.name}
        raise BlackoutDay(text % words, field="first")


def _agree(
    agreement: DayAgreement, request: Request, actor: User, at: datetime, ip: str | None
) -> dict:
    refuse_locked_months(user_ids=[request.user_id], dates=[agreement.date])
    agreement.user, agreement.request = request.user, request
    agreement.granted_by, agreement.granted_at = actor, at
    try:
        with transaction.atomic():
            agreement.save()
    except IntegrityError as error:
        raise AlreadyAgreed(_("This is agreed for that day already."), field="first") from error
    _tell("day_agreed", agreement, actor, ip)
    return {"agreement": agreement.pk}


def _withdraw(request: Request, actor: User, at: datetime, ip: str | None) -> None:
    agreement = request.agreements.standing().get(pk=request.effect["agreement"])
    refuse_locked_months(user_ids=[request.user_id], dates=[agreement.date])
    DayAgreement.objects.filter(pk=agreement.pk).update(withdrawn_at=at)
    _tell("day_agreement_withdrawn", agreement, actor, ip)


def _tell(action: str, agreement: DayAgreement, actor: User, ip: str | None) -> None:
    changes = {
        "agreed": str(agreement.kind),
        "date": agreement.date.isoformat(),
        "minutes": agreement.minutes,
    }
    record(action, actor=actor, target=agreement.user, changes=changes, ip=ip)
    tell_availability_changed([agreement.user_id])
