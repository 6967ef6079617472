"""Figures of one moment: the snapshot, what follows when a replica fails, and what is said.

A real replica is in tests/live/test_replica.py.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.models import Department
from omnichat import health
from omnichat.lib import reading
from tests.factories import DepartmentFactory
from tests.production import PRODUCTION, run, settings_of

NOW = datetime(2026, 11, 28, 2, 50, tzinfo=UTC)  # 09:50 in Ho Chi Minh City


@pytest.fixture(autouse=True)
def absence(monkeypatch) -> reading._Absence:
    """What this test alone remembers of a replica."""
    own = reading._Absence()
    monkeypatch.setattr(reading, "_absence", own)
    return own


def elsewhere(work) -> None:
    """Do it on another connection, and see it finished within a second: nobody waits."""
    errors = []

    def do() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - told to the test below
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=do)
    thread.start()
    thread.join(timeout=1 if connection.vendor == "sqlite" else 5)
    assert not thread.is_alive()
    assert errors == []


def names(source: reading.Source) -> list[str]:
    return sorted(Department.objects.using(source.alias).values_list("name", flat=True))


# --- One snapshot --------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_what_others_commit_meanwhile_is_not_seen():
    DepartmentFactory(name="Sales")
    with reading.snapshot() as source:
        # Before the first question: the snapshot is that of `as_of`, not of the first question.
        elsewhere(lambda: DepartmentFactory(name="Billing"))
        assert names(source) == ["Sales"]
        elsewhere(lambda: DepartmentFactory(name="Care"))
        assert names(source) == ["Sales"]
    with reading.snapshot() as source:
        assert names(source) == ["Billing", "Care", "Sales"]


@pytest.mark.django_db(transaction=True)
def test_without_a_replica_it_is_the_primary_and_of_now():
    before = timezone.now()
    with reading.snapshot() as source:
        assert (source.alias, source.is_fallback, source.lag) == ("default", False, timedelta(0))
        assert before <= source.as_of <= timezone.now()


@pytest.mark.django_db(transaction=True)
def test_nothing_can_be_written_inside():
    with pytest.raises(DatabaseError, match="read-only|readonly"), reading.snapshot():
        DepartmentFactory(name="Sales")
    assert Department.objects.count() == 0
    DepartmentFactory(name="Sales")  # afterwards it can
    assert Department.objects.count() == 1


@pytest.mark.django_db
def test_inside_a_transaction_it_is_that_one_and_still_only_reads():
    DepartmentFactory(name="Sales")  # committed by nobody
    with reading.snapshot() as source:
        assert (source.alias, names(source)) == ("default", ["Sales"])
    with pytest.raises(DatabaseError, match="read-only|readonly"), reading.snapshot():
        DepartmentFactory(name="Billing")
    DepartmentFactory(name="Care")
    assert names(source) == ["Care", "Sales"]


@pytest.mark.django_db
def test_a_question_that_fails_leaves_nothing_behind():
    with (
        pytest.raises((ProgrammingError, OperationalError), match="nowhere"),
        reading.snapshot(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT 1 FROM nowhere")
    DepartmentFactory(name="Sales")
    assert Department.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_within_a_snapshot_is_the_same():
    with reading.snapshot() as outer:
        elsewhere(lambda: DepartmentFactory(name="Sales"))
        with reading.snapshot() as inner:
            assert inner is outer
        assert reading.read(lambda source: source) is outer
        assert names(outer) == []  # it goes on after the inner one
    with reading.snapshot() as later:
        assert later is not outer
        assert names(later) == ["Sales"]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_within_it_changes_nothing():
    with reading.snapshot() as source:
        with transaction.atomic():
            elsewhere(lambda: DepartmentFactory(name="Sales"))
        assert names(source) == []


@pytest.mark.django_db(transaction=True)
def test_on_sqlite_other_transactions_still_begin_with_the_lock():
    """Deferred, two that read and then write would end in "database is locked"."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own way")
    with reading.snapshot():
        pass
    assert connection.transaction_mode == "IMMEDIATE"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("on_postgresql")
def test_on_postgresql_a_report_may_take_a_minute():
    def shown(name: str) -> str:
        with connection.cursor() as cursor:
            cursor.execute(f"SHOW {name}")
            return cursor.fetchone()[0]

    with reading.snapshot():
        assert shown("statement_timeout") == "1min"
        assert shown("transaction_isolation") == "repeatable read"
        assert shown("transaction_read_only") == "on"
    assert shown("statement_timeout") == "15s"
    assert shown("transaction_read_only") == "off"


# --- Whether a replica is of use -----------------------------------------------------------------
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("state", "as_of"),
    [
        # in recovery, receives, has replayed all of it, last commit replayed
        ((True, True, True, NOW - 60 * MINUTE), NOW),  # a quiet night
        ((True, True, True, None), NOW),  # started a moment ago
        ((True, True, False, NOW - 60 * MINUTE), NOW - 60 * MINUTE),  # held up, and says so
        ((True, True, False, None), None),
        ((True, False, True, NOW - 5 * MINUTE), NOW - 5 * MINUTE),  # cut off a short while ago
        ((True, False, True, NOW - 5 * MINUTE - timedelta(seconds=1)), None),
        ((True, False, False, None), None),
        ((False, False, False, None), None),  # promoted, or no replica at all
        ((False, True, True, NOW), None),
    ],
)
def test_how_fresh_a_replica_is(state, as_of):
    found, why = reading._judge(NOW, *state)
    assert found == as_of
    assert bool(why) is (as_of is None)


