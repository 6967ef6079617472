"""What is wrong with one person's planned week: overlaps, rest that is too short, too many hours.

The limits are data: a `Rule` comes from a table with effective dates, names the text it comes
from and says whether it warns or refuses. A kind without a rule is not looked at, and one with
two may warn at 44 hours and refuse at 48. What is not planned counts as free, so hand in the weeks
around the one in question as well. Only minutes that pass count, not minutes on the wall; a minute
that only began does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from enum import StrEnum
from itertools import takewhile

from workforce.shift_times import DAY, MINUTE, Span, instant_of, minutes_between

BEGINNING_OF_TIME = datetime.min.replace(tzinfo=UTC)
END_OF_TIME = datetime.max.replace(tzinfo=UTC)


class Kind(StrEnum):
    OVERLAP = "overlap"
    SHORT_REST = "short_rest"
    WEEKLY_HOURS = "weekly_hours"
    WEEKLY_REST = "weekly_rest"


class Severity(StrEnum):
    WARNING = "warning"
    REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class Rule:
    """One limit.

    `minutes`: the most that is allowed (overlap, weekly hours) or the least (the two rests).
    `source`: the key of the text it comes from, such as an article of the Labour Code.
    `split_day_minutes`, for the rest between shifts only: shifts of one date that together plan
    no more than this are one split shift (08-12 and 13-17) and need no rest between them; 0: all
    shifts need it.
    """

    kind: Kind
    minutes: int
    severity: Severity
    source: str
    split_day_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Stretch(Span):
    """One planned shift of the person; `date` is the local date it belongs to.

    `planned_minutes` are those that count as work, without unpaid breaks.
    """

    id: int
    date: date
    planned_minutes: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """One rule broken.

    `ids`: the stretches in order of time. `date`: that of the later one, or the first of the week.
    `minutes`: what was found, to be compared with `limit_minutes` of the rule.
    """

    kind: Kind
    ids: tuple[int, ...]
    date: date
    minutes: int
    limit_minutes: int
    severity: Severity
    source: str

    @property
    def amount_minutes(self) -> int:
        """How many minutes too many, or too few."""
        return abs(self.minutes - self.limit_minutes)

    @property
    def is_refusal(self) -> bool:
        return self.severity == Severity.REFUSAL


def find_conflicts(
    stretches: Iterable[Stretch], rules: Iterable[Rule], zone: tzinfo, *, first_weekday: int = 0
) -> list[Conflict]:
    """Return all that is broken, by date and kind; the order of the stretches does not matter.

    `zone` and `first_weekday` (0 is Monday) say where a week begins.
    """
    # A shift inside the hour that the clocks leave out has no length and disturbs nobody.
    real = [s for s in stretches if s.ends_at > s.starts_at]
    in_order = sorted(real, key=lambda s: (s.starts_at, s.ends_at, s.id))
    weeks = _by_week(in_order, first_weekday)
    found: list[Conflict] = []
    for rule in rules:
        if rule.kind == Kind.OVERLAP:
            found += _overlaps(in_order, rule)
        elif rule.kind == Kind.SHORT_REST:
            found += _short_rests(in_order, rule)
        elif rule.kind == Kind.WEEKLY_HOURS:
            found += _long_weeks(weeks, rule)
        else:
            found += _restless_weeks(weeks, in_order, rule, zone)
    kinds = list(Kind)
    return sorted(found, key=lambda c: (c.date, kinds.index(c.kind)))


def _by_week(in_order: list[Stretch], first_weekday: int) -> dict[date, list[Stretch]]:
    """The first date of each week with work, and its stretches: a night belongs to its date."""
    weeks: dict[date, list[Stretch]] = defaultdict(list)
    for stretch in in_order:
        weeks[stretch.date - (stretch.date.weekday() - first_weekday) % 7 * DAY].append(stretch)
    return dict(sorted(weeks.items()))


def _overlaps(in_order: list[Stretch], rule: Rule) -> Iterator[Conflict]:
    """Every two stretches that share more than the allowed minutes."""
    for place, one in enumerate(in_order):
        later = in_order[place + 1 :]
        for other in takewhile(lambda s, end=one.ends_at: s.starts_at < end, later):
            shared = minutes_between(other.starts_at, min(one.ends_at, other.ends_at))
            if shared > rule.minutes:
                yield _conflict(rule, [one, other], max(one.date, other.date), shared)


def _short_rests(in_order: list[Stretch], rule: Rule) -> Iterator[Conflict]:
    """Every start that comes too soon after the end before it; an overlap is another matter."""
    planned: dict[date, int] = defaultdict(int)
    for stretch in in_order:
        planned[stretch.date] += stretch.planned_minutes
    last = None
    for stretch in in_order:
        if last and last.ends_at <= stretch.starts_at:
            rest = minutes_between(last.ends_at, stretch.starts_at)
            is_split = last.date == stretch.date and planned[last.date] <= rule.split_day_minutes
            if rest < rule.minutes and not is_split:
                yield _conflict(rule, [last, stretch], stretch.date, rest)
        if last is None or stretch.ends_at > last.ends_at:
            last = stretch


def _long_weeks(weeks: dict[date, list[Stretch]], rule: Rule) -> Iterator[Conflict]:
    """Every week with more planned minutes than allowed."""
    for first, stretches in weeks.items():
        planned = sum(stretch.planned_minutes for stretch in stretches)
        if planned > rule.minutes:
            yield _conflict(rule, stretches, first, planned)


def _restless_weeks(
    weeks: dict[date, list[Stretch]], in_order: list[Stretch], rule: Rule, zone: tzinfo
) -> Iterator[Conflict]:
    """Every week without one long enough rest in one piece.

    A rest counts for the week it begins in, also where it runs on into the next one (Sunday 06:00
    to Monday 22:00 after a week of nights). Its part inside a later week may be that week's rest,
    but no minute counts for two weeks.
    """
    used_until = BEGINNING_OF_TIME
    for first, stretches in weeks.items():
        week_start = instant_of(first, time.min, zone)
        week_end = instant_of(first + 7 * DAY, time.min, zone)
        longest = 0
        for free_from, free_until in _free(in_order):
            start = max(free_from, week_start, used_until)
            if start >= week_end or longest >= rule.minutes:
                break
            longest = max(longest, minutes_between(start, free_until))
            if longest >= rule.minutes:
                used_until = start + rule.minutes * MINUTE
        if longest < rule.minutes:
            yield _conflict(rule, stretches, first, longest)


def _free(in_order: list[Stretch]) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of free time, from the beginning of time to its end."""
    free_from = BEGINNING_OF_TIME
    for stretch in in_order:
        if stretch.starts_at > free_from:
            yield free_from, stretch.starts_at
        free_from = max(free_from, stretch.ends_at)
    yield free_from, END_OF_TIME


def _conflict(rule: Rule, stretches: list[Stretch], on: date, minutes: int) -> Conflict:
    ids = tuple(stretch.id for stretch in stretches)
    return Conflict(rule.kind, ids, on, minutes, rule.minutes, rule.severity, rule.source)
