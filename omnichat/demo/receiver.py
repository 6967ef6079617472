"""The demo's customers: an address of this installation that takes the signed replies."""

import logging
import time

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from inbox.channels import signatures
from inbox.models import Channel

logger = logging.getLogger(__name__)


@csrf_exempt
@login_not_required
@require_POST
def receive_reply(request: HttpRequest) -> JsonResponse:
    """Take a reply as a shop's own program would: check the signature, count it, answer 200."""
    secrets = [channel.secret for channel in Channel.objects.active()]
    header = request.headers.get(signatures.HEADER, "")
    if not signatures.verify(request.body, header, secrets, now=time.time()):
        return JsonResponse({"code": "bad_signature"}, status=401)
    logger.info("the demo customer received reply %s", request.headers.get("Idempotency-Key"))
    return JsonResponse({"status": "received"})
