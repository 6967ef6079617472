"""What the worker does about requests: reminds, closes what nobody answered, carries out."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from accounts.workplace import workplace_zone
from omnichat.lib.errors import DomainError
from workforce.models import Request
from workforce.services.request_kinds.staff import carry_out_transfer
from workforce.services.request_notices import deciders_of, tell_request
from workforce.shift_times import local_date

logger = logging.getLogger(__name__)

REMIND_AFTER = timedelta(hours=24)


def remind_deciders(*, at: datetime | None = None) -> int:
    """Remind once of each request that has waited for a day; returns how many."""
    at = at or timezone.now()
    rows = Request.objects.waiting().filter(reminded_at=None).exclude(consent="asked")
    rows = rows.annotate(since=Coalesce("consent_at", "created_at"))
    count = 0
    for pk in rows.filter(since__lte=at - REMIND_AFTER).values_list("pk", flat=True):
        with transaction.atomic():
            taken = Request.objects.waiting().filter(pk=pk, reminded_at=None)
            if taken.update(reminded_at=at):
                request = Request.objects.select_related("user").get(pk=pk)
                deciders = deciders_of(request)
                tell_request(request, "reminder", deciders, person=request.user, at=at)
                count += 1
    return count


def close_unanswered(*, at: datetime | None = None) -> int:
    """Close changes of shifts whose colleague said nothing in time; returns how many."""
    at = at or timezone.now()
    rows = Request.objects.waiting().filter(consent="asked", consent_until__lte=at)
    count = 0
    for pk in rows.values_list("pk", flat=True):
        with transaction.atomic():
            asked = Request.objects.waiting().filter(pk=pk, consent="asked")
            if asked.update(status=Request.Status.CLOSED):
                request = Request.objects.select_related("user", "colleague").get(pk=pk)
                people = [request.user_id]
                tell_request(request, "unanswered", people, person=request.colleague, at=at)
                count += 1
    return count


def carry_out_transfers(*, at: datetime | None = None) -> int:
    """Move people whose approved transfer has come; returns how many.

    One that is refused (the department was closed, a month is locked) is told to its decider and
    tried again.
    """
    at = at or timezone.now()
    today = local_date(at, workplace_zone())
    due = Request.objects.filter(
        kind=Request.Kind.TRANSFER, status="approved", applied_at=None, first__lte=today
    )
    count = 0
    for pk in due.values_list("pk", flat=True):
        try:
            count += _carry_out(pk, at)
        except DomainError as error:
            logger.warning("transfer of request %s is not carried out: %s", pk, error.code)
            request = Request.objects.select_related("user").get(pk=pk)
            admins = User.objects.active_admins().values_list("pk", flat=True)
            people = sorted({request.decided_by_id, *admins})
            with transaction.atomic():
                tell_request(request, "stuck", people, person=request.user, occasion=today, at=at)
    return count


@transaction.atomic
def _carry_out(pk: int, at: datetime) -> int:
    rows = Request.objects.select_for_update(no_key=True, of=("self",))
    rows = rows.filter(pk=pk, status="approved", applied_at=None)
    request = rows.select_related("user", "to_department", "decided_by").first()
    if request is None:
        return 0
    carry_out_transfer(request, request.decided_by, at, None)
    return 1
