"""Addresses of people in the API, and what must not have changed after a refusal."""

from accounts.models import AuditEntry, User

ADDRESS = "/users"
NEW = {"username": "mai", "password": "a horse of her own", "display_name": "Mai Lan"}
FIELDS = ["role", "department_id", "is_active", "display_name", "email", "presence", "language"]
FIELDS += ["password", "credentials_epoch", "approved_at", "deactivated_at", "username"]


def one(person: User) -> str:
    return f"{ADDRESS}/{person.public_id}"


def status_of(person: User) -> str:
    return f"{ADDRESS}/{person.public_id}/status"


def snapshot() -> list:
    """All that a refused call must leave as it was."""
    return list(User.objects.order_by("pk").values_list("pk", *FIELDS))


def only_entry() -> AuditEntry:
    """The one line of the audit; fails when there is none or more."""
    return AuditEntry.objects.get()
