"""People with an account, and how they want the product to be."""

from __future__ import annotations

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models.organisation import Department
from accounts.names import normalize_username
from accounts.querysets import UserQuerySet


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    """Finds people by name as they type it."""

    def get_by_natural_key(self, username: str) -> User:
        return self.get(username=normalize_username(username))

    def create_superuser(self, username: str, password: str, **fields) -> User:
        """Create an administrator; called by `manage.py createsuperuser`."""
        user = self.model(
            username=normalize_username(username),
            role=User.Role.ADMIN,
            is_active=True,
            approved_at=timezone.now(),
            **fields,
        )
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person with an account. `approved_at` is empty while a registration waits."""

    class Role(models.TextChoices):
        ADMIN = "admin", _("Administrator")
        MANAGER = "manager", _("Manager")
        STAFF = "staff", _("Staff")

    class Presence(models.TextChoices):
        AVAILABLE = "available", _("Available")
        BUSY = "busy", _("Busy")
        OFFLINE = "offline", _("Offline")

    class Language(models.TextChoices):
        VIETNAMESE = "vi", "Tiếng Việt"
        ENGLISH = "en", "English"

    class Theme(models.TextChoices):
        AUTO = "auto", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    username = models.CharField(
        _("sign-in name"),
        max_length=60,
        unique=True,
        validators=[
            # Without "@": a name must never look like somebody else's e-mail address.
            RegexValidator(
                r"\A[a-z0-9._-]+\Z", _("Use letters a-z, digits, dot, hyphen and underscore.")
            )
        ],
    )
    display_name = models.CharField(_("display name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.STAFF)
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="members",
    )
    presence = models.CharField(
        _("presence"), max_length=10, choices=Presence.choices, default=Presence.OFFLINE
    )
    presence_since = models.DateTimeField(_("presence since"), default=timezone.now)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.VIETNAMESE
    )
    theme = models.CharField(_("theme"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    # Single keys such as J and R; Ctrl+Enter always works (WCAG 2.1.4).
    has_shortcuts = models.BooleanField(_("single-key shortcuts"), default=True, db_default=True)
    notify_assigned = models.BooleanField(
        _("a conversation is given to me"), default=True, db_default=True
    )
    notify_mentioned = models.BooleanField(
        _("somebody mentions me in a note"), default=True, db_default=True
    )
    notify_waiting = models.BooleanField(
        _("a customer of mine waits too long"), default=True, db_default=True
    )
    notify_failed = models.BooleanField(
        _("a reply of mine is not delivered"), default=True, db_default=True
    )
    notify_queue = models.BooleanField(
        _("my department’s queue waits too long"), default=False, db_default=False
    )
    notify_shifts = models.BooleanField(
        _("my shifts are published or my check-out was forgotten"), default=True, db_default=True
    )
    notify_requests = models.BooleanField(
        _("a request waits for me or one of mine is decided"), default=True, db_default=True
    )
    is_quiet_off_work = models.BooleanField(
        _("quiet while I am checked out"), default=True, db_default=True
    )
    employed_since = models.DateField(
        _("employed since"),
        null=True,
        blank=True,
        help_text=_("For annual leave by years of service. Empty: since the account exists."),
    )
    is_active = models.BooleanField(_("active"), default=False)
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    deactivated_at = models.DateTimeField(_("deactivated at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    # Raised by deactivation, a change of role and of password: older sessions and tokens end.
    credentials_epoch = models.PositiveIntegerField(default=0, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["display_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=~Q(email=""), name="accounts_email_unique"
            ),
            models.CheckConstraint(
                # Without it "own department" of a person who has none would mean everybody's.
                condition=Q(role="admin") | Q(department__isnull=False) | Q(is_active=False),
                name="accounts_active_people_have_a_department",
            ),
            models.CheckConstraint(
                condition=Q(presence__in=["available", "busy", "offline"]),
                name="accounts_presence_is_known",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["admin", "manager", "staff"]), name="accounts_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name

    def get_session_auth_hash(self) -> str:
        """End every session when the password or the credentials' epoch changes."""
        value = f"{self.password}:{self.credentials_epoch}"
        return salted_hmac("accounts.session", value, algorithm="sha256").hexdigest()

    @property
    def is_admin(self) -> bool:
        return self.role == self.Role.ADMIN

    @property
    def is_manager(self) -> bool:
        return self.role == self.Role.MANAGER

    @property
    def may_claim(self) -> bool:
        """Staff whose department lets them take waiting conversations of it themselves."""
        is_staff_member = self.role == self.Role.STAFF and self.department is not None
        return is_staff_member and self.department.staff_can_claim

    @property
    def is_pending(self) -> bool:
        """A registration that no administrator has decided yet; a refusal is its deactivation."""
        return self.approved_at is None and self.deactivated_at is None and not self.is_active

    @property
    def kpi_score(self) -> float | None:
        """KPI of this month so far, kept beside the load of who can be given work; else None."""
        return getattr(getattr(self, "agent", None), "kpi_score", None)

    # The role is the only source of rights; Django's admin asks for them by these names.
    @property
    def is_staff(self) -> bool:
        return self.is_admin

    @property
    def is_superuser(self) -> bool:
        return self.is_admin

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and self.is_admin

    def has_perms(self, perms: list[str], obj: object = None) -> bool:
        return self.is_active and self.is_admin

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_admin
