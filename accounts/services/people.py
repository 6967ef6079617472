"""People: creating, registering, changing, deactivating."""

from datetime import date
from functools import partial

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.names import normalize_username
from accounts.services.audit import record
from accounts.services.live import tell_people
from accounts.signals import people_changed
from accounts.tokens import end_all_tokens
from omnichat.lib.errors import DomainError


class PersonExists(DomainError):
    code = "person_exists"


class LastAdmin(DomainError):
    code = "last_admin"


class DepartmentNeeded(DomainError):
    code = "department_needed"
    status = 400


class NotStaff(DomainError):
    code = "not_staff"
    status = 403


class PersonNotActive(DomainError):
    code = "person_not_active"


class NotPending(DomainError):
    code = "not_pending"


class WeakPassword(DomainError):
    code = "weak_password"
    status = 400


def is_first_run() -> bool:
    """True until somebody has been let in. Registrations do not count: anybody can send one."""
    return not User.objects.admitted().exists()


@transaction.atomic
def create_user(
    *,
    username: str,
    password: str,
    display_name: str,
    role: str,
    department: Department | None,
    actor: User | None,
    email: str = "",
    language: str = User.Language.VIETNAMESE,
    ip: str | None = None,
) -> User:
    """Create an active person. Raises PersonExists, DepartmentNeeded, WeakPassword."""
    _require_department(role, department, is_active=True)
    user = User(
        username=normalize_username(username),
        display_name=display_name,
        email=email,
        role=role,
        department=department,
        language=language,
        is_active=True,
        approved_at=timezone.now(),
    )
    _set_password(user, password)
    _insert(user)
    changes = {"role": [None, role], "department": [None, department and department.name]}
    record("person_created", actor=actor, target=user, changes=changes, ip=ip)
    _tell_people_changed(user)
    return user


@transaction.atomic
def register(
    *, username: str, password: str, display_name: str = "", email: str = "", ip: str | None = None
) -> User:
    """Store a registration: staff, inactive, without department, until an admin approves it.

    Raises PersonExists, WeakPassword.
    """
    name = normalize_username(username)
    user = User(username=name, display_name=display_name or name, email=email)
    _set_password(user, password)
    _insert(user)
    record("person_registered", actor=None, target=user, ip=ip)
    return user


@transaction.atomic
def update_user(
    *,
    user: User,
    actor: User,
    changes: dict,
    ip: str | None = None,
    only_pending: bool = False,
) -> User:
    """Change name, e-mail, role, department or activity of a person, and say so in the audit.

    `changes` holds only what changes: display_name, email, role, department, is_active,
    employed_since.
    A change of role and a deactivation end the person's sessions and tokens at once.
    Locks the person, and every admin when the last one could go. `only_pending` is for those
    who decide a registration: NotPending when somebody else has.
    Raises LastAdmin, DepartmentNeeded, PersonExists.
    """
    admin_ids: set[int] = set()
    if "is_active" in changes or "role" in changes:
        # In one order, so that two admins cannot remove each other at the same moment.
        admins = User.objects.active_admins().select_for_update(no_key=True).order_by("pk")
        admin_ids = set(admins.values_list("pk", flat=True))
    user = _lock_pending(user) if only_pending else _lock(user)
    before = {name: getattr(user, name) for name in changes}
    changed = {name: value for name, value in changes.items() if before[name] != value}
    if not changed:
        return user
    for name, value in changed.items():
        setattr(user, name, value)
    if user.is_active and user.approved_at is None:
        changed["approved_at"] = user.approved_at = timezone.now()
    _require_department(user.role, user.department, is_active=user.is_active)
    stays_admin = user.is_active and user.is_admin
    if admin_ids == {user.pk} and not stays_admin:
        raise LastAdmin(_("This is the last administrator. Make somebody else one first."))
    if "is_active" in changed:
        changed["deactivated_at"] = None if user.is_active else timezone.now()
        if not user.is_active:
            changed |= {"presence": User.Presence.OFFLINE, "presence_since": timezone.now()}
    if "role" in changed or changed.get("is_active") is False:
        changed["credentials_epoch"] = user.credentials_epoch + 1
        end_all_tokens(user)
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(**changed)
    except IntegrityError as error:
        raise PersonExists(
            _("This e-mail address belongs to somebody else."), field="email"
        ) from error
    told = {
        name: [_plain(before[name]), _plain(changed[name])] for name in before if name in changed
    }
    record("person_changed", actor=actor, target=user, changes=told, ip=ip)
    _tell_people_changed(user)
    return User.objects.select_related("department").get(pk=user.pk)


