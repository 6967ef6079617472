"""Changing what is promised."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import record
from inbox.models import Priority
from omnichat.lib.errors import DomainError
from routing.models import SlaPolicy
from routing.services.keywords import lock_dictionary
from routing.services.sla_news import rules_changed

SLA_FIELDS = (
    "department",
    "priority",
    "first_response_minutes",
    "first_response_in_hours",
    "next_response_minutes",
    "next_response_in_hours",
    "resolution_minutes",
    "resolution_in_hours",
    "breach_action",
)
MINUTES = ("first_response_minutes", "next_response_minutes", "resolution_minutes")
# 90 days: with business hours a promise beyond the search of routing.sla_time has no deadline.
MOST_MINUTES = 90 * 24 * 60


class SlaPolicyRefused(DomainError):
    code = "sla_policy_refused"
    status = 400


@transaction.atomic
def save_sla_policy(
    *,
    policy: SlaPolicy | None = None,
    changes: dict,
    actor: User | None,
    ip: str | None = None,
) -> SlaPolicy:
    """Make or change a promise; `changes` holds some of SLA_FIELDS.

    Every running deadline is worked out anew. What was over before is not judged by it, and a
    deadline that it would have put before this moment counts from now on. Raises
    SlaPolicyRefused: a second one for the same department and priority, minutes out of range,
    nothing promised.
    """
    lock_dictionary()  # one change of the rules after the other
    verb = "sla_policy_changed" if policy else "sla_policy_created"
    before = _facts(policy) if policy else {}
    policy = SlaPolicy.objects.get(pk=policy.pk) if policy else SlaPolicy()
    for name in SLA_FIELDS:
        if name in changes:
            setattr(policy, name, changes[name])
    _require_valid(policy)
    after = _facts(policy)
    told = {n: [before.get(n), after[n]] for n in after if before.get(n) != after[n]}
    if set(told) - {"breach_action"}:
        policy.effective_from = timezone.now()
    if policy.pk is None:
        policy.save(force_insert=True)
    else:
        policy.save(update_fields=[*SLA_FIELDS, "effective_from"])
    if told:
        record(verb, actor=actor, target=policy, changes=told, ip=ip)
        rules_changed()
    return policy


@transaction.atomic
def delete_sla_policy(*, policy: SlaPolicy, actor: User | None, ip: str | None = None) -> None:
    """Promise it no more; what runs by it runs by the next closest, or ends."""
    record("sla_policy_deleted", actor=actor, target=policy, ip=ip)
    policy.delete()
    rules_changed()


def _require_valid(policy: SlaPolicy) -> None:
    if policy.priority is not None and policy.priority not in Priority.values:
        raise SlaPolicyRefused(_("There is no such priority."), field="priority")
    same = SlaPolicy.objects.filter(department=policy.department, priority=policy.priority)
    if same.exclude(pk=policy.pk).exists():
        text = _("This department and priority have a policy already.")
        raise SlaPolicyRefused(text, field="department")
    for name in MINUTES:
        minutes = getattr(policy, name)
        if minutes is not None and not 1 <= minutes <= MOST_MINUTES:
            text = _("Enter from 1 to %(most)d minutes.") % {"most": MOST_MINUTES}
            raise SlaPolicyRefused(text, field=name)
    if all(getattr(policy, name) is None for name in MINUTES):
        raise SlaPolicyRefused(_("Promise at least one time."), field=MINUTES[0])


def _facts(policy: SlaPolicy) -> dict:
    priority = policy.priority and Priority(policy.priority).name.lower()
    facts = {name: getattr(policy, name) for name in SLA_FIELDS if name != "breach_action"}
    facts |= {"department": str(policy.department or "*"), "priority": priority or "*"}
    return facts | {"breach_action": str(policy.breach_action)}
