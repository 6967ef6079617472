"""Adding up the facts of a day; what has not changed is not written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from reporting.durations import packed
from reporting.models import DailyRollup, Fact, RollupDay

Axis = DailyRollup.Axis
COLUMNS = ("kind", "label", "department_id", "channel_id", "actor_id", "hour", "keyword")
COLUMNS += ("count", "seconds", "business_seconds")
BATCH = 500


def mark_days(days: Iterable[date]) -> None:
    """Say that facts of these days have changed. Call under the lock of the facts."""
    days = set(days)
    known = set(RollupDay.objects.filter(day__in=days).values_list("day", flat=True))
    RollupDay.objects.filter(day__in=known, is_stale=False).update(is_stale=True)
    RollupDay.objects.bulk_create([RollupDay(day=day) for day in sorted(days - known)])


def roll_stale_days(limit: int | None = None) -> int:
    """Add up the days whose facts have changed, the latest first; returns how many.

    Call under the lock of the facts.
    """
    stale = RollupDay.objects.filter(is_stale=True).order_by("-day")
    days = list(stale.values_list("day", flat=True)[:limit])
    for day in days:
        roll_day(day)
    RollupDay.objects.filter(day__in=days).update(is_stale=False)
    return len(days)


def roll_day(day: date) -> None:
    """Bring the rollups of one day in line with its facts."""
    wanted = _sums(Fact.objects.filter(day=day).values_list(*COLUMNS))
    columns = ("axis", "key", "department_id", "kind", "label")
    values = ("count", "wall_values", "business_values")
    gone = []
    for pk, *row in DailyRollup.objects.filter(day=day).values_list("pk", *columns, *values):
        key, (count, wall, business) = tuple(row[:5]), row[5:]
        if wanted.get(key) == (count, bytes(wall), bytes(business)):
            del wanted[key]
        else:
            gone.append(pk)
    for start in range(0, len(gone), BATCH):
        DailyRollup.objects.filter(pk__in=gone[start : start + BATCH]).delete()
    DailyRollup.objects.bulk_create(
        [
            DailyRollup(
                day=day,
                **dict(zip(columns, key, strict=True)),
                **dict(zip(values, sums, strict=True)),
            )
            for key, sums in wanted.items()
        ],
        batch_size=BATCH,
    )


def _sums(rows: Iterable[tuple]) -> dict[tuple, tuple[int, bytes, bytes]]:
    """Count and durations by axis, key, department, kind and label."""
    found: dict[tuple, list] = {}
    for kind, label, department, channel, actor, hour, keyword, count, wall, business in rows:
        for axis, key in (
            (Axis.CHANNEL.value, _id(channel)),
            (Axis.PERSON.value, _id(actor)),
            (Axis.HOUR.value, str(hour)),
            (Axis.KEYWORD.value, keyword),
        ):
            sums = found.get((axis, key, department, kind, label))
            if sums is None:
                sums = found[axis, key, department, kind, label] = [0, [], []]
            sums[0] += count
            if wall is not None:
                sums[1].append(wall)
                sums[2].append(business)
    return {key: (n, packed(wall), packed(business)) for key, (n, wall, business) in found.items()}


def _id(pk: int | None) -> str:
    return "" if pk is None else str(pk)
