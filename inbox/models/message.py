"""Messages: what the customer wrote, what we answered, what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.models.conversation import Conversation

if TYPE_CHECKING:
    from accounts.models import User


# From worst to best: a reply of several parts is as far as its slowest.
DELIVERY_ORDER = ["failed", "unknown", "queued", "sending", "sent", "delivered", "read"]


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> MessageQuerySet:
        """Messages of the conversations this user may read."""
        if user.is_admin:
            return self
        return self.filter(conversation__in=Conversation.objects.visible_to(user))

    def inbound(self) -> MessageQuerySet:
        return self.filter(direction=Message.Direction.INBOUND)

    def by_people(self) -> MessageQuerySet:
        """What we answered, without what the program said by itself."""
        return self.filter(direction=Message.Direction.OUTBOUND, auto_reply=None)

    def unrouted(self) -> MessageQuerySet:
        """Customers' messages whose keywords nobody has looked for, the oldest first."""
        # keywords=None would ask for a JSON null.
        return self.inbound().filter(keywords__isnull=True).order_by("pk")

    def with_status(self, status: str) -> MessageQuerySet:
        """Messages in one of the API's states (see Message.status)."""
        if status == Message.Status.COMPLETED:
            return self.exclude(completed_at=None)
        is_nobodys = status == Message.Status.PENDING
        return self.filter(completed_at=None, conversation__assignee__isnull=is_nobodys)

    def in_order(self) -> MessageQuerySet:
        """As the conversation went: the platform's time, then our id."""
        return self.order_by("sent_at", "pk")

    def before(self, message: Message) -> MessageQuerySet:
        """The lines that stand above `message`."""
        earlier = Q(sent_at=message.sent_at, pk__lt=message.pk)
        return self.filter(Q(sent_at__lt=message.sent_at) | earlier)

    def for_list(self) -> MessageQuerySet:
        """All that one row of the API shows, in one query."""
        return self.select_related(
            "conversation__identity", "conversation__assignee", "conversation__department"
        )


class Message(models.Model):
    """One thing said or one thing that happened in a conversation."""

    class Direction(models.TextChoices):
        INBOUND = "inbound", _("from the customer")
        OUTBOUND = "outbound", _("from us")
        NOTE = "note", _("private note")
        EVENT = "event", _("event")

    class Status(models.TextChoices):
        """What the API calls the state of a customer's message."""

        PENDING = "pending", _("nobody's")
        ASSIGNED = "assigned", _("assigned")
        COMPLETED = "completed", _("completed")

    conversation = models.ForeignKey(
        Conversation,
        on_delete=models.PROTECT,
        related_name="messages",
        db_index=False,  # inbox_message_conversation begins with it
    )
    cycle = models.ForeignKey("inbox.Cycle", on_delete=models.PROTECT, related_name="messages")
    # Same as the conversation's; here because a message's external id is unique per channel.
    channel = models.ForeignKey(
        "inbox.Channel",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # inbox_message_external_id_unique begins with it
    )
    direction = models.CharField(max_length=10, choices=Direction.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField(blank=True)
    external_id = models.CharField(max_length=255, null=True, blank=True)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True, blank=True)
    # Of a reply or note: the id the form was given, so that sending it twice stores one.
    submission = models.UUIDField(null=True, blank=True, editable=False)
    # Matches of the routing step with offsets into `text`; NULL until it has looked.
    keywords = models.JSONField(null=True, blank=True)
    # Of an event: {code, params}. Of a customer's message: metadata, attachments. Of one the
    # program sent by itself: {auto: the occasion, of AutoReply.Trigger}.
    data = models.JSONField(default=dict, blank=True)
    webhook_event = models.ForeignKey(
        "inbox.WebhookEvent",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,  # events may be pruned, messages stay
        related_name="messages",
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "external_id"], name="inbox_message_external_id_unique"
            ),
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(submission__isnull=False),
                name="inbox_message_submission_unique",
            ),
        ]
        indexes = [
            models.Index(
                fields=["conversation", "sent_at", "id"], name="inbox_message_conversation"
            ),
            models.Index(
                fields=["conversation", "sent_at", "id"],
                condition=Q(direction="inbound", completed_at=None),
                name="inbox_message_open",
            ),
            models.Index(
                fields=["-id"], condition=Q(direction="inbound"), name="inbox_message_inbound"
            ),
            models.Index(
                fields=["-id"],
                condition=Q(direction="inbound", completed_at=None),
                name="inbox_message_undone",
            ),
            models.Index(
                fields=["received_at"],
                condition=Q(direction="inbound"),
                name="inbox_message_received",
            ),
            models.Index(
                fields=["id"],
                condition=Q(direction="inbound", keywords__isnull=True),
                name="inbox_message_unrouted",
            ),
            models.Index(
                fields=["conversation", "-id"],
                condition=Q(direction="outbound"),
                name="inbox_message_replies",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def status(self) -> str:
        """`pending` (nobody's), `assigned` or `completed`."""
        if self.completed_at is not None:
            return self.Status.COMPLETED
        assigned = self.conversation.assignee_id is not None
        return self.Status.ASSIGNED if assigned else self.Status.PENDING

    @property
    def delivery(self) -> str:
        """The state of the least advanced part of a reply: what is true of the whole."""
        states = [part.state for part in self.parts.all()]
        return min(states, key=DELIVERY_ORDER.index, default="")

    @property
    def is_tried_again(self) -> bool:
        """A part waits for its next try: the channel did not take it so far."""
        return any(part.state == "queued" and part.attempts for part in self.parts.all())

    @property
    def keyword_words(self) -> list[str]:
        """The matched keywords as the manager wrote them, each once."""
        return list(dict.fromkeys(match["word"] for match in self.keywords or []))
