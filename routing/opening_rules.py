"""What opening hours may be: whole, in order, not over each other. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import NamedTuple

from django.utils.translation import gettext as _

from routing.sla_time import minutes_of


class Hours(NamedTuple):
    """One row of hours on a day: a weekday's number or a date. Without times it is closed."""

    day: int | date
    opens_at: time | None
    closes_at: time | None


class Fault(NamedTuple):
    """Which row is wrong, in which field, and why."""

    index: int
    field: str
    reason: str


def fault_of(rows: Sequence[Hours]) -> Fault | None:
    """The first thing that is wrong with these rows of one calendar; None when all is well."""
    for index, row in enumerate(rows):
        if (row.opens_at is None) != (row.closes_at is None):
            field = "opens_at" if row.opens_at is None else "closes_at"
            return Fault(index, field, _("Enter when it opens and when it closes, or neither."))
        if row.opens_at is None or row.closes_at is None:
            continue
        opens, closes = minutes_of(row.opens_at, row.closes_at)
        if closes <= opens:
            return Fault(index, "closes_at", _closes_early(row.opens_at, row.closes_at))
    return _overlap(rows)


def _closes_early(opens_at: time, closes_at: time) -> str:
    """The refusal; hours past midnight belong to two days, and it says how they are entered."""
    text = _("It closes before it opens.")
    if closes_at == opens_at:
        return text
    hint = _(
        "For hours past midnight enter %(opens)s–00:00 on this day and 00:00–%(closes)s on the "
        "next."
    )
    return f"{text} {hint % {'opens': f'{opens_at:%H:%M}', 'closes': f'{closes_at:%H:%M}'}}"


def _overlap(rows: Sequence[Hours]) -> Fault | None:
    for index, row in enumerate(rows):
        for earlier in rows[:index]:
            if earlier.day != row.day:
                continue
            if row.opens_at is None or earlier.opens_at is None:
                return Fault(index, "opens_at", _("This day has other hours already."))
            mine = minutes_of(row.opens_at, row.closes_at)
            theirs = minutes_of(earlier.opens_at, earlier.closes_at)
            if mine[0] < theirs[1] and theirs[0] < mine[1]:
                return Fault(index, "opens_at", _("These hours overlap with others of the day."))
    return None
