"""The private address of somebody's own calendar: made, replaced, ended."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import record
from workforce.models import CalendarFeed
from workforce.models.calendar_feed import new_key


@transaction.atomic
def make_calendar_feed(*, user: User, ip: str | None = None) -> CalendarFeed:
    """Give somebody an address; asked for twice, the first one stays."""
    feed, is_new = CalendarFeed.objects.get_or_create(user=user)
    if is_new:
        record("calendar_made", actor=user, target=user, ip=ip)
    return feed


@transaction.atomic
def renew_calendar_feed(*, user: User, ip: str | None = None) -> CalendarFeed:
    """Give somebody another address; the one before answers nothing from now on."""
    renewed = CalendarFeed.objects.filter(user=user).update(
        key=new_key(), created_at=timezone.now()
    )
    if not renewed:
        return make_calendar_feed(user=user, ip=ip)
    record("calendar_renewed", actor=user, target=user, ip=ip)
    return CalendarFeed.objects.get(user=user)


@transaction.atomic
def end_calendar_feed(*, user: User, ip: str | None = None) -> bool:
    """Take the address away; returns whether there was one."""
    count, _models = CalendarFeed.objects.filter(user=user).delete()
    if count:
        record("calendar_ended", actor=user, target=user, ip=ip)
    return bool(count)
