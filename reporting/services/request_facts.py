"""A fact of each request: when it was sent, of what kind, how long it took to be decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q

from accounts.workplace import workplace_zone
from reporting.clockwork import Clockwork
from reporting.cycles import DerivedFact
from reporting.models import Fact
from reporting.services.rollups import mark_days
from reporting.services.writing import replace_facts
from workforce.models import Request


def follow_requests(*, since: datetime | None = None) -> None:
    """Make the facts of requests what the requests say: of those sent or decided since, or all.

    Call under the lock of the facts.
    """
    changed = Request.objects.all()
    stored = Fact.objects.filter(kind=Fact.Kind.REQUEST)
    if since is not None:
        changed = changed.filter(Q(created_at__gte=since) | Q(decided_at__gte=since))
        stored = stored.filter(source_id__in=list(changed.values_list("pk", flat=True)))
    mark_days(replace_facts(stored, _facts(changed)))


def _facts(requests) -> Iterator[DerivedFact]:
    clockwork = Clockwork(workplace_zone(), {}, {})
    columns = ("pk", "kind", "user_id", "user__department_id", "created_at", "decided_at")
    for pk, kind, user_id, department_id, sent_at, decided_at in requests.values_list(*columns):
        day, hour = clockwork.local(sent_at)
        stretches = [(sent_at, decided_at)] if decided_at else None
        measured = clockwork.measure(None, sent_at, stretches)
        yield DerivedFact(
            kind=Fact.Kind.REQUEST.value,
            source_id=pk,
            conversation_id=None,
            cycle_number=0,
            actor_id=user_id,
            department_id=department_id,
            channel_id=None,
            label=kind,
            keyword="",
            started_at=None,
            at=sent_at,
            day=day,
            hour=hour,
            count=1,
            seconds=measured.seconds,
            business_seconds=measured.business_seconds,
            hours_id=None,
        )
