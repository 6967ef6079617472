"""How a metric is worked out from facts that were added up. Pure.

Always from the facts themselves: a total is worked out anew from everything below it and is never
a mean of means.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reporting.durations import CODE, median, p90
from reporting.models import Fact

AN_HOUR = 3600

# Kind and label of a fact.
Key = tuple[str, str]


@dataclass(slots=True)
class Tally:
    """How many facts of one kind and label there are, and their durations in whole seconds."""

    count: int = 0
    values: array = field(default_factory=lambda: array(CODE))

    def add(self, count: int, values: Iterable[int] = ()) -> None:
        self.count += count
        self.values.extend(values)


class Tallies(dict[Key, Tally]):
    """The tallies of one group, by kind and label."""

    def of(self, key: Key) -> Tally:
        """The one to add to."""
        found = self.get(key)
        if found is None:
            found = self[key] = Tally()
        return found

    def add(self, other: Mapping[Key, Tally]) -> None:
        for key, tally in other.items():
            self.of(key).add(tally.count, tally.values)


@dataclass(frozen=True, slots=True)
class Pick:
    """Which facts: of a kind, and only with some labels if any are named."""

    kind: str
    labels: frozenset[str] | None = None

    def takes(self, key: Key) -> bool:
        return key[0] == self.kind and (self.labels is None or key[1] in self.labels)


def pick(kind: Fact.Kind, *labels: str) -> Pick:
    """Facts of this kind, all of them or those with one of these labels."""
    return Pick(kind.value, frozenset(labels) or None)


@dataclass(frozen=True, slots=True)
class Value:
    """What a metric comes to. `amount` is the figure shown: a count, percent, seconds or times.

    `n` is what it rests on. None where there is nothing to work out. Seconds have the mean and p90
    beside the median, which is their amount.
    """

    amount: float | None
    n: int = 0
    mean: float | None = None
    median: float | None = None
    p90: float | None = None


NOTHING = Value(None)


@dataclass(frozen=True, slots=True)
class Count:
    """How many of them there are."""

    what: tuple[Pick, ...]

    def of(self, tallies: Tallies) -> Value:
        count = count_of(tallies, self.what)
        return Value(count, count)


@dataclass(frozen=True, slots=True)
class Share:
    """Percent of one among another; `is_rest` is what is left of a hundred."""

    part: tuple[Pick, ...]
    whole: tuple[Pick, ...]
    is_rest: bool = False

    @property
    def what(self) -> tuple[Pick, ...]:
        return self.part

    def of(self, tallies: Tallies) -> Value:
        part, whole = count_of(tallies, self.part), count_of(tallies, self.whole)
        if not whole:
            return NOTHING
        return Value(100 * ((whole - part) if self.is_rest else part) / whole, whole)


@dataclass(frozen=True, slots=True)
class Per:
    """How many of one there are to each of another."""

    what: tuple[Pick, ...]
    whole: tuple[Pick, ...]

    def of(self, tallies: Tallies) -> Value:
        whole = count_of(tallies, self.whole)
        return Value(count_of(tallies, self.what) / whole, whole) if whole else NOTHING


@dataclass(frozen=True, slots=True)
class PerHour:
    """How many of them there are to each hour of others."""

    what: tuple[Pick, ...]
    whole: tuple[Pick, ...]

    def of(self, tallies: Tallies) -> Value:
        seconds = sum(values_of(tallies, self.whole))
        count = count_of(tallies, self.what)
        return Value(count * AN_HOUR / seconds, count) if seconds else NOTHING


@dataclass(frozen=True, slots=True)
class Duration:
    """How long they took; the figure is the median."""

    what: tuple[Pick, ...]

    def of(self, tallies: Tallies) -> Value:
        values = sorted(values_of(tallies, self.what))
        if not values:
            return NOTHING
        middle = median(values)
        return Value(middle, len(values), sum(values) / len(values), middle, p90(values))


@dataclass(frozen=True, slots=True)
class Total:
    """All their seconds together; `over` makes it the percent of those seconds."""

    what: tuple[Pick, ...]
    over: tuple[Pick, ...] = ()

    @property
    def whole(self) -> tuple[Pick, ...]:
        return self.over

    def of(self, tallies: Tallies) -> Value:
        values = values_of(tallies, self.what)
        if not self.over:
            return Value(sum(values), len(values)) if values else NOTHING
        over = sum(values_of(tallies, self.over))
        return Value(100 * sum(values) / over, len(values)) if over else NOTHING


Measure = Count | Share | Per | PerHour | Duration | Total


def picks_of(measure: Measure) -> tuple[Pick, ...]:
    """All facts a measure looks at."""
    return (*measure.what, *getattr(measure, "whole", ()))


def count_of(tallies: Tallies, picks: Iterable[Pick]) -> int:
    return sum(
        tally.count for key, tally in tallies.items() if any(one.takes(key) for one in picks)
    )


def values_of(tallies: Tallies, picks: Iterable[Pick]) -> array:
    found = array(CODE)
    for key, tally in tallies.items():
        if any(one.takes(key) for one in picks):
            found.extend(tally.values)
    return found
