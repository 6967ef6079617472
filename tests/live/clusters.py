"""Two PostgreSQL servers of a test's own: a primary and a replica that streams from it."""

from __future__ import annotations

import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.db import connection

from tests.production import PRODUCTION, ROOT

DEADLINE_SECONDS = 30.0  # for what takes less than one: two cores may have other work
LIFETIME_SECONDS = 300  # of a server whose test was killed
ROLE = "omnichat"  # an ordinary one, as in production: it sees less than a superuser
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "max_connections": "30",
    "autovacuum": "off",
    "wal_level": "replica",
    "wal_retrieve_retry_interval": "100ms",
}


def server_bin() -> Path | None:
    """The newest server that is installed, found as .ci/run does."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    path = found[-1] if found else shutil.which("initdb")
    return Path(path).resolve().parent if path else None


def _version(initdb: Path) -> float:
    return float(initdb.parts[-3])


def as_postgres(*command: object) -> list[str]:
    """PostgreSQL refuses to run as root."""
    before = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    return [*before, *map(str, command)]


def until(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"not within {DEADLINE_SECONDS:.0f} s: {what}"
        time.sleep(0.02)


@dataclass
class Cluster:
    """One server; whoever is its superuser here comes in without a password."""

    bin: Path
    folder: Path
    port: int = 0
    process: subprocess.Popen | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def run(self, program: str, *arguments: object) -> None:
        done = subprocess.run(
            as_postgres(self.bin / program, *arguments),
            cwd="/",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        """Start it, later again on the same port, and wait until it answers.

        It is a child that ends after a while by itself, should the test be killed.
        """
        self.port = self.port or _free_port()
        settings = SETTINGS | {"port": self.port, "unix_socket_directories": self.folder}
        options = [f"--{name}={value}" for name, value in settings.items()]
        server = [self.bin / "postgres", "-D", self.data, *options]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                as_postgres("timeout", "--signal=QUIT", LIFETIME_SECONDS, *server),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(self._answers, "a server that has just been started answers")

    def _answers(self) -> bool:
        assert self.process.poll() is None, (self.folder / "log").read_text()
        try:
            self.sql("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """As a machine that dies: nobody is told."""
        if self.process is not None and self.process.poll() is None:
            self.run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")
            self.process.wait(timeout=DEADLINE_SECONDS)

    def kill(self) -> None:
        """Stop it in any state it may be in."""
        try:
            self.stop()
        finally:
            if self.process is not None and self.process.poll() is None:
                self.process.terminate()  # `timeout` hands it on: a fast shutdown
                self.process.wait(timeout=DEADLINE_SECONDS)

    def url(self, user: str = "postgres") -> str:
        return f"postgres://{user}@127.0.0.1:{self.port}/postgres"

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url(), connect_timeout=3)

    def sql(self, text: str, *values: object) -> object:
        """Run it as superuser; the first value of the first row, if there is one."""
        with psycopg.connect(self.url(), autocommit=True, connect_timeout=3) as server:
            cursor = server.execute(text, values)
            return cursor.fetchone()[0] if cursor.description else None


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


@dataclass
class Pair:
    """The primary and its replica."""

    primary: Cluster
    replica: Cluster

    def flush(self) -> None:
        """Send what open transactions of the primary have written, as any commit does."""
        self.primary.sql("SELECT pg_logical_emit_message(true, 'flush', '')")

    def replayed(self) -> None:
        """Wait until the replica has all that the primary has written."""
        written = self.primary.sql("SELECT pg_current_wal_insert_lsn()")
        behind = "SELECT pg_last_wal_replay_lsn() < %s::pg_lsn"
        until(lambda: not self.replica.sql(behind, written), "the replica has replayed all")


@contextmanager
def replicated_pair(bin: Path, tables: bytes) -> Iterator[Pair]:
    """Both servers, with these tables; gone afterwards, whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix="omnichat-replica-"))
    folder.chmod(0o711)
    clusters = []
    try:
        for name in ("primary", "replica"):
            (folder / name).mkdir(mode=0o700)
            if os.geteuid() == 0:
                shutil.chown(folder / name, "postgres", "postgres")
            clusters.append(Cluster(bin, folder / name))
        primary, replica = clusters
        options = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        primary.run("initdb", "-D", primary.data, *options)
        primary.start()
        _fill(primary, tables)
        where = ("-h", "127.0.0.1", "-p", primary.port, "-U", "postgres")
        more = ("-R", "-X", "stream", "-c", "fast", "--no-sync")
        primary.run("pg_basebackup", "-D", replica.data, *where, *more)
        replica.start()
        yield Pair(primary, replica)
    finally:
        for cluster in clusters[::-1]:
            cluster.kill()
        shutil.rmtree(folder)


def tables_of_the_suite(bin: Path) -> bytes:
    """The test database as SQL. Migrating anew takes longer than all that is tested here."""
    known = connection.settings_dict
    place = {"host": known["HOST"], "port": known["PORT"], "username": known["USER"]}
    where = [f"--{name}={value}" for name, value in place.items() if value]
    what = ["--schema-only", "--no-owner", "--no-privileges"]
    dump = subprocess.run(
        [bin / "pg_dump", *where, *what, known["NAME"]],
        env=os.environ | ({"PGPASSWORD": known["PASSWORD"]} if known["PASSWORD"] else {}),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert dump.returncode == 0, dump.stderr.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT format('(%L, %L, now())', app, name) FROM django_migrations")
        done = ", ".join(row for (row,) in cursor.fetchall())
    insert = f"INSERT INTO public.django_migrations (app, name, applied) VALUES {done};"  # noqa: S608
    return dump.stdout + insert.encode()


def _fill(primary: Cluster, tables: bytes) -> None:
    primary.sql(f"CREATE ROLE {ROLE} LOGIN")
    primary.sql(f"GRANT ALL ON DATABASE postgres TO {ROLE}")
    primary.sql(f"GRANT ALL ON SCHEMA public TO {ROLE}")
    psql = [primary.bin / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-o", os.devnull]
    psql += ["-d", primary.url(ROLE)]
    done = subprocess.run(psql, input=tables, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()


class Reader:
    """A process of the product (tests/live/replica_reader.py) that is told what to read."""

    def __init__(self, pair: Pair, log: Path) -> None:
        self.log = log
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        urls = {
            "DATABASE_URL": pair.primary.url(ROLE),
            "DATABASE_REPLICA_URL": pair.replica.url(ROLE),
        }
        more = {"HTTPS": "0", "ALLOWED_HOSTS": "testserver"}
        with log.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.live.replica_reader"],
                cwd=ROOT,
                env=kept | PRODUCTION | urls | more,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self._answer() == "here"

    def ask(self, do: str, **more: object) -> dict:
        self.process.stdin.write(json.dumps({"do": do, **more}) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict:
        """One line for one line: nothing can be left in the buffer that select does not see."""
        ready, _, _ = select.select([self.process.stdout], [], [], DEADLINE_SECONDS)
        line = self.process.stdout.readline() if ready else ""
        assert line, self.log.read_text()
        return json.loads(line)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
