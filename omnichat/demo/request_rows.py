"""Requests and accounts of leave of the demo company, through the services people use."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from accounts.models import Department, User
from accounts.workplace import workplace_zone
from omnichat.demo.absences import ABSENCES
from omnichat.demo.hours import DAY
from omnichat.demo.people import MANAGER_OF
from omnichat.demo.requests import (
    ASKED,
    BLACKOUTS,
    CARRIED,
    CARRIED_BY_OTHERS,
    EMPLOYED_BEFORE,
    IN_LIEU,
    SWAPS,
    Asked,
)
from omnichat.lib.errors import DomainError
from workforce.leave_cost import leave_cost, ordinary_dates
from workforce.models import (
    LeaveBlackout,
    LeaveLedgerEntry,
    LeaveType,
    Request,
    RequestComment,
    ShiftAssignment,
    TimeEntry,
)
from workforce.services import (
    NewFile,
    adjust_balance,
    answer_swap,
    approve_request,
    grant_leave,
    reject_request,
    settle_leave_accounts,
    submit_request,
)
from workforce.shift_times import MINUTE, instant_of, local_date

PAPER = NewFile(
    "giay-hen-kham.pdf",
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]"
    b">>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n",
)
HOUR = timedelta(hours=1)


def write_leave_accounts(people: dict[str, User], now: datetime) -> None:
    """What was brought into the year, a line for each month, and days off in lieu."""
    today = local_date(now, workplace_zone())
    new_year = today.replace(month=1, day=1)
    annual = LeaveType.objects.get(symbol="P")
    LeaveType.objects.filter(is_counted=True).update(accrues_since=new_year)
    for name, before in EMPLOYED_BEFORE.items():
        since = people[name].approved_at.date() - before
        User.objects.filter(pk=people[name].pk).update(employed_since=since)
    carried = {
        name: CARRIED.get(name, CARRIED_BY_OTHERS)
        for name, person in people.items()
        if person.department_id and local_date(person.approved_at, workplace_zone()) < new_year
    }
    LeaveLedgerEntry.objects.bulk_create(
        [
            LeaveLedgerEntry(
                user=people[name],
                type=annual,
                kind=LeaveLedgerEntry.Kind.OPENING,
                days=days,
                on=new_year,
                actor=people["admin"],
            )
            for name, days in carried.items()
        ]
    )
    settle_leave_accounts(now)
    in_lieu = LeaveType.objects.get(symbol="NB")
    for name, (days, note) in IN_LIEU.items():
        about = {"user": people[name], "type": in_lieu, "actor": people["admin"]}
        adjust_balance(**about, days=Decimal(days), note=note, on=today - 20 * DAY)


def write_leaves(people: dict[str, User], now: datetime, days: int) -> None:
    """Ask for and approve the leave of the past and what is to come."""
    today = local_date(now, workplace_zone())
    types = {kind.symbol: kind for kind in LeaveType.objects.all()}
    for one in ABSENCES:
        if not one.symbol or -one.days_from_now > days:
            continue
        dates, user = one.dates(today), people[one.username]
        sent = now - DAY * (5 - min(0, one.days_from_now))
        about = {"first": dates[0], "last": dates[-1], "part": one.part}
        if not leave_cost(**about):
            actor = people["admin"]
            type = types[one.symbol]
            grant_leave(user=user, type=type, note=one.note, actor=actor, at=sent, **about)
            continue
        request = submit_request(
            user=user,
            kind="remote" if one.symbol == "R" else "leave",
            description=one.note or "Việc gia đình",
            details=about | {"leave_type": types[one.symbol]},
            at=sent,
        )
        approve_request(request=request, actor=decider_of(user, people), at=sent + 6 * HOUR)


def write_requests(people: dict[str, User], now: datetime) -> None:
    """Requests of every kind, decided and waiting; then the days without leave."""
    for one in ASKED:
        _ask(one, people, now)
    for asker, colleague, hours_ago, *rest in SWAPS:
        _swap(people[asker], people[colleague], now - HOUR * hours_ago, people, *rest)
    _ask_for_correction(people, now)
    year = local_date(now, workplace_zone()).year
    for name, month, first, last in BLACKOUTS:
        span = {"first": date(year, month, first), "last": date(year, month, last)}
        LeaveBlackout.objects.create(name=name, **span)


def decider_of(user: User, people: dict[str, User]) -> User:
    """The manager of somebody's department, else the administrator."""
    name = MANAGER_OF.get(user.department.name, "admin") if user.department else "admin"
    return people["admin" if people[name] == user or user.role != User.Role.STAFF else name]


