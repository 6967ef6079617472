"""The outbox: the only caller of a channel's send()."""

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import LiveEvent, User
from inbox.channels.base import Outcome, Outgoing, SendResult
from inbox.channels.registry import adapter_for
from inbox.live import tell_conversation
from inbox.models import Conversation, OutboundPart
from inbox.services.conversations import lock_conversation, require_workable
from inbox.services.notices import tell_not_delivered
from omnichat.lib.errors import DomainError
from omnichat.lib.jobs import backoff, claim, finish

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)  # twice the longest call (15 s)
# Seconds between tries: 5 s, 30 s, 2 min, 10 min, 30 min, then hourly, for a day.
RETRY_STEPS = (5, 30, 120, 600, 1800, 3600)
GIVE_UP_AFTER = timedelta(hours=24)
MAX_RETRY_AFTER_SECONDS = 3600.0


class PartNotFailed(DomainError):
    code = "part_not_failed"


def claim_part() -> OutboundPart | None:
    """Take the next part that is due, or None. Whoever takes it calls `deliver`."""
    rows = OutboundPart.objects.sendable()
    return claim(rows, lease=LEASE, state=OutboundPart.State.SENDING)


def deliver(part: OutboundPart) -> str:
    """Send one claimed part and write how it ended; returns its new state.

    No transaction is open while the channel is called; the conversation is locked after it. A
    killed worker's part is sent again after the lease, with the same id.
    """
    rows = OutboundPart.objects.select_related(
        "channel", "message", "conversation__identity", "conversation__contact"
    )
    whole = rows.get(pk=part.pk)
    if (whole.locked_by, whole.attempts) != (part.locked_by, part.attempts):
        logger.warning("part %s was taken over before it was sent", part.pk)
        return whole.state
    changes = _after(part, _send(whole))
    with transaction.atomic():
        # Somebody else may have it since the channel was called: read who may hear of it now.
        conversation = lock_conversation(whole.conversation)
        # The claim, not the row as it is now, says whose outcome counts.
        if finish(part, **changes):
            tell_conversation(conversation, LiveEvent.Kind.MESSAGE_STATUS)
            if changes["state"] == OutboundPart.State.FAILED:
                tell_not_delivered(whole, claim=part.locked_by)
        else:
            logger.warning("part %s was taken over while it was being sent", part.pk)
    return changes["state"]


def deliver_due(*, limit: int = 100) -> int:
    """Send what is due, one after the other; return how many calls were made."""
    for done in range(limit):
        part = claim_part()
        if part is None:
            return done
        deliver(part)
    return limit


@transaction.atomic
def retry_part(*, part: OutboundPart) -> None:
    """Queue a failed part again, with the same id and a new day to try.

    Locks the conversation. Raises PartNotFailed when it is on its way or has arrived.
    """
    State = OutboundPart.State
    conversation = lock_conversation(part.conversation)
    failed = OutboundPart.objects.filter(pk=part.pk, state__in=(State.FAILED, State.UNKNOWN))
    changed = failed.update(
        state=State.QUEUED, failure="", attempts=0, run_after=timezone.now(), give_up_at=None
    )
    if not changed:
        raise _not_failed()
    tell_conversation(conversation, LiveEvent.Kind.MESSAGE_STATUS)


def retry_reply(*, conversation: Conversation, parts: list[OutboundPart], by: User) -> None:
    """Queue the failed parts of one reply again, asked for on the page.

    Raises NotYours, and PartNotFailed when none of them has failed.
    """
    require_workable(conversation, by)
    State = OutboundPart.State
    failed = [part for part in parts if part.state in (State.FAILED, State.UNKNOWN)]
    if not failed:
        raise _not_failed()
    for part in failed:
        retry_part(part=part)


def _not_failed() -> PartNotFailed:
    return PartNotFailed(_("This reply is on its way or has arrived. Nothing to send again."))


def _send(part: OutboundPart) -> SendResult:
    channel = part.channel
    if not channel.is_active:
        return SendResult(Outcome.REFUSED, failure=OutboundPart.Failure.CHANNEL_OFF)
    outgoing = Outgoing(
        part_id=str(part.public_id),
        conversation_id=str(part.conversation.public_id),
        contact_id=part.conversation.identity.external_id,
        message_id=part.message_id,
        text=part.message.text,
        sent_at=part.message.sent_at,
    )
    try:
        return adapter_for(channel.kind).send(
            outgoing, reply_url=channel.reply_url, secret=channel.secret
        )
    except Exception as error:  # the edge of a channel: an adapter's fault must not stop others
        logger.exception("part %s could not be sent", part.pk)
        return SendResult(Outcome.RETRY, detail=type(error).__name__)


def _after(part: OutboundPart, result: SendResult) -> dict:
    now = timezone.now()
    State = OutboundPart.State
    if result.outcome == Outcome.SENT:
        return {"state": State.SENT, "sent_at": now, "failure": "", "last_error": ""}
    if result.outcome == Outcome.REFUSED:
        return {"state": State.FAILED, "failure": result.failure, "last_error": result.detail}
    give_up_at = part.give_up_at or now + GIVE_UP_AFTER
    wait = backoff(part.attempts, RETRY_STEPS)
    if result.retry_after is not None:
        wait = max(wait, timedelta(seconds=min(result.retry_after, MAX_RETRY_AFTER_SECONDS)))
    if now + wait > give_up_at:
        failure = OutboundPart.Failure.GAVE_UP
        return {"state": State.FAILED, "failure": failure, "last_error": result.detail}
    return {
        "state": State.QUEUED,
        "run_after": now + wait,
        "give_up_at": give_up_at,
        "last_error": result.detail,
    }
