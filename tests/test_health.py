"""/healthz/live and /healthz/ready."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from omnichat import health
from tests.factories import MessageFactory


def test_live_asks_nothing(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        answer = client.get("/healthz/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_ready_names_each_check(client):
    answer = client.get("/healthz/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "checks": {"disk": True, "database": True, "migrations": True, "queue_age_seconds": 0},
    }


@pytest.mark.django_db
def test_work_that_waits_too_long_is_told(client):
    MessageFactory(keywords=None, received_at=timezone.now() - timedelta(seconds=90))
    answer = client.get("/healthz/ready").json()
    assert answer["status"] == "late"
    assert 90 <= answer["checks"]["queue_age_seconds"] < 100


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("broken", "fault", "check"),
    [
        ("_pending_migrations", lambda: ["accounts.0009"], "migrations"),
        ("_has_disk", lambda: False, "disk"),
    ],
)
def test_what_is_wrong_makes_it_unavailable(client, monkeypatch, broken, fault, check):
    monkeypatch.setattr(health, broken, fault)
    answer = client.get("/healthz/ready")
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
    assert answer.json()["checks"][check] is False


@pytest.mark.django_db
def test_a_database_that_is_away_is_no_trace(client, monkeypatch):
    def away():
        raise OperationalError("connection to secret-host refused")

    monkeypatch.setattr(health, "_pending_migrations", away)
    answer = client.get("/healthz/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] is False
    assert "secret-host" not in answer.content.decode()


@pytest.mark.django_db
def test_both_refuse_to_be_written_to(client):
    assert client.post("/healthz/live").status_code == 405
    assert client.post("/healthz/ready").status_code == 405
