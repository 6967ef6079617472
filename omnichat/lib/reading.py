"""Figures of one moment: a read-only snapshot, on the streaming replica where there is one.

Reports and exports read through here, so that their long questions do not stand in the way of
messages, and so that all figures of a page belong together. DATABASE_REPLICA_URL names the
replica; while it does not answer, the primary does, and the page says so
(`includes/_freshness.html`). Every queryset of a report says whom it asks: `.using(source.alias)`.

- `read` for a page: what fails on the replica in the middle is read once more on the primary.
- `stream` for an export: what has been sent cannot be taken back; its last line says so.
- `snapshot` is what both are made of.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import TypeVar

from django.conf import settings
from django.db import (
    DEFAULT_DB_ALIAS,
    Error,
    InterfaceError,
    OperationalError,
    connections,
    transaction,
)
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")
Piece = TypeVar("Piece", str, bytes)

REPLICA_ALIAS = "replica"
MAX_LAG = timedelta(minutes=5)  # of a replica that receives nothing any more
RETRY_SECONDS = 30.0  # between two tries to reach a replica that is away
FAILURES = (OperationalError, InterfaceError)
# The replica had to cancel or hold up this one question to follow the primary; it is not away.
CONFLICTS = {"40001", "40P01", "55P03"}
OUT_OF_TIME = "57014"  # would be out of time on the primary too

# The first is asked before the snapshot is taken: what it says is in the snapshot for certain.
# replay before receive: what arrives between the two counts as outstanding.
_STATE = """SELECT pg_is_in_recovery(),
    EXISTS (SELECT FROM pg_stat_wal_receiver),
    COALESCE(pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn(), false),
    pg_last_xact_replay_timestamp()"""
# The SELECT takes the snapshot here and not at the report's first question.
_BEGIN = """SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT set_config('statement_timeout', %s, true)"""


@dataclass(frozen=True)
class Source:
    """Where the figures of one snapshot come from; everything until `as_of` is in them."""

    alias: str
    as_of: datetime
    is_fallback: bool  # a replica is set up, and this is the primary instead
    lag: timedelta  # from `as_of` to the moment of asking


class _Open(threading.local):
    """The snapshot this thread stands in."""

    source: Source | None = None


class _Absence:
    """What this process remembers of a replica that is away, so that no page waits for it again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: float | None = None

    def may_ask(self) -> bool:
        """Say whether to try the replica. When its time has come one thread tries for all."""
        with self._lock:
            if self._until is None:
                return True
            if monotonic() < self._until:
                return False
            self._until = monotonic() + RETRY_SECONDS
            return True

    def begin(self, why: object) -> None:
        with self._lock:
            is_news, self._until = self._until is None, monotonic() + RETRY_SECONDS
        if is_news:
            logger.warning("reading: the replica is away (%s); the primary answers", why)

    def end(self) -> None:
        with self._lock:
            is_news, self._until = self._until is not None, None
        if is_news:
            logger.warning("reading: the replica is back")


_open = _Open()
_absence = _Absence()


def has_replica() -> bool:
    return REPLICA_ALIAS in settings.DATABASES


def replica_lag() -> timedelta | None:
    """How far the replica is behind, or None when it cannot be used."""
    now = timezone.now()
    try:
        as_of = _ask_replica(now)
    finally:
        connections[REPLICA_ALIAS].close()
    return None if as_of is None else max(now - as_of, timedelta(0))


@contextmanager
def snapshot() -> Iterator[Source]:
    """Open one read-only view of the database that does not change, and say where it is from.

    The replica when it answers, else the primary. REPEATABLE READ on PostgreSQL, a deferred
    transaction on SQLite; each statement may take REPORT_STATEMENT_SECONDS. Writing is refused.
    Within a snapshot it is the same one again. Within a transaction of the primary (a test) it
    is that one, with what it has written and not yet committed.

    A replica that dies inside raises OperationalError or InterfaceError, which `read` answers.
    """
    if _open.source is not None:
        yield _open.source
        return
    with ExitStack() as stack:
        source = _enter_replica(stack) or _enter_primary(stack)
        yield _entered(stack, source)


def read(function: Callable[[Source], Answer]) -> Answer:
    """Run `function(source)` in a snapshot; when the replica fails, once more on the primary.

    It must bear being called twice and return what it has read, no queryset that is still to ask.
    What ran out of time is not tried again. Inside another snapshot, that one's `read` repeats.
    """
    is_inside, source = _open.source is not None, None
    try:
        with snapshot() as source:
            return function(source)
    except FAILURES as error:
        if is_inside or not _is_of_replica(source, error):
            raise
        logger.warning("reading: the replica failed (%s); asking the primary", _code(error))
    with _primary_instead() as source:
        return function(source)


def stream(pieces: Callable[[Source], Iterable[Piece]], *, last: Piece) -> Iterator[Piece]:
    """Yield what `pieces(source)` yields, in one snapshot that lasts until the end.

    As long as nothing has been sent, a replica that fails is replaced by the primary: yield the
    header together with the first rows. After that nothing can be repeated: the next piece is
    `last`, which must say that the file is not complete (`broken_off`), and then the error is
    raised, so that the server cuts the transfer and programs notice too. Whoever wants an
    orderly end catches it. A reader who takes nothing for 30 s ends it as well
    (idle_in_transaction_session_timeout).
    """
    is_inside, has_begun = _open.source is not None, False
    try:
        for opened in (snapshot, _primary_instead):
            source = None
            try:
                with opened() as source:
                    for piece in pieces(source):
                        has_begun = True
                        yield piece
                return
            except FAILURES as error:
                if is_inside or has_begun or not _is_of_replica(source, error):
                    raise
                logger.warning("reading: the replica failed (%s); asking the primary", _code(error))
    except Error as error:
        if has_begun:
            logger.error("reading: an export broke off (%s)", _code(error))
            yield last
        raise


