"""Departments: creating and changing them."""

from collections.abc import Iterable
from functools import partial

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.services.audit import record
from accounts.services.live import tell_people
from accounts.signals import departments_changed
from omnichat.lib.errors import DomainError


class DepartmentExists(DomainError):
    code = "department_exists"


class NotYourDepartment(DomainError):
    code = "not_your_department"
    status = 403


def require_managed(
    department_ids: Iterable[int | None],
    actor: User,
    sentence: str | Promise,
    *,
    field: str = "department_id",
) -> None:
    """Refuse with this sentence what belongs to departments that are not the actor's to change.

    None is what belongs to all departments: only administrators change that. Raises
    NotYourDepartment.
    """
    ids = set(department_ids)
    managed = Department.objects.managed_by(actor).filter(pk__in=ids - {None})
    allowed = set(managed.values_list("pk", flat=True)) | ({None} if actor.is_admin else set())
    if not ids <= allowed:
        raise NotYourDepartment(sentence, field=field)


@transaction.atomic
def create_department(
    *,
    name: str,
    actor: User,
    priority: int = 100,
    staff_can_claim: bool = False,
    ip: str | None = None,
) -> Department:
    """Create a department. Raises DepartmentExists when the name is taken in any case."""
    try:
        with transaction.atomic():
            department = Department.objects.create(
                name=name, priority=priority, staff_can_claim=staff_can_claim
            )
    except IntegrityError as error:
        raise _name_taken() from error
    record("department_created", actor=actor, target=department, ip=ip)
    _tell_changed(department)
    return department


@transaction.atomic
def update_department(
    *, department: Department, actor: User, changes: dict, ip: str | None = None
) -> Department:
    """Change name, priority, claiming or activity. Raises DepartmentExists."""
    before = Department.objects.select_for_update(no_key=True).get(pk=department.pk)
    changed = {name: value for name, value in changes.items() if getattr(before, name) != value}
    if not changed:
        return before
    try:
        with transaction.atomic():
            Department.objects.filter(pk=before.pk).update(**changed)
    except IntegrityError as error:
        raise _name_taken() from error
    told = {name: [getattr(before, name), value] for name, value in changed.items()}
    record("department_changed", actor=actor, target=before, changes=told, ip=ip)
    if "staff_can_claim" in changed:
        members = User.objects.filter(department=before, role=User.Role.STAFF, is_active=True)
        tell_people(members.values_list("pk", flat=True))
    _tell_changed(before)
    return Department.objects.get(pk=before.pk)


def _name_taken() -> DepartmentExists:
    return DepartmentExists(
        _("A department with this name exists already. Choose another name."), field="name"
    )


def _tell_changed(department: Department) -> None:
    send = partial(
        departments_changed.send_robust, sender=Department, department_ids=[department.pk]
    )
    transaction.on_commit(send)
