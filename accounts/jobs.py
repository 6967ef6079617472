"""Periodic work on accounts."""

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from accounts.models import LiveEvent

# Long enough for any page that was away: it asks for all its parts when it comes back.
LIVE_EVENTS_KEPT = timedelta(minutes=10)


def flush_expired() -> None:
    """Forget tokens and sessions that have run out."""
    call_command("flushexpiredtokens")
    call_command("clearsessions")


def forget_live_events() -> int:
    """Forget what open pages have long been told; returns how many."""
    old = LiveEvent.objects.filter(created_at__lt=timezone.now() - LIVE_EVENTS_KEPT)
    return old.delete()[0]