def test_one_that_is_away_is_left_alone_for_half_a_minute(monkeypatch, absence, caplog):
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(reading, "monotonic", lambda: clock.now)
    assert absence.may_ask()
    absence.begin("57P01")
    absence.begin("57P01")
    clock.now += 29.9
    assert not absence.may_ask()
    clock.now += 0.2
    assert absence.may_ask()
    assert not absence.may_ask()  # one thread tries for all
    absence.end()
    assert absence.may_ask()
    assert absence.may_ask()
    assert [record.message for record in caplog.records] == [
        "reading: the replica is away (57P01); the primary answers",
        "reading: the replica is back",
    ]


# --- When it fails in the middle -----------------------------------------------------------------
@pytest.fixture
def replica(monkeypatch) -> reading.Source:
    """A replica that has only a name: whoever asks it decides how it fails."""
    source = reading.Source("replica", NOW, is_fallback=False, lag=timedelta(0))

    def enter(stack):
        stack.enter_context(reading._noticing_failure())
        return source if reading._absence.may_ask() else None

    monkeypatch.setattr(reading, "_enter_replica", enter)
    monkeypatch.setattr(reading, "has_replica", lambda: True)
    return source


def failure(sqlstate: str | None, kind: type[Exception] = OperationalError) -> Exception:
    error = kind("gone")
    error.__cause__ = type("Cause", (Exception,), {"sqlstate": sqlstate})()
    return error


def asked_of(error: Exception) -> tuple[list[str], object]:
    """Whom a reading asked that fails on the replica with this error, and what it got."""
    asked = []

    def function(source: reading.Source) -> int:
        asked.append(source.alias)
        if source.alias == "replica":
            raise error
        return len(names(source))

    try:
        return asked, reading.read(function)
    except (DatabaseError, InterfaceError) as raised:
        return asked, raised


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("error", "is_away"),
    [
        (failure("57P01"), True),  # shut down
        (failure(None), True),  # the connection is lost
        (failure(None, InterfaceError), True),
        (failure("40001"), False),  # conflict with recovery
        (failure("40P01"), False),
        (failure("55P03"), False),  # held up by a lock that is being replayed
    ],
)
def test_the_primary_is_asked_once_more(replica, error, is_away, absence):
    DepartmentFactory(name="Sales")
    assert asked_of(error) == (["replica", "default"], 1)
    assert absence.may_ask() is not is_away


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [failure("57014"), failure("42P01", ProgrammingError)])
def test_what_would_fail_there_too_is_not_asked_again(replica, error, absence):
    """Out of time, and mistakes."""
    assert asked_of(error) == (["replica"], error)
    assert absence.may_ask()


@pytest.mark.django_db(transaction=True)
def test_the_primary_that_fails_is_not_asked_twice():
    asked = []

    def function(source):
        asked.append(source.alias)
        raise failure("57P01")

    with pytest.raises(OperationalError, match="gone"):
        reading.read(function)
    assert asked == ["default"]


@pytest.mark.django_db(transaction=True)
def test_within_a_snapshot_only_the_outermost_repeats(replica):
    """Half of the figures from here and half from there would be two moments."""
    asked = []

    def inner(source):
        asked.append(("inner", source.alias))
        if source.alias == "replica":
            raise failure("57P01")
        return source.is_fallback

    def outer(source):
        asked.append(("outer", source.alias))
        return reading.read(inner)

    assert reading.read(outer) is True
    assert asked == [
        ("outer", "replica"),
        ("inner", "replica"),
        ("outer", "default"),
        ("inner", "default"),
    ]


@pytest.mark.django_db(transaction=True)
def test_an_export_that_has_sent_nothing_begins_again(replica):
    def pieces(source):
        if source.alias == "replica":
            raise failure("57P01")
        yield f"from {source.alias}"
        yield "the end"

    assert list(reading.stream(pieces, last="NOT complete")) == ["from default", "the end"]
    assert reading._open.source is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [failure("57P01"), failure("57014"), failure("25P03")])
def test_an_export_that_has_begun_breaks_off_and_says_so(replica, error, caplog):
    def pieces(source):
        yield f"from {source.alias}"
        raise error

    received, raised = received_of(reading.stream(pieces, last="NOT complete"))
    assert (received, raised) == (["from replica", "NOT complete"], error)
    assert caplog.records[-1].message == f"reading: an export broke off ({reading._code(error)})"
    assert reading._open.source is None


def received_of(export) -> tuple[list[str], Exception | None]:
    received = []
    try:
        for piece in export:
            received.append(piece)  # noqa: PERF402 - what came before the error is kept
    except DatabaseError as error:
        return received, error
    return received, None


