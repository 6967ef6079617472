"""The shifts a department has: adding and changing them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Department, User
from accounts.services import record, require_managed
from omnichat.lib.errors import DomainError
from workforce.models import Shift
from workforce.models.shift import DAY_MINUTES

OWN_DEPARTMENT_ONLY = gettext_lazy("You can plan your own department only.")


class ShiftExists(DomainError):
    code = "shift_exists"


class BreakTooLong(DomainError):
    code = "break_too_long"
    status = 400


@transaction.atomic
def create_shift(
    *, department: Department, actor: User, ip: str | None = None, **fields: object
) -> Shift:
    """Add a shift. Raises NotYourDepartment, BreakTooLong, ShiftExists."""
    require_managed([department.pk], actor, OWN_DEPARTMENT_ONLY)
    shift = Shift(department=department, **fields)
    _check(shift)
    _save(shift.save)
    changes = {name: [None, value] for name, value in _facts(shift).items()}
    record("shift_created", actor=actor, target=shift, changes=changes, ip=ip)
    return shift


@transaction.atomic
def update_shift(*, shift: Shift, actor: User, changes: dict, ip: str | None = None) -> Shift:
    """Change a shift; what is planned already keeps its hours. Raises as `create_shift`."""
    shift = Shift.objects.select_for_update(no_key=True).get(pk=shift.pk)
    require_managed([shift.department_id], actor, OWN_DEPARTMENT_ONLY)
    before = _facts(shift)
    for name, value in changes.items():
        setattr(shift, name, value)
    _check(shift)
    after = _facts(shift)
    if after == before:
        return shift
    _save(shift.save)
    told = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    record("shift_changed", actor=actor, target=shift, changes=told, ip=ip)
    return shift


def _check(shift: Shift) -> None:
    """Refuse breaks that leave nothing of the shift."""
    length = _minutes(shift.ends_at) - _minutes(shift.starts_at)
    length += DAY_MINUTES * (length <= 0)
    if shift.paid_break_minutes + shift.unpaid_break_minutes >= length:
        text = _("The breaks are as long as the shift, which has %(count)d minutes.")
        raise BreakTooLong(text % {"count": length}, field="unpaid_break_minutes")


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _save(save: Callable[[], object]) -> None:
    try:
        with transaction.atomic():
            save()
    except IntegrityError as error:
        text = _("This department already has a shift of this name.")
        raise ShiftExists(text, field="name") from error


def _facts(shift: Shift) -> dict[str, object]:
    """What the audit tells of a shift."""
    return {
        "name": shift.name,
        "department": shift.department.name,
        "starts_at": f"{shift.starts_at:%H:%M}",
        "ends_at": f"{shift.ends_at:%H:%M}",
        "paid_break_minutes": shift.paid_break_minutes,
        "unpaid_break_minutes": shift.unpaid_break_minutes,
        "grace_in_minutes": shift.grace_in_minutes,
        "grace_out_minutes": shift.grace_out_minutes,
        "handover_minutes": shift.handover_minutes,
        "minimum_staff": shift.minimum_staff,
        "color": shift.color,
        "is_active": shift.is_active,
    }
