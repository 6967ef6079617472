"""News of other deadlines and hours, brought to the clocks of all conversations bit by bit."""

from __future__ import annotations

from hashlib import sha256

from django.db import transaction
from django.db.models import F

from accounts.workplace import workplace_zone
from inbox.models import Conversation
from routing.models import KeywordVersion
from workforce.models import Holiday

# Locked at a time: a reply waits no longer than these take.
CHUNK = 200


def rules_changed() -> None:
    """Have every process read the rules again, and every clock that runs worked out by them.

    Call inside the transaction that changes the rules. It touches no conversation: the worker
    goes through them from the first on (`tell_clocks`).
    """
    KeywordVersion.objects.filter(pk=1).update(rules_version=F("rules_version") + 1, clocks_told=0)


def hear_of_hours() -> bool:
    """Notice other holidays or another zone of the organisation; True if there was news.

    The worker looks every few seconds: who writes these need not know of clocks.
    """
    days = Holiday.objects.filter(is_confirmed=True).order_by("date")
    facts = (workplace_zone().key, [str(on) for on in days.values_list("date", flat=True)])
    mark = sha256(repr(facts).encode()).hexdigest()
    with transaction.atomic():
        is_news = KeywordVersion.objects.filter(pk=1).exclude(hours_mark=mark)
        if not is_news.update(hours_mark=mark):
            return False
        rules_changed()
    return True


def tell_clocks() -> int:
    """Mark the next conversations whose clocks have not heard of a change; returns how many.

    Where it got to is stored once they are marked: a worker that dies in between does them again,
    two do them twice. A change meanwhile begins from the first.
    """
    row = KeywordVersion.objects.filter(pk=1, clocks_told__isnull=False)
    news = row.values_list("rules_version", "clocks_told").first()
    if news is None:
        return 0
    version, told = news
    count, last = _mark(told)
    row.filter(rules_version=version, clocks_told=told).update(clocks_told=last)
    return count


@transaction.atomic
def _mark(told: int) -> tuple[int, int | None]:
    """Mark those behind `told`, in the order of ids; the last of them, None when all are done."""
    after = Conversation.objects.unresolved().filter(pk__gt=told).order_by("pk")
    locked = after.select_for_update(no_key=True).values_list("pk", flat=True)
    ids = list(locked[:CHUNK])
    Conversation.objects.filter(pk__in=ids).update(is_clock_stale=True)
    return len(ids), ids[-1] if len(ids) == CHUNK else None
