"""Who is planned for which shift: assign, remove, copy a week, publish it.

The rows of the departments are locked first, then the months, so that two who plan the same
people follow each other; where a person changed departments meanwhile, PostgreSQL's exclusion
constraint decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.services import record, require_managed
from accounts.workplace import workplace_zone
from omnichat.lib.errors import DomainError
from workforce.leave_days import away_days
from workforce.models import Shift, ShiftAssignment
from workforce.roster_plan import (
    WEEK,
    Planned,
    conflicts_of,
    monday_of,
    plan_around,
    planned,
    rules_of,
)
from workforce.roster_words import clock, conflict_words
from workforce.rotation import Placement
from workforce.rotation import copy_week as plan_copy
from workforce.services.leave import PersonLeft, follow_roster
from workforce.services.months import refuse_locked_months
from workforce.services.roster_notices import notify_published, notify_removed
from workforce.services.shifts import OWN_DEPARTMENT_ONLY
from workforce.shift_times import DAY
from workforce.time_words import short_date

TOLD_CONFLICTS = 3  # in the sentence of a refusal


class OverlappingShift(DomainError):
    code = "overlapping_shift"


class OnLeave(DomainError):
    code = "on_leave"


class AlreadyPlanned(DomainError):
    code = "already_planned"


class OtherDepartment(DomainError):
    code = "other_department"
    status = 400


class ShiftNotActive(DomainError):
    code = "shift_not_active"


class RosterConflicts(DomainError):
    code = "roster_conflicts"


class NothingToPublish(DomainError):
    code = "nothing_to_publish"


@dataclass(frozen=True, slots=True)
class Copied:
    added: int
    skipped: int


@transaction.atomic
def assign_shift(
    *,
    user: User,
    shift: Shift,
    on: date,
    actor: User,
    publish: bool = False,
    ip: str | None = None,
    at: datetime | None = None,
) -> ShiftAssignment:
    """Plan somebody for a shift on a date: a draft, or published at once.

    A draft may overlap another draft: the roster warns. Raises NotYourDepartment, PersonLeft,
    ShiftNotActive, OtherDepartment, AlreadyPlanned, OnLeave for a whole day of it,
    OverlappingShift with published time, MonthLocked, and RosterConflicts when it is to be
    published against a rule that refuses.
    """
    require_managed([shift.department_id], actor, OWN_DEPARTMENT_ONLY)
    return write_shift(user=user, shift=shift, on=on, actor=actor, publish=publish, ip=ip, at=at)


def write_shift(
    *,
    user: User,
    shift: Shift,
    on: date,
    actor: User,
    publish: bool,
    ip: str | None = None,
    at: datetime | None = None,
) -> ShiftAssignment:
    """Do what `assign_shift` does for whoever may: call it in a transaction that has asked."""
    lock_departments([shift.department_id])
    user, shift = User.objects.get(pk=user.pk), Shift.objects.get(pk=shift.pk)
    _require_fit(user, shift)
    refuse_locked_months(user_ids=[user.pk], dates=[on])
    zone, week = workplace_zone(), monday_of(on)
    published_at = (at or timezone.now()) if publish else None
    row = shift.plan_for(user, on, zone, assigned_by=actor, published_at=published_at)
    others = plan_around(ShiftAssignment.objects.all(), [user.pk], week)
    if any((one.date, one.shift_id) == (on, shift.pk) for one in others):
        raise AlreadyPlanned(_("This person already has this shift on this date."), field="date")
    if away := away_days([user.pk], on, on):
        text = _("%(person)s is on leave on this date: %(leave)s.")
        raise OnLeave(text % {"person": user, "leave": away[user.pk, on].name}, field="date")
    if clash := published_clash(row, others):
        text = _("This overlaps a published shift of this person, %(day)s %(clock)s.")
        words = {"day": short_date(clash.date), "clock": clock(clash, zone)}
        raise OverlappingShift(text % words, field="date")
    with overlap_refused():
        row.save()
    if publish:
        fixed = [one for one in others if one.is_published]
        require_sound([*fixed, planned_row(row)], week, [user])
        follow_roster(user_ids=[user.pk], dates=[on])
        notify_published([user.pk], week, row.published_at, actor)
    changes = {"shift": shift.name, "date": on.isoformat(), "published": publish}
    record("shift_planned", actor=actor, target=user, changes=changes, ip=ip)
    return row


@transaction.atomic
def remove_shift(*, assignment: ShiftAssignment, actor: User, ip: str | None = None) -> None:
    """Take a planned shift out; removing it again does nothing. Who loses a published one is told.

    Raises NotYourDepartment, MonthLocked.
    """
    user = User.objects.get(pk=assignment.user_id)
    if not actor.is_admin:
        require_managed([user.department_id], actor, OWN_DEPARTMENT_ONLY)
    erase_shift(assignment=assignment, actor=actor, ip=ip)


def erase_shift(*, assignment: ShiftAssignment, actor: User, ip: str | None = None) -> None:
    """Do what `remove_shift` does for whoever may: call it in a transaction that has asked."""
    user = User.objects.get(pk=assignment.user_id)
    lock_departments([user.department_id or assignment.shift.department_id])
    row = ShiftAssignment.objects.select_related("shift").filter(pk=assignment.pk).first()
    if row is None:
        return
    refuse_locked_months(user_ids=[user.pk], dates=[row.date])
    row.delete()
    was_published = row.published_at is not None
    if was_published:
        follow_roster(user_ids=[user.pk], dates=[row.date])
        notify_removed(assignment.pk, row, actor)
    changes = {"shift": row.shift.name, "date": row.date.isoformat(), "published": was_published}
    record("shift_removed", actor=actor, target=user, changes=changes, ip=ip)


@transaction.atomic
def copy_week(
    *, departments: Sequence[Department], week: date, actor: User, ip: str | None = None
) -> Copied:
    """Plan the week that begins on `week` as the one before it, as drafts.

    A date on which somebody has a shift already stays as it is, and so does what would overlap a
    published shift, whose shift is no longer active, or whose person is on leave. Raises
    NotYourDepartment, MonthLocked.
    """
    lock_departments([department.pk for department in departments])
    require_managed([department.pk for department in departments], actor, OWN_DEPARTMENT_ONLY)
    zone = workplace_zone()
    people = {u.pk: u for u in User.objects.filter(department__in=departments, is_active=True)}
    roster = plan_around(ShiftAssignment.objects.all(), people, week)
    shifts = Shift.objects.in_bulk({one.shift_id for one in roster})
    placements = [Placement(one.person_id, one.date, str(one.shift_id)) for one in roster]
    plan = plan_copy(placements, week - WEEK, week)
    away = away_days(people, week, week + WEEK - DAY)
    added, skipped = [], len(plan.skipped)
    for placement in plan.added:
        shift, person = shifts[int(placement.shift)], people[placement.person_id]
        row = shift.plan_for(person, placement.date, zone, assigned_by=actor)
        is_current = shift.is_active and shift.department_id == person.department_id
        is_away = (person.pk, placement.date) in away
        if is_current and not is_away and not published_clash(row, roster):
            added.append(row)
        else:
            skipped += 1
    if added:
        refuse_locked_months(
            user_ids={row.user_id for row in added}, dates={row.date for row in added}
        )
        ShiftAssignment.objects.bulk_create(added)
    _tell("week_copied", departments, week, actor, ip, added)
    return Copied(len(added), skipped)


@transaction.atomic
def publish_week(
    *,
    departments: Sequence[Department],
    week: date,
    actor: User,
    ip: str | None = None,
    at: datetime | None = None,
) -> int:
    """Publish the drafts of a week; returns how many. The people of it are told.

    Raises NotYourDepartment, NothingToPublish, RosterConflicts with what must be fixed first,
    MonthLocked.
    """
    lock_departments([department.pk for department in departments])
    require_managed([department.pk for department in departments], actor, OWN_DEPARTMENT_ONLY)
    people = list(User.objects.filter(department__in=departments, is_active=True))
    drafts = ShiftAssignment.objects.drafts().filter(user__in=people)
    drafts = list(drafts.between(week, week + WEEK - DAY).select_related("shift"))
    if not drafts:
        raise NothingToPublish(_("Nothing of this week waits to be published."))
    planned_ids = {row.user_id for row in drafts}
    roster = plan_around(ShiftAssignment.objects.all(), planned_ids, week)
    require_sound(roster, week, people)
    refuse_locked_months(user_ids=planned_ids, dates={row.date for row in drafts})
    published_at = at or timezone.now()
    with overlap_refused():
        ShiftAssignment.objects.filter(pk__in=[row.pk for row in drafts]).update(
            published_at=published_at
        )
    follow_roster(user_ids=planned_ids, dates={row.date for row in drafts})
    notify_published([row.user_id for row in drafts], week, published_at, actor)
    _tell("week_published", departments, week, actor, ip, drafts)
    return len(drafts)


def lock_departments(ids: Iterable[int]) -> None:
    """Let one plan of these departments follow the other."""
    rows = Department.objects.filter(pk__in=set(ids)).order_by("pk")
    list(rows.select_for_update(no_key=True))


def _require_fit(user: User, shift: Shift) -> None:
    if user.department_id != shift.department_id:
        raise OtherDepartment(
            _("This person is not of the department whose shift it is."), field="user_id"
        )
    if not user.is_active:
        raise PersonLeft(_("This account is deactivated."), field="user_id")
    if not shift.is_active:
        raise ShiftNotActive(_("This shift is no longer in use."), field="shift_id")


def planned_row(row: ShiftAssignment) -> Planned:
    times = (row.starts_at, row.ends_at, row.pk, row.date, row.planned_minutes)
    return planned(*times, row.user_id, row.shift_id, row.published_at is not None)


def published_clash(row: ShiftAssignment, others: Iterable[Planned]) -> Planned | None:
    """The published shift of the same person that this one shares time with."""
    for one in others:
        is_theirs = one.is_published and one.person_id == row.user_id
        if is_theirs and one.starts_at < row.ends_at and row.starts_at < one.ends_at:
            return one
    return None


def require_sound(roster: Sequence[Planned], week: date, people: Iterable[User]) -> None:
    """Refuse a week that breaks a rule which refuses. Raises RosterConflicts."""
    zone, people = workplace_zone(), {person.pk: str(person) for person in people}
    plan = {one.id: one for one in roster}
    found = conflicts_of(roster, week, zone, [r for r in rules_of(week) if r.severity == "refusal"])
    if not found:
        return
    shifts = Shift.objects.filter(pk__in={one.shift_id for one in roster})
    names = dict(shifts.values_list("pk", "name"))
    sentences = [
        " ".join(conflict_words(conflict, people[person_id], plan, names, zone))
        for person_id, conflicts in found.items()
        for conflict in conflicts
    ]
    more = " …" if len(sentences) > TOLD_CONFLICTS else ""
    told = " ".join(sentences[:TOLD_CONFLICTS]) + more
    raise RosterConflicts(_("Not published. Fix this first: %(what)s") % {"what": told})


@contextmanager
def overlap_refused() -> Iterator[None]:
    """Say in words what the constraints of the table refuse."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise OverlappingShift(_("This overlaps a published shift of the same person.")) from error


def _tell(
    action: str,
    departments: Iterable[Department],
    week: date,
    actor: User,
    ip: str | None,
    rows: Sequence[ShiftAssignment],
) -> None:
    """One entry of the audit for each department that something changed in."""
    for department in departments:
        count = sum(row.shift.department_id == department.pk for row in rows)
        if count:
            changes = {"week": week.isoformat(), "shifts": count}
            record(action, actor=actor, target=department, changes=changes, ip=ip)
