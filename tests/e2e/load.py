"""Customers and a manager who do not stop while processes are killed."""

from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from tests.e2e.processes import DEADLINE_SECONDS, House, NoAnswer

SALES, CUSTOMER_SERVICE = "báo giá", "bảo hành"  # words of the demo that lead there

_numbers = itertools.count(1)


class Load:
    """Customers who write at a steady pace and repeat what was not answered, and a manager."""

    threads = 8
    customers = 60

    def __init__(self, home: House, *, per_second: int) -> None:
        self.home = home
        self.pause = self.threads / per_second
        self.prefix = f"load{next(_numbers)}-"
        self.admin = home.bearer("admin", "adminpass")
        self.begun = 0
        self.heard: dict[str, int] = {}  # external id -> the message id in the answer
        self.answered: list[str] = []  # texts of replies that were answered 201
        self.faults: list[str] = []
        self._over = threading.Event()
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._pool = ThreadPoolExecutor(self.threads + 1)
        self._work = [self._pool.submit(self._write) for _thread in range(self.threads)]
        self._work.append(self._pool.submit(self._answer))

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._pool.shutdown()
        for work in self._work:
            work.result()

    def _write(self) -> None:
        due = time.monotonic()
        while not self._over.is_set():
            with self._lock:
                self.begun += 1
                number = self.begun
            self._insist(number)
            due += self.pause
            time.sleep(max(0.0, due - time.monotonic()))

    def _insist(self, number: int) -> None:
        name = f"{self.prefix}{number}"
        text = (SALES, CUSTOMER_SERVICE)[number % 2]
        sender = f"{self.prefix}{number % self.customers}"
        deadline = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = self.home.message(text, sender=sender, external_id=name)
            except NoAnswer:
                time.sleep(0.1)
                continue
            if answer.status == 200:
                self.heard[name] = answer.body["message_id"]
                return
            self.faults.append(f"{name}: {answer.status} {answer.body}")
            return
        self.faults.append(f"{name}: no answer")

    def _answer(self) -> None:
        """Reply to a customer now and then; a reply without an answer is not repeated."""
        for number in itertools.count(1):
            if self._over.wait(0.3):
                return
            text = f"{self.prefix}reply-{number}"
            found = self.home.rows(
                "SELECT c.public_id FROM inbox_conversation c "
                "JOIN inbox_contactidentity i ON i.id = c.identity_id WHERE i.external_id = ?",
                f"{self.prefix}{number % self.customers}",
            )
            for (public_id,) in found:
                path = f"/api/v1/conversations/{UUID(str(public_id))}/reply"
                try:
                    answer = self.home.post(path, {"text": text}, **self.admin)
                except NoAnswer:
                    continue
                if answer.status == 201:
                    self.answered.append(text)
                else:
                    self.faults.append(f"{text}: {answer.status} {answer.body}")
