"""Ending time entries whose people forgot to check out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from accounts.services import set_presence
from workforce.attendance_records import PlannedShift
from workforce.attended_time import open_until
from workforce.labour_rules import Rules, rules_on
from workforce.models import ShiftAssignment, TimeEntry, TimeRules
from workforce.services.attendance import tell_availability_changed
from workforce.shift_times import DAY, MINUTE, ShiftTimes, local_date, work_date
from workforce.timesheet_days import EARLY_MINUTES, LATE_MINUTES, workplace_zone


def close_forgotten(*, at: datetime | None = None) -> int:
    """Close entries that are open so long after their shift that nobody means it; how many.

    They end with the shift, or without one after a normal day, and are marked: such an entry
    counts nothing until a lead corrects it. Safe to repeat, safe in several workers at once.
    """
    at = at or timezone.now()
    table = [rules.as_rules() for rules in TimeRules.objects.all()]
    return sum(_close(entry, ends_at) for entry, ends_at in list(_forgotten(table, at)))


def _forgotten(table: list[Rules], at: datetime) -> Iterator[tuple[TimeEntry, datetime]]:
    """Yield what is forgotten, with the time it should have ended at."""
    soonest = min((rules.auto_close_minutes for rules in table), default=0) * MINUTE
    entries = TimeEntry.objects.open().annotate(began=Coalesce("corrected_in_at", "checked_in_at"))
    entries = list(entries.filter(began__lte=at - soonest).select_related("user").order_by("pk"))
    if not entries:
        return
    zone = workplace_zone()
    planned = _shifts_of(entries, [local_date(entry.began, zone) for entry in entries])
    for entry in entries:
        near = planned[entry.user_id]
        on = work_date(
            entry.began,
            [ShiftTimes(shift.starts_at, shift.ends_at, shift.date) for shift in near],
            zone,
            early_minutes=EARLY_MINUTES,
            late_minutes=LATE_MINUTES,
        )
        # Nothing is counted where no rules are in force, so nothing is closed by them either.
        if not any(rules.are_in_force(on) for rules in table):
            continue
        rules, plan = rules_on(on, table), _plan([shift for shift in near if shift.date == on])
        until = open_until(entry.began, plan, rules)
        if until <= at:
            ends_at = until - rules.auto_close_minutes * MINUTE
            yield entry, max(ends_at, entry.checked_in_at)


def _shifts_of(entries: Iterable[TimeEntry], dates: list[date]) -> dict[int, list[ShiftAssignment]]:
    """What was published for these people around these dates."""
    planned = ShiftAssignment.objects.published().between(min(dates) - DAY, max(dates) + DAY)
    found = defaultdict(list)
    for shift in planned.filter(user__in={entry.user_id for entry in entries}):
        found[shift.user_id].append(shift)
    return found


def _plan(shifts: list[ShiftAssignment]) -> PlannedShift | None:
    """From the first shift of a day to the end of its last one, as the timesheet counts it."""
    if not shifts:
        return None
    return PlannedShift(
        starts_at=min(shift.starts_at for shift in shifts),
        ends_at=max(shift.ends_at for shift in shifts),
    )


@transaction.atomic
def _close(entry: TimeEntry, ends_at: datetime) -> bool:
    """Close it, unless the person or another worker just has."""
    still_open = TimeEntry.objects.open().filter(pk=entry.pk)
    if not still_open.update(checked_out_at=ends_at, is_auto_closed=True):
        return False
    set_presence(user=entry.user, presence=User.Presence.OFFLINE)
    tell_availability_changed([entry.user_id])
    return True
