"""What is wrong with a planned week, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, tzinfo

from django.utils.translation import gettext as _

from workforce.models import Shift, ShiftAssignment
from workforce.roster_plan import Planned
from workforce.roster_rules import Conflict, Kind
from workforce.shift_times import DAY
from workforce.time_words import hours, short_date


def clock(one: Planned | ShiftAssignment, zone: tzinfo) -> str:
    """`08:00–17:00` on the wall of the workplace."""
    return f"{one.starts_at.astimezone(zone):%H:%M}–{one.ends_at.astimezone(zone):%H:%M}"


def shift_words(shift: Shift) -> str:
    """`Ca ngày 08:00–17:00`."""
    return f"{shift.name} {shift.starts_at:%H:%M}–{shift.ends_at:%H:%M}"


def week_words(week: date) -> str:
    """`23–29/11`, and `30/11–06/12` where the month changes."""
    last = week + 6 * DAY
    first = f"{week:%d}" if week.month == last.month else f"{week:%d/%m}"
    return f"{first}–{last:%d/%m}"


def conflict_words(
    conflict: Conflict,
    person: str,
    plan: Mapping[int, Planned],
    names: Mapping[int, str],
    zone: tzinfo,
) -> tuple[str, str]:
    """Return who and when, and what is wrong; `plan` by id, `names` of shifts by id."""

    def shift(one: Planned) -> str:
        return f"{names.get(one.shift_id, '')} {clock(one, zone)}".strip()

    limit = hours(conflict.limit_minutes)
    if conflict.kind in (Kind.OVERLAP, Kind.SHORT_REST):
        one, other = (plan[pk] for pk in conflict.ids)
        days = {"person": person, "day": short_date(conflict.date)}
        shifts = {"one": shift(one), "other": shift(other)}
        if conflict.kind == Kind.OVERLAP:
            return (
                _("%(person)s has two shifts at one time, %(day)s:") % days,
                _("%(one)s and %(other)s.") % shifts,
            )
        text = _("%(hours)s hours between %(one)s and %(other)s, at least %(limit)s.")
        amounts = {"hours": hours(conflict.minutes), "limit": limit}
        return _("%(person)s rests too little, %(day)s:") % days, text % (shifts | amounts)
    if conflict.kind == Kind.WEEKLY_HOURS:
        text = _("%(hours)s hours planned in the week, at most %(limit)s.")
        amounts = {"hours": hours(conflict.minutes), "limit": limit}
        return _("%(person)s works too long:") % {"person": person}, text % amounts
    text = _("no %(limit)s hours off in one piece in the week.") % {"limit": limit}
    return _("%(person)s has no weekly rest:") % {"person": person}, text
