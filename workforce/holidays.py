"""The holidays that decide what kind a date is, read with those around that may move onto it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from workforce import labour_rules
from workforce.models import Holiday

# A holiday on a weekly rest day moves on to the next working day, at worst past all of Tết.
HOLIDAYS_AROUND = timedelta(days=31)


def holidays_around(first: date, last: date) -> list[Holiday]:
    """Return the holidays that count for dates from `first` to `last`; one statement."""
    span = (first - HOLIDAYS_AROUND, last + HOLIDAYS_AROUND)
    return list(Holiday.objects.filter(date__range=span))


def as_rules(holidays: Iterable[Holiday]) -> list[labour_rules.Holiday]:
    """Return them as the arithmetic wants them."""
    return [labour_rules.Holiday(one.date, one.is_confirmed) for one in holidays]