@pytest.mark.django_db(transaction=True)
def test_an_export_of_the_primary_breaks_off_in_the_same_way(replica, absence):
    absence.begin("57P01")

    def pieces(source):
        yield f"from {source.alias}"
        raise failure("57P01")

    received, raised = received_of(reading.stream(pieces, last="NOT complete"))
    assert received == ["from default", "NOT complete"]
    assert str(raised) == "gone"


@pytest.mark.django_db(transaction=True)
def test_an_export_nobody_takes_any_more_gives_its_snapshot_back():
    export = reading.stream(lambda source: iter("abc"), last="x")
    assert next(export) == "a"
    assert connection.in_atomic_block
    export.close()
    assert not connection.in_atomic_block
    assert reading._open.source is None


# --- What people and programs are told -----------------------------------------------------------
def shown(**source) -> str:
    facts = {"alias": "x", "as_of": NOW, "is_fallback": False, "lag": timedelta(0)} | source
    with translation.override("en"):
        return render_to_string("includes/_freshness.html", {"source": reading.Source(**facts)})


def test_a_page_says_how_fresh_it_is():
    assert shown() == '<small class="muted">Figures until 09:50</small>\n'
    long_ago = shown(lag=timedelta(days=1, seconds=1))
    assert long_ago == '<small class="muted">Figures until 09:50 28/11/2026</small>\n'


def test_a_page_says_that_the_primary_answers_instead():
    page = shown(is_fallback=True)
    assert 'class="alert" data-s="warn" role="status"' in page
    assert (
        "<b>The report database does not answer.</b> These figures come from the main database; "
        "everything until 09:50 is in them.</div></div>"
    ) in page


def test_a_file_says_that_it_is_not_complete():
    with translation.override("en"):
        said = reading.broken_off()
    assert said == "This file is NOT complete: the database went away. Please export it again."
    assert not set(said) & set(',;"\t\n')  # one cell of any table


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lag", "checks"),
    [
        (timedelta(seconds=2.9), {"replica": True, "replica_lag_seconds": 2}),
        (None, {"replica": False}),
    ],
)
def test_readiness_tells_of_the_replica_and_does_not_depend_on_it(client, monkeypatch, lag, checks):
    monkeypatch.setattr(reading, "has_replica", lambda: True)
    monkeypatch.setattr(reading, "replica_lag", lambda: lag)
    answer = client.get("/healthz/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert {k: v for k, v in answer.json()["checks"].items() if "replica" in k} == checks
    monkeypatch.setattr(health, "_has_disk", lambda: False)
    assert client.get("/healthz/ready").status_code == 503


# --- Settings ------------------------------------------------------------------------------------
PRIMARY_URL = "postgres://someone:secret@db.example:5432/omnichat"
REPLICA_URL = "postgres://reader:hidden@replica.example:5433/omnichat?sslmode=require"


def test_the_replica_has_what_the_primary_has_and_gives_up_sooner():
    urls = {"DATABASE_URL": PRIMARY_URL, "DATABASE_REPLICA_URL": REPLICA_URL, "WEB_THREADS": "4"}
    replica = settings_of(PRODUCTION | urls)["DATABASES"]["replica"]
    assert (replica["HOST"], replica["PORT"], replica["USER"]) == (
        "replica.example",
        5433,
        "reader",
    )
    assert (replica["CONN_MAX_AGE"], replica["CONN_HEALTH_CHECKS"]) == (0, True)
    assert replica["OPTIONS"] == {
        "sslmode": "require",
        "pool": {"min_size": 1, "max_size": 6, "timeout": 3, "reconnect_timeout": 2},
        "prepare_threshold": 5,
        "connect_timeout": 2,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 3000,
        "options": (
            "-c statement_timeout=60s -c lock_timeout=3s -c idle_in_transaction_session_timeout=30s"
        ),
    }


def test_without_its_address_there_is_none(production):
    assert list(production["DATABASES"]) == ["default"]


@pytest.mark.parametrize(
    ("primary", "replica"),
    [
        ("sqlite://:memory:", REPLICA_URL),
        (PRIMARY_URL, "sqlite:///replica.sqlite3"),
        ("sqlite://:memory:", "sqlite:///replica.sqlite3"),
    ],
)
def test_sqlite_has_no_replica(primary, replica):
    urls = {"DATABASE_URL": primary, "DATABASE_REPLICA_URL": replica}
    result = run("-c", "import omnichat.settings", env=PRODUCTION | urls)
    assert result.returncode == 1
    assert (
        "DATABASE_REPLICA_URL needs PostgreSQL: it and DATABASE_URL must both begin with "
        "postgres://. SQLite has no replica; leave it out."
    ) in result.stderr
    assert "hidden" not in result.stderr


def test_the_check_of_a_deployment_with_a_replica_is_silent():
    command = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    urls = {"DATABASE_URL": PRIMARY_URL, "DATABASE_REPLICA_URL": REPLICA_URL}
    result = run(*command, env=PRODUCTION | urls)
    assert (result.returncode, result.stderr) == (0, "")
