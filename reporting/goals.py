"""What the figures of a dashboard are held against: the promise to customers and the KPI target."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Q

from accounts.models import User
from inbox.models import Priority
from reporting.models import KpiTarget
from routing.models import SlaPolicy


class Goals(NamedTuple):
    """None where nothing was promised or set."""

    response_minutes: int | None
    on_time_percent: float | None


def goals_of(viewer: User) -> Goals:
    """Those of the viewer's department; an administrator's are everybody's."""
    return Goals(_response_minutes(viewer), _on_time_percent(viewer))


def _reach(viewer: User) -> Q:
    everybodys = Q(department=None)
    return everybodys if viewer.is_admin else everybodys | Q(department=viewer.department_id)


def _response_minutes(viewer: User) -> int | None:
    """The closest rule for an ordinary conversation."""
    ordinary = Q(priority=None) | Q(priority=Priority.NORMAL)
    closest = max(
        SlaPolicy.objects.filter(_reach(viewer), ordinary),
        key=lambda rule: (rule.department_id is not None, rule.priority or 0),
        default=None,
    )
    return closest.first_response_minutes if closest else None


def _on_time_percent(viewer: User) -> float | None:
    """The closest target of those who answer: of the department, of staff, of everybody."""
    targets = KpiTarget.objects.filter(
        _reach(viewer),
        definition__code="sla",
        definition__is_active=True,
        role__in=("", User.Role.STAFF),
    )
    closest = max(
        targets, key=lambda one: (one.department_id is not None, one.role != ""), default=None
    )
    return closest.value if closest else None
