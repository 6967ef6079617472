"""Who leads a department: whom it is told that something needs a decision."""

from __future__ import annotations

from accounts.models import User


def leads_of(department_id: int | None) -> list[int]:
    """Its active managers; the administrators where it has none, and of what has no department."""
    active = User.objects.filter(is_active=True)
    managers = active.filter(role=User.Role.MANAGER, department=department_id)
    admins = active.filter(role=User.Role.ADMIN)
    found = list(managers.values_list("pk", flat=True)) if department_id else []
    return found or list(admins.values_list("pk", flat=True))


def leads_who_hear(department_id: int | None) -> list[int]:
    """Those of them whose bell tells of waiting; the administrators where it tells nobody.

    For what only a person can decide: it must not wait for somebody who is told nothing.
    """
    hear = User.objects.filter(is_active=True, notify_waiting=True)
    leads = hear.filter(pk__in=leads_of(department_id)).values_list("pk", flat=True)
    admins = hear.filter(role=User.Role.ADMIN).values_list("pk", flat=True)
    return list(leads) or list(admins)
