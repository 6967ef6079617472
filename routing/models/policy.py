"""How a department's conversations find their person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from routing.models.assignment import Assignment

if TYPE_CHECKING:
    from accounts.models import User


class RoutingPolicyQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> RoutingPolicyQuerySet:
        """Admin: all. Others: their department's."""
        return self if user.is_admin else self.filter(department=user.department_id)

    def managed_by(self, user: User) -> RoutingPolicyQuerySet:
        return self.filter(department__in=Department.objects.managed_by(user))


class RoutingPolicy(models.Model):
    """The settings of one department; a department without a row has the defaults.

    `method` is how the person is chosen. The weights of balanced speed are those of
    `routing.scoring`. `version` counts the changes; every record of an assignment keeps it.
    """

    Method = Assignment.Policy
    METHODS = [choice for choice in Assignment.Policy.choices if choice[0] != "by_hand"]

    department = models.OneToOneField(
        "accounts.Department",
        verbose_name=_("department"),
        on_delete=models.CASCADE,
        related_name="routing_policy",
    )
    method = models.CharField(
        _("how the person is chosen"),
        max_length=20,
        choices=METHODS,
        default=Assignment.Policy.BALANCED_SPEED,
    )
    own_speed_percent = models.PositiveSmallIntegerField(
        _("own speed counts, percent"),
        default=50,
        validators=[MaxValueValidator(100)],
        help_text=_("The rest is the average of the department."),
    )
    answering_percent = models.PositiveSmallIntegerField(
        _("an answer being written counts, percent of a turn"),
        default=60,
        validators=[MaxValueValidator(200)],
    )
    sticky_turns = models.PositiveSmallIntegerField(
        _("a returning customer goes to the same person with at most so many turns waiting"),
        null=True,
        blank=True,
        default=2,
        validators=[MaxValueValidator(50)],
        help_text=_("Empty: returning customers are treated like new ones."),
    )
    no_reply_minutes = models.PositiveSmallIntegerField(
        _("taken away when not answered for, minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
        help_text=_("Empty: nobody loses a conversation for not answering."),
    )
    max_hops = models.PositiveSmallIntegerField(
        _("people it is given to before a lead decides"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
    )
    is_guarded = models.BooleanField(
        _("share a backlog evenly"),
        default=False,
        help_text=_("Nobody gets more than 5 conversations in 10 seconds from the queue."),
    )
    tells_wait = models.BooleanField(_("tell customers how long they wait"), default=False)
    overflow_department = models.ForeignKey(
        "accounts.Department",
        verbose_name=_("who helps out when everybody is full"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    overflow_minutes = models.PositiveSmallIntegerField(
        _("help after a wait of, minutes"), default=5, validators=[MaxValueValidator(1440)]
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RoutingPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("routing policy")
        verbose_name_plural = _("routing policies")
        constraints = [
            models.CheckConstraint(
                condition=~Q(overflow_department=F("department")),
                name="routing_policy_helps_another",
            ),
            models.CheckConstraint(condition=Q(max_hops__gte=1), name="routing_policy_has_a_hop"),
        ]

    def __str__(self) -> str:
        return str(self.department)
