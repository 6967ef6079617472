"""Room for conversations that take more than others.

Lighter ones would take each place as soon as it becomes free, and one that needs two at once would
wait for ever. So once it has waited for KEPT_AFTER, the colleague who is nearest to room for it
gets nothing lighter from its department that would be served after it. What it still waits for is
that this one person is done with as much as it takes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from inbox.models import Conversation
from routing.scoring import OWN_DEPARTMENT, PLACE, Candidate

KEPT_AFTER = timedelta(minutes=5)


def kept_for_heavier(
    conversation: Conversation,
    *,
    department_id: int,
    candidates: Iterable[Candidate],
    need_percent: int,
    at: datetime,
) -> int | None:
    """Whose room is kept for another that takes more, is served first and has waited long enough.

    None where nothing like that waits, or nobody of the department could ever have room for it.
    """
    heavier = Q(
        department=department_id,
        waiting_reason=Conversation.WaitingReason.ALL_FULL,
        waiting_since__lte=at - KEPT_AFTER,
        channel__load_percent__gt=need_percent,
    )
    rows = Conversation.objects.waiting().filter(heavier | Q(pk=conversation.pk))
    rows = rows.in_serving_order().values_list("pk", "channel__load_percent")
    pk, load_percent = rows.first() or (conversation.pk, need_percent)
    if pk == conversation.pk:
        return None
    able = [
        one
        for one in candidates
        if one.is_routable and one.factor == OWN_DEPARTMENT and one.capacity * PLACE >= load_percent
    ]
    nearest = max(able, key=lambda one: (one.free_percent, -one.user_id), default=None)
    return nearest and nearest.user_id