def approve_registration(
    *, user: User, department: Department | None, actor: User, ip: str | None = None
) -> User:
    """Let a registered person in, as staff of a department (None: the one they have).

    Raises NotPending when somebody else decided, DepartmentNeeded.
    """
    changes = {"is_active": True} | ({"department": department} if department else {})
    return update_user(user=user, actor=actor, changes=changes, ip=ip, only_pending=True)


@transaction.atomic
def refuse_registration(*, user: User, actor: User, ip: str | None = None) -> None:
    """Take a registration off the list; the account stays closed and keeps its name.

    An administrator can still let the person in later. Locks the person. Raises NotPending.
    """
    user = _lock_pending(user)
    User.objects.filter(pk=user.pk).update(deactivated_at=timezone.now())
    record("registration_refused", actor=actor, target=user, ip=ip)


def may_lead(*, actor: User, user: User) -> bool:
    """Administrators decide for everybody they see, managers for staff."""
    return actor.is_admin or (actor.is_manager and user.role == User.Role.STAFF)


def require_may_lead(*, actor: User, user: User) -> None:
    """Refuse a manager who would decide for somebody other than staff. Raises NotStaff."""
    if not may_lead(actor=actor, user=user):
        raise NotStaff(_("You can change this for staff only. Ask an administrator."))


def require_may_set_presence(*, actor: User, user: User) -> None:
    """Refuse to speak for who has left, and a manager for somebody other than staff.

    Raises NotStaff, PersonNotActive.
    """
    if not may_lead(actor=actor, user=user):
        raise NotStaff(_("You can set the status of staff only."))
    if not user.is_active:
        raise PersonNotActive(_("This account is deactivated. Activate it first."))


@transaction.atomic
def set_presence(
    *,
    user: User,
    presence: str,
    actor: User | None = None,
    ip: str | None = None,
    is_anew: bool = False,
) -> User:
    """Say whether a person takes new work now. `actor` is a lead doing it for them.

    `is_anew`: it counts from now, also if the same was said before (going on after a shift).

    Raises NotStaff, PersonNotActive when there is an `actor`.
    """
    if actor is not None:
        require_may_set_presence(actor=actor, user=user)
    now = timezone.now()
    person = User.objects.filter(pk=user.pk, is_active=True)
    if not is_anew:
        person = person.exclude(presence=presence)
    if person.update(presence=presence, presence_since=now):
        if actor is not None and actor.pk != user.pk:
            changes = {"presence": [user.presence, presence]}
            record("presence_set", actor=actor, target=user, changes=changes, ip=ip)
        _tell_people_changed(user)
    return User.objects.select_related("department").get(pk=user.pk)


def set_preferences(*, user: User, **preferences: str | bool) -> None:
    """Store how the product looks, sounds and reacts to keys for this person."""
    User.objects.filter(pk=user.pk).update(**preferences)


@transaction.atomic
def rename_self(*, user: User, display_name: str, ip: str | None = None) -> None:
    """Change the own display name; colleagues see it, so the audit does too."""
    before = _lock(user)
    if before.display_name == display_name:
        return
    User.objects.filter(pk=user.pk).update(display_name=display_name)
    changes = {"display_name": [before.display_name, display_name]}
    record("person_changed", actor=user, target=before, changes=changes, ip=ip)


@transaction.atomic
def change_password(
    *, user: User, password: str, actor: User | None = None, ip: str | None = None
) -> User:
    """Replace the password; every other session and every token ends. Raises WeakPassword.

    `actor` is an administrator who does it for somebody else.
    """
    user = _lock(user)
    _set_password(user, password)
    user.credentials_epoch += 1
    user.save(update_fields=["password", "credentials_epoch"])
    end_all_tokens(user)
    record("password_changed", actor=actor or user, target=user, ip=ip)
    return user


def _lock(user: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _lock_pending(user: User) -> User:
    user = _lock(user)
    if not user.is_pending:
        raise NotPending(_("This account is not waiting for approval."))
    return user


def _set_password(user: User, password: str) -> None:
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages), field="password") from error
    user.set_password(password)


def _insert(user: User) -> None:
    """Insert; the unique columns decide between two people who want one name."""
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        if User.objects.filter(username=user.username).exists():
            raise PersonExists(_("This sign-in name is taken."), field="username") from error
        raise PersonExists(
            _("This e-mail address belongs to somebody else."), field="email"
        ) from error


def _require_department(role: str, department: Department | None, *, is_active: bool) -> None:
    if is_active and role != User.Role.ADMIN and department is None:
        raise DepartmentNeeded(
            _("Managers and staff belong to a department. Choose one."), field="department_id"
        )


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return value.name if isinstance(value, Department) else value


def _tell_people_changed(user: User) -> None:
    tell_people([user.pk])
    send = partial(people_changed.send_robust, sender=User, user_ids=[user.pk])
    transaction.on_commit(send)
