"""The people who can take more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from routing.scoring import PLACE, free_percent
from workforce.availability import AT_WORK, KEEPS_WORK, Reason

if TYPE_CHECKING:
    from accounts.models import User

STAFF_CAPACITY = 8  # conversations a staff member answers at the same time, unless set otherwise


class AgentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> AgentQuerySet:
        """Admin: all. Manager: the own department. Staff: their own."""
        if user.is_admin:
            return self
        if user.is_manager:
            return self.filter(user__department=user.department_id)
        return self.filter(user=user)

    def answering_for(self, department_id: int | None) -> AgentQuerySet:
        """Those of a department, and those with the skill for it, who take work at all."""
        if department_id is None:
            return self.none()
        skilled = AgentSkill.objects.filter(department=department_id).values("agent")
        people = self.filter(Q(user__department=department_id) | Q(pk__in=skilled))
        return people.filter(user__is_active=True, capacity__gt=0)

    def options_for(self, user: User) -> AgentQuerySet:
        """The load of those somebody may hand work to, whoever may name them."""
        return self.filter(user__in=get_user_model().objects.options_for(user))

    def with_room(self) -> AgentQuerySet:
        """Those the one claim may take a place from, for an ordinary conversation."""
        return self.filter(is_routable=True).filter(has_place())


def has_place(prefix: str = "") -> Q:
    """There is a place left for an ordinary conversation; `prefix` leads to the agent."""
    taken = models.F(f"{prefix}open_count") + 1
    free = (models.F(f"{prefix}capacity") - taken) * PLACE
    return Q(**{f"{prefix}extra_percent__lte": free})


def is_full(reason: str, free: int, capacity: int) -> bool:
    """Whether somebody takes work, but has no place left for an ordinary conversation."""
    return reason == Reason.TAKING_WORK and free < PLACE and capacity > 0


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
    # What their open conversations take beyond one place each, in percent of a place, below 0 for
    # light channels: see Channel.load_percent. Counted with open_count.
    extra_percent = models.IntegerField(default=0, db_default=0, editable=False)
    # Seconds from having a turn to answering it, as an average that forgets; None before any.
    reply_seconds = models.FloatField(null=True, editable=False)
    replies_timed = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    last_reply_at = models.DateTimeField(null=True, editable=False)
    # Of this month so far; reporting tells it. Breaks ties, or leads under "KPI first".
    kpi_score = models.FloatField(null=True, editable=False)
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
    def free_percent(self) -> int:
        return free_percent(self.open_count, self.extra_percent, self.capacity)

    @property
    def has_room(self) -> bool:
        return self.is_routable and self.free_percent >= PLACE

    @property
    def is_full(self) -> bool:
        """Taking work, but no place left."""
        return is_full(self.reason, self.free_percent, self.capacity)

    @property
    def is_at_work(self) -> bool:
        return self.reason in AT_WORK

    @property
    def keeps_work(self) -> bool:
        """May they have open conversations: at work, and their shift is not over."""
        return self.reason in KEEPS_WORK

    @property
    def carries_conversations(self) -> bool:
        """False for people whose role takes no work, such as managers with capacity 0."""
        return self.capacity > 0

    @property
    def shown_reason(self) -> Reason:
        """The reason with what only routing knows: taking work, but no place left."""
        return Reason.AT_CAPACITY if self.is_full else Reason(self.reason)


class AgentSkillQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> AgentSkillQuerySet:
        """Those of the people whose routing state one may see."""
        return self.filter(agent__in=Agent.objects.visible_to(user))


class AgentSkill(models.Model):
    """A department that a person can answer for beside their own."""

    class Level(models.IntegerChoices):
        BASIC = 1, _("basic")
        GOOD = 2, _("good")
        EXPERT = 3, _("expert")

    agent = models.ForeignKey(
        Agent,
        verbose_name=_("person"),
        on_delete=models.CASCADE,
        related_name="skills",
        db_index=False,  # routing_skill_once begins with it
    )
    department = models.ForeignKey(
        "accounts.Department",
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices, default=Level.GOOD)

    objects = AgentSkillQuerySet.as_manager()

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["department__priority", "department_id"]
        constraints = [
            models.UniqueConstraint(fields=["agent", "department"], name="routing_skill_once"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id}: {self.department_id}"
