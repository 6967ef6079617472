"""How each department gives its conversations out, in words for its leads."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Department, User
from routing.models import RoutingPolicy

METHOD_SENTENCES: dict[str, Promise] = {
    "balanced_speed": gettext_lazy("whoever should answer soonest"),
    "least_open": gettext_lazy("whoever has the fewest open conversations"),
    "round_robin": gettext_lazy("one after the other"),
    "kpi_first": gettext_lazy("the highest KPI score with room first"),
    "claim": gettext_lazy("nobody is assigned; people take from the queue"),
}


@dataclass(frozen=True, slots=True)
class PolicyWords:
    """One department: the method and what goes with it, each a short sentence."""

    department: Department
    policy: RoutingPolicy  # without a pk: the defaults
    method: str
    how: str
    weights: str
    returning: str
    no_reply: str
    backlog: str
    helper: str


def policies_in_words(user: User) -> list[PolicyWords]:
    """The policies of the departments this person leads, by department."""
    departments = list(Department.objects.managed_by(user).active().order_by("name", "pk"))
    stored = RoutingPolicy.objects.visible_to(user).select_related("overflow_department")
    by_department = {policy.department_id: policy for policy in stored}
    return [
        _in_words(one, by_department.get(one.pk) or RoutingPolicy(department=one))
        for one in departments
    ]


def _in_words(department: Department, policy: RoutingPolicy) -> PolicyWords:
    is_assigned = policy.method != RoutingPolicy.Method.CLAIM
    return PolicyWords(
        department=department,
        policy=policy,
        method=str(policy.get_method_display()),
        how=str(METHOD_SENTENCES[policy.method]),
        weights=_weights(policy),
        returning=_returning(policy) if is_assigned else "",
        no_reply=_no_reply(policy),
        backlog=_("at most 5 conversations for one person in 10 seconds")
        if policy.is_guarded and is_assigned
        else "",
        helper=_helper(policy),
    )


def _weights(policy: RoutingPolicy) -> str:
    if policy.method != RoutingPolicy.Method.BALANCED_SPEED:
        return ""
    text = _(
        "own speed %(own)s %%, department’s %(team)s %%; an answer being written counts "
        "%(answering)s %% of a turn"
    )
    return text % {
        "own": policy.own_speed_percent,
        "team": 100 - policy.own_speed_percent,
        "answering": policy.answering_percent,
    }


def _returning(policy: RoutingPolicy) -> str:
    if policy.sticky_turns is None:
        return _("like new ones")
    text = ngettext(
        "to the same person while at most %(count)d turn waits for them",
        "to the same person while at most %(count)d turns wait for them",
        policy.sticky_turns,
    )
    return text % {"count": policy.sticky_turns}


def _no_reply(policy: RoutingPolicy) -> str:
    if policy.no_reply_minutes is None:
        return _("nobody loses a conversation")
    after = ngettext(
        "to the next person after %(minutes)d minute",
        "to the next person after %(minutes)d minutes",
        policy.no_reply_minutes,
    ) % {"minutes": policy.no_reply_minutes}
    people = ngettext(
        "a lead decides after %(count)d person",
        "a lead decides after %(count)d people",
        policy.max_hops,
    ) % {"count": policy.max_hops}
    return f"{after}; {people}"


def _helper(policy: RoutingPolicy) -> str:
    if policy.overflow_department is None:
        return ""
    text = ngettext(
        "%(department)s, after a wait of %(minutes)d minute",
        "%(department)s, after a wait of %(minutes)d minutes",
        policy.overflow_minutes,
    )
    return text % {"department": policy.overflow_department, "minutes": policy.overflow_minutes}
