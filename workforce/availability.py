"""Can this person be given work, and if not, why and since when: the one truth.

Everything that shows or uses availability asks here. Whether there is room for more is known to
routing, which adds `at_capacity`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import pgettext_lazy

from accounts.models import User
from workforce.models import TimeEntry


class Reason(models.TextChoices):
    """The one list of reasons, in the words every page and the API use."""

    TAKING_WORK = "taking_work", pgettext_lazy("availability", "taking work")
    AT_CAPACITY = "at_capacity", pgettext_lazy("availability", "at capacity")
    BUSY = "busy", pgettext_lazy("availability", "busy")
    CHECKED_OUT = "checked_out", pgettext_lazy("availability", "checked out")
    NOT_CHECKED_IN = "not_checked_in", pgettext_lazy("availability", "not checked in")
    DEACTIVATED = "deactivated", pgettext_lazy("availability", "deactivated")


# At work, even if not taking new conversations: they keep what they have.
AT_WORK = frozenset({Reason.TAKING_WORK, Reason.AT_CAPACITY, Reason.BUSY})


@dataclass(frozen=True, slots=True)
class Availability:
    """`since` is when the reason began; None when nobody knows."""

    reason: Reason
    since: datetime | None

    @property
    def is_available(self) -> bool:
        return self.reason == Reason.TAKING_WORK

    @property
    def is_at_work(self) -> bool:
        return self.reason in AT_WORK

    @property
    def dot(self) -> str:
        """The colour of the dot: on, busy or off."""
        if self.reason == Reason.TAKING_WORK:
            return "on"
        return "busy" if self.is_at_work else "off"


def availability(user: User) -> Availability:
    """Return the availability of one person."""
    return availability_of([user.pk])[user.pk]


def availability_of(user_ids: Iterable[int]) -> dict[int, Availability]:
    """Return the availability of several people, in one query."""
    latest = TimeEntry.objects.filter(user=OuterRef("pk")).order_by("-checked_in_at", "-pk")
    people = User.objects.filter(pk__in=user_ids).annotate(
        checked_in_at=Subquery(latest.values("checked_in_at")[:1]),
        checked_out_at=Subquery(latest.values("checked_out_at")[:1]),
    )
    return {person.pk: _decide(person) for person in people}


def people_taking_work() -> models.QuerySet[User]:
    """Those whose availability is `taking_work`, as a condition for a statement."""
    at_work = TimeEntry.objects.open().filter(user=OuterRef("pk"))
    return User.objects.filter(Exists(at_work), is_active=True, presence=User.Presence.AVAILABLE)


def _decide(person: User) -> Availability:
    """`person` carries the latest time entry as checked_in_at and checked_out_at."""
    if not person.is_active:
        return Availability(Reason.DEACTIVATED, person.deactivated_at)
    if person.checked_in_at is None:
        return Availability(Reason.NOT_CHECKED_IN, None)
    if person.checked_out_at is not None:
        return Availability(Reason.CHECKED_OUT, person.checked_out_at)
    since = max(person.checked_in_at, person.presence_since)
    if person.presence != User.Presence.AVAILABLE:
        return Availability(Reason.BUSY, since)
    return Availability(Reason.TAKING_WORK, since)
