"""What people are measured by: changing it, with a trace. Scores follow at the next count."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import record
from reporting.kpi_words import kpi_label
from reporting.metrics import CATALOGUE, Better
from reporting.models import KpiDefinition, KpiTarget
from reporting.services.kpi_records import KpiInvalid

DEFINITION_FIELDS = ("code", "name", "weight", "direction", "is_active")
TARGET_FIELDS = ("definition", "department", "role", "value", "zero_value")
# What the audit calls these fields.
WORDS = {"definition": "kpi", "code": "kpi", "value": "target"}
MANUAL_CODE = re.compile(r"manual:[a-z0-9_]{1,30}")


@transaction.atomic
def save_kpi_definition(
    *, definition: KpiDefinition | None, changes: dict, actor: User, ip: str | None = None
) -> KpiDefinition:
    """Add or change a figure of the score; `changes` holds some of DEFINITION_FIELDS.

    Its code stays what it was. Raises KpiInvalid with the field at fault.
    """
    is_new = definition is None
    row = (
        KpiDefinition()
        if is_new
        else KpiDefinition.objects.select_for_update().get(pk=definition.pk)
    )
    before = _told(row, DEFINITION_FIELDS)
    for name in DEFINITION_FIELDS:
        if name in changes and (is_new or name != "code"):
            setattr(row, name, changes[name])
    _require_figure(row)
    if row.code in CATALOGUE:
        row.name, row.direction = "", CATALOGUE[row.code].better.value
    _require_valid(row)
    told = _differing(before, _told(row, DEFINITION_FIELDS), is_new)
    if told:
        row.save()
        action = "kpi_definition_created" if is_new else "kpi_definition_changed"
        record(action, actor=actor, target=row, changes=told, ip=ip)
    return row


def _require_figure(row: KpiDefinition) -> None:
    """One of the list of which is known what is good, or one entered by hand with a name."""
    metric = CATALOGUE.get(row.code)
    if metric is None and not MANUAL_CODE.fullmatch(row.code):
        text = _("Choose a code of the list of figures, or write manual: and a short name.")
        raise KpiInvalid(text, field="code")
    if metric is not None and metric.better == Better.NEITHER:
        text = _("Of this figure neither high nor low is good, so it can earn no points.")
        raise KpiInvalid(text, field="code")
    if metric is None and not row.name.strip():
        raise KpiInvalid(_("Give it a name people understand."), field="name")


@transaction.atomic
def save_kpi_target(
    *, target: KpiTarget | None, changes: dict, actor: User, ip: str | None = None
) -> KpiTarget:
    """Add or change what a figure should be; `changes` holds some of TARGET_FIELDS.

    Whom it is for stays what it was. Raises KpiInvalid with the field at fault.
    """
    is_new = target is None
    row = (
        KpiTarget()
        if is_new
        else KpiTarget.objects.select_for_update(of=["self"]).get(pk=target.pk)
    )
    before = _told(row, TARGET_FIELDS)
    fixed = () if is_new else ("definition", "department", "role")
    for name in TARGET_FIELDS:
        if name in changes and name not in fixed:
            setattr(row, name, changes[name])
    _require_target(row)
    told = _differing(before, _told(row, TARGET_FIELDS), is_new)
    if told:
        row.save()
        action = "kpi_target_created" if is_new else "kpi_target_changed"
        record(action, actor=actor, target=row.definition, changes=told, ip=ip)
    return row


@transaction.atomic
def delete_kpi_target(*, target: KpiTarget, actor: User, ip: str | None = None) -> None:
    """Take a target away; those it was for have the next wider one."""
    told = _told(target, TARGET_FIELDS)
    target.delete()
    changes = {name: value for name, value in told.items() if value not in (None, "")}
    record("kpi_target_deleted", actor=actor, target=target.definition, changes=changes, ip=ip)


def _require_target(row: KpiTarget) -> None:
    if row.department_id and row.role:
        text = _("A target is for a department or for a role, not for both.")
        raise KpiInvalid(text, field="role")
    is_right = (
        row.value > row.zero_value if row.definition.is_high_good else (row.value < row.zero_value)
    )
    if not is_right:
        text = _("No points must be worse than the target.")
        raise KpiInvalid(text, field="zero_value")
    same = KpiTarget.objects.filter(
        definition=row.definition, department=row.department, role=row.role
    )
    if same.exclude(pk=row.pk).exists():
        raise KpiInvalid(_("There is a target for these people already."), field="definition")


def _require_valid(row: KpiDefinition) -> None:
    """Hold every value against its field; the first that is wrong is named."""
    try:
        row.full_clean()
    except ValidationError as error:
        name, texts = next(iter(error.message_dict.items()))
        raise KpiInvalid(texts[0], field=name) from error


def _told(row: KpiDefinition | KpiTarget, names: tuple[str, ...]) -> dict:
    """Values as the audit keeps them, under its words: names of rows instead of the rows."""
    return {WORDS.get(name, name): _plain(row, name) for name in names}


def _plain(row: KpiDefinition | KpiTarget, name: str):
    if name == "definition":
        return kpi_label(row.definition) if row.definition_id else ""
    if name == "department":
        return row.department.name if row.department_id else ""
    return getattr(row, name)


def _differing(before: dict, after: dict, is_new: bool) -> dict:
    return {
        name: [None if is_new else before[name], value]
        for name, value in after.items()
        if is_new or before[name] != value
    }
