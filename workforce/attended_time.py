"""From the entries of a day to the minutes someone was there, on a break, late. Pure.

An entry counts with what is known of it. A check-out that nobody made is not known, not even
when the machine has closed the entry: such an entry counts nothing until it is corrected.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from workforce.attendance_records import DayPart, Entry, Flag, Leave, LeaveKind, PlannedShift
from workforce.intervals import (
    FAR_AHEAD,
    LONG_AGO,
    Stretch,
    difference,
    instant_at,
    intersection,
    length,
    minute_of,
    split,
    union,
    within,
)
from workforce.labour_rules import Rules


@dataclass(slots=True)
class Attendance:
    """The entries of a day, read. `presumed`: when nobody may be called late or gone early."""

    presence: list[Stretch] = field(default_factory=list)
    presumed: list[Stretch] = field(default_factory=list)
    unpaid_breaks: list[Stretch] = field(default_factory=list)
    paid_breaks: list[Stretch] = field(default_factory=list)
    flags: set[Flag] = field(default_factory=set)


def read_entries(
    entries: Iterable[Entry], *, shift: PlannedShift | None, rules: Rules, as_of: datetime | None
) -> Attendance:
    """Join the entries of one day: what overlaps counts once, in whatever order they come.

    `as_of`: until when an entry that is open now has lasted. None: the day is long over.
    """
    read = Attendance()
    for entry in entries:
        known, presumed, flags = _read(entry, shift, rules, as_of)
        read.presence += known
        read.presumed += presumed
        read.flags |= flags
        for taken in entry.breaks:
            part = intersection(union([taken.stretch]), known)
            (read.paid_breaks if taken.is_paid else read.unpaid_breaks).extend(part)
    read.presence = union(read.presence)
    read.presumed = union(read.presumed)
    read.unpaid_breaks = union(read.unpaid_breaks)
    read.paid_breaks = union(read.paid_breaks)
    return read


def _read(
    entry: Entry, shift: PlannedShift | None, rules: Rules, as_of: datetime | None
) -> tuple[list[Stretch], list[Stretch], set[Flag]]:
    """Return what is known of an entry, what is presumed, and what is to say about it."""
    began, ended = entry.began, entry.ended
    flags = {Flag.CORRECTED} if entry.is_corrected else set()
    if began is not None and ended is not None:
        if ended < began:
            return [], [(LONG_AGO, FAR_AHEAD)], flags | {Flag.BACKWARDS}
        return union([(began, ended)]), [], flags
    if began is None:
        flags.add(Flag.MISSING_CHECK_IN)
    elif as_of and not entry.is_auto_closed and as_of < open_until(instant_at(began), shift, rules):
        known = union([(began, minute_of(as_of))])
        return known, [(began, FAR_AHEAD)], flags | {Flag.IN_PROGRESS}
    if ended is None:
        flags.add(Flag.MISSING_CHECK_OUT)
    if entry.is_auto_closed and ended is None:
        flags.add(Flag.AUTO_CLOSED)
    presumed = (
        LONG_AGO if began is None else began,
        FAR_AHEAD if ended is None else ended,
    )
    return [], [presumed], flags


def open_until(check_in: datetime, shift: PlannedShift | None, rules: Rules) -> datetime:
    """Return when an entry that is still open is taken for forgotten.

    So long after the end of its shift; without one, or checked in after it, so long after a
    normal day.
    """
    began = minute_of(check_in)
    if shift and began < shift.stretch[1]:
        return instant_at(shift.stretch[1] + rules.auto_close_minutes)
    return instant_at(began + rules.normal_minutes + rules.auto_close_minutes)


def expected_time(shift: PlannedShift | None, leave: Leave | None) -> list[Stretch]:
    """Return the planned working time that the leave leaves: all, a half or none."""
    if shift is None or (leave and leave.excuses_the_day):
        return []
    working_time = shift.working_time
    if leave is None or leave.kind == LeaveKind.REMOTE:
        return working_time
    first, second = split(working_time, length(working_time) // 2)
    return second if leave.part == DayPart.FIRST_HALF else first


def without_grace(
    presence: list[Stretch], shift: PlannedShift | None, expected: list[Stretch]
) -> list[Stretch]:
    """Cut off what someone came early or stayed late, if it is no more than the grace.

    Beyond the grace all of it counts: it is work outside the shift, not a way of arriving.
    """
    if not (shift and presence and expected):
        return presence
    first, end = expected[0][0], expected[-1][1]
    came, left = presence[0][0], presence[-1][1]
    if first - shift.grace_in_minutes <= came < first:
        presence = within(presence, first, FAR_AHEAD)
    if end < left <= end + shift.grace_out_minutes:
        presence = within(presence, LONG_AGO, end)
    return presence


def unpaid_time(
    presence: list[Stretch], recorded: list[Stretch], shift: PlannedShift | None
) -> list[Stretch]:
    """Return what of the presence is unpaid break: what was taken, and at least what is planned.

    Being away between two entries within the shift is a break as well. Planned minutes still
    owed after that lie where the plan puts them, as far as the person was there.
    """
    taken = intersection(recorded, presence)
    in_shift = within(presence, *shift.stretch) if shift else []
    if not in_shift:
        return taken
    first, end = in_shift[0][0], in_shift[-1][1]
    planned = within(shift.unpaid_breaks, first, end)
    away = union([*within(taken, first, end), *difference([(first, end)], in_shift)])
    owed = length(planned) - length(away)
    in_plan = intersection(difference(planned, taken), presence)
    return union([*taken, *split(in_plan, owed)[0]])


def late_and_early(
    read: Attendance, shift: PlannedShift | None, expected: list[Stretch], rules: Rules
) -> tuple[int, int]:
    """Return the minutes of expected work before someone came and after they left.

    No more than the grace is nothing. Someone who was there only outside the shift was late for
    all of it. What is only presumed excuses: who forgot to check out is not gone early.
    """
    there = union([*read.presence, *read.presumed])
    if not (shift and there and expected):
        return 0, 0
    there = within(there, expected[0][0], expected[-1][1])
    if not there:
        return length(expected), 0
    late = length(within(expected, LONG_AGO, there[0][0]))
    early = length(within(expected, there[-1][1], FAR_AHEAD))
    return (
        _beyond(late, shift.grace_in_minutes, rules),
        _beyond(early, shift.grace_out_minutes, rules),
    )


def _beyond(minutes: int, grace: int, rules: Rules) -> int:
    if minutes <= grace:
        return 0
    return minutes - grace if rules.is_grace_deducted else minutes
