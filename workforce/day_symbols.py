"""What a day counts for in the monthly sheet, and the symbol that says it. Pure.

X worked, L holiday, NB off in lieu; the symbols of leave, trips and remote work come with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Set

from workforce.attendance_records import UNCERTAIN, UNRESOLVED, DayPart, Flag, Leave, LeaveKind
from workforce.labour_rules import DayKind, Rules

WORKED, HOLIDAY, IN_LIEU = "X", "L", "NB"
# The sum of the day is wrong; the day is not over.
UNRESOLVED_DAY, UNFINISHED_DAY = "!", "…"


def half_days_of(
    kind: DayKind, leave: Leave | None, normal_minutes: int, flags: Set[Flag], rules: Rules
) -> dict[str, int]:
    """Return the half days a day counts for, by symbol; a whole day is 2.

    Work on a day off earns none: the pay classes hold it. Nor does work whose sum is not certain
    yet; leave counts all the same.
    """
    if kind != DayKind.ORDINARY:
        return {DayKind.HOLIDAY: {HOLIDAY: 2}, DayKind.IN_LIEU: {IN_LIEU: 2}}.get(kind, {})
    worked = (normal_minutes >= rules.half_day_minutes) + (normal_minutes >= rules.full_day_minutes)
    if flags & UNCERTAIN:
        worked = 0
    if leave is None:
        found = {WORKED: worked}
    else:
        part = 2 if leave.part == DayPart.WHOLE else 1
        if leave.kind == LeaveKind.REMOTE:
            remote = min(worked, part)
            found = {leave.symbol: remote, WORKED: worked - remote}
        else:
            found = {leave.symbol: part, WORKED: min(worked, 2 - part)}
    return {symbol: count for symbol, count in found.items() if count}


def symbol_of(leave: Leave | None, half_days: Mapping[str, int], flags: Set[Flag]) -> str:
    """Return the one symbol of a day, empty when it counts for nothing.

    Half a day of leave goes before half a day of work: P/2, whatever the other half was.
    """
    if flags & UNRESOLVED:
        return UNRESOLVED_DAY
    if Flag.IN_PROGRESS in flags:
        return UNFINISHED_DAY
    for symbol in (leave.symbol if leave else WORKED, *half_days):
        if symbol in half_days:
            return symbol if half_days[symbol] == 2 else f"{symbol}/2"
    return ""
