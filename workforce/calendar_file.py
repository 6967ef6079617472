"""Somebody's own shifts and leave as a calendar that other programs read (RFC 5545)."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vDuration

from workforce.attendance_records import DayPart
from workforce.models import CalendarFeed, Leave, ShiftAssignment
from workforce.shift_times import DAY, in_utc, local_date

if TYPE_CHECKING:
    from accounts.models import User

BACK, AHEAD = timedelta(days=30), timedelta(days=90)
REFRESH = timedelta(hours=1)  # how often a program should ask again
DOMAIN = "omnichat"  # the second half of every UID: these never change, whatever the address is
# The dot is in no key and no signature, and safe in a path.
_signer = signing.Signer(salt="workforce.calendar", sep=".")


def token_of(feed: CalendarFeed) -> str:
    """Return what stands in the address of a feed; whoever knows it can read the feed."""
    return _signer.sign(feed.key)


def feed_of(token: str) -> CalendarFeed | None:
    """Return the feed of an address: none if it is not ours, was replaced, or the person left."""
    try:
        key = _signer.unsign(token)
    except signing.BadSignature:
        return None
    feeds = CalendarFeed.objects.filter(key=key, user__is_active=True)
    return feeds.select_related("user").first()


def calendar_of(user: User, *, zone: tzinfo, at: datetime | None = None) -> bytes:
    """Return the calendar of 30 days back and 90 ahead, in the current language.

    What is published of the person's own, with no name of anybody else in it. Two statements.
    """
    today = local_date(at or timezone.now(), zone)
    first, last = today - BACK, today + AHEAD
    calendar = Calendar()
    calendar.add("prodid", "-//OmniChat//Shifts//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("My shifts"))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})  # RFC 7986
    calendar.add("x-published-ttl", vDuration(REFRESH))  # the same for older programs
    for planned in _shifts(user, first, last):
        name = f"{planned.shift.name} · {planned.shift.department.name}"
        event = _event("shift", planned.pk, name, planned.published_at)
        _put_times(event, planned.starts_at, planned.ends_at)
        calendar.add_component(event)
    for leave in _leaves(user, first, last):
        calendar.add_component(_leave_event(leave))
    return calendar.to_ical()


def _shifts(user: User, first: date, last: date):
    rows = ShiftAssignment.objects.published().filter(user=user).between(first, last)
    return rows.select_related("shift__department").order_by("starts_at", "pk")


def _leaves(user: User, first: date, last: date):
    rows = Leave.objects.granted().filter(user=user).between(first, last)
    return rows.select_related("type").order_by("first", "pk")


def _leave_event(leave: Leave) -> Event:
    """Whole days are days of the calendar, so that no zone moves them; half a day has times."""
    if leave.part != DayPart.WHOLE:
        text = _("%(leave)s, %(part)s")
        name = text % {"leave": leave.type.label, "part": leave.get_part_display()}
        event = _event("leave", leave.pk, name, leave.granted_at)
        _put_times(event, leave.starts_at, leave.ends_at)
        return event
    event = _event("leave", leave.pk, leave.type.label, leave.granted_at)
    event.add("dtstart", leave.first)
    event.add("dtend", leave.last + DAY)
    return event


def _event(kind: str, pk: int, name: str, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", f"{kind}-{pk}@{DOMAIN}")
    event.add("dtstamp", in_utc(stamp))
    event.add("summary", name)
    return event


def _put_times(event: Event, starts_at: datetime, ends_at: datetime) -> None:
    event.add("dtstart", in_utc(starts_at))
    event.add("dtend", in_utc(ends_at))
