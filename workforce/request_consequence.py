"""What follows if a request is approved, told before anybody decides.

Worked out anew each time it is shown. Other apps add what they know (open conversations) to
PROVIDERS when they start: they may know this app, and it does not know them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.workplace import workplace_zone
from workforce.attendance_records import DayPart
from workforce.cover_choices import Uncovered, away_names, short_words, uncovered_shifts
from workforce.leave_cost import leave_cost
from workforce.models import LeaveBlackout, Request, ShiftAssignment, TimeEntry
from workforce.overtime_classes import overtime_beyond, overtime_classes, overtime_with
from workforce.overtime_limits import Span
from workforce.request_words import limit_words, money, planned_words, span_words
from workforce.roster_plan import Planned, conflicts_of, monday_of, plan_around, rules_of
from workforce.roster_words import conflict_words
from workforce.services.leave_ledger import balance_of, day_words
from workforce.services.request_kinds.days import LEAVE_KINDS
from workforce.shift_times import DAY, day_bounds, local_date, minutes_between
from workforce.time_words import hours, pay_class, short_date

MAX_LINES = 5  # of one sort
MAX_DAYS = 62  # of a leave that are looked at for shifts
Kind = Request.Kind


@dataclass(frozen=True, slots=True)
class Line:
    """One consequence. `tone` is empty, ok, warn or bad; `url` leads to what it is about."""

    icon: str
    title: str
    detail: str = ""
    tone: str = ""
    url: str = ""


Provider = Callable[[Request], list[Line]]
PROVIDERS: list[Provider] = []


@dataclass(slots=True)
class Consequence:
    """All lines, and the shifts that need a cover, with who could take them."""

    lines: list[Line]
    uncovered: list[Uncovered]
    at: datetime

    @property
    def covers(self) -> list[Uncovered]:
        """The shifts for which a colleague can be chosen with the decision."""
        return [one for one in self.uncovered if one.choices and one.minimum]


def consequence_of(request: Request, *, at: datetime | None = None) -> Consequence:
    """Work out what approving this request would change."""
    at = at or timezone.now()
    uncovered: list[Uncovered] = []
    if request.kind in LEAVE_KINDS and request.first is not None:
        lines = []
        if is_away(request) and not _is_over(request, at):
            last = min(request.last or request.first, request.first + MAX_DAYS * DAY)
            uncovered = uncovered_shifts(request.user, request.first, last, with_choices=True)
            lines = [*_shift_lines(uncovered), *_outside(request)]
        lines += [*_recorded_lines(request, at), *_mark_lines(request), *_leave_lines(request)]
    else:
        lines = [*LINES.get(request.kind, _no_lines)(request), *_outside(request)]
    return Consequence(lines, uncovered, at)


def is_away(request: Request) -> bool:
    """Is somebody missing at the desk? Trips and halves of a day are no absence of a shift."""
    return request.kind == Kind.LEAVE and request.part == DayPart.WHOLE


def _mark_lines(request: Request) -> Iterator[Line]:
    """Remote work and trips change nothing but what the days are called."""
    if request.kind != Kind.LEAVE and request.leave_type is not None:
        text = _("The day is marked %(symbol)s in the roster and the timesheet")
        yield Line("calendar", text % {"symbol": request.leave_type.symbol})


def _is_over(request: Request, at: datetime) -> bool:
    return (request.last or request.first) < local_date(at, workplace_zone())


def _recorded_lines(request: Request, at: datetime) -> Iterator[Line]:
    """Of days that are over: when the person was at work all the same."""
    if not _is_over(request, at):
        return
    zone = workplace_zone()
    start = day_bounds(request.first, zone)[0]
    end = day_bounds(request.last or request.first, zone)[1]
    entries = TimeEntry.objects.filter(user=request.user, checked_in_at__range=(start, end))
    for entry in entries.order_by("checked_in_at")[:MAX_LINES]:
        words = {
            "day": short_date(local_date(entry.checked_in_at, zone)),
            "span": span_words(entry.checked_in_at, entry.checked_out_at),
        }
        yield Line("alert", _("Was at work on %(day)s, %(span)s") % words, tone="warn")


def _no_lines(request: Request) -> Iterator[Line]:
    return iter(())


def _outside(request: Request) -> Iterator[Line]:
    for provide in PROVIDERS:
        yield from provide(request)


def _shift_lines(uncovered: list[Uncovered]) -> Iterator[Line]:
    short = [one for one in uncovered if one.missing]
    for one in short[:MAX_LINES]:
        names = ", ".join(one.names) or _("nobody")
        words = {"names": names, "minimum": one.minimum, "count": one.planned}
        detail = _("Left: %(names)s. %(count)d of at least %(minimum)d.") % words
        yield Line("alert", _short_title(one), detail, "warn")
    if len(short) > MAX_LINES:
        count = len(short) - MAX_LINES
        yield Line("alert", _("%(count)d more shifts are short") % {"count": count}, tone="warn")
    if not short and uncovered:
        text = ngettext(
            "%(count)d shift without the person; enough are left",
            "%(count)d shifts without the person; enough are left",
            len(uncovered),
        )
        shifts = ", ".join(planned_words(one.assignment) for one in uncovered[:3])
        yield Line("check", text % {"count": len(uncovered)}, shifts, "ok")
    if not uncovered:
        yield Line("calendar", _("No shift is planned on these days yet"))


def _short_title(one: Uncovered) -> str:
    return short_words(one.assignment.shift.name, one.assignment.date, one.missing)


def _leave_lines(request: Request) -> Iterator[Line]:
    if request.leave_type is not None:
        yield from _balance_lines(request)
    yield _away_line(request)


def _balance_lines(request: Request) -> Iterator[Line]:
    kind, last = request.leave_type, request.last or request.first
    if not kind.is_counted:
        if request.kind == Kind.LEAVE:
            yield Line("calendar", _("%(type)s uses up no balance") % {"type": kind})
        return
    left = balance_of(request.user, kind)
    after = left - leave_cost(request.first, last, request.part)
    words = {"type": kind, "after": day_words(after), "left": day_words(left)}
    tone = "bad" if after < -kind.overdraft_days else ""
    detail = _("%(left)s now.") % words + " " + _blackout_words(request)
    yield Line("calendar", _("%(type)s after it: %(after)s days") % words, detail.strip(), tone)


def _blackout_words(request: Request) -> str:
    days = LeaveBlackout.objects.of_department(request.user.department_id)
    found = days.between(request.first, request.last or request.first).first()
    if found is None:
        return _("No days without leave are touched.")
    return _("Touches days without leave: %(name)s.") % {"name": found.name}


def _away_line(request: Request) -> Line:
    away = away_names(request.user, request.first, request.last or request.first)
    if not away:
        return Line("users", _("Nobody else of the department is away then"))
    details = [f"{short_date(on)}: {', '.join(names)}" for on, names in away.items()]
    people = {name for names in away.values() for name in names}
    text = ngettext(
        "%(count)d other person is away then", "%(count)d other people are away then", len(people)
    )
    more = " …" if len(details) > MAX_LINES else ""
    return Line("users", text % {"count": len(people)}, " · ".join(details[:MAX_LINES]) + more)


def _overtime_lines(request: Request) -> Iterator[Line]:
    if request.starts_at is None:
        return
    classes = overtime_classes(request.user, request.starts_at, request.ends_at)
    for name, (minutes, percent) in classes.items():
        words = {"hours": hours(minutes), "percent": percent}
        text = _("%(hours)s hours at %(percent)d %% of the normal hour") % words
        yield Line("clock", text, pay_class(name))
    if not classes:
        yield Line("clock", _("All of it lies within the planned shift: no overtime"), tone="warn")
    yield from _recorded_lines(request, timezone.now())
    minutes = minutes_between(request.starts_at, request.ends_at)
    sums = overtime_with(request.user, request.first, minutes)
    words = {"month": hours(sums[Span.MONTH]), "year": hours(sums[Span.YEAR])}
    text = _("With it %(month)s hours of overtime in the month, %(year)s in the year") % words
    yield Line("report", text)
    for one in overtime_beyond(request.user, request.starts_at, request.ends_at):
        tone = "bad" if one.is_refusal else "warn"
        yield Line("alert", limit_words(one), one.limit.source, tone)


def _correction_lines(request: Request) -> Iterator[Line]:
    if request.starts_at is None:
        return
    entry = request.time_entry
    if entry is None:
        yield Line("alert", _("Nothing was recorded that day: a new entry is made"), tone="warn")
    else:
        began = entry.corrected_in_at or entry.checked_in_at
        ended = entry.corrected_out_at or (None if entry.is_auto_closed else entry.checked_out_at)
        yield Line("clock", _("Now it says %(span)s") % {"span": span_words(began, ended)})
    wanted = span_words(request.starts_at, request.ends_at)
    text = _("Then %(span)s counts") % {"span": wanted}
    yield Line("check", text, _("What was recorded stays beside it. The month is counted anew."))


def _late_lines(request: Request) -> Iterator[Line]:
    if request.first is None:
        return
    rows = ShiftAssignment.objects.published().filter(user=request.user, date=request.first)
    for row in rows.select_related("shift").order_by("starts_at"):
        yield Line("calendar", planned_words(row))
    text = _("The minutes agreed are not counted as late or early")
    yield Line("clock", text, _("Hours that are not worked are not paid by it."))


def _change_lines(request: Request) -> Iterator[Line]:
    if request.assignment is None:
        return
    found = False
    for person_id, text in change_conflicts(request):
        found = True
        name = request.user if person_id == request.user_id else request.colleague
        yield Line("alert", f"{name}: {text}", tone="warn")
    if not found:
        yield Line("check", _("No rule of the roster is broken"), tone="ok")
    yield Line("users", _("As many people as before are there"))


def change_conflicts(request: Request) -> list[tuple[int, str]]:
    """Return (person, what is wrong) of a change of shifts, as the roster would say it."""
    own, theirs = request.assignment, request.colleague_assignment
    ids = [pk for pk in (request.user_id, request.colleague_id) if pk]
    rows = [row for row in (own, theirs) if row is not None]
    zone, found = workplace_zone(), []
    for week in sorted({monday_of(row.date) for row in rows}):
        before = plan_around(ShiftAssignment.objects.published(), ids, week)
        after = [_moved(one, request) for one in before]
        rules = rules_of(week)
        known = conflicts_of(before, week, zone, rules)
        names = {one.shift_id: "" for one in after}
        for person_id, conflicts in conflicts_of(after, week, zone, rules).items():
            old = {(c.kind, c.ids) for c in known.get(person_id, [])}
            by_id = {one.id: one for one in after}
            found += [
                (person_id, " ".join(conflict_words(c, "", by_id, names, zone)[1:]))
                for c in conflicts
                if (c.kind, c.ids) not in old
            ]
    return found


def _moved(one: Planned, request: Request) -> Planned:
    """The same shift as it would be after the change."""
    if one.id == request.assignment_id:
        if request.wanted_shift is not None:
            times = request.wanted_shift.times_on(one.date, workplace_zone())
            span = (times.starts_at, times.ends_at)
            minutes = times.planned_minutes
            return Planned(
                *span, one.id, one.date, minutes, one.person_id, request.wanted_shift_id, True
            )
        person_id = request.colleague_id
    elif one.id == request.colleague_assignment_id:
        person_id = request.user_id
    else:
        return one
    span = (one.starts_at, one.ends_at)
    return Planned(
        *span, one.id, one.date, one.planned_minutes, person_id, one.shift_id, one.is_published
    )


def _raise_lines(request: Request) -> Iterator[Line]:
    if request.amount and request.amount_before:
        more = Decimal(request.amount - request.amount_before) * 100 / request.amount_before
        words = {
            "percent": day_words(more.quantize(Decimal("0.1"))),
            "more": money(request.amount - request.amount_before),
        }
        yield Line("target", _("%(more)s more a month, %(percent)s %%") % words)
    yield Line("lock", _("Only the person, whoever decides and administrators see it"))


def _transfer_lines(request: Request) -> Iterator[Line]:
    if request.first is None or request.to_department is None:
        return
    rows = ShiftAssignment.objects.filter(user=request.user, date__gte=request.first)
    count = rows.exclude(shift__department=request.to_department).count()
    text = ngettext(
        "%(count)d planned shift of the old department is taken out",
        "%(count)d planned shifts of the old department are taken out",
        count,
    )
    yield Line("calendar", text % {"count": count})
    words = {"day": _date(request.first)}
    text = _("On %(day)s open conversations go back to the queue") % words
    yield Line("queue", text)


def _date(on: date) -> str:
    return f"{on:%d/%m/%Y}"


LINES: dict[str, Callable[[Request], Iterator[Line]]] = {
    Kind.OVERTIME: _overtime_lines,
    Kind.ATTENDANCE_CORRECTION: _correction_lines,
    Kind.LATE_EARLY: _late_lines,
    Kind.SHIFT_CHANGE: _change_lines,
    Kind.RAISE: _raise_lines,
    Kind.TRANSFER: _transfer_lines,
}
