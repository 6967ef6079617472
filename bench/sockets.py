"""How soon an open page hears: `python -m bench.sockets [count]`.

Opens `count` sockets of as many people on one live process, on a scratch PostgreSQL database, and
writes events as the product does: one row in a transaction. Times run from the commit's return to
the arrival of the bytes.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.installation import (
    HOST,
    ROOT,
    connect,
    new_keys,
    production,
    run_here,
    scratch_database,
    server_url,
)

PERSONAL_EVENTS = 200
WIDE_EVENTS = 20
WARM = 20  # sockets before the memory is first looked at
OPENING = 100  # handshakes at the same time
PATIENCE_SECONDS = 30
SETTLE_SECONDS = 3
SIGN_OF_LIFE = b'{"events":[]}'

# In the environment of the installation: people of one department and their sessions.
FOUND = """
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from datetime import timedelta
from accounts.models import Department, Organisation, User
from django.conf import settings
Organisation.objects.get_or_create(pk=1, defaults={{"name": "Sao Mai"}})
department = Department.objects.create(name="Phòng lớn", staff_can_claim=True)
people = User.objects.bulk_create(
    User(username=f"listener{{n}}", display_name=f"Nhân viên {{n}}", department=department,
         is_active=True, approved_at=timezone.now(), password="!") for n in range({count}))
