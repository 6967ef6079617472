"""Keeping who could be given work when, and noticing what time alone changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from workforce.availability import Availability, availability_of
from workforce.models import AvailabilityInterval, Leave, ShiftAssignment, TimeEntry
from workforce.services.attendance import tell_availability_changed
from workforce.shift_times import DAY

# How far back `follow_time` looks for a moment that passed; what a worker that was away for
# longer misses, `repair_history` finds.
LOOK_BACK = timedelta(seconds=10)


@transaction.atomic
def record_availability(user_ids: Iterable[int], *, at: datetime | None = None) -> list[int]:
    """Write down the availability of these people where it is another one; returns whose was.

    The interval that lasted ends where the new one begins. Locks the people, so that the later
    of two steps writes what is true later; safe to repeat.
    """
    people = User.objects.filter(pk__in=set(user_ids)).order_by("pk")
    ids = list(people.select_for_update(no_key=True).values_list("pk", flat=True))
    at = at or timezone.now()  # not before the locks: a step that waited is a later one
    lasting = AvailabilityInterval.objects.lasting().filter(user__in=ids)
    lasting = {row.user_id: row for row in lasting}
    truth = availability_of(ids, at=at)
    changed = [
        pk for pk, now in truth.items() if pk not in lasting or lasting[pk].reason != now.reason
    ]
    ended, added = [], []
    for pk in changed:
        since = _begins(truth[pk], lasting.get(pk), at)
        added.append(AvailabilityInterval(user_id=pk, reason=truth[pk].reason, since=since))
        if before := lasting.get(pk):
            before.until = since
            ended.append(before)
    AvailabilityInterval.objects.bulk_update(ended, ["until"])
    AvailabilityInterval.objects.bulk_create(added)
    return changed


def _begins(now: Availability, before: AvailabilityInterval | None, at: datetime) -> datetime:
    """Since when, but never before the interval that it ends began."""
    if before is None:
        return now.since or at
    if now.since is not None and now.since > before.since:
        return max(before.since, min(now.since, at))
    return max(before.since, at)


def follow_time(*, at: datetime | None = None) -> int:
    """Let everybody know whose shift or leave just began, is ending or ended; of how many.

    Nobody does anything then, so nothing else would tell routing and the open pages.
    """
    at = at or timezone.now()
    return _follow(_at_a_boundary(at - LOOK_BACK, at), at)


def repair_history(*, at: datetime | None = None) -> int:
    """Bring everybody's history up to the truth, whatever was lost; returns of how many."""
    at = at or timezone.now()
    known = AvailabilityInterval.objects.lasting().values("user")
    people = User.objects.filter(Q(is_active=True) | Q(pk__in=known))
    return _follow(people.values_list("pk", flat=True), at)


def _follow(user_ids: Iterable[int], at: datetime) -> int:
    user_ids = list(user_ids)
    if not user_ids:
        return 0
    changed = record_availability(user_ids, at=at)
    if changed:
        with transaction.atomic():
            tell_availability_changed(changed)
    return len(changed)


def _at_a_boundary(after: datetime, until: datetime) -> set[int]:
    """Whose published shift or granted leave begins or ends within these moments.

    And whose time to hand over begins, or the time that they stay longer ends.
    """
    passed = Q(starts_at__gt=after, starts_at__lte=until)
    passed |= Q(ends_at__gt=after, ends_at__lte=until)
    ending = Q(handover_at__gt=after, handover_at__lte=until)
    # The dates let an index find the few rows of these days.
    days = (until - 2 * DAY).date(), (until + DAY).date()
    shifts = ShiftAssignment.objects.published().between(*days).filter(passed | ending)
    leaves = Leave.objects.granted().between(*days).filter(passed)
    staying = TimeEntry.objects.open().filter(stays_until__gt=after, stays_until__lte=until)
    rows = (shifts, leaves, staying)
    return {pk for found in rows for pk in found.values_list("user_id", flat=True)}
