"""Whom to ask first: pure, over what is known of each candidate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person of the department, as they stood when the choice was made."""

    user_id: int
    name: str
    reason: str  # of workforce.availability.Reason, with at_capacity
    is_routable: bool
    open_count: int
    capacity: int
    last_assigned_at: datetime | None

    @property
    def has_room(self) -> bool:
        return self.is_routable and self.open_count < self.capacity

    def as_json(self) -> dict:
        return {
            "name": self.name,
            "reason": self.reason,
            "open": self.open_count,
            "capacity": self.capacity,
        }


def rank_least_open(
    candidates: Iterable[Candidate], *, former_id: int | None = None
) -> list[Candidate]:
    """Those with room, best first: fewest open, then longest without new work, then id.

    `former_id` is who answered this customer before: first if there is room.
    """
    return sorted(
        (candidate for candidate in candidates if candidate.has_room),
        key=lambda c: (
            c.user_id != former_id,
            c.open_count,
            c.last_assigned_at or LONG_AGO,
            c.user_id,
        ),
    )
