"""Published shifts that go from one person to another, or become another shift.

Like every plan: the rows of the departments are locked first, then the months, then the shifts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import record
from accounts.workplace import workplace_zone
from omnichat.lib.errors import DomainError
from workforce.leave_days import away_days
from workforce.models import Shift, ShiftAssignment
from workforce.roster_plan import monday_of, plan_around
from workforce.services.leave import PersonLeft, follow_roster
from workforce.services.months import refuse_locked_months
from workforce.services.roster import (
    OnLeave,
    OtherDepartment,
    lock_departments,
    overlap_refused,
    require_sound,
)
from workforce.services.roster_notices import notify_published


class ShiftMoved(DomainError):
    code = "shift_moved"


@dataclass(frozen=True, slots=True)
class Move:
    """A published shift that goes from one person to another; `shift_id`: as it was agreed."""

    assignment_id: int
    from_id: int
    to_id: int
    shift_id: int

    @property
    def back(self) -> Move:
        return Move(self.assignment_id, self.to_id, self.from_id, self.shift_id)


def move_shifts(
    *, moves: Sequence[Move], actor: User, ip: str | None = None, at: datetime | None = None
) -> None:
    """Give published shifts to other people of their department, all or none.

    Call in a transaction that has asked who may. Raises ShiftMoved where a shift is no longer
    what it was or has begun, PersonLeft, OtherDepartment, OnLeave, OverlappingShift,
    RosterConflicts, MonthLocked.
    """
    at = at or timezone.now()
    rows = _lock_rows([move.assignment_id for move in moves], at)
    people = User.objects.in_bulk({pk for move in moves for pk in (move.from_id, move.to_id)})
    for move in moves:
        row = rows[move.assignment_id]
        if (row.user_id, row.shift_id) != (move.from_id, move.shift_id):
            raise moved()
        _require_takes(people[move.to_id], row)
    dates = {row.date for row in rows.values()}
    refuse_locked_months(user_ids=people, dates=dates)
    _refuse_leave([(people[move.to_id], rows[move.assignment_id]) for move in moves])
    ids = list(rows)
    with overlap_refused():
        # As drafts they may lie in each other's way while they change hands.
        ShiftAssignment.objects.filter(pk__in=ids).update(published_at=None)
        for move in moves:
            ShiftAssignment.objects.filter(pk=move.assignment_id).update(user=move.to_id)
        ShiftAssignment.objects.filter(pk__in=ids).update(published_at=at, assigned_by=actor)
    _follow(list(people.values()), rows.values(), at)
    for move in moves:
        row = rows[move.assignment_id]
        changes = {"shift": row.shift.name, "date": row.date.isoformat()}
        people_words = {"person": [str(people[move.from_id]), str(people[move.to_id])]}
        record(
            "shift_moved",
            actor=actor,
            target=people[move.to_id],
            ip=ip,
            changes=changes | people_words,
        )
    for week in {monday_of(on) for on in dates}:
        takers = [m.to_id for m in moves if monday_of(rows[m.assignment_id].date) == week]
        notify_published(takers, week, at, actor)


def change_shift(
    *,
    assignment_id: int,
    was: tuple[int, int],
    shift: Shift,
    actor: User,
    ip: str | None = None,
    at: datetime | None = None,
) -> ShiftAssignment:
    """Let somebody work another shift of the department on the same date; a draft stays one.

    `was`: whose it is and which shift, as far as the caller knows. Call in a transaction that has
    asked who may. Raises as `move_shifts` does.
    """
    at = at or timezone.now()
    row = _lock_rows([assignment_id], at, drafts=True)[assignment_id]
    if (row.user_id, row.shift_id) != was:
        raise moved()
    if not shift.is_active or shift.department_id != row.shift.department_id:
        raise OtherDepartment(_("This shift is not one of the department."), field="wanted_shift")
    refuse_locked_months(user_ids=[row.user_id], dates=[row.date])
    before, user = row.shift, User.objects.get(pk=row.user_id)
    planned = shift.plan_for(user, row.date, workplace_zone())
    with overlap_refused():
        ShiftAssignment.objects.filter(pk=row.pk).update(
            shift=shift,
            starts_at=planned.starts_at,
            ends_at=planned.ends_at,
            handover_at=planned.handover_at,
            planned_minutes=planned.planned_minutes,
            assigned_by=actor,
        )
    if row.published_at is not None:
        _follow([user], [row], at)
        notify_published([user.pk], monday_of(row.date), at, actor)
    changes = {"shift": [before.name, shift.name], "date": row.date.isoformat()}
    record("shift_moved", actor=actor, target=user, changes=changes, ip=ip)
    return ShiftAssignment.objects.select_related("shift").get(pk=row.pk)


def _lock_rows(
    ids: Sequence[int], at: datetime, *, drafts: bool = False
) -> dict[int, ShiftAssignment]:
    """The published shifts (or drafts too) that have not begun, locked. Raises ShiftMoved."""
    found = ShiftAssignment.objects.filter(pk__in=ids)
    lock_departments(found.values_list("shift__department", flat=True))
    found = found.select_for_update(no_key=True, of=("self",)).order_by("pk")
    rows = {row.pk: row for row in found.select_related("shift")}
    is_open = all(row.starts_at > at for row in rows.values())
    is_open = is_open and (drafts or all(row.published_at for row in rows.values()))
    if len(rows) != len(set(ids)) or not is_open:
        raise moved()
    return rows


def _require_takes(user: User, row: ShiftAssignment) -> None:
    if not user.is_active:
        raise PersonLeft(_("This account is deactivated."), field="colleague")
    if user.department_id != row.shift.department_id:
        text = _("This person is not of the department whose shift it is.")
        raise OtherDepartment(text, field="colleague")


def _refuse_leave(taken: Collection[tuple[User, ShiftAssignment]]) -> None:
    dates = [row.date for _user, row in taken]
    away = away_days({user.pk for user, _row in taken}, min(dates), max(dates))
    for user, row in taken:
        if leave := away.get((user.pk, row.date)):
            text = _("%(person)s is on leave on this date: %(leave)s.")
            raise OnLeave(text % {"person": user, "leave": leave.name}, field="colleague")


def _follow(people: Sequence[User], rows: Collection[ShiftAssignment], at: datetime) -> None:
    """Refuse what breaks a rule now, and let leave and open pages follow."""
    ids = [user.pk for user in people]
    for week in {monday_of(row.date) for row in rows}:
        plan = plan_around(ShiftAssignment.objects.published(), ids, week)
        require_sound(plan, week, people)
    follow_roster(user_ids=ids, dates={row.date for row in rows})


def moved() -> ShiftMoved:
    """What to raise where a shift is not what it was when somebody agreed."""
    return ShiftMoved(
        _("The roster has changed since: a shift of this is no longer as it was, or has begun.")
    )
