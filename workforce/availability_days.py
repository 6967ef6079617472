"""Who could be given work when, cut into days of the workplace: bars and lines of a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from django.db.models import Q

from accounts.models import User
from workforce.availability import AT_WORK, Reason
from workforce.models import AvailabilityInterval
from workforce.shift_times import day_bounds, minutes_between

# The colour of each reason in a bar; what has none leaves it empty.
TONES = {
    Reason.TAKING_WORK: "ok",
    Reason.BUSY: "violet",
    Reason.ON_BREAK: "info",
    Reason.SHIFT_ENDING: "warn",
    Reason.SHIFT_ENDED: "warn",
}
# The hours a bar shows at least, so that days can be compared.
FIRST_HOUR, LAST_HOUR = 7, 19


@dataclass(frozen=True, slots=True)
class Piece:
    """One reason within one day, from `since` up to `until`; the one that lasts ends now."""

    reason: Reason
    since: datetime
    until: datetime
    is_lasting: bool = False

    @property
    def minutes(self) -> int:
        return minutes_between(self.since, self.until)

    @property
    def seconds(self) -> float:
        return (self.until - self.since).total_seconds()

    @property
    def dot(self) -> str:
        if self.reason == Reason.TAKING_WORK:
            return "on"
        return "busy" if self.reason in AT_WORK else "off"


@dataclass(slots=True)
class DayLine:
    """One person's date."""

    person: User
    date: date
    pieces: list[Piece] = field(default_factory=list)

    @property
    def seconds_at_work(self) -> float:
        return sum(piece.seconds for piece in self.pieces if piece.reason in AT_WORK)

    @property
    def seconds_taking_work(self) -> float:
        return sum(p.seconds for p in self.pieces if p.reason == Reason.TAKING_WORK)


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle of a strip, in percent of its width."""

    left: str
    width: str
    tone: str


@dataclass(slots=True)
class Strips:
    """Several days as bars over the same hours; `hours` are the labels of the axis."""

    lines: list[tuple[DayLine, list[Bar]]]
    hours: list[int]


def read_days(
    viewer: User, people: Sequence[User], dates: Collection[date], zone: tzinfo, *, at: datetime
) -> list[DayLine]:
    """Return a line for each person and date, as far as the viewer may see it; one statement.

    `at` is now: what lasts is cut there, and nothing lies behind it.
    """
    bounds = {on: day_bounds(on, zone) for on in dates}
    first, last = min(b[0] for b in bounds.values()), max(b[1] for b in bounds.values())
    rows = AvailabilityInterval.objects.visible_to(viewer).filter(user__in=people, since__lt=last)
    rows = rows.filter(Q(until=None) | Q(until__gt=first)).order_by("since", "pk")
    found: dict[int, list[tuple]] = defaultdict(list)
    for user_id, reason, since, until in rows.values_list("user", "reason", "since", "until"):
        found[user_id].append((Reason(reason), since, until))
    return [
        DayLine(person, on, list(_cut(found[person.pk], *bounds[on], at)))
        for person in people
        for on in bounds
    ]


def _cut(
    intervals: Iterable[tuple], first: datetime, last: datetime, at: datetime
) -> Iterable[Piece]:
    for reason, since, until in intervals:
        begins, ends = max(since, first), min(until or at, last, at)
        if begins < ends:
            yield Piece(reason, begins, ends, is_lasting=until is None and ends == at)


def strips_of(lines: Sequence[DayLine], zone: tzinfo) -> Strips:
    """Return the bars of these days over the hours in which anybody was at work."""
    worked = [p for line in lines for p in line.pieces if p.reason in TONES]
    starts = [_minute(piece.since, zone) for piece in worked]
    ends = [_minute(piece.until, zone, is_end=True) for piece in worked]
    first = min([FIRST_HOUR, *(minute // 60 for minute in starts)])
    last = max([LAST_HOUR, *(-(-minute // 60) for minute in ends)])
    step = 2 if last - first <= 14 else 4
    # The first and the last label stand at the ends of the bar.
    missing = -(last - first) % step
    last, first = min(24, last + missing), first - max(0, last + missing - 24)
    scale = (first * 60, (last - first) * 60)
    bars = [(line, list(_bars(line.pieces, scale, zone))) for line in lines]
    return Strips(lines=bars, hours=list(range(first, last + 1, step)))


def _bars(pieces: Iterable[Piece], scale: tuple[int, int], zone: tzinfo) -> Iterable[Bar]:
    first, length = scale
    for piece in pieces:
        if tone := TONES.get(piece.reason):
            start = _minute(piece.since, zone)
            minutes = max(0, _minute(piece.until, zone, is_end=True) - start)
            left, width = 100 * (start - first) / length, 100 * minutes / length
            yield Bar(f"{left:.2f}%", f"{width:.2f}%", tone)


def _minute(moment: datetime, zone: tzinfo, *, is_end: bool = False) -> int:
    """The minute on the wall; midnight at an end is that of the next date."""
    local = moment.astimezone(zone)
    minute = local.hour * 60 + local.minute
    return 24 * 60 if is_end and minute == 0 and local.second == 0 else minute
