"""Writing the audit: in the transaction of the act it tells about."""

from django.db import models

from accounts.models import AuditEntry, User


def record(
    action: str,
    *,
    actor: User | None,
    target: models.Model | None = None,
    changes: dict | None = None,
    ip: str | None = None,
) -> AuditEntry:
    """Add one entry. `changes` is {field: [from, to]} or plain facts; JSON-safe, no secrets."""
    return AuditEntry.objects.create(
        action=action,
        actor=actor,
        actor_name=actor.display_name if actor else "",
        target_type=target._meta.model_name if target else "",
        target_id=str(getattr(target, "public_id", target.pk)) if target else "",
        target_label=str(target)[:200] if target else "",
        changes=changes or {},
        ip=ip,
    )
