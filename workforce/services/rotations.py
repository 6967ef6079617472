"""Planning a pattern of shifts that repeats: for several people and weeks at once, as drafts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.services import record, require_managed
from accounts.workplace import workplace_zone
from omnichat.lib.errors import DomainError
from workforce import rotation
from workforce.leave_days import away_days
from workforce.models import Holiday, Shift, ShiftAssignment
from workforce.roster_plan import WEEK, Planned, monday_of, plan_around
from workforce.rotation import Placement, Rotation, Skipped, SkipReason
from workforce.services.leave import PersonLeft
from workforce.services.months import refuse_locked_months
from workforce.services.roster import (
    Copied,
    OtherDepartment,
    ShiftNotActive,
    lock_departments,
    published_clash,
)
from workforce.services.shifts import OWN_DEPARTMENT_ONLY
from workforce.shift_times import DAY

LENGTHS = (7, 14, 21, 28)  # days of a pattern: whole weeks, so that it keeps its weekdays
STEPS = (0, 1, 7)  # days by which each next person begins the pattern later
MAX_WEEKS = 12
MAX_PERSON_DAYS = 4200  # fifty people for twelve weeks
LAST_YEAR = 2099


class BadRotation(DomainError):
    code = "bad_rotation"
    status = 400


@dataclass(frozen=True, slots=True)
class RotationOrder:
    """What is asked for: a pattern, for whom, from when and how long.

    `days` has a shift or None for each day of the pattern; its first day is the Monday of the week
    of `first`. People come in the order in which each begins `step_days` after the one before.
    """

    department: Department
    people: Sequence[User]
    days: Sequence[Shift | None]
    first: date
    weeks: int
    step_days: int = 0
    skip_holidays: bool = False

    @property
    def last(self) -> date:
        return self.first + self.weeks * WEEK - DAY

    @property
    def offsets(self) -> dict[int, int]:
        """How many days each person is further in the pattern; who begins later is behind."""
        return {person.pk: -n * self.step_days for n, person in enumerate(self.people)}

    @property
    def user_ids(self) -> list[int]:
        return [person.pk for person in self.people]


@dataclass(frozen=True, slots=True)
class RotationDraft:
    """What an order comes to: rows that are not saved yet, what is left out, what is there."""

    rows: list[ShiftAssignment]
    skipped: list[Skipped]
    roster: list[Planned]


@transaction.atomic
def plan_rotation(*, order: RotationOrder, actor: User, ip: str | None = None) -> Copied:
    """Plan a rotation as drafts, all of it or nothing; returns how many are added and left out.

    What is left out is told by `draft_rotation`. Doing the same again adds nothing. Raises
    NotYourDepartment, BadRotation with its field, PersonLeft, OtherDepartment, ShiftNotActive,
    MonthLocked.
    """
    lock_departments([order.department.pk])
    require_managed([order.department.pk], actor, OWN_DEPARTMENT_ONLY)
    draft = draft_rotation(_read_again(order), actor)
    if draft.rows:
        refuse_locked_months(
            user_ids={row.user_id for row in draft.rows}, dates={row.date for row in draft.rows}
        )
        ShiftAssignment.objects.bulk_create(draft.rows, batch_size=1000)
        changes = {
            "first": order.first.isoformat(),
            "last": order.last.isoformat(),
            "people": len(order.people),
            "shifts": len(draft.rows),
        }
        record("rotation_planned", actor=actor, target=order.department, changes=changes, ip=ip)
    return Copied(len(draft.rows), len(draft.skipped))


def draft_rotation(order: RotationOrder, actor: User) -> RotationDraft:
    """Return what the order comes to now, in as many statements for all as for one; writes nothing.

    A date on which somebody has a shift or a whole day of leave stays as it is, and so does what
    would overlap published time. Raises as `plan_rotation`, but for NotYourDepartment and
    MonthLocked.
    """
    _check(order)
    zone, monday = workplace_zone(), monday_of(order.first)
    shifts = {str(shift.pk): shift for shift in order.days if shift is not None}
    people = {person.pk: person for person in order.people}
    # Where it begins within a week, it ends within one more.
    roster = plan_around(
        ShiftAssignment.objects.all(), order.user_ids, monday, weeks=order.weeks + 1
    )
    keys = tuple(shift and str(shift.pk) for shift in order.days)
    plan = rotation.plan_rotation(
        Rotation(keys, monday),
        order.offsets,
        order.first,
        order.last,
        existing=[Placement(one.person_id, one.date, str(one.shift_id)) for one in roster],
        away=set(away_days(order.user_ids, order.first, order.last)),
        holidays=_holidays(order),
    )
    published: dict[int, list[Planned]] = defaultdict(list)
    for one in roster:
        if one.is_published:
            published[one.person_id].append(one)
    rows, skipped = [], list(plan.skipped)
    for one in plan.added:
        person = people[one.person_id]
        row = shifts[one.shift].plan_for(person, one.date, zone, assigned_by=actor)
        if published_clash(row, published[person.pk]):
            skipped.append(Skipped(one, SkipReason.OVERLAP))
        else:
            rows.append(row)
    return RotationDraft(rows, skipped, roster)


def _check(order: RotationOrder) -> None:
    if not order.people:
        raise BadRotation(_("Choose the people who take turns."), field="people")
    if len(order.days) not in LENGTHS:
        raise BadRotation(_("A pattern has 7, 14, 21 or 28 days."), field="length")
    if not any(order.days):
        raise BadRotation(_("Choose a shift on one day at least."), field="days")
    if not 1 <= order.weeks <= MAX_WEEKS:
        text = _("Plan at least one week and at most %(count)d.")
        raise BadRotation(text % {"count": MAX_WEEKS}, field="weeks")
    if order.last.year > LAST_YEAR:
        raise BadRotation(_("This ends too far ahead."), field="first")
    if order.step_days not in STEPS:
        raise BadRotation(_("Each begins together, a day or a week later."), field="step_days")
    if len(order.people) * order.weeks * 7 > MAX_PERSON_DAYS:
        text = _("Too much at once: choose fewer people or fewer weeks.")
        raise BadRotation(text, field="people")
    for person in order.people:
        if person.department_id != order.department.pk:
            text = _("%(person)s is not of this department.") % {"person": person}
            raise OtherDepartment(text, field="people")
        if not person.is_active:
            text = _("The account of %(person)s is deactivated.") % {"person": person}
            raise PersonLeft(text, field="people")
    for shift in order.days:
        if shift is not None and shift.department_id != order.department.pk:
            raise OtherDepartment(_("This shift is of another department."), field="days")
        if shift is not None and not shift.is_active:
            raise ShiftNotActive(_("This shift is no longer in use."), field="days")


def _read_again(order: RotationOrder) -> RotationOrder:
    """The order with people and shifts as they are now, behind the lock."""
    people = User.objects.in_bulk(order.user_ids)
    shifts = Shift.objects.in_bulk({shift.pk for shift in order.days if shift is not None})
    return replace(
        order,
        people=[people[pk] for pk in order.user_ids],
        days=[shift and shifts[shift.pk] for shift in order.days],
    )


def _holidays(order: RotationOrder) -> set[date]:
    if not order.skip_holidays:
        return set()
    confirmed = Holiday.objects.filter(is_confirmed=True, date__range=(order.first, order.last))
    return set(confirmed.values_list("date", flat=True))
