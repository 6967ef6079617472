"""The door for platforms: verify the raw bytes, hand the events to intake, answer 200."""

from __future__ import annotations

import logging
import time

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse, UnreadablePostError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from inbox import services
from inbox.channels import signatures
from inbox.channels.base import EventRefused
from inbox.channels.registry import adapter_for
from inbox.models import Channel
from inbox.services.intake_sql import generic_channels, where_it_went
from omnichat.lib.errors import RETRY_AFTER_SECONDS
from omnichat.lib.safe_json import BadJSON, parse_object

logger = logging.getLogger(__name__)


@csrf_exempt
@login_not_required
@require_POST
def generic_webhook(request: HttpRequest) -> JsonResponse:
    """Store a delivery on the generic channel whose secret signed it.

    200 with where each message went, also for a repeat. 401 without a good signature (unsigned
    is good with DEMO=1), 400 for what cannot be read, 413, 503 when the database is away.
    """
    try:
        raw = request.read(settings.WEBHOOK_MAX_BYTES + 1)
        channel, is_signed = _channel(request, raw)
        if channel is None:
            logger.warning("webhook refused: no channel accepts its signature")
            return _refusal(401, "bad_signature", _("The signature is missing or wrong."))
        body = parse_object(raw, max_bytes=settings.WEBHOOK_MAX_BYTES)
        events = adapter_for(channel.kind).parse(body, request.headers)
        if is_signed and not all(event.dedup_key() for event in events):
            detail = _(
                "A signed delivery needs an id, so that it cannot be played back: external_id,"
                " message.id, event_id or the header Idempotency-Key."
            )
            return _refusal(400, "id_needed", detail)
        fingerprint = None
        if is_signed and not all(event.external_id for event in events):
            # The event's key may stand in a header, outside of what is signed.
            fingerprint = signatures.fingerprint(raw, request.headers[signatures.HEADER])
        receipts = services.receive(channel=channel, events=events, fingerprint=fingerprint)
        return JsonResponse(_receipt_body(receipts[0].message_id))
    except BadJSON as error:
        return _refusal(error.status, error.code, str(error))
    except EventRefused as error:
        return JsonResponse(error.errors, status=400)
    except UnreadablePostError:  # the sender went away in the middle
        return _refusal(400, "bad_input", _("The body did not arrive whole. Send it again."))
    except DatabaseError:
        logger.exception("a delivery could not be stored; the sender is asked to repeat it")
        response = _refusal(503, "try_again", _("The server is busy. Send it again soon."))
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response


def _channel(request: HttpRequest, raw: bytes) -> tuple[Channel | None, bool]:
    """The channel a delivery belongs to, and whether its signature said so."""
    header = request.headers.get(signatures.HEADER)
    if header is None and not settings.DEMO:
        return None, False
    channels = generic_channels()
    if header is None:
        return next(iter(channels), None), False
    now, moment = time.time(), timezone.now()
    for channel in channels:
        secrets = channel.secrets_at(moment)
        if adapter_for(channel.kind).verify(raw, header, secrets, now=now):
            return channel, True
    return None, True


def _receipt_body(message_id: int | None) -> dict:
    """Say where the message went, as it stands after routing."""
    told = where_it_went(message_id) if message_id else None
    if told is None:  # stored for the worker, which will apply it
        return {
            "message_id": None,
            "conversation_id": None,
            "keywords": [],
            "department": None,
            "assigned_to": None,
            "queued": True,
        }
    return told


def _refusal(status: int, code: str, detail: str) -> JsonResponse:
    return JsonResponse({"code": code, "detail": detail}, status=status)
