"""The demo company's texts in one place; the command that fills the database reads only this."""

from omnichat.demo import (
    common,
    customer_service,
    customer_service_resolved,
    sales,
    sales_resolved,
)
from omnichat.demo.common import (
    CALL,
    COMPANY,
    CONTACT_NOTES,
    KEYWORDS,
    SIGN_IN_HELP,
    DemoConversation,
    Turn,
)

__all__ = [
    "CALL",
    "COMPANY",
    "CONTACT_NOTES",
    "CONVERSATIONS",
    "KEYWORDS",
    "SIGN_IN_HELP",
    "DemoConversation",
    "Turn",
]

CONVERSATIONS: tuple[DemoConversation, ...] = (
    sales.CONVERSATIONS
    + customer_service.CONVERSATIONS
    + common.CONVERSATIONS
    + sales_resolved.CONVERSATIONS
    + customer_service_resolved.CONVERSATIONS
)
