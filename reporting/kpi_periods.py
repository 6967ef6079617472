"""Months as they are written and asked for."""

from __future__ import annotations

import re
from datetime import date, timedelta

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
EARLIEST_YEAR = 2000


def parse_month(text: str) -> date | None:
    """The first day of "2026-11"; None of anything else."""
    found = MONTH.fullmatch(text)
    if found is None or int(found[1]) < EARLIEST_YEAR:
        return None
    return date(int(found[1]), int(found[2]), 1)


def month_before(period: date) -> date:
    return (period - timedelta(days=1)).replace(day=1)


def last_months(period: date, count: int) -> list[date]:
    """So many months up to this one, in order."""
    found = [period]
    while len(found) < count:
        found.append(month_before(found[-1]))
    return found[::-1]
