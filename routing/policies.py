"""The policies of departments as this process keeps them, read anew when their version changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from routing.models import KeywordVersion, RoutingPolicy
from routing.scoring import Method, Weights


@dataclass(frozen=True, slots=True)
class Policy:
    """What RoutingPolicy says of one department, with its defaults; see there."""

    method: str = Method.BALANCED_SPEED
    version: int = 1
    weights: Weights = field(default_factory=Weights)
    sticky_turns: int | None = 2
    no_reply_minutes: int | None = None
    max_hops: int = 3
    is_guarded: bool = False
    overflow_id: int | None = None
    overflow_minutes: int = 5

    @property
    def is_claim(self) -> bool:
        """Nobody is assigned; people take."""
        return self.method == Method.CLAIM

    def parks_after(self, hops: int) -> bool:
        """Must a lead decide, so many people not having answered? Not where nobody loses it."""
        return self.no_reply_minutes is not None and hops >= self.max_hops

    def helper_for(self, since: datetime | None, at: datetime) -> int | None:
        """The department that helps out a customer waiting since then, once it is time for it."""
        if self.overflow_id is None or since is None:
            return None
        return self.overflow_id if at - since >= timedelta(minutes=self.overflow_minutes) else None


DEFAULT = Policy()


@dataclass(frozen=True, slots=True)
class Policies:
    """Those of all departments, as of one version."""

    version: int
    by_department: Mapping[int, Policy]

    def of(self, department_id: int | None) -> Policy:
        return self.by_department.get(department_id, DEFAULT)

    def helped_by(self, department_id: int) -> list[int]:
        """The departments that send what they cannot take to this one."""
        return [pk for pk, one in self.by_department.items() if one.overflow_id == department_id]


_current: Policies | None = None


def current_policies(version: int) -> Policies:
    """Return the policies of this version, loading them if this process has others.

    `version` comes from the row, read in the caller's own query, as with the dictionary.
    """
    global _current
    policies = _current
    if policies is None or policies.version != version:
        policies = _current = _load(version)
    return policies


def stored_policies() -> Policies:
    """The policies as they stand now; asks for the version first."""
    version = KeywordVersion.objects.values_list("rules_version", flat=True).get(pk=1)
    return current_policies(version)


def _load(version: int) -> Policies:
    rows = RoutingPolicy.objects.select_related("overflow_department")
    return Policies(version, {row.department_id: policy_from(row) for row in rows})


def policy_from(row: RoutingPolicy) -> Policy:
    """A department that is switched off helps nobody, until it is switched on again."""
    helper = row.overflow_department
    return Policy(
        method=row.method,
        version=row.version,
        weights=Weights(row.own_speed_percent / 100, row.answering_percent / 100),
        sticky_turns=row.sticky_turns,
        no_reply_minutes=row.no_reply_minutes,
        max_hops=row.max_hops,
        is_guarded=row.is_guarded,
        overflow_id=helper.pk if helper is not None and helper.is_active else None,
        overflow_minutes=row.overflow_minutes,
    )
