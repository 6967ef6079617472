"""Who gets it: the words that choose a department, the people who can take more, the record."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from workforce.availability import AT_WORK, Reason

if TYPE_CHECKING:
    from accounts.models import User

MIN_WEIGHT, MAX_WEIGHT = Decimal("0.1"), Decimal(10)
STAFF_CAPACITY = 8  # conversations a staff member answers at the same time, unless set otherwise


class KeywordQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> KeywordQuerySet:
        """Everybody may read which words lead where."""
        return self

    def editable_by(self, user: User) -> KeywordQuerySet:
        """Admin: all. Manager: those of the own department. Staff: none."""
        return self.filter(department__in=Department.objects.managed_by(user))

    def for_list(self) -> KeywordQuerySet:
        return self.select_related("department").order_by("folded", "department_id", "pk")


class Keyword(models.Model):
    """A word or phrase that speaks for a department, with its weight."""

    word = models.CharField(_("word"), max_length=80)
    # Folding may lengthen a word of another script, six times at most.
    folded = models.CharField(max_length=480, editable=False)
    department = models.ForeignKey(
        "accounts.Department",
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        related_name="keywords",
    )
    weight = models.DecimalField(
        _("weight"),
        max_digits=4,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(MIN_WEIGHT), MaxValueValidator(MAX_WEIGHT)],
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = KeywordQuerySet.as_manager()

    class Meta:
        verbose_name = _("keyword")
        verbose_name_plural = _("keywords")
        ordering = ["folded", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "folded"], name="routing_keyword_unique_in_department"
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=MIN_WEIGHT) & Q(weight__lte=MAX_WEIGHT),
                name="routing_keyword_weight_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.word


class KeywordVersion(models.Model):
    """One row that counts changes of keywords and departments; every process compares it."""

    version = models.PositiveBigIntegerField(default=1)
    # What the version knows of departments; the sweep compares it, should their news be lost.
    departments_mark = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="routing_one_keyword_version"),
        ]

    def __str__(self) -> str:
        return str(self.version)


class AgentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> AgentQuerySet:
        """Admin: all. Manager: the own department. Staff: their own."""
        if user.is_admin:
            return self
        if user.is_manager:
            return self.filter(user__department=user.department_id)
        return self.filter(user=user)

    def with_room(self) -> AgentQuerySet:
        """Those the one claim may take a place from."""
        return self.filter(is_routable=True, open_count__lt=models.F("capacity"))


def is_full(reason: str, open_count: int, capacity: int) -> bool:
    """Whether somebody takes work, but has no place left."""
    return reason == Reason.TAKING_WORK and open_count >= capacity > 0


class Agent(models.Model):
    """A person's routing state: how much they hold, and whether they can be given more.

    `is_routable`, `reason` and `since` are a copy of workforce's availability; `open_count` is
    the number of open conversations assigned to them. Only the claim adds one to it; everything
    else locks the row and counts anew.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        related_name="agent",
    )
    capacity = models.PositiveSmallIntegerField(
        _("capacity"), help_text=_("Open conversations at the same time; 0 takes no work.")
    )
    open_count = models.IntegerField(_("open conversations"), default=0, editable=False)
    is_routable = models.BooleanField(_("can be given work"), default=False, editable=False)
    reason = models.CharField(
        _("reason"),
        max_length=20,
        choices=Reason.choices,
        default=Reason.NOT_CHECKED_IN,
        editable=False,
    )
    since = models.DateTimeField(_("since"), null=True, editable=False)
    last_assigned_at = models.DateTimeField(_("last given work at"), null=True, editable=False)

    objects = AgentQuerySet.as_manager()

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        constraints = [
            models.CheckConstraint(
                condition=Q(open_count__gte=0), name="routing_open_count_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def has_room(self) -> bool:
        return self.is_routable and self.open_count < self.capacity

    @property
    def is_full(self) -> bool:
        """Taking work, but no place left."""
        return is_full(self.reason, self.open_count, self.capacity)

    @property
    def is_at_work(self) -> bool:
        return self.reason in AT_WORK

    @property
    def carries_conversations(self) -> bool:
        """False for people whose role takes no work, such as managers with capacity 0."""
        return self.capacity > 0

    @property
    def shown_reason(self) -> Reason:
        """The reason with what only routing knows: taking work, but no place left."""
        return Reason.AT_CAPACITY if self.is_full else Reason(self.reason)


class Assignment(models.Model):
    """Who got a conversation, when, by which rule and why; the record is never changed.

    `explanation` holds what was looked at: matched keywords with offsets, sums per department,
    candidates with their load, those left out with the reason. `duration_us` is the time the
    choice took, in microseconds. `assigned_by` is empty for an automatic choice.
    """

    class Policy(models.TextChoices):
        LEAST_OPEN = "least_open", _("fewest open conversations")
        BY_HAND = "by_hand", _("by hand")

    class EndReason(models.TextChoices):
        RESOLVED = "resolved", _("resolved")
        REASSIGNED = "reassigned", _("given to somebody else")
        CHECKED_OUT = "checked_out", _("checked out")
        ON_LEAVE = "on_leave", _("went on leave")
        DEACTIVATED = "deactivated", _("deactivated")
        DEPARTMENT_CHANGED = "department_changed", _("changed department")
        GIVEN_BACK = "given_back", _("given back by a lead")

        @classmethod
        def of_absence(cls, reason: str) -> Assignment.EndReason:
            """Why an assignment ends when its person, away for `reason`, is not at work."""
            return cls.ON_LEAVE if reason == Reason.ON_LEAVE else cls.CHECKED_OUT

    conversation = models.ForeignKey(
        "inbox.Conversation",
        on_delete=models.PROTECT,
        related_name="assignments",
        db_index=False,  # routing_assignment_latest begins with it
    )
    cycle = models.ForeignKey("inbox.Cycle", on_delete=models.PROTECT, related_name="assignments")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments"
    )
    department = models.ForeignKey(
        "accounts.Department", null=True, on_delete=models.PROTECT, related_name="+"
    )
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    policy = models.CharField(max_length=20, choices=Policy.choices)
    policy_version = models.PositiveSmallIntegerField(default=1)
    explanation = models.JSONField(default=dict)
    duration_us = models.PositiveIntegerField(default=0)
    assigned_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, choices=EndReason.choices, blank=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"],
                condition=Q(ended_at=None),
                name="routing_one_active_assignment",
            ),
        ]
        indexes = [models.Index(fields=["conversation", "-id"], name="routing_assignment_latest")]

    def __str__(self) -> str:
        return f"{self.conversation_id} -> {self.assignee_id}"


