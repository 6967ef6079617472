"""Who works here: the organisation, its departments, its people, and what they are told."""

from accounts.models.audit_entry import AuditEntry
from accounts.models.live_event import LiveEvent
from accounts.models.notification import Notification
from accounts.models.organisation import Department, Organisation
from accounts.models.user import User, UserManager

__all__ = [
    "AuditEntry",
    "Department",
    "LiveEvent",
    "Notification",
    "Organisation",
    "User",
    "UserManager",
]
