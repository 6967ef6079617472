"""Reports read a real streaming replica: how fresh, while the primary is busy, and without it.

Two servers of their own (clusters.py) and a process of the product that is told what to read
(replica_reader.py). Each test leaves both servers running, level with each other.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.live.clusters import (
    ROLE,
    Pair,
    Reader,
    replicated_pair,
    server_bin,
    tables_of_the_suite,
    until,
)

pytestmark = pytest.mark.django_db  # only so that the tables are there to be copied

CONNECT_SECONDS = 3.0  # the pool's; then the primary is asked
SLACK_SECONDS = 1.5  # two cores may have other work
REMEMBERED_SECONDS = 30.0


@pytest.fixture(scope="module")
def pair(django_db_setup, django_db_blocker) -> Iterator[Pair]:
    if connection.vendor != "postgresql":
        pytest.skip("replicas are PostgreSQL's")
    bin = server_bin()
    if bin is None:
        pytest.skip("no PostgreSQL server is installed here")
    with django_db_blocker.unblock():
        tables = tables_of_the_suite(bin)
        connection.close()
    with replicated_pair(bin, tables) as made:
        yield made


@pytest.fixture(scope="module")
def reader(pair, tmp_path_factory) -> Iterator[Reader]:
    made = Reader(pair, tmp_path_factory.mktemp("replica") / "reader.log")
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(autouse=True)
def emptied(pair, reader) -> None:
    """Begin with two departments, on both servers, and in no snapshot."""
    reader.ask("leave")
    pair.primary.sql("DELETE FROM accounts_department")
    reader.ask("add", name="Care")
    reader.ask("add", name="Sales")
    pair.replayed()


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def is_fresh(pair: Pair, found: dict) -> bool:
    """From the replica, by the ordinary role, and of now."""
    return (
        found["alias"] == "replica"
        and found["is_recovering"] is True
        and found["port"] == pair.replica.port
        and found["user"] == ROLE
        and found["is_fallback"] is False
        and found["lag"] == 0
    )


def is_instead(pair: Pair, found: dict) -> bool:
    """From the primary, because the replica does not answer."""
    return (
        found["alias"] == "default"
        and found["is_recovering"] is False
        and found["port"] == pair.primary.port
        and found["is_fallback"] is True
        and found["lag"] == 0
    )


# --- While all is well ---------------------------------------------------------------------------
def test_what_is_written_on_the_primary_is_read_from_the_replica(pair, reader):
    before = timezone.now()
    found = reader.ask("look")
    assert is_fresh(pair, found)
    assert before <= moment(found["as_of"]) <= timezone.now()
    assert found["names"] == ["Care", "Sales"]
    reader.ask("add", name="Billing")
    pair.replayed()
    assert reader.ask("look")["names"] == ["Billing", "Care", "Sales"]


def test_a_quiet_night_makes_it_no_older(pair, reader):
    """The last commit is long ago, and there was none since."""
    time.sleep(1.2)
    last = pair.replica.sql("SELECT pg_last_xact_replay_timestamp()")
    found = reader.ask("look")
    assert is_fresh(pair, found)
    assert moment(found["as_of"]) - last > timedelta(seconds=1)


def test_one_snapshot_stays_what_it_is(pair, reader):
    assert reader.ask("enter")["alias"] == "replica"
    reader.ask("add", name="Billing")
    pair.replayed()
    assert reader.ask("look")["names"] == ["Care", "Sales"]
    reader.ask("leave")
    assert reader.ask("look")["names"] == ["Billing", "Care", "Sales"]


def test_nothing_is_written_there(pair, reader):
    assert reader.ask("write_there")["sqlstate"] == "25006"
    assert reader.ask("look")["names"] == ["Care", "Sales"]


def test_readiness_tells_how_far_behind_it_is(reader):
    answer = reader.ask("ready")
    assert (answer["code"], answer["status"]) == (200, "ok")
    assert answer["checks"]["migrations"] is True
    assert answer["checks"]["replica"] is True
    assert answer["checks"]["replica_lag_seconds"] == 0


# --- While the primary is busy -------------------------------------------------------------------
def test_a_long_transaction_that_writes_keeps_nobody_waiting(pair, reader):
    """Every lock of the table but the one that is for changing the table itself."""
    with pair.primary.connect() as busy:
        busy.execute("LOCK TABLE accounts_department IN EXCLUSIVE MODE")
        busy.execute("UPDATE accounts_department SET name = name || ' (new)'")
        busy.execute("CREATE TABLE IF NOT EXISTS much AS SELECT generate_series(1, 50000)")
        pair.flush()
        pair.replayed()
        found = reader.ask("look")
        assert is_fresh(pair, found)
        assert found["names"] == ["Care", "Sales"]
        assert found["took"] < SLACK_SECONDS
        busy.commit()
    pair.replayed()
    assert reader.ask("look")["names"] == ["Care (new)", "Sales (new)"]


def has_lock(pair: Pair, *, granted: bool) -> bool:
    """Whether the replaying waits for the table, or has it."""
    return pair.replica.sql(
        """SELECT EXISTS (SELECT FROM pg_locks WHERE mode = 'AccessExclusiveLock'
        AND relation = 'accounts_department'::regclass AND granted = %s)""",
        granted,
    )


def test_a_table_locked_by_a_migration_stops_no_report_that_is_under_way(pair, reader):
    """ACCESS EXCLUSIVE reaches the replica too: the replaying waits for the report there."""
    reader.ask("enter")
    reader.ask("look")  # holds the table, as a report does that has begun
    with pair.primary.connect() as migration:
        migration.execute("LOCK TABLE accounts_department IN ACCESS EXCLUSIVE MODE")
        migration.execute("UPDATE accounts_department SET name = 'X' || name")
        pair.flush()
        until(lambda: has_lock(pair, granted=False), "the replica has heard of the lock")
        found = reader.ask("look")
        assert (found["alias"], found["names"]) == ("replica", ["Care", "Sales"])
        assert found["took"] < SLACK_SECONDS
        reader.ask("leave")
        until(lambda: has_lock(pair, granted=True), "the lock is replayed")
        others = reader.ask("count_people")  # reports about other tables go on
        assert (others["alias"], others["count"]) == ("replica", 0)
        assert others["took"] < SLACK_SECONDS
        # The very table waits for the migration wherever it is asked, but not for ever.
        held_up = reader.ask("look")
        assert held_up["sqlstate"] == "55P03"
        assert held_up["took"] < 3 + SLACK_SECONDS
        migration.commit()
    pair.replayed()
    found = reader.ask("look")
    assert is_fresh(pair, found)  # held up is not away
    assert found["names"] == ["XCare", "XSales"]


def test_a_replica_that_is_held_up_says_so(pair, reader):
    pair.replica.sql("SELECT pg_wal_replay_pause()")
    until(
        lambda: pair.replica.sql("SELECT pg_get_wal_replay_pause_state()") == "paused",
        "the replaying has paused",
    )
    last = pair.replica.sql("SELECT pg_last_xact_replay_timestamp()")
    reader.ask("add", name="Billing")
    until(
        lambda: pair.replica.sql("SELECT pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn()"),
        "something is outstanding",
    )
    for _look in range(2):
        time.sleep(0.6)
        found = reader.ask("look")
        assert (found["alias"], found["is_fallback"]) == ("replica", False)
        assert moment(found["as_of"]) == last
        assert found["lag"] >= 0.6
        assert found["names"] == ["Care", "Sales"]
    assert found["lag"] >= 1.2
    pair.replica.sql("SELECT pg_wal_replay_resume()")
    pair.replayed()
    found = reader.ask("look")
    assert is_fresh(pair, found)
    assert found["names"] == ["Billing", "Care", "Sales"]


# --- When it goes away ---------------------------------------------------------------------------
@pytest.fixture
def returning(pair, reader) -> Iterator[None]:
    """Whatever the test has stopped runs again, and the reader knows it."""
    yield
    if pair.replica.process.poll() is not None:
        pair.replica.start()
    reader.ask("forward", seconds=REMEMBERED_SECONDS + 0.1)
    assert is_fresh(pair, _caught_up(pair, reader))


def _caught_up(pair: Pair, reader: Reader) -> dict:
    receives = "SELECT count(*) FROM pg_stat_wal_receiver"
    until(lambda: pair.replica.sql(receives) == 1, "the replica receives")
    pair.replayed()
    return reader.ask("look")


@pytest.mark.usefixtures("returning")
def test_without_it_the_primary_answers_and_nobody_waits_twice(pair, reader):
    assert is_fresh(pair, reader.ask("look"))
    pair.replica.stop()
    reader.ask("add", name="Billing")
    before = timezone.now()
    found = reader.ask("look")
    assert is_instead(pair, found)
    assert found["names"] == ["Billing", "Care", "Sales"]
    assert before <= moment(found["as_of"]) <= timezone.now()
    assert found["took"] < CONNECT_SECONDS + SLACK_SECONDS
    reader.ask("forward", seconds=REMEMBERED_SECONDS - 10)
    again = reader.ask("look")
    assert is_instead(pair, again)
    assert again["took"] < 0.5
    answer = reader.ask("ready")
    assert (answer["code"], answer["status"]) == (200, "ok")
    assert answer["checks"]["replica"] is False
    assert "replica_lag_seconds" not in answer["checks"]
    assert answer["took"] < 1.5

    pair.replica.start()
    pair.replayed()
    assert is_instead(pair, reader.ask("look"))  # it is not asked yet
    reader.ask("forward", seconds=10.1)
    found = _caught_up(pair, reader)
    assert is_fresh(pair, found)
    assert found["names"] == ["Billing", "Care", "Sales"]


@pytest.mark.usefixtures("returning")
def test_one_that_stays_away_is_tried_again_after_half_a_minute(pair, reader):
    pair.replica.stop()
    assert is_instead(pair, reader.ask("look"))
    assert reader.ask("look")["took"] < 0.5
    reader.ask("forward", seconds=REMEMBERED_SECONDS + 0.1)
    tried = reader.ask("look")
    assert is_instead(pair, tried)
    assert CONNECT_SECONDS - 0.5 < tried["took"] < CONNECT_SECONDS + SLACK_SECONDS
    assert reader.ask("look")["took"] < 0.5


@pytest.mark.usefixtures("returning")
def test_a_report_in_the_middle_is_read_once_more(pair, reader):
    assert reader.ask("read_with_a_pause")["alias"] == "replica"
    pair.replica.stop()
    found = reader.ask("go_on")
    assert is_instead(pair, found)
    assert found["calls"] == ["replica", "default"]
    assert found["names"] == ["Care", "Sales"]
    assert found["took"] < 2.0  # leaving the lost connection waits for no other
    assert reader.ask("look")["took"] < 0.5  # that it is away is known already


@pytest.mark.usefixtures("returning")
def test_an_export_in_the_middle_breaks_off_and_says_so(pair, reader):
    reader.ask("add", name="Tech")
    pair.replayed()
    assert reader.ask("export_with_a_pause")["alias"] == "replica"
    whole = reader.ask("go_on")
    assert (whole["received"], whole["error"]) == (["Care", "Sales", "Tech"], None)
    assert reader.ask("export_with_a_pause")["alias"] == "replica"
    pair.replica.stop()
    broken = reader.ask("go_on")
    assert broken["received"] == ["Care", "Sales", "NOT complete"]
    assert broken["error"] == "OperationalError"


def test_a_report_in_the_way_of_the_replaying_is_read_once_more(pair, reader):
    """The replica cancels what holds it up for too long; it is not away for that."""
    pair.replica.sql("ALTER SYSTEM SET max_standby_streaming_delay = '50ms'")
    pair.replica.sql("SELECT pg_reload_conf()")
    try:
        assert reader.ask("read_with_a_pause")["alias"] == "replica"
        with pair.primary.connect() as migration:
            migration.execute("LOCK TABLE accounts_department IN ACCESS EXCLUSIVE MODE")
        pair.flush()
        pair.replayed()
        found = reader.ask("go_on")
        assert found["calls"] == ["replica", "default"]
        assert is_instead(pair, found)
        assert is_fresh(pair, reader.ask("look"))
    finally:
        pair.replica.sql("ALTER SYSTEM RESET max_standby_streaming_delay")
        pair.replica.sql("SELECT pg_reload_conf()")


@pytest.mark.usefixtures("returning")
def test_one_that_receives_nothing_any_more_is_used_until_it_is_too_old(pair, reader):
    conninfo = pair.replica.sql("SHOW primary_conninfo")
    pair.replica.sql("ALTER SYSTEM SET primary_conninfo = ''")
    pair.replica.sql("SELECT pg_reload_conf()")
    try:
        receives = "SELECT count(*) FROM pg_stat_wal_receiver"
        until(lambda: pair.replica.sql(receives) == 0, "the replica receives nothing")
        last = pair.replica.sql("SELECT pg_last_xact_replay_timestamp()")
        found = reader.ask("look")
        assert (found["alias"], moment(found["as_of"])) == ("replica", last)
        reader.ask("allow_lag", seconds=0)
        assert is_instead(pair, reader.ask("look"))
    finally:
        reader.ask("allow_lag", seconds=300)
        quoted = conninfo.replace("'", "''")
        pair.replica.sql(f"ALTER SYSTEM SET primary_conninfo = '{quoted}'")
        pair.replica.sql("SELECT pg_reload_conf()")
