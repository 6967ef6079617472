"""Requests about the person: pay, department, and whatever else."""

from __future__ import annotations

from datetime import datetime, time

from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.services import update_user
from accounts.workplace import workplace_zone
from workforce.models import Request, ShiftAssignment
from workforce.services.leave import follow_roster
from workforce.services.months import refuse_locked_months
from workforce.services.request_kinds.base import BadRequest, RequestKind
from workforce.services.roster import lock_departments
from workforce.shift_times import instant_of, local_date


class Raise(RequestKind):
    """More pay: amount, decision and what the decider saw are kept; nothing else changes."""

    details = ("amount", "amount_before")
    needed = ("amount",)
    has_effect = False

    def check(self, request: Request, at: datetime) -> None:
        before, amount = request.amount_before, request.amount
        if amount is not None and amount <= (before or 0):
            raise BadRequest(_("More than the pay of now."), field="amount")


class Transfer(RequestKind):
    """Another department from a date on. Open conversations go back to the queue that day."""

    details = ("to_department", "first")
    needed = details
    changes_roster = True
    owner_may_undo = True

    def check(self, request: Request, at: datetime) -> None:
        department = request.to_department
        if department is None:
            return
        if not department.is_active or department.pk == request.user.department_id:
            raise BadRequest(_("Choose another department."), field="to_department")
        if request.is_pending and request.first and request.first < _today(at):
            raise BadRequest(_("Choose today or a later day."), field="first")

    def apply(self, request: Request, actor: User, at: datetime, ip: str | None) -> dict:
        """Move at once if the day has come; else the worker does on that day."""
        if request.first > _today(at):
            return {}
        carry_out_transfer(request, actor, at, ip)
        return {"department": request.user.department_id}

    def begins_at(self, request: Request) -> datetime | None:
        if request.applied_at is not None:
            return request.applied_at
        return instant_of(request.first, time.min, workplace_zone())


class Other(RequestKind):
    """Anything else, in words."""

    has_effect = False


def carry_out_transfer(request: Request, actor: User, at: datetime, ip: str | None) -> None:
    """Change the department, and take out what is still planned in the old one.

    Who hears of it (routing) puts the open conversations back into their queue.
    """
    user = request.user
    lock_departments([user.department_id, request.to_department_id])
    if not Department.objects.active().filter(pk=request.to_department_id).exists():
        raise BadRequest(_("Choose another department."), field="to_department")
    planned = ShiftAssignment.objects.filter(
        user=user, date__gte=request.first, starts_at__gt=at
    ).exclude(shift__department=request.to_department_id)
    dates = sorted({*planned.values_list("date", flat=True)})
    if dates:
        refuse_locked_months(user_ids=[user.pk], dates=dates)
        planned.delete()
        follow_roster(user_ids=[user.pk], dates=dates)
    update_user(user=user, actor=actor, changes={"department": request.to_department}, ip=ip)
    Request.objects.filter(pk=request.pk).update(applied_at=at)
    # Those who decide now have not been asked yet: the sweep tells them.
    Request.objects.waiting().filter(user=user).update(reminded_at=None)
    request.applied_at = at


def _today(at: datetime):
    return local_date(at, workplace_zone())
