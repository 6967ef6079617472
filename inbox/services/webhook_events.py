"""Trying failed webhook events again."""

import json
import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.channels.registry import adapter_for
from inbox.models import WebhookEvent
from inbox.services.intake import RETRY_STEPS, apply_stored
from omnichat.lib.errors import DomainError
from omnichat.lib.jobs import backoff, claim, finish

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = len(RETRY_STEPS)


class EventNotFailed(DomainError):
    code = "event_not_failed"


class _TakenOver(Exception):
    """The claim is another's by now: what was applied here must not stay."""


def retry_due_events(*, limit: int = 50) -> int:
    """Try the failed events whose time has come; return how many were applied."""
    applied = 0
    for _round in range(limit):
        failed = WebhookEvent.objects.filter(state=WebhookEvent.State.FAILED)
        event = claim(failed.order_by("run_after", "pk"), lease=LEASE)
        if event is None:
            break
        applied += _try(event)
    return applied


def retry_event(event: WebhookEvent) -> None:
    """Ask the worker to try a failed or dead event now, with all its tries before it.

    Raises EventNotFailed when it has been applied.
    """
    asked = WebhookEvent.objects.filter(pk=event.pk).exclude(state=WebhookEvent.State.APPLIED)
    changed = asked.update(
        state=WebhookEvent.State.FAILED, attempts=0, run_after=timezone.now(), lease_until=None
    )
    if not changed:
        raise EventNotFailed(_("This event has been applied. There is nothing to try again."))


def _try(event: WebhookEvent) -> bool:
    try:
        with transaction.atomic():
            for parsed in adapter_for(event.channel.kind).parse(json.loads(event.body), {}):
                apply_stored(stored=event, event=parsed)
            if not finish(event, state=WebhookEvent.State.APPLIED, last_error=""):
                raise _TakenOver
    except _TakenOver:
        logger.warning("event %s was taken over while it was being applied", event.pk)
        return False
    except Exception as error:  # noqa: BLE001 - a job loop: a poison event blocks nobody
        is_dead = event.attempts >= MAX_ATTEMPTS
        log = logger.error if is_dead else logger.warning
        log("event %s failed at try %s: %s", event.pk, event.attempts, type(error).__name__)
        finish(
            event,
            state=WebhookEvent.State.DEAD if is_dead else WebhookEvent.State.FAILED,
            last_error=f"{type(error).__name__}: {error}"[:2000],
            run_after=timezone.now() + backoff(event.attempts, RETRY_STEPS),
        )
        return False
    return True
