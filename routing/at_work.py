"""How many people routing would look at who are at work: told beside those who wait for a place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from routing.models import Agent, AgentSkill


def count_at_work(
    pairs: Iterable[tuple[int | None, int | None]],
) -> dict[tuple[int | None, int | None], int]:
    """Of a department and the one that helps it out, or None: the rule of `candidates`, for many.

    Its own people, those with the skill, and those of the helper, each once.
    """
    of_home, of_skill = defaultdict(set), defaultdict(set)
    agents = Agent.objects.filter(is_routable=True, user__is_active=True, capacity__gt=0)
    for pk, home_id in agents.values_list("pk", "user__department"):
        of_home[home_id].add(pk)
    skills = AgentSkill.objects.filter(agent__in=agents)
    for pk, department_id in skills.values_list("agent", "department"):
        of_skill[department_id].add(pk)
    return {
        (pk, helper_id): len(
            of_home[pk] | of_skill[pk] | (of_home[helper_id] if helper_id else set())
        )
        for pk, helper_id in set(pairs)
    }
