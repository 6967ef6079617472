"""Customers who write through the real webhook, take replies on their own address and answer.

Everything goes by HTTP to a loopback address: signed in, signature verified out, one effect per
`Idempotency-Key`. `simulated_staff` answers them, if asked for.
"""

from __future__ import annotations

import heapq
import http.client
import json
import logging
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from urllib.parse import urlsplit

from inbox.channels import signatures
from omnichat.demo.common import CUSTOMER_SERVICE, SALES, TECHNICAL
from omnichat.demo.customers import Customer, Customers
from omnichat.demo.talks import Said, speak, talks

logger = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "localhost", "::1")
TIMEOUT_SECONDS = 15
READING_SECONDS = (4.0, 15.0)  # before a customer answers a reply
KEPT_WAITS = 500  # the median is of the latest
MAX_REPLY_BYTES = 1_000_000
SHARES = {SALES: 41, CUSTOMER_SERVICE: 43, TECHNICAL: 16}
TICK_SECONDS = 0.05


class NotLocal(ValueError):
    """The simulation writes to this machine only."""


@dataclass(slots=True)
class Writer:
    """One customer in a talk. `since` is when they began to wait, in seconds of the clock."""

    customer: Customer
    lines: deque[Said]
    since: float | None = None
    sent: int = 0

    def next_of(self, kind: str) -> Said | None:
        """Take the next line if it is of this kind; private notes are nobody's here."""
        while self.lines and self.lines[0].kind == "G":
            self.lines.popleft()
        if self.lines and self.lines[0].kind == kind:
            return self.lines.popleft()
        return None


@dataclass(slots=True)
class Counts:
    sent: int = 0
    answers: int = 0  # of `sent`, those that answer a reply
    replies: int = 0
    repeats: int = 0
    errors: int = 0
    waits: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT_WAITS))

    def line(self, queue: int) -> str:
        """The progress, in one line."""
        wait = f"{statistics.median(self.waits):.1f} s" if self.waits else "–"
        return (
            f"sent {self.sent} (answers {self.answers}) · replies {self.replies} · "
            f"errors {self.errors} · median wait {wait} · queue {queue}"
        )


class Simulation:
    """The customers and their side of the channel. `rate` is messages a minute."""

    def __init__(self, *, url: str, secret: str, rate: float, seed: int | None = None) -> None:
        self.host, self.port = local_address(url)
        self.secret = secret
        self.interval = 60 / rate
        self.rng = Random(seed)  # noqa: S311 - a demo, not a secret
        self.customers = Customers(self.rng, set())
        self.run_id = f"{time.time_ns():x}"
        self.writers: dict[str, Writer] = {}
        self.counts = Counts()
        self.seen: set[str] = set()
        self.lock = threading.Lock()  # the receiver answers in threads of its own
        self.due: list[tuple[float, str]] = []  # who answers when

    def run(
        self,
        *,
        until: Callable[[], bool],
        count: int | None = None,
        on_tick: Callable[[], object] = int,
    ) -> Counts:
        """Write one message per interval until told to stop or `count` are sent."""
        next_at = time.monotonic()
        while not until() and (count is None or self.counts.sent < count):
            on_tick()
            now = time.monotonic()
            if now < next_at:
                time.sleep(min(TICK_SECONDS, next_at - now))
                continue
            next_at = max(next_at + self.interval, now - self.interval)
            self.write_next()
        return self.counts

    def write_next(self) -> None:
        """Let whoever has read a reply answer it, else somebody new write."""
        with self.lock:
            sender = None
            if self.due and self.due[0][0] <= time.monotonic():
                sender = heapq.heappop(self.due)[1]
            writer = self.writers[sender] if sender else self._somebody_new()
            line = writer.next_of("K")
        if line is None:
            return
        is_stored = self._post(writer, line.text)
        with self.lock:
            self.counts.errors += not is_stored
            self.counts.sent += is_stored
            self.counts.answers += is_stored and sender is not None

    def receive(self, raw: bytes, signature: str, key: str) -> int:
        """Take one reply as a shop's program would; returns the HTTP status."""
        if not signatures.verify(raw, signature, [self.secret], now=time.time()):
            with self.lock:
                self.counts.errors += 1
            return 401
        body = json.loads(raw)
        with self.lock:
            if key in self.seen:
                self.counts.repeats += 1
                return 200
            self.seen.add(key)
            self.counts.replies += 1
            writer = self.writers.get(body["contact"]["id"])
            if writer is not None:
                self._read(writer)
        return 200

    def _read(self, writer: Writer) -> None:
        now = time.monotonic()
        if writer.since is not None:
            self.counts.waits.append(now - writer.since)
            writer.since = None
        writer.next_of("N")  # said by whoever really answered
        if writer.lines:
            wait = self.rng.uniform(*READING_SECONDS)
            heapq.heappush(self.due, (now + wait, writer.customer.sender))

    def _somebody_new(self) -> Writer:
        department = self.rng.choices(list(SHARES), list(SHARES.values()))[0]
        talk = self.rng.choice(talks(department))
        customer = self.customers.make(is_foreign=talk.is_english)
        said = speak(talk, customer, "Sao Mai", self.rng)
        writer = self.writers[customer.sender] = Writer(customer, deque(said))
        return writer

    def _post(self, writer: Writer, text: str) -> bool:
        """Send one signed message; False when it was not taken."""
        customer = writer.customer
        writer.sent += 1
        message_id = f"sim-{self.run_id}-{customer.sender}-{writer.sent}"
        body = {
            "event_id": message_id,
            "type": "message",
            "platform": customer.platform,
            "contact": {"id": customer.sender, "name": customer.name, "phone": customer.phone},
            "message": {"id": message_id, "text": text},
            "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        raw = json.dumps(body, ensure_ascii=False).encode()
        with self.lock:
            if writer.since is None:
                writer.since = time.monotonic()
        headers = {
            "Content-Type": "application/json",
            signatures.HEADER: signatures.sign(raw, self.secret, now=time.time()),
        }
        try:
            status, _answer = call(self.host, self.port, "POST", "/webhook", raw, headers)
        except (OSError, http.client.HTTPException) as error:
            logger.warning("no message to port %s: %s", self.port, error)
            return False
        return status == 200


def local_address(url: str) -> tuple[str, int]:
    """Host and port of an address of this machine; raises NotLocal for any other."""
    address = urlsplit(url)
    if address.scheme != "http" or address.hostname not in LOOPBACK:
        raise NotLocal(f"{url} is not on this machine; simulated customers write to it only.")
    return address.hostname, address.port or 80


def answers(url: str) -> bool:
    """Say whether an installation is there; raises NotLocal."""
    host, port = local_address(url)
    try:
        return call(host, port, "GET", "/healthz/live", None, {})[0] == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False


def call(
    host: str, port: int, method: str, path: str, body: bytes | None, headers: dict[str, str]
) -> tuple[int, bytes]:
    """One HTTP call; returns status and body."""
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@contextmanager
def listening(simulation: Simulation, *, port: int = 0):
    """Serve the customers' reply address on loopback; yields its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            if length > MAX_REPLY_BYTES:
                self.send_error(413)
                return
            raw = self.rfile.read(length)
            try:
                status = simulation.receive(
                    raw,
                    self.headers.get(signatures.HEADER, ""),
                    self.headers.get("Idempotency-Key", ""),
                )
            except (ValueError, KeyError, TypeError):
                status = 400
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args) -> None:
            """Say nothing: the progress line says it."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/replies"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