def broken_off() -> str:
    """Word the last line of an export that could not be finished, in the reader's language.

    Call it before streaming: the request's language is gone by then.
    """
    return _("This file is NOT complete: the database went away. Please export it again.")


# --- Opening and leaving -------------------------------------------------------------------------
def _enter_replica(stack: ExitStack) -> Source | None:
    """Open the snapshot on the replica, or say with None that there is none to use."""
    if not has_replica() or connections[DEFAULT_DB_ALIAS].in_atomic_block:
        return None
    now = timezone.now()
    opening = ExitStack()
    try:
        opening.callback(connections[REPLICA_ALIAS].close)  # back into the pool, or discarded
        as_of = _ask_replica(now)
        if as_of is None:
            opening.close()
            return None
        opening.enter_context(_noticing_failure())
        opening.enter_context(_read_only(REPLICA_ALIAS))
    except FAILURES as error:
        _absence.begin(_code(error))
        opening.close()
        return None
    stack.push(opening)
    return Source(REPLICA_ALIAS, as_of, is_fallback=False, lag=max(now - as_of, timedelta(0)))


def _enter_primary(stack: ExitStack) -> Source:
    now = timezone.now()
    is_own = connections[DEFAULT_DB_ALIAS].in_atomic_block
    stack.enter_context(_read_only(DEFAULT_DB_ALIAS))
    return Source(DEFAULT_DB_ALIAS, now, has_replica() and not is_own, lag=timedelta(0))


@contextmanager
def _primary_instead() -> Iterator[Source]:
    with ExitStack() as stack:
        yield _entered(stack, _enter_primary(stack))


def _entered(stack: ExitStack, source: Source) -> Source:
    _open.source = source
    stack.callback(setattr, _open, "source", None)
    return source


@contextmanager
def _noticing_failure() -> Iterator[None]:
    try:
        yield
    except FAILURES as error:
        if _code(error) not in {*CONFLICTS, OUT_OF_TIME}:
            _absence.begin(_code(error))
        raise


@contextmanager
def _read_only(alias: str) -> Iterator[None]:
    database = connections[alias]
    database.ensure_connection()
    is_whole = not database.in_atomic_block
    if database.vendor == "postgresql":
        with transaction.atomic(using=alias):
            with database.wrap_database_errors:
                if is_whole:
                    database.connection.execute(_BEGIN, [f"{settings.REPORT_STATEMENT_SECONDS}s"])
                else:  # until the savepoint ends
                    database.connection.execute("SET TRANSACTION READ ONLY")
            try:
                yield
            except FAILURES:
                if database.connection is not None and database.connection.closed:
                    database.close()  # else leaving the transaction would wait for a new one
                raise
        return
    with _begun_without_lock(database):
        # Not through Django's cursor, which refuses everything after an error inside.
        database.connection.execute("PRAGMA query_only = ON")
        try:
            database.connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
            yield
        finally:
            database.connection.execute("PRAGMA query_only = OFF")


@contextmanager
def _begun_without_lock(database: BaseDatabaseWrapper) -> Iterator[None]:
    """Open a transaction of SQLite that keeps no writer waiting; the others begin IMMEDIATE."""
    with ExitStack() as stack:
        usual, database.transaction_mode = database.transaction_mode, "DEFERRED"
        try:
            stack.enter_context(transaction.atomic(using=database.alias))
        finally:
            database.transaction_mode = usual
        yield


# --- Asking the replica --------------------------------------------------------------------------
def _ask_replica(now: datetime) -> datetime | None:
    """Until when the replica has everything, or None when it cannot be used: then it is away."""
    if not _absence.may_ask():
        return None
    try:
        with connections[REPLICA_ALIAS].cursor() as cursor:
            cursor.execute(_STATE)
            as_of, why = _judge(now, *cursor.fetchone())
    except FAILURES as error:
        as_of, why = None, _code(error)
    if as_of is None:
        _absence.begin(why)
    else:
        _absence.end()
    return as_of


def _judge(
    now: datetime,
    is_replica: bool,
    is_receiving: bool,
    has_replayed_all: bool,
    replayed_at: datetime | None,
) -> tuple[datetime | None, str]:
    """Say until when it has everything, or why it is of no use.

    A primary that vanishes without a word is noticed by the replica after wal_receiver_timeout
    (60 s); until then it counts as having sent everything.
    """
    if not is_replica:
        return None, "it is no replica"
    if is_receiving and has_replayed_all:
        return now, ""
    if replayed_at is None:
        return None, "it does not say how far it is"
    if not is_receiving and now - replayed_at > MAX_LAG:
        return None, "it receives nothing and is too old"
    return replayed_at, ""


def _is_of_replica(source: Source | None, error: Error) -> bool:
    return source is not None and source.alias == REPLICA_ALIAS and _code(error) != OUT_OF_TIME


def _code(error: Error) -> str:
    """SQLSTATE, else the kind of error: the text may name hosts."""
    cause = error.__cause__ or error
    return getattr(cause, "sqlstate", None) or type(cause).__name__