store, until, rows = SessionStore(), timezone.now() + timedelta(hours=12), []
for person in people:
    data = {{SESSION_KEY: str(person.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[-1],
            HASH_SESSION_KEY: person.get_session_auth_hash()}}
    rows.append(Session(session_key=f"bench{{person.pk:027}}", session_data=store.encode(data),
                        expire_date=until))
Session.objects.bulk_create(rows)
cookies = [f"{{settings.SESSION_COOKIE_NAME}}={{row.session_key}}" for row in rows]
print(json.dumps({{"department": department.pk, "people": [p.pk for p in people],
                  "cookies": cookies}}))
"""


class Listener(asyncio.Protocol):
    """One open page: takes bytes and notes when; nothing is parsed while time is taken."""

    def __init__(self, cookie: str) -> None:
        self.cookie = cookie
        self.is_open = asyncio.get_running_loop().create_future()
        self.arrivals: list[float] = []
        self.received = b""

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        transport.write(
            f"GET /ws/events HTTP/1.1\r\nHost: {HOST}\r\nOrigin: https://{HOST}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            f"Cookie: {self.cookie}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        if data.endswith(SIGN_OF_LIFE):
            return
        self.arrivals.append(time.monotonic())
        self.received += data
        if not self.is_open.done():
            self.is_open.set_result(data.startswith(b"HTTP/1.1 101"))
            self.forget()

    def forget(self) -> None:
        self.arrivals.clear()
        self.received = b""


def run(count: int = 1_000) -> dict:
    """Measure and return the figures; times in milliseconds."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(soft, min(hard, count + 1_000))
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    with scratch_database(server_url()) as url:
        env = production(url, new_keys())
        run_here(env, "manage.py", "migrate", "--noinput", "-v0")
        known = json.loads(
            run_here(env, "manage.py", "shell", "-v0", "-c", FOUND.format(count=count))
        )
        with _live(env) as (port, process):
            figures = asyncio.run(_measure(url, port, process.pid, known))
    return {"sockets": count} | figures


async def _measure(url: str, port: int, pid: int, known: dict) -> dict:
    listeners = await _open(port, known["cookies"][:WARM])
    await asyncio.sleep(SETTLE_SECONDS)
    before_kb = _memory_kb(pid)
    begun = time.monotonic()
    listeners += await _open(port, known["cookies"][WARM:])
    opened_seconds = time.monotonic() - begun
    await asyncio.sleep(SETTLE_SECONDS)
    after_kb = _memory_kb(pid)
    idle = await _cpu_share(pid)
    personal = await _personal(url, known["people"], listeners)
    wide = await _wide(url, known["department"], listeners)
    reached = [moment for row in wide for moment in row]
    return {
        "opened_per_second": round((len(listeners) - WARM) / opened_seconds),
        "memory_kb_each": round((after_kb - before_kb) / (len(listeners) - WARM), 1),
        "memory_mb": round(_memory_kb(pid) / 1024, 1),
        "idle_cpu_share": idle,
        "one_person_ms": _percentiles(personal),
        "department_each_ms": _percentiles(reached),
        "department_all_ms": _percentiles([max(row) for row in wide]),
    }


async def _open(port: int, cookies: list[str]) -> list[Listener]:
    loop, gate = asyncio.get_running_loop(), asyncio.Semaphore(OPENING)

    async def one(cookie: str) -> Listener:
        async with gate:
            _transport, made = await loop.create_connection(
                lambda: Listener(cookie), "127.0.0.1", port
            )
            if not await asyncio.wait_for(made.is_open, PATIENCE_SECONDS):
                raise RuntimeError(f"refused: {made.received[:200]!r}")
            return made

    return await asyncio.gather(*(one(cookie) for cookie in cookies))


async def _personal(url: str, people: list[int], listeners: list[Listener]) -> list[float]:
    """Milliseconds from commit to arrival, each event for one person, at any moment of a poll."""
    taken = []
    with connect(url) as connection:
        for _ in range(PERSONAL_EVENTS):
            number = random.randrange(len(people))
            committed = await _write(connection, f"user:{people[number]}", "me.changed")
            await _until(lambda n=number: listeners[n].arrivals)
            taken.append((listeners[number].arrivals[0] - committed) * 1000)
            listeners[number].forget()
            await asyncio.sleep(random.uniform(0.02, 0.12))
    heard = sum(len(listener.arrivals) for listener in listeners)
    if heard:
        raise RuntimeError(f"{heard} frames went to others")
    return taken


async def _wide(url: str, department: int, listeners: list[Listener]) -> list[list[float]]:
    """For each event the milliseconds until each socket of the department had it."""
    taken = []
    with connect(url) as connection:
        for _ in range(WIDE_EVENTS):
            await asyncio.sleep(random.uniform(1.1, 1.3))  # past the second it is held together
            for listener in listeners:
                listener.forget()
            committed = await _write(connection, f"queue:{department}", "queue.changed")
            await _until(lambda: all(listener.arrivals for listener in listeners))
            taken.append([(listener.arrivals[0] - committed) * 1000 for listener in listeners])
    for listener in listeners:
        listener.forget()
    return taken


async def _write(connection, audience: str, kind: str) -> float:
    def write() -> float:
        with connection.transaction():
            connection.execute(
                "INSERT INTO accounts_liveevent (kind, audience, created_at)"
                " VALUES (%s, %s, now())",
                (kind, audience),
            )
        return time.monotonic()

    return await asyncio.to_thread(write)


async def _until(condition) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError("not everybody was told")
        await asyncio.sleep(0.02)


async def _cpu_share(pid: int) -> float:
    """Share of one core that the open sockets cost while nothing happens."""
    ticks, begun = _ticks(pid), time.monotonic()
    await asyncio.sleep(5)
    used = (_ticks(pid) - ticks) / os.sysconf("SC_CLK_TCK")
    return round(used / (time.monotonic() - begun), 3)


def _percentiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    at = lambda share: round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1)  # noqa: E731
    return {"p50": at(0.5), "p95": at(0.95), "max": round(ordered[-1], 1)}


@contextmanager
def _live(env: dict[str, str]) -> Iterator[tuple[int, subprocess.Popen]]:
    """One live process as `make live` starts it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "omnichat.asgi:live", "--workers", "1"]
    command += ["--bind", f"127.0.0.1:{port}", "--worker-class", "asgi", "--timeout", "30"]
    command += ["--graceful-timeout", "1", "--websocket-max-message-size", "65536"]
    command += ["--no-control-socket", "--log-level", "warning"]
    process = subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True)
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port, process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _worker(pid: int) -> int:
    """The process that holds the sockets: gunicorn's only child."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def _memory_kb(pid: int) -> int:
    lines = Path(f"/proc/{_worker(pid)}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{_worker(pid)}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]) if sys.argv[1:] else 1_000), indent=2))
