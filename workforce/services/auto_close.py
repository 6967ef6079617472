"""Ending time entries whose people forgot to check out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification, User
from accounts.services import notify, set_presence
from accounts.workplace import workplace_zone
from workforce.attended_time import open_until
from workforce.labour_rules import Rules, rules_on
from workforce.models import TimeEntry, TimeRules
from workforce.services.attendance import close_entries, tell_availability_changed
from workforce.shift_times import DAY, MINUTE, local_date
from workforce.timesheet_days import plan_of_day, work_date_of
from workforce.timesheet_records import by_date, by_person, published_plans


def close_forgotten(*, at: datetime | None = None) -> int:
    """Close entries that are open so long after their shift that nobody means it; how many.

    They end with the shift, or without one after a normal day, and are marked: such an entry
    counts nothing until a lead corrects it, which the person is told. Safe to repeat, safe in
    several workers at once.
    """
    at = at or timezone.now()
    table = [rules.as_rules() for rules in TimeRules.objects.all()]
    return sum(_close(*found) for found in list(_forgotten(table, at)))


def _forgotten(table: list[Rules], at: datetime) -> Iterator[tuple[TimeEntry, date, datetime]]:
    """Yield what is forgotten, with the date it is work of and when it should have ended."""
    soonest = min((rules.auto_close_minutes for rules in table), default=0) * MINUTE
    entries = TimeEntry.objects.open().annotate(began=Coalesce("corrected_in_at", "checked_in_at"))
    entries = list(entries.filter(began__lte=at - soonest).select_related("user").order_by("pk"))
    if not entries:
        return
    zone = workplace_zone()
    dates = [local_date(entry.began, zone) for entry in entries]
    ids = {entry.user_id for entry in entries}
    planned = by_person(published_plans(ids, min(dates) - DAY, max(dates) + DAY))
    for entry in entries:
        plans = by_date(planned[entry.user_id])
        on = work_date_of(entry.began, plans, zone)
        # Nothing is counted where no rules are in force, so nothing is closed by them either.
        if not any(rules.are_in_force(on) for rules in table):
            continue
        rules, plan = rules_on(on, table), plan_of_day(plans[on])
        until = open_until(entry.began, plan, rules)
        if until <= at:
            yield entry, on, until - rules.auto_close_minutes * MINUTE


@transaction.atomic
def _close(entry: TimeEntry, on: date, ends_at: datetime) -> bool:
    """Close it, unless the person or another worker just has."""
    this = TimeEntry.objects.filter(pk=entry.pk)
    if not close_entries(this, at=ends_at, is_auto_closed=True):
        return False
    set_presence(user=entry.user, presence=User.Presence.OFFLINE)
    tell_availability_changed([entry.user_id])
    _notify(entry, on, ends_at)
    return True


def _notify(entry: TimeEntry, on: date, ends_at: datetime) -> None:
    """Tell the person of which day; `tell_availability_changed` has told the open pages."""
    # As it was written: never before the check-in that was recorded.
    closed_at = max(entry.checked_in_at, ends_at).astimezone(workplace_zone())
    notify(
        user_ids=[entry.user_id],
        kind=Notification.Kind.FORGOTTEN,
        path=f"{reverse('workforce:timesheet')}?month={on:%Y-%m}",
        dedup_key=f"forgotten:{entry.pk}",
        params={"date": on.isoformat(), "time": f"{closed_at:%H:%M}"},
        is_told=True,
    )
