"""What accounts leaves to the worker."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.jobs import LIVE_EVENTS_KEPT, flush_expired, forget_live_events
from accounts.models import LiveEvent
from omnichat.live import tail
from omnichat.worker import JOBS, run_if_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def events() -> dict[str, LiveEvent]:
    """One just inside and one just outside of what is kept, and one of now."""
    now = timezone.now()
    second = timedelta(seconds=1)

    def make(age: timedelta) -> LiveEvent:
        kind = LiveEvent.Kind.QUEUE_CHANGED
        return LiveEvent.objects.create(kind=kind, audience="admins", created_at=now - age)

    return {
        "new": make(timedelta()),
        "kept": make(LIVE_EVENTS_KEPT - 30 * second),
        "old": make(LIVE_EVENTS_KEPT + second),
        "very old": make(timedelta(days=3)),
    }


def left(events: dict[str, LiveEvent]) -> set[str]:
    found = set(LiveEvent.objects.values_list("pk", flat=True))
    return {name for name, event in events.items() if event.pk in found}


def test_live_events_are_forgotten_after_ten_minutes(events):
    assert timedelta(minutes=10) == LIVE_EVENTS_KEPT
    assert forget_live_events() == 2
    assert left(events) == {"new", "kept"}
    assert forget_live_events() == 0
    assert left(events) == {"new", "kept"}


def test_they_are_kept_longer_than_a_live_process_may_ask_for_them():
    assert LIVE_EVENTS_KEPT.total_seconds() >= 10 * tail.LATE_SECONDS


def test_forgetting_costs_one_statement(events, django_assert_num_queries):
    with django_assert_num_queries(1):
        forget_live_events()


def test_the_worker_forgets_them_every_minute(events):
    job = next(job for job in JOBS if job.name == "forget_live_events")
    assert job.every == timedelta(minutes=1)
    assert run_if_due(job)
    assert left(events) == {"new", "kept"}
    assert not run_if_due(job)


def test_sessions_that_ran_out_are_forgotten():
    running, ended = SessionStore(), SessionStore()
    for session in (running, ended):
        session["who"] = "somebody"
        session.save()
    Session.objects.filter(pk=ended.session_key).update(
        expire_date=timezone.now() - timedelta(seconds=1)
    )
    flush_expired()
    assert list(Session.objects.values_list("pk", flat=True)) == [running.session_key]
