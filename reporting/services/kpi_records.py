"""Figures an administrator enters, and doubts of those a person is told."""

from __future__ import annotations

import math
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import record
from omnichat.lib.errors import DomainError
from reporting.figures import NO_FIGURE
from reporting.kpi_words import kpi_figure, kpi_label
from reporting.models import KpiDefinition, KpiRecord, KpiScore
from reporting.services.kpi import measured_people, recalculate_kpis, this_month
from workforce.models import Request
from workforce.services import submit_request

LARGEST = 1e12


class KpiInvalid(DomainError):
    code = "kpi_invalid"
    status = 400


class NothingToDispute(DomainError):
    code = "nothing_to_dispute"
    status = 404


def record_kpi(
    *,
    user: User,
    definition: KpiDefinition,
    period: date,
    value: float,
    actor: User,
    note: str = "",
    ip: str | None = None,
    at: datetime | None = None,
) -> KpiRecord:
    """Enter a figure of a person for a month, or correct the one that is there; administrators.

    The score of the person follows at once. Raises KpiInvalid with the field at fault.
    """
    at = at or timezone.now()
    _require_recordable(user, definition, period, value, at)
    row = _record(user, definition, period, value, note, actor, ip, at)
    recalculate_kpis(period, users=[user.pk], at=at)
    return row


def _require_recordable(
    user: User, definition: KpiDefinition, period: date, value: float, at: datetime
) -> None:
    if not measured_people().filter(pk=user.pk).exists():
        raise KpiInvalid(_("This person takes no conversations and has no KPI."), field="user_id")
    if not definition.is_manual or not definition.is_active:
        raise KpiInvalid(_("This figure is not entered by hand."), field="metric")
    if period > this_month(at):
        raise KpiInvalid(_("This month has not begun yet."), field="period")
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise KpiInvalid(_("Write a number."), field="value")


@transaction.atomic
def _record(
    user: User,
    definition: KpiDefinition,
    period: date,
    value: float,
    note: str,
    actor: User,
    ip: str | None,
    at: datetime,
) -> KpiRecord:
    """One entry of a person, figure and month; locks the figure, so that the audit is in order."""
    KpiDefinition.objects.select_for_update().get(pk=definition.pk)
    kept = KpiRecord.objects.filter(user=user, definition=definition, period=period).first()
    before = None if kept is None else kept.value
    given = {"value": value, "note": note, "recorded_by": actor, "recorded_at": at}
    row, _created = KpiRecord.objects.update_or_create(
        user=user, definition=definition, period=period, defaults=given
    )
    told = {"kpi": kpi_label(definition), "month": f"{period:%Y-%m}", "figure": [before, value]}
    record("kpi_recorded", actor=actor, target=user, changes=told | {"remark": note}, ip=ip)
    return row


def dispute_kpi(
    *,
    user: User,
    definition: KpiDefinition | None,
    period: date,
    note: str = "",
    ip: str | None = None,
) -> Request:
    """Ask whoever leads the person to look at a figure of theirs; None is the score as a whole.

    It becomes a request with figure, month and value in it. Raises NothingToDispute where there
    is no such figure, and what sending a request refuses.
    """
    row = KpiScore.objects.filter(user=user, definition=definition, period=period).first()
    if row is None:
        raise NothingToDispute(_("There is no such figure of yours."))
    name = kpi_label(definition) if definition else _("KPI score")
    value = kpi_figure(definition, row.value)
    points = NO_FIGURE if row.points is None else f"{row.points:.1f} / {row.weight:.1f}"
    text = _("Please check my KPI of %(month)s: “%(figure)s” says %(value)s, points %(points)s.")
    told = {"month": f"{period:%m/%Y}", "figure": name, "value": value, "points": points}
    description = text % told
    if note.strip():
        description = f"{description}\n{note.strip()}"
    return submit_request(user=user, kind=Request.Kind.OTHER, description=description, ip=ip)
