"""Who takes the shifts of somebody on leave, decided with the leave."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from omnichat.lib.errors import DomainError
from workforce.models import Request, Shift, ShiftAssignment
from workforce.services.request_kinds.base import BadRequest
from workforce.services.roster import erase_shift, write_shift
from workforce.services.roster_moves import change_shift


def plan_covers(
    *,
    request: Request,
    covers: Mapping[int, UUID],
    actor: User,
    ip: str | None = None,
    at: datetime,
) -> list[dict[str, int]]:
    """Plan a colleague for each of these shifts; returns what `undo_covers` needs.

    What is published stays published, what is a draft a draft. Who has another shift on that
    date works the uncovered one instead. Raises BadRequest for a shift that is not one of the
    leave, and what the roster refuses.
    """
    if request.kind != Request.Kind.LEAVE:
        raise BadRequest(_("Only leave leaves a shift to others."), field="covers")
    shifts = covered_shifts(request).in_bulk(covers)
    done = []
    for pk, public_id in sorted(covers.items()):
        if pk not in shifts:
            raise BadRequest(_("This shift is not one of the leave."), field="covers")
        done.append(_plan(shifts[pk], public_id, actor, ip, at))
    return done


def covered_shifts(request: Request):
    """The planned shifts of the person on the days of a request."""
    last = request.last or request.first
    rows = ShiftAssignment.objects.filter(user=request.user_id)
    return rows.between(request.first, last).select_related("shift")


def undo_covers(*, request: Request, actor: User, ip: str | None, at: datetime) -> None:
    """Take back the covers that have not begun and are still as they were planned.

    What the roster does not take back (a shift that is no longer in use) stays planned: nobody is
    kept from cancelling by it.
    """
    for cover in request.effect.get("covers", []):
        row = ShiftAssignment.objects.filter(pk=cover["assignment"], user=cover["user"]).first()
        if row is None or row.starts_at <= at or row.shift_id != cover["shift"]:
            continue
        with suppress(DomainError), transaction.atomic():
            if before := cover.get("before"):
                change_shift(
                    assignment_id=row.pk,
                    was=(cover["user"], cover["shift"]),
                    shift=Shift.objects.get(pk=before),
                    actor=actor,
                    ip=ip,
                    at=at,
                )
            else:
                erase_shift(assignment=row, actor=actor, ip=ip)


def _plan(
    uncovered: ShiftAssignment, public_id: UUID, actor: User, ip: str | None, at: datetime
) -> dict[str, int]:
    department_id = uncovered.shift.department_id
    user = User.objects.filter(public_id=public_id, department=department_id).first()
    if user is None or not user.is_active or user.role != User.Role.STAFF:
        raise BadRequest(_("Choose a colleague of the department."), field="covers")
    here = ShiftAssignment.objects.filter(user=user, date=uncovered.date)
    other = here.exclude(shift=uncovered.shift_id).first()
    effect = {"user": user.pk, "shift": uncovered.shift_id}
    if other is None:
        row = write_shift(
            user=user,
            shift=uncovered.shift,
            on=uncovered.date,
            actor=actor,
            publish=uncovered.published_at is not None,
            ip=ip,
            at=at,
        )
        return effect | {"assignment": row.pk}
    try:
        was = (other.user_id, other.shift_id)
        change_shift(
            assignment_id=other.pk, was=was, shift=uncovered.shift, actor=actor, ip=ip, at=at
        )
    except DomainError as error:
        error.field = "covers"
        raise
    return effect | {"assignment": other.pk, "before": other.shift_id}
