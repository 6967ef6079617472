"""A lead takes everything open from a person."""

from __future__ import annotations

from accounts.models import User
from accounts.services import record, require_may_set_presence, set_presence
from routing.models import Agent, Assignment
from routing.services.refresh import refresh_agents
from routing.services.release import release_conversations


def give_back_all(*, user: User, actor: User, ip: str | None = None) -> int:
    """Put all open conversations of a person back into the queue; return how many.

    Whoever takes work is set to busy first, or the queue would hand them the same ones again.
    Raises NotStaff, PersonNotActive.
    """
    require_may_set_presence(actor=actor, user=user)
    if Agent.objects.filter(user=user, is_routable=True).exists():
        set_presence(user=user, presence=User.Presence.BUSY, actor=actor, ip=ip)
        refresh_agents(user_ids=[user.pk])
    count = release_conversations(user_id=user.pk, why=Assignment.EndReason.GIVEN_BACK, by=actor)
    if count:
        changes = {"conversations": count}
        record("conversations_given_back", actor=actor, target=user, changes=changes, ip=ip)
    return count
