"""Scratch databases and a web of its own, in production's settings; nothing of it stays."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
LOCAL_SERVER = "postgres://postgres@127.0.0.1:5432/postgres"
HOST = "bench.localhost"
WORKERS, THREADS = 2, 8
START_SECONDS = 60
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def server_url() -> str:
    """The PostgreSQL server to use: DATABASE_URL's, else the one on this machine."""
    url = os.environ.get("DATABASE_URL", "")
    return url if url.startswith("postgres") else LOCAL_SERVER


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True, connect_timeout=5)


@contextmanager
def scratch_database(server: str, template: str = "") -> Iterator[str]:
    """An own database, a copy of `template` (a name) if told; dropped afterwards."""
    name = f"omnichat_bench_{secrets.token_hex(4)}"
    with connect(server) as connection:
        copy = f' TEMPLATE "{template}"' if template else ""
        connection.execute(f'CREATE DATABASE "{name}"{copy}')
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        with connect(server) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def production(database_url: str, keys: dict[str, str]) -> dict[str, str]:
    """Production's settings: https behind a proxy, strong keys, demo off."""
    env = {k: v for k, v in os.environ.items() if k not in ("DEMO", "DJANGO_SETTINGS_MODULE")}
    return (
        env
        | keys
        | {
            "DEMO": "0",
            "TRUST_PROXY": "1",
            "ALLOWED_HOSTS": HOST,
            "DATABASE_URL": database_url,
            "WEB_THREADS": str(THREADS),
            "LOG_LEVEL": "WARNING",
            "PYTHONUNBUFFERED": "1",
        }
    )


def new_keys() -> dict[str, str]:
    names = ("SECRET_KEY", "JWT_KEY", "FIELD_ENCRYPTION_KEY")
    return {name: secrets.token_urlsafe(60) for name in names}


def run_here(env: dict[str, str], *command: str) -> str:
    """Run Python in the project's folder and return what it prints."""
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def found(env: dict[str, str]) -> None:
    """Make the tables and the company in an empty database."""
    run_here(env, "manage.py", "migrate", "--noinput", "-v0")
    run_here(env, "-m", "bench.company", "0")


def fill(env: dict[str, str], messages: int) -> dict:
    """Fill in so many messages; returns what the callers of its pages need to know."""
    return json.loads(run_here(env, "-m", "bench.company", str(messages)).splitlines()[-1])


@dataclass(slots=True)
class Web:
    """A running web: its port, its processes, its database's name."""

    port: int
    process: subprocess.Popen
    database: str
    known: dict[int, float] = field(default_factory=dict)

    def cpu_seconds(self) -> tuple[float, float]:
        """What the web and its database connections have used; 0 for what cannot be seen."""
        web = sum(_cpu(pid) for pid in self._family())
        for pid in _backends(self.database):
            self.known[pid] = _cpu(pid) or self.known.get(pid, 0)
        return web, sum(self.known.values())

    def memory_mb(self) -> list[float]:
        """Proportional memory of each worker, in MiB."""
        return [round(_pss_kb(pid) / 1024, 1) for pid in self._family()[1:]]

    def _family(self) -> list[int]:
        first = self.process.pid
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [first, *map(int, children)]


@contextmanager
def web(env: dict[str, str]) -> Iterator[Web]:
    """gunicorn as `make web` starts it, on a free port of this machine."""
    port = _free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "omnichat.wsgi", "--bind", f"127.0.0.1:{port}"),
        *("--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS)),
        *("--timeout", "30", "--graceful-timeout", "5", "--no-control-socket"),
        *("--log-level", "warning"),
    ]
    if Path("/dev/shm").is_dir():  # noqa: S108 - gunicorn's heartbeat, as in the Makefile
        command += ["--worker-tmp-dir", "/dev/shm"]  # noqa: S108
    process = subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True)
    try:
        _wait_until_open(port, process)
        yield Web(port, process, urlsplit(env["DATABASE_URL"]).path.lstrip("/"))
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def machine(server: str) -> dict:
    """What the figures depend on."""
    with connect(server) as connection:
        ask = lambda name: connection.execute(f"SHOW {name}").fetchone()[0]  # noqa: E731
        names = ("server_version", "fsync", "synchronous_commit", "shared_buffers")
        database = {name: ask(name) for name in names}
    model = [
        line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    return {
        "cores": os.cpu_count(),
        "processor": model[0].partition(":")[2].strip() if model else "unknown",
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "python": sys.version.split()[0],
        "postgresql": database,
        "pgbench": bool(shutil.which("pgbench")),
        "load_before": os.getloadavg()[0],
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_open(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("the web process ended at once")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the web process did not open its port")


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def _backends(database: str) -> list[int]:
    """Processes of a PostgreSQL on this machine that serve this database."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if command.startswith(b"postgres:") and f" {database} ".encode() in command:
                found.append(int(entry.name))
    return found


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
