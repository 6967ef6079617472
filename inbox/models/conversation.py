"""Conversations and their cycles."""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Left
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.models.draft import Draft
from inbox.models.mention import Mention
from inbox.models.outbound_part import OutboundPart

if TYPE_CHECKING:
    from accounts.models import User

DRAFT_PREVIEW_CHARS = 120
SERVING_ORDER = (
    "priority",
    F("reply_window_ends_at").asc(nulls_last=True),
    F("due_at").asc(nulls_last=True),
    "waiting_since",
    "pk",
)


class ConversationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ConversationQuerySet:
        """Conversations this user may read: the only place that knows the rule.

        Admin: all. Manager: the own department and the common queue (no department).
        Staff: assigned to them, those they are mentioned in, and what waits in their department
        if it lets staff claim. `inbox.live.audience_of` says the same of one conversation.
        """
        if user.is_admin:
            return self
        if user.is_manager:
            return self.filter(Q(department=user.department_id) | Q(department=None))
        mentioned = Mention.objects.filter(user=user).values("conversation")
        mine = Q(assignee=user) | Q(pk__in=mentioned)
        if user.may_claim:
            mine |= Q(department=user.department_id, assignee=None, status="open")
        return self.filter(mine)

    def in_scope(self, scope: str, user: User) -> ConversationQuerySet:
        """Narrow what a person sees to theirs (`mine`) or their department's; `all` is all."""
        if scope == "mine":
            return self.filter(assignee=user)
        if scope == "department":
            return self.filter(department=user.department_id).exclude(department=None)
        return self

    def unresolved(self) -> ConversationQuerySet:
        """What somebody has something to do with: now, once the customer writes, or later."""
        status = Conversation.Status
        return self.filter(status__in=(status.OPEN, status.WAITING, status.SNOOZED))

    def waiting(self) -> ConversationQuerySet:
        """The queue: open and nobody's, the longest-waiting first."""
        return self.filter(status=Conversation.Status.OPEN, assignee=None).order_by(
            "waiting_since", "pk"
        )

    def in_serving_order(self) -> ConversationQuerySet:
        """As the queue is given out: priority, closing reply window, deadline, longest wait."""
        return self.order_by(*SERVING_ORDER)

    def open_of(self, user_id: int) -> ConversationQuerySet:
        """What fills a person's places: assigned to them and waiting for an answer."""
        return self.filter(status=Conversation.Status.OPEN, assignee=user_id)

    def counts(self) -> dict[str, int]:
        """How many are `open` and `waiting`; the done ones are many and nobody's hurry."""
        unresolved = self.filter(status__in=("open", "waiting"))
        return unresolved.aggregate(
            open=Count("pk", filter=Q(status="open")),
            waiting=Count("pk", filter=Q(status="waiting")),
        )

    def with_failures(self) -> ConversationQuerySet:
        """Each with `has_failed_reply`: something we said did not arrive."""
        failed = OutboundPart.objects.filter(
            conversation=OuterRef("pk"), state=OutboundPart.State.FAILED
        )
        return self.annotate(has_failed_reply=Exists(failed))

    def with_draft_of(self, user: User) -> ConversationQuerySet:
        """Each with `has_draft` and `draft_text`: what this person began to write, not sent."""
        drafts = Draft.objects.filter(conversation=OuterRef("pk"), author=user)
        beginning = Left("text", DRAFT_PREVIEW_CHARS)
        return self.annotate(
            has_draft=Exists(drafts),
            draft_text=Subquery(drafts.annotate(beginning=beginning).values("beginning")[:1]),
        )

    def for_list(self) -> ConversationQuerySet:
        """Each with whom and what it belongs to, in one query."""
        return self.select_related("contact", "identity", "channel", "assignee", "department")

    def as_rows(self) -> ConversationQuerySet:
        """What a row of the list pane shows and not a column more: fifty rows are read at once."""
        rows = self.select_related("contact", "identity", "assignee", "department")
        return rows.only(
            *("public_id", "status", "preview", "last_message_at", "last_inbound_at", "seen_at"),
            *("waiting_since", "waiting_reason", "contact__name", "identity__platform"),
            *("priority", "due_kind", "due_from", "due_risk_at", "due_at", "due_paused_until"),
            *("snoozed_until",),
            *("assignee__display_name", "department__name"),
        )


