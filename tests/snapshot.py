"""What must be as it was after a refusal."""

from accounts.models import AuditEntry, Department, User
from inbox.models import Conversation, Message, OutboundPart, WebhookEvent
from routing.models import Agent, Assignment, Keyword, KeywordVersion
from workforce.models import Shift, ShiftAssignment, TimeEntry

WATCHED = (
    User,
    Department,
    Conversation,
    Message,
    OutboundPart,
    WebhookEvent,
    Keyword,
    KeywordVersion,
    Agent,
    Assignment,
    Shift,
    ShiftAssignment,
    TimeEntry,
    AuditEntry,
)


def snapshot() -> dict[str, list]:
    """All rows that a door may change, to compare."""
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in WATCHED}
