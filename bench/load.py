"""Requests over a number of connections that stay open; each waits for its answer.

Raw HTTP/1.1 over asyncio, because a client library would cost more than some answers do. What it
costs itself is measured beside what it measures (`own_cpu`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bench.figures import summary

Make = Callable[[], bytes]
ANSWER_SECONDS = 20


@dataclass(slots=True)
class Outcome:
    """`milliseconds` of each good answer; `own_cpu` is this process's share of one core."""

    seconds: float
    milliseconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    own_cpu: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.milliseconds) / self.seconds

    def as_json(self) -> dict:
        told = {"rate": round(self.rate, 1), **summary(self.milliseconds)}
        return told | {"wrong": len(self.wrong), "generator_cpu": round(self.own_cpu, 3)}


def drive(
    port: int, make: Make, *, connections: int, seconds: float, accept: Callable[[bytes], bool]
) -> Outcome:
    """Ask for `seconds`, at least once, over `connections`.

    `make` builds each request, `accept` checks the body of each good answer.
    """
    return asyncio.run(_drive(port, make, connections, seconds, accept))


def get(path: str, host: str, **headers: str) -> bytes:
    return _head("GET", path, host, headers) + b"\r\n"


def post(path: str, host: str, body: bytes, **headers: str) -> bytes:
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body))} | headers
    return _head("POST", path, host, headers) + b"\r\n" + body


def _head(method: str, path: str, host: str, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "".join(f"{line}\r\n" for line in lines).encode()


async def _drive(
    port: int, make: Make, connections: int, seconds: float, accept: Callable[[bytes], bool]
) -> Outcome:
    outcome = Outcome(seconds)
    cpu, begun = time.process_time(), time.perf_counter()
    ends = begun + seconds
    async with asyncio.TaskGroup() as group:
        for _number in range(connections):
            group.create_task(_converse(port, make, ends, accept, outcome))
    outcome.seconds = time.perf_counter() - begun
    outcome.own_cpu = (time.process_time() - cpu) / outcome.seconds
    return outcome


async def _converse(
    port: int, make: Make, ends: float, accept: Callable[[bytes], bool], outcome: Outcome
) -> None:
    reader = writer = None
    is_first = True
    while is_first or time.perf_counter() < ends:
        is_first = False
        if writer is None:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        request = make()
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                writer.write(request)
                status, body, stays = await read_answer(reader)
        except (OSError, EOFError, TimeoutError) as error:
            outcome.wrong.append(type(error).__name__)
            writer.close()
            writer = None
            continue
        if status == 200 and accept(body):
            outcome.milliseconds.append((time.perf_counter() - begun) * 1000)
        else:
            outcome.wrong.append(f"{status} {body[:200]!r}")
        if not stays:
            writer.close()
            writer = None
    if writer is not None:
        writer.close()


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes, bool]:
    """Status, body, and whether the connection stays open."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head[:-4].split(b"\r\n")
    headers = dict(_named(lines))
    if headers.get(b"transfer-encoding") == b"chunked":
        body = await _chunks(reader)
    else:
        body = await reader.readexactly(int(headers.get(b"content-length", b"0")))
    return int(first.split()[1]), body, headers.get(b"connection") != b"close"


def _named(lines: list[bytes]) -> Iterator[tuple[bytes, bytes]]:
    for line in lines:
        name, _, value = line.partition(b":")
        yield name.strip().lower(), value.strip().lower()


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return body
