"""From when to when a leave really is, given what is planned around it. Pure; UTC."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, tzinfo

from workforce.attendance_records import DayPart, Leave, PlannedShift
from workforce.attended_time import expected_time
from workforce.intervals import instant_at
from workforce.shift_times import DAY, Span, day_bounds, in_utc, instant_of

NOON = time(12)


def leave_span(
    first: date, last: date, part: DayPart, plans: Mapping[date, PlannedShift], zone: tzinfo
) -> Span:
    """Return the instants of a leave from `first` to `last`, both included.

    `plans` is what the person is planned for by date, from the day before `first` to `last`. A
    date lasts as long as its shift does: the night before the leave is worked to its end, and a
    night of the last day belongs to the leave. Half a day ends or begins in the middle of the
    planned working time, at noon if nothing is planned.
    """
    starts_at, ends_at = day_bounds(first, zone)[0], day_bounds(last, zone)[1]
    if before := plans.get(first - DAY):
        starts_at = max(starts_at, in_utc(before.ends_at))
    if planned := plans.get(last):
        ends_at = max(ends_at, in_utc(planned.ends_at))
    if part == DayPart.FIRST_HALF:
        ends_at = _middle(first, plans.get(first), part, zone)
    elif part == DayPart.SECOND_HALF:
        starts_at = _middle(first, plans.get(first), part, zone)
    return Span(starts_at, max(starts_at, ends_at))


def _middle(on: date, plan: PlannedShift | None, part: DayPart, zone: tzinfo):
    """Where the half that is worked begins, or ends."""
    worked = expected_time(plan, Leave("", part))
    if not worked:
        return instant_of(on, NOON, zone)
    return instant_at(worked[0][0] if part == DayPart.FIRST_HALF else worked[-1][1])