def _ask(one: Asked, people: dict[str, User], now: datetime) -> None:
    user, sent = people[one.username], now - HOUR * one.hours_ago
    try:
        request = submit_request(
            user=user,
            kind=one.kind,
            description=one.why,
            details=_details(one, now),
            files=[PAPER] if one.paper else (),
            at=sent,
        )
        for name, text in one.talk:
            RequestComment.objects.create(
                request=request, author=people[name], text=text, created_at=sent + 2 * HOUR
            )
        about = {"request": request, "actor": decider_of(user, people), "note": one.words}
        if one.kind == "transfer":
            about["actor"] = people["admin"]
        decided = sent + HOUR * one.decided_hours
        if one.decision == "approve":
            approve_request(**about, at=decided)
        elif one.decision == "reject":
            reject_request(**about, at=decided)
    except DomainError:  # the calendar of this day leaves no room for it; the others are enough
        return


def _details(one: Asked, now: datetime) -> dict:
    zone = workplace_zone()
    details = dict(one.about)
    if name := details.get("to_department"):
        details["to_department"] = Department.objects.get(name=name)
    if one.symbol:
        details["leave_type"] = LeaveType.objects.get(symbol=one.symbol)
    if one.in_days is None:
        return details
    on = _ordinary(local_date(now, zone) + DAY * one.in_days)
    if one.clock:
        midnight = instant_of(on, time.min, zone)
        start, end = one.clock
        return details | {
            "starts_at": midnight + MINUTE * start,
            "ends_at": midnight + MINUTE * end,
        }
    details["first"] = on
    if one.kind in ("leave", "remote", "trip"):
        details["last"] = on + DAY * (one.days - 1)
    return details


def _ordinary(on: date) -> date:
    """This day, or the first working day after it."""
    return ordinary_dates(on, on + 10 * DAY)[0]


def _swap(
    asker: User,
    colleague: User,
    sent: datetime,
    people: dict[str, User],
    words: str,
    has_agreed: bool,
    refusal: str,
) -> None:
    """On the first published shifts of both after it was sent that are not one and the same."""
    ahead = ShiftAssignment.objects.published().filter(starts_at__gt=sent + 12 * HOUR)
    own = ahead.filter(user=asker).order_by("starts_at").first()
    theirs = ahead.filter(user=colleague).order_by("starts_at")
    theirs = own and theirs.exclude(shift=own.shift_id, date=own.date).first()
    if not theirs:
        return
    request = submit_request(
        user=asker,
        kind=Request.Kind.SHIFT_CHANGE,
        description=words,
        details={"assignment": own, "colleague_assignment": theirs},
        at=sent,
    )
    if has_agreed:
        request = answer_swap(request=request, actor=colleague, agrees=True, at=sent + HOUR)
    if refusal:
        decider = decider_of(asker, people)
        reject_request(request=request, actor=decider, note=refusal, at=sent + 3 * HOUR)


def _ask_for_correction(people: dict[str, User], now: datetime) -> None:
    """Who forgot to check out asks for the time at which they left."""
    entries = TimeEntry.objects.filter(is_auto_closed=True, corrected_out_at=None)
    for entry in entries.filter(user__in=people.values()).select_related("user"):
        submit_request(
            user=entry.user,
            kind=Request.Kind.ATTENDANCE_CORRECTION,
            description="Em quên bấm ra, em về đúng giờ ạ.",
            details={"starts_at": entry.checked_in_at, "ends_at": entry.checked_out_at},
            at=now - 7 * HOUR,
        )
