"""How a department gives its conversations out: changing it, and telling every process."""

from __future__ import annotations

from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.services import record, require_managed, update_department
from omnichat.lib.errors import DomainError
from routing.models import KeywordVersion, RoutingPolicy
from routing.services.draining import drain_department
from routing.services.keywords import lock_dictionary

POLICY_FIELDS = (
    "method",
    "own_speed_percent",
    "answering_percent",
    "sticky_turns",
    "no_reply_minutes",
    "max_hops",
    "is_guarded",
    "tells_wait",
    "overflow_department",
    "overflow_minutes",
)
# What may let somebody have what nobody could be given before.
FREES_WORK = {
    "method",
    "max_hops",
    "no_reply_minutes",
    "is_guarded",
    "overflow_department",
    "overflow_minutes",
}


class PolicyInvalid(DomainError):
    code = "policy_invalid"
    status = 400


class OverflowToItself(DomainError):
    code = "overflow_to_itself"


class OverflowCircular(DomainError):
    code = "overflow_circular"


class OverflowClosed(DomainError):
    code = "overflow_closed"


class OverflowIncomplete(DomainError):
    code = "overflow_incomplete"
    status = 400


@transaction.atomic
def save_policy(
    *, department: Department, changes: dict, actor: User, ip: str | None = None
) -> RoutingPolicy:
    """Change how a department's conversations find their person; administrators only.

    `changes` holds some of POLICY_FIELDS. The method `claim` also lets the department's staff
    take; leaving it does not end that. After the commit what waits is given out, if the change
    may have freed it. Who helps out and after how many minutes are given together; without a
    department that helps, no minutes (None) keep what was there.

    Locks the rules (one change after the other: two together could close a circle of overflow).
    Raises NotYourDepartment, PolicyInvalid, OverflowIncomplete, OverflowToItself,
    OverflowCircular, OverflowClosed.
    """
    lock_dictionary()
    text = _("Only an administrator can change how conversations are given out.")
    require_managed([department.pk, None], actor, text)
    policy = policy_of(department)
    before = _facts(policy)
    asked = {name: changes[name] for name in POLICY_FIELDS if name in changes}
    has_minutes = asked.get("overflow_minutes") is not None
    if not has_minutes:
        asked["overflow_minutes"] = policy.overflow_minutes
    for name, value in asked.items():
        setattr(policy, name, value)
    _require_valid(policy)
    if "overflow_minutes" in changes:
        _require_both(policy, has_minutes)
    after = _facts(policy)
    told = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if not told:
        return policy
    if "overflow_department" in told:
        _require_overflow(policy)
    _write(policy, told)
    record("routing_policy_changed", actor=actor, target=department, changes=told, ip=ip)
    if told.get("method", [None, None])[1] == RoutingPolicy.Method.CLAIM:
        claiming = {"staff_can_claim": True}
        update_department(department=department, actor=actor, changes=claiming, ip=ip)
    bump_rules_version()
    if FREES_WORK & set(told):
        transaction.on_commit(partial(drain_department, department.pk))
    return policy


def policy_of(department: Department) -> RoutingPolicy:
    """The row of a department, or one with the defaults that is not stored yet."""
    stored = RoutingPolicy.objects.select_related("overflow_department")
    return stored.filter(department=department).first() or RoutingPolicy(department=department)


def bump_rules_version() -> None:
    """Make every process read policies, deadlines and opening hours again at its next message."""
    KeywordVersion.objects.filter(pk=1).update(rules_version=F("rules_version") + 1)


def _write(policy: RoutingPolicy, told: dict) -> None:
    """Store the row; a department without one had version 1, the defaults."""
    policy.version += 1
    if policy.pk is None:
        policy.save(force_insert=True)
    else:
        policy.save(update_fields=[*told, "version"])


def _require_valid(policy: RoutingPolicy) -> None:
    """Hold every value against its field; the first that is wrong is named."""
    try:
        policy.clean_fields(exclude=["department", "overflow_department"])
    except ValidationError as error:
        name = next(name for name in POLICY_FIELDS if name in error.message_dict)
        raise PolicyInvalid(error.message_dict[name][0], field=name) from error


def _require_both(policy: RoutingPolicy, has_minutes: bool) -> None:
    """Refuse half of an overflow: minutes nobody helps after, or help without its minutes."""
    helper = policy.overflow_department
    if has_minutes and helper is None:
        text = _("Choose who helps out after these minutes, or leave the minutes empty.")
        raise OverflowIncomplete(text, field="overflow_department")
    if helper is not None and not has_minutes:
        text = _("Enter after how many minutes of waiting %(department)s helps out.")
        raise OverflowIncomplete(text % {"department": helper}, field="overflow_minutes")


def _require_overflow(policy: RoutingPolicy) -> None:
    """Refuse help from itself, from a closed department, and from one it itself helps."""
    helper = policy.overflow_department
    if helper is None:
        return
    field = "overflow_department"
    if helper.pk == policy.department_id:
        text = _("A department cannot help itself out. Choose another one.")
        raise OverflowToItself(text, field=field)
    if not Department.objects.active().filter(pk=helper.pk).exists():
        text = _("%(department)s is switched off. Choose a department that works.")
        raise OverflowClosed(text % {"department": helper.name}, field=field)
    helped_by = dict(
        RoutingPolicy.objects.exclude(overflow_department=None).values_list(
            "department_id", "overflow_department_id"
        )
    )
    helped_by.pop(policy.department_id, None)
    seen, at = [helper.pk], helped_by.get(helper.pk)
    while at is not None and at not in seen:
        seen.append(at)
        at = helped_by.get(at)
    if policy.department_id in seen:
        names = dict(Department.objects.filter(pk__in=seen).values_list("pk", "name"))
        chain = " → ".join(names[pk] for pk in [policy.department_id, *seen][: len(seen) + 1])
        text = _("That would go round in a circle: %(chain)s. Choose another department.")
        raise OverflowCircular(text % {"chain": chain}, field=field)


def _facts(policy: RoutingPolicy) -> dict:
    facts = {name: getattr(policy, name) for name in POLICY_FIELDS}
    helper = policy.overflow_department
    return facts | {"overflow_department": helper.name if helper else None}
