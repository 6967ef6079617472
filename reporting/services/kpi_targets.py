"""What people are measured by now, and the target that counts for one of them."""

from __future__ import annotations

from typing import NamedTuple

from accounts.models import User
from reporting.metrics import CATALOGUE
from reporting.models import KpiDefinition, KpiTarget


class Rules(NamedTuple):
    """Active figures, and targets by figure, department and role."""

    definitions: list[KpiDefinition]
    targets: dict[tuple[int, int | None, str], KpiTarget]


def rules_of() -> Rules:
    active = KpiDefinition.objects.filter(is_active=True).order_by("pk")
    # What has left the list of figures since is no figure any more.
    definitions = [one for one in active if one.is_manual or one.code in CATALOGUE]
    targets = KpiTarget.objects.filter(definition__in=definitions)
    by_reach = {(one.definition_id, one.department_id, one.role): one for one in targets}
    return Rules(definitions, by_reach)


def target_of(rules: Rules, definition: KpiDefinition, person: User) -> KpiTarget | None:
    """The closest: of the department, of the role, of everybody."""
    reaches = ((person.department_id, ""), (None, person.role), (None, ""))
    found = (rules.targets.get((definition.pk, *reach)) for reach in reaches)
    return next((one for one in found if one is not None), None)