@lru_cache(maxsize=4096)  # fifty rows of a list, and mostly the same ones the next time
def _path(public_id: uuid.UUID) -> str:
    return reverse("inbox:conversation_detail", args=[public_id])


class PathOf(models.Func):
    """The same in a statement, of a column `public_id`."""

    template = "(%(prefix)s || CAST(%(expressions)s AS text))"
    output_field = models.CharField()

    def as_sql(self, compiler, connection, **context):
        nobody = uuid.UUID(int=0)
        prefix = _path(nobody).removesuffix(str(nobody))
        return super().as_sql(compiler, connection, prefix=f"'{prefix}'", **context)

    def as_sqlite(self, compiler, connection, **context):
        """There a UUID is stored without its dashes."""
        parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
        text = " || '-' || ".join(f"substr(%(expressions)s, {at}, {n})" for at, n in parts)
        return self.as_sql(compiler, connection, template=f"(%(prefix)s || {text})", **context)


class Priority(models.IntegerChoices):
    """What is served first; a lower number wins. The mockup's flag is `high` and `urgent`."""

    URGENT = 1, _("urgent")
    HIGH = 2, _("high")
    NORMAL = 3, _("normal")
    LOW = 4, _("low")


class Conversation(models.Model):
    """One thread between a contact and us on one channel."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        WAITING = "waiting", _("waiting for the customer")
        SNOOZED = "snoozed", _("snoozed")
        RESOLVED = "resolved", _("resolved")
        SPAM = "spam", _("spam")

    class WaitingReason(models.TextChoices):
        """Why nobody has it yet. Routing writes the code; inbox.sentences has the words."""

        NO_DEPARTMENT = "no_department", _("no department")
        ALL_FULL = "all_full", _("everybody full")
        NOBODY_AT_WORK = "nobody_at_work", _("nobody at work")
        CLOSED = "closed", _("outside business hours")
        CLAIM = "claim", _("people take it themselves")
        GUARD = "guard", _("shared evenly")
        PARKED = "parked", _("parked")

    class PriorityBy(models.TextChoices):
        """Who set the priority; what a person chose is not changed by the others."""

        NOBODY = "", _("nobody")
        PERSON = "person", _("a person")
        KEYWORD = "keyword", _("a keyword")
        VIP = "vip", _("an important customer")
        SLA = "sla", _("a missed deadline")

    class DueKind(models.TextChoices):
        """Which promise `due_at` is; the codes are those of routing.models.Metric."""

        FIRST_RESPONSE = "first_response", _("first response")
        NEXT_RESPONSE = "next_response", _("next response")
        RESOLUTION = "resolution", _("resolution")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    channel = models.ForeignKey("inbox.Channel", on_delete=models.PROTECT, related_name="+")
    identity = models.ForeignKey(
        "inbox.ContactIdentity", on_delete=models.PROTECT, related_name="conversations"
    )
    contact = models.ForeignKey(
        "inbox.Contact", on_delete=models.PROTECT, related_name="conversations"
    )
    # Empty for chat; the root Message-ID for e-mail.
    thread_key = models.CharField(max_length=255, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.OPEN
    )
    department = models.ForeignKey(
        "accounts.Department",
        verbose_name=_("department"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # inbox_conversation_department begins with it
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assignee"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # inbox_conversation_assignee begins with it
    )
    waiting_reason = models.CharField(max_length=20, choices=WaitingReason.choices, blank=True)
    # Values for the sentence of the reason: whom the guard holds back, until when.
    waiting_params = models.JSONField(default=dict, db_default={}, blank=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        choices=Priority.choices,
        default=Priority.NORMAL,
        db_default=Priority.NORMAL,
    )
    priority_by = models.CharField(
        max_length=8, choices=PriorityBy.choices, blank=True, default="", db_default=""
    )
    # The promise that falls due next, as routing's clocks have it: from when it ran, when it is
    # at risk, when it is due. While it stands still it has no deadline; `due_paused_until` is
    # when it goes on, if time alone decides that.
    due_kind = models.CharField(
        max_length=16, choices=DueKind.choices, blank=True, default="", db_default=""
    )
    due_from = models.DateTimeField(null=True, blank=True)
    due_risk_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    due_paused_until = models.DateTimeField(null=True, blank=True)
    # Something happened that the clocks have not seen; the worker looks at these.
    is_clock_stale = models.BooleanField(default=True, db_default=True)
    # Until when the channel lets us answer; None where it always does.
    reply_window_ends_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True, blank=True)
    # When it last came back from snooze: nobody could answer it before.
    woken_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Since when the customer waits for us: the first message nobody has answered.
    waiting_since = models.DateTimeField(null=True, blank=True)
    cycle_number = models.PositiveIntegerField(default=1)
    last_message_at = models.DateTimeField(default=timezone.now)
    last_inbound_at = models.DateTimeField(null=True, blank=True)
    # When the assignee last opened it.
    seen_at = models.DateTimeField(null=True, blank=True)
    preview = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = [
            # The database refuses what two parallel webhooks would do.
            models.UniqueConstraint(
                fields=["identity", "thread_key"],
                condition=~Q(status="resolved"),
                name="inbox_one_open_conversation_per_identity",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "waiting", "snoozed", "resolved", "spam"]),
                name="inbox_conversation_status_is_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["waiting_since", "id"], condition=Q(status="open"), name="inbox_open_list"
            ),
            models.Index(
                fields=["department", "waiting_since", "id"],
                condition=Q(status="open", assignee=None),
                name="inbox_queue",
            ),
            models.Index(
                fields=["id"],
                condition=Q(is_clock_stale=True),
                name="inbox_clock_is_stale",
            ),
            models.Index(
                fields=["snoozed_until"], condition=Q(status="snoozed"), name="inbox_snoozed"
            ),
            models.Index(
                fields=["assignee", "status", "waiting_since"], name="inbox_conversation_assignee"
            ),
            models.Index(
                fields=["department", "status", "waiting_since"],
                name="inbox_conversation_department",
            ),
            models.Index(fields=["status", "-last_message_at"], name="inbox_conversation_latest"),
            models.Index(
                fields=["assignee", "status", "-last_message_at"], name="inbox_latest_assignee"
            ),
            models.Index(
                fields=["department", "status", "-last_message_at"],
                name="inbox_latest_department",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_resolved(self) -> bool:
        return self.status == self.Status.RESOLVED

    @property
    def path(self) -> str:
        """The address of its page."""
        return _path(self.public_id)

    @property
    def is_waiting(self) -> bool:
        """In the queue: open and nobody's."""
        return self.status == self.Status.OPEN and self.assignee_id is None

    @property
    def is_unread(self) -> bool:
        """The customer wrote after the assignee last looked."""
        if self.status != self.Status.OPEN or self.last_inbound_at is None:
            return False
        return self.seen_at is None or self.seen_at < self.last_inbound_at

    def is_workable_by(self, user: User) -> bool:
        """May `user`, who can see it, answer and complete it? Staff only what is theirs."""
        return user.is_admin or user.is_manager or self.assignee_id == user.pk

    def is_claimable_by(self, user: User) -> bool:
        """May `user`, who can see it, take it from the queue? Staff where their department lets."""
        is_lead = user.is_admin or user.is_manager
        return is_lead or (self.department_id == user.department_id and user.may_claim)


class Cycle(models.Model):
    """From the customer's first message after "nothing open" to the next resolve."""

    conversation = models.ForeignKey(
        Conversation,
        on_delete=models.PROTECT,
        related_name="cycles",
        db_index=False,  # inbox_cycle_number_unique begins with it
    )
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    first_response_at = models.DateTimeField(null=True, blank=True)
    first_responder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("cycle")
        verbose_name_plural = _("cycles")
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "number"], name="inbox_cycle_number_unique"
            ),
            models.UniqueConstraint(
                fields=["conversation"],
                condition=Q(resolved_at=None),
                name="inbox_one_open_cycle_per_conversation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.number}"