class KeywordHits(models.Model):
    """How often a keyword was found on one day of the organisation, and what became of it.

    `decided` is the conversations given to somebody because of it, `handed_on` those of them
    that a person then gave to another department. Counted by the worker, never while routing.
    """

    keyword = models.ForeignKey(Keyword, on_delete=models.CASCADE, related_name="hits")
    day = models.DateField()
    hits = models.PositiveIntegerField(default=0)
    decided = models.PositiveIntegerField(default=0)
    handed_on = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["keyword", "day"], name="routing_hits_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.keyword_id} {self.day}: {self.hits}"


class CountPosition(models.Model):
    """How far the counting of keywords has come in one table, by its ids.

    Rows up to `counted_id` are counted, rows up to `ready_id` may be: no transaction that could
    still bring one of them is open. `noted_id` will be ready when all that ran then has ended.
    """

    class Stream(models.TextChoices):
        MESSAGES = "messages", "messages"
        ASSIGNMENTS = "assignments", "assignments"

    stream = models.CharField(max_length=12, primary_key=True, choices=Stream.choices)
    counted_id = models.BigIntegerField(default=0)
    ready_id = models.BigIntegerField(default=0)
    ready_at = models.DateTimeField(null=True)
    noted_id = models.BigIntegerField(default=0)
    noted_at = models.DateTimeField(null=True)
    noted_transaction = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.stream}: {self.counted_id}"


class LateMessage(models.Model):
    """A message that the counting passed before routing had looked at it."""

    message = models.OneToOneField(
        "inbox.Message", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )

    def __str__(self) -> str:
        return str(self.message_id)


class KeywordImportQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> KeywordImportQuerySet:
        """A checked file is its reader's own."""
        return self.filter(user=user)


class KeywordImport(models.Model):
    """A file of keywords that was checked and waits to be written, exactly as it was checked.

    `rows` are the checked rows, `facts` what the page tells about them. Removed after a day.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="keyword_imports"
    )
    file_name = models.CharField(max_length=200, blank=True)
    keyword_version = models.PositiveBigIntegerField()
    rows = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True)

    objects = KeywordImportQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.public_id)
