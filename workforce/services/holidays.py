"""Vietnam's public holidays, copied into a table that everybody may edit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import holidays
from django.db import transaction

from workforce.models import Holiday

# Resolution 80-NQ/TW (2026) orders this day off; the owner says whether it is in force.
UNCONFIRMED = (11, 24)


@transaction.atomic
def copy_holidays(years: Iterable[int]) -> list[Holiday]:
    """Add the public holidays of these years that are not in the table; returns what was added.

    Rows that are there stay as somebody left them, whatever they say.
    """
    wanted = {on: name for year in years for on, name in holidays_of(year).items()}
    there = set(Holiday.objects.filter(date__in=wanted).values_list("date", flat=True))
    added = [
        Holiday(date=on, name=name, is_confirmed=(on.month, on.day) != UNCONFIRMED)
        for on, name in sorted(wanted.items())
        if on not in there
    ]
    Holiday.objects.bulk_create(added, ignore_conflicts=True)
    return added


def holidays_of(year: int) -> dict[date, str]:
    """Return the days off by law, under their Vietnamese names.

    Without the days in lieu, which the timesheet gives by itself, and without the working days
    that the state's offices move about: other employers decide those for themselves.
    """
    calendar = holidays.Vietnam(years=year, observed=False, language="vi")
    moved = calendar.tr(calendar.substituted_label).partition("%")[0]
    return {on: name for on, name in calendar.items() if not name.startswith(moved)}
