"""What comes up in a team: leave that is granted, requests that wait, and what they would leave."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from workforce.attendance_records import DayPart, LeaveKind
from workforce.leave_cost import HALF, ordinary_dates
from workforce.leave_days import LeaveDay
from workforce.leave_team import Asked, Team
from workforce.models import Leave, Request
from workforce.roster_page import leave_chip
from workforce.services.leave_ledger import day_words
from workforce.shift_times import DAY
from workforce.time_words import short_date


@dataclass(frozen=True, slots=True)
class Coming:
    """A granted leave or a waiting request of the next days.

    `request_id` leads to it where the reader may decide it, `leave_id` where they may read it.
    `short_on` is the first day that would lack people, and `missing` how many.
    """

    person: User
    when: str
    first: date
    words: str
    days: str
    is_waiting: bool
    granted: str = ""
    request_id: int | None = None
    leave_id: int | None = None
    short_on: date | None = None
    missing: int = 0


def read_coming(
    viewer: User,
    people: Mapping[int, User],
    asked: Iterable[Asked],
    team: Team,
    ordinary: Collection[date],
    days: tuple[date, date, date],
) -> list[Coming]:
    """What is granted and what waits from today on, by date; `days`: today, until, last known."""
    today, until, last = days
    near = [one for one in asked if one.last >= today and one.first <= until]
    found = [*_granted(viewer, people, today, until)]
    if near:
        ids = Request.objects.decidable_by(viewer).filter(pk__in=[one.id for one in near])
        decidable = set(ids.values_list("pk", flat=True))
        taken = set(ordinary_dates(min(o.first for o in near), max(o.last for o in near)))
        for one in near:
            cost = Decimal(len([on for on in _days_of(one) if on in taken]))
            if one.part != DayPart.WHOLE:
                cost *= HALF
            short_on = _short_on(one, team, ordinary, today, last)
            found.append(
                Coming(
                    person=people[one.user_id],
                    when=span_words(one.first, one.last),
                    first=one.first,
                    words=one.words,
                    days=_days_words(cost),
                    is_waiting=True,
                    request_id=one.id if one.id in decidable else None,
                    short_on=short_on,
                    missing=team.missing(short_on, {one.user_id}) if short_on else 0,
                )
            )
    return sorted(found, key=lambda one: (one.first, one.person.display_name, one.person.pk))


def _granted(
    viewer: User, people: Mapping[int, User], today: date, until: date
) -> Iterator[Coming]:
    """What is granted, as far as the viewer may know of it; one statement."""
    rows = Leave.objects.granted().filter(user__in=people).between(today, until)
    for row in rows.select_related("type", "granted_by").order_by("first", "pk"):
        kind, part = LeaveKind(row.type.kind), DayPart(row.part)
        day = LeaveDay(row.pk, row.type.symbol, row.type.label, kind, part)
        chip = leave_chip(day, people[row.user_id], viewer)
        if chip is None:
            continue
        is_full = chip.id is not None
        yield Coming(
            person=people[row.user_id],
            when=span_words(row.first, row.last),
            first=row.first,
            words=chip.words,
            days=_days_words(row.days) if is_full and row.days else "",
            is_waiting=False,
            granted=_granted_words(row) if is_full else "",
            leave_id=chip.id,
        )


def _granted_words(row: Leave) -> str:
    if row.granted_by is None:
        return ""
    on = f"{timezone.localtime(row.granted_at):%d/%m}"
    return _("granted by %(who)s, %(day)s") % {"who": row.granted_by, "day": on}


def _short_on(
    one: Asked, team: Team, ordinary: Collection[date], today: date, last: date
) -> date | None:
    """The first day with too few people if this were granted, and more than without it."""
    if not one.is_away:
        return None
    for on in _days_of(one):
        if not today <= on <= last or (on not in ordinary and on not in team.planned):
            continue
        if team.missing(on, {one.user_id}) > team.missing(on):
            return on
    return None


def _days_of(one: Asked) -> Iterator[date]:
    return (one.first + n * DAY for n in range((one.last - one.first).days + 1))


def _days_words(days: Decimal) -> str:
    count = 1 if days == 1 else 2
    return ngettext("%(days)s day", "%(days)s days", count) % {"days": day_words(days)}


def span_words(first: date, last: date) -> str:
    """`Mon 23/11`, or `Mon 23/11 – Tue 24/11`."""
    return short_date(first) if first == last else f"{short_date(first)} – {short_date(last)}"
