"""The scores that break ties between people: reporting knows them and tells them here."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from routing.models import Agent


@transaction.atomic
def set_kpi_scores(scores: Mapping[int, float | None]) -> int:
    """Keep these scores, by user id; None is no score. Returns how many differed.

    Locks the agents whose score changes, in their order, as everything that takes several does.
    """
    agents = Agent.objects.filter(user__in=scores).values_list("pk", "user_id", "kpi_score")
    differing = {pk for pk, user_id, score in agents if score != scores[user_id]}
    if not differing:
        return 0
    locked = Agent.objects.select_for_update(no_key=True).filter(pk__in=differing).order_by("pk")
    changed = list(locked.only("pk", "user_id"))
    for agent in changed:
        agent.kpi_score = scores[agent.user_id]
    Agent.objects.bulk_update(changed, ["kpi_score"], batch_size=200)
    return len(changed)
