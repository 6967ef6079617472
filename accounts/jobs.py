"""Periodic work on accounts."""

from django.core.management import call_command


def flush_expired() -> None:
    """Forget tokens and sessions that have run out."""
    call_command("flushexpiredtokens")
    call_command("clearsessions")
