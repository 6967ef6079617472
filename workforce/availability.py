"""Can this person be given work, and if not, why, since when and until when: the one truth.

Everything that shows or uses availability asks here. Whether there is room for more is known to
routing, which adds `at_capacity`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Greatest
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.workplace import workplace_zone
from workforce.models import Break, Leave, ShiftAssignment, TimeEntry
from workforce.shift_times import DAY, local_date


class Reason(models.TextChoices):
    """The one list of reasons, in the words every page and the API use."""

    TAKING_WORK = "taking_work", pgettext_lazy("availability", "taking work")
    AT_CAPACITY = "at_capacity", pgettext_lazy("availability", "at capacity")
    BUSY = "busy", pgettext_lazy("availability", "busy")
    ON_BREAK = "on_break", pgettext_lazy("availability", "on a break")
    ON_LEAVE = "on_leave", pgettext_lazy("availability", "on leave")
    SHIFT_NOT_STARTED = "shift_not_started", pgettext_lazy("availability", "shift not started")
    SHIFT_ENDING = "shift_ending", pgettext_lazy("availability", "shift ending")
    SHIFT_ENDED = "shift_ended", pgettext_lazy("availability", "shift ended")
    CHECKED_OUT = "checked_out", pgettext_lazy("availability", "checked out")
    NOT_CHECKED_IN = "not_checked_in", pgettext_lazy("availability", "not checked in")
    DEACTIVATED = "deactivated", pgettext_lazy("availability", "deactivated")


# At work, even if not taking new conversations.
AT_WORK = frozenset(
    {
        Reason.TAKING_WORK,
        Reason.AT_CAPACITY,
        Reason.BUSY,
        Reason.ON_BREAK,
        Reason.SHIFT_ENDING,
        Reason.SHIFT_ENDED,
    }
)
# These keep what they have; the end of a shift gives it back like going home.
KEEPS_WORK = AT_WORK - {Reason.SHIFT_ENDED}
# Gone home, or not yet come: nobody is to be called now.
OFF_WORK = frozenset({Reason.ON_LEAVE, Reason.CHECKED_OUT, Reason.SHIFT_NOT_STARTED})
# An entry that is open longer is closed by rule, so no older shift can have ended within it.
LONGEST_ENTRY = 2 * DAY


@dataclass(frozen=True, slots=True)
class Availability:
    """`since` is when the reason began, `until` when it is expected to end; None: unknown."""

    reason: Reason
    since: datetime | None
    until: datetime | None = None

    @property
    def is_available(self) -> bool:
        return self.reason == Reason.TAKING_WORK

    @property
    def is_at_work(self) -> bool:
        return self.reason in AT_WORK

    @property
    def keeps_work(self) -> bool:
        return self.reason in KEEPS_WORK

    @property
    def is_shift_ending(self) -> bool:
        return self.reason == Reason.SHIFT_ENDING

    @property
    def is_on_break(self) -> bool:
        return self.reason == Reason.ON_BREAK

    @property
    def dot(self) -> str:
        """The colour of the dot: on, busy or off."""
        if self.reason == Reason.TAKING_WORK:
            return "on"
        return "busy" if self.is_at_work else "off"


def availability(user: User) -> Availability:
    """Return the availability of one person."""
    return availability_of([user.pk])[user.pk]


def availability_of(
    user_ids: Iterable[int], *, at: datetime | None = None
) -> dict[int, Availability]:
    """Return the availability of several people.

    One query, and one for the zone of the workplace if somebody's shift begins within a day.
    """
    at = at or timezone.now()
    entries = TimeEntry.objects.filter(user=OuterRef("pk")).order_by("-checked_in_at", "-pk")
    # The break that lasts, else the one that ended last.
    breaks = _breaks_of_open_entry().order_by(F("ended_at").desc(nulls_first=True), "-pk")
    shifts = ShiftAssignment.objects.published().filter(user=OuterRef("pk"))
    to_come = shifts.filter(starts_at__gt=at, starts_at__lte=at + DAY, ends_at__gt=at)
    ending = _ending(shifts, at).annotate(since=Greatest("starts_at", "handover_at"))
    ending = ending.order_by("-ends_at")
    over = _over(shifts, at).order_by("-ends_at")
    leaves = Leave.objects.keeping_away(at).filter(user=OuterRef("pk")).order_by("-ends_at")
    people = User.objects.filter(pk__in=user_ids).annotate(
        checked_in_at=Subquery(entries.values("checked_in_at")[:1]),
        checked_out_at=Subquery(entries.values("checked_out_at")[:1]),
        stays_until=Subquery(entries.values("stays_until")[:1]),
        break_began_at=Subquery(breaks.values("started_at")[:1]),
        break_ended_at=Subquery(breaks.values("ended_at")[:1]),
        expected_back_at=Subquery(breaks.values("expected_back_at")[:1]),
        shift_starts_at=Subquery(to_come.order_by("starts_at").values("starts_at")[:1]),
        shift_began_at=Subquery(_running(shifts, at).values("starts_at")[:1]),
        ending_since=Subquery(ending.values("since")[:1]),
        ending_until=Subquery(ending.values("ends_at")[:1]),
        shift_ended_at=Subquery(over.values("ends_at")[:1]),
        leave_began_at=Subquery(leaves.values("starts_at")[:1]),
        leave_ends_at=Subquery(leaves.values("ends_at")[:1]),
    )
    people = list(people)
    _forget_shifts_of_tomorrow(people, at)
    return {person.pk: _decide(person, at) for person in people}


def people_taking_work(at: datetime) -> models.QuerySet[User]:
    """Those whose availability is `taking_work` at a moment, as a condition for a statement."""
    at_work = TimeEntry.objects.open().filter(user=OuterRef("pk"))
    on_break = _breaks_of_open_entry().filter(ended_at=None)
    shifts = ShiftAssignment.objects.published().filter(user=OuterRef("user"))
    said_to_go_on = OuterRef("user__presence_since")
    ended = _over(shifts, at).filter(
        Q(ends_at__gte=said_to_go_on)
        | Q(GreaterThanOrEqual(OuterRef("stays_until"), said_to_go_on)),
        ends_at__gt=OuterRef("checked_in_at"),
    )
    is_past = Q(Exists(ended)) & ~Q(Exists(_running(shifts, at)))
    past_shift = at_work.exclude(stays_until__gt=at).filter(
        is_past | Q(Exists(_ending(shifts, at)))
    )
    on_leave = Leave.objects.keeping_away(at).filter(user=OuterRef("pk"))
    return User.objects.filter(
        Exists(at_work),
        ~Exists(on_break),
        ~Exists(past_shift),
        ~Exists(on_leave),
        is_active=True,
        presence=User.Presence.AVAILABLE,
    )


def _breaks_of_open_entry() -> models.QuerySet[Break]:
    """Of the person of the query around it; a break never outlasts its entry."""
    return Break.objects.filter(entry__user=OuterRef("pk"), entry__checked_out_at=None)


def _running(shifts: models.QuerySet[ShiftAssignment], at: datetime) -> models.QuerySet:
    return shifts.filter(starts_at__lte=at, ends_at__gt=at)


def _ending(shifts: models.QuerySet[ShiftAssignment], at: datetime) -> models.QuerySet:
    """Those in their last minutes, unless another shift of the person takes over from them."""
    running = _running(shifts, at).filter(handover_at__lte=at)
    follows = ShiftAssignment.objects.published().filter(
        user=OuterRef("user"), starts_at__lte=OuterRef("ends_at"), ends_at__gt=OuterRef("ends_at")
    )
    return running.filter(~Exists(follows))


def _over(shifts: models.QuerySet[ShiftAssignment], at: datetime) -> models.QuerySet:
    """Those that ended lately: an entry that is open may have begun in them."""
    return shifts.filter(ends_at__lte=at, ends_at__gt=at - LONGEST_ENTRY)


def _forget_shifts_of_tomorrow(people: Iterable[User], at: datetime) -> None:
    """Leave as `shift_starts_at` what comes later on this day of the workplace."""
    expected = [person for person in people if person.shift_starts_at]
    if not expected:
        return
    zone = workplace_zone()
    today = local_date(at, zone)
    for person in expected:
        if local_date(person.shift_starts_at, zone) != today:
            person.shift_starts_at = None


def _is_checked_in(person: User) -> bool:
    return person.checked_in_at is not None and person.checked_out_at is None


def _decide(person: User, at: datetime) -> Availability:
    """`person` carries what `availability_of` annotates."""
    if not person.is_active:
        return Availability(Reason.DEACTIVATED, person.deactivated_at)
    if person.leave_began_at is not None:
        return Availability(Reason.ON_LEAVE, person.leave_began_at, person.leave_ends_at)
    if not _is_checked_in(person):
        return _decide_away(person)
    if person.break_began_at is not None and person.break_ended_at is None:
        return Availability(Reason.ON_BREAK, person.break_began_at, person.expected_back_at)
    if not _stays(person, at):
        if person.ending_since is not None:
            since = max(person.ending_since, person.checked_in_at)
            return Availability(Reason.SHIFT_ENDING, since, person.ending_until)
        if (ended_at := _past_shift_since(person)) is not None:
            return Availability(Reason.SHIFT_ENDED, ended_at, person.shift_starts_at)
    times = (person.checked_in_at, person.presence_since, person.break_ended_at)
    since = max(filter(None, times))
    if person.presence != User.Presence.AVAILABLE:
        return Availability(Reason.BUSY, since)
    return Availability(Reason.TAKING_WORK, since)


def _stays(person: User, at: datetime) -> bool:
    """Did they say that they stay beyond their shift, until a moment to come?"""
    return person.stays_until is not None and person.stays_until > at


def _past_shift_since(person: User) -> datetime | None:
    """Since when a shift that ended within the entry is over, if nobody said to go on since.

    Who stayed longer was at work until then.
    """
    ended_at = person.shift_ended_at
    if ended_at is None or person.shift_began_at is not None or ended_at <= person.checked_in_at:
        return None
    ended_at = max(ended_at, person.stays_until or ended_at)
    goes_on = person.presence == User.Presence.AVAILABLE and person.presence_since > ended_at
    return None if goes_on else ended_at


def _decide_away(person: User) -> Availability:
    came_at, left_at, began_at = person.checked_in_at, person.checked_out_at, person.shift_began_at
    if began_at is not None and (left_at is None or left_at <= began_at):
        return Availability(Reason.NOT_CHECKED_IN, began_at)
    if person.shift_starts_at is not None:
        return Availability(Reason.SHIFT_NOT_STARTED, left_at, person.shift_starts_at)
    if came_at is None:
        return Availability(Reason.NOT_CHECKED_IN, None)
    return Availability(Reason.CHECKED_OUT, left_at)
