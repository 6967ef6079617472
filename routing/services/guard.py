"""The fairness guard: nobody gets a whole backlog at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from routing.models import Assignment
from routing.scoring import Candidate
from routing.services.placing import GUARD_COUNT, GUARD_TIME


def held_back(candidates: Iterable[Candidate], at: datetime) -> dict[int, datetime]:
    """Whoever was given GUARD_COUNT conversations within GUARD_TIME, and until when that holds.

    What people gave by hand does not count.
    """
    recent = Assignment.objects.filter(
        assignee__in=[candidate.user_id for candidate in candidates],
        assigned_at__gt=at - GUARD_TIME,
        assigned_by=None,
    )
    moments: dict[int, list[datetime]] = defaultdict(list)
    for user_id, moment in recent.order_by("-assigned_at").values_list("assignee", "assigned_at"):
        moments[user_id].append(moment)
    return {
        user_id: newest_first[GUARD_COUNT - 1] + GUARD_TIME
        for user_id, newest_first in moments.items()
        if len(newest_first) >= GUARD_COUNT
    }
