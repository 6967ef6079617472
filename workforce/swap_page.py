"""What a colleague sees who is asked to change shifts: before and after, and what it means."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.workplace import workplace_zone
from workforce.leave_days import away_days
from workforce.models import Request, ShiftAssignment
from workforce.request_consequence import Line, change_conflicts
from workforce.roster_plan import WEEK, monday_of, plan_around
from workforce.roster_words import clock
from workforce.time_words import hours, short_date


@dataclass(frozen=True, slots=True)
class Cell:
    """A shift in a table, or none."""

    day: str = ""
    name: str = ""
    clock: str = ""
    color: str = ""


@dataclass(slots=True)
class Swap:
    """Cells of the reader and of the one who asks, now and after it."""

    mine_now: Cell
    mine_after: Cell
    theirs_now: Cell
    theirs_after: Cell
    lines: list[Line]


def read_swap(request: Request) -> Swap:
    """Return what the colleague of a request is asked to agree to."""
    own, theirs = _cell(request.assignment), _cell(request.colleague_assignment)
    return Swap(
        mine_now=theirs, mine_after=own, theirs_now=own, theirs_after=theirs, lines=_lines(request)
    )


def _cell(row: ShiftAssignment | None) -> Cell:
    if row is None:
        return Cell()
    zone = workplace_zone()
    return Cell(short_date(row.date), row.shift.name, clock(row, zone), row.shift.color)


def _lines(request: Request) -> list[Line]:
    """Only what concerns the colleague; nothing is said of the other."""
    colleague_id = request.colleague_id
    conflicts = [text for pk, text in change_conflicts(request) if pk == colleague_id]
    lines = [Line("alert", text, tone="warn") for text in conflicts]
    lines += _hours_lines(request)
    own = request.assignment  # none, if it was taken out of the roster since
    away = away_days([colleague_id], own.date, own.date) if own else {}
    for leave in away.values():
        lines.append(
            Line("alert", _("You are away that day: %(leave)s") % {"leave": leave.name}, tone="bad")
        )
    if own and not (conflicts or away):
        lines.append(Line("check", _("No leave and no rule stands against it"), tone="ok"))
    return lines


def _hours_lines(request: Request) -> list[Line]:
    """The hours of each week that the change touches."""
    rows = [row for row in (request.assignment, request.colleague_assignment) if row is not None]
    lines = []
    for week in sorted({monday_of(row.date) for row in rows}):
        plan = plan_around(ShiftAssignment.objects.published(), [request.colleague_id], week)
        before = sum(one.planned_minutes for one in plan if week <= one.date < week + WEEK)
        after = before + sum(
            row.planned_minutes * (1 if row is request.assignment else -1)
            for row in rows
            if monday_of(row.date) == week
        )
        words = {"day": f"{week:%d/%m}", "before": hours(before), "after": hours(after)}
        text = _("Hours of the week of %(day)s: %(before)s → %(after)s") % words
        lines.append(Line("clock", text))
    return lines
