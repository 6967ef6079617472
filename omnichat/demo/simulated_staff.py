"""Colleagues who answer by themselves, through the API as any program would."""

from __future__ import annotations

import heapq
import json
import logging
import time
from http.client import HTTPException
from random import Random
from urllib.parse import urlencode

from omnichat.demo.simulation import Simulation, call, local_address

logger = logging.getLogger(__name__)

LOOK_SECONDS = 4.0
THINKING_SECONDS = (5.0, 25.0)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
# For conversations that no simulated customer began.
ANSWERS = (
    "Dạ em ghi nhận rồi ạ, em kiểm tra rồi báo lại mình trong hôm nay.",
    "Dạ để em hỏi kho rồi nhắn mình liền ạ.",
    "Dạ em xem giúp mình ngay, mình đợi em ít phút nha.",
    "Dạ em đã chuyển bộ phận phụ trách, có tin em báo mình liền ạ.",
)


class SimulatedPerson:
    """One colleague: signs in, checks in, answers what is theirs, ends what is said."""

    def __init__(self, simulation: Simulation, url: str, username: str, password: str) -> None:
        self.simulation = simulation
        self.host, self.port = local_address(url)
        self.username, self.password = username, password
        self.rng = Random(username)  # noqa: S311 - a demo, not a secret
        self.token = ""
        self.errors = 0
        self.answered = 0
        self.look_at = time.monotonic() + self.rng.uniform(0, LOOK_SECONDS)
        self.plan: list[tuple[float, str, str]] = []  # when, conversation, its customer
        self.planned: set[str] = set()

    def tick(self) -> None:
        """Look for new conversations and answer those whose time has come; never raises."""
        now = time.monotonic()
        try:
            if not self.token:
                self._begin()
            if now >= self.look_at:
                self.look_at = now + LOOK_SECONDS
                self._look(now)
            while self.plan and self.plan[0][0] <= now:
                _at, conversation, sender = heapq.heappop(self.plan)
                self.planned.discard(conversation)
                self._answer(conversation, sender)
        except (OSError, HTTPException, ValueError, KeyError):
            logger.warning("%s could not work for a moment", self.username)
            self.errors += 1
            self.look_at = now + LOOK_SECONDS

    def _begin(self) -> None:
        body = urlencode({"username": self.username, "password": self.password}).encode()
        status, answer = call(self.host, self.port, "POST", "/auth/token", body, FORM)
        if status != 200:
            raise ValueError(f"sign-in of {self.username}: {status}")
        self.token = json.loads(answer)["access_token"]
        self._api("POST", "/api/v1/shifts/checkin")

    def _look(self, now: float) -> None:
        status, found = self._api("GET", "/api/v1/conversations?scope=mine&status=open")
        for row in found["results"] if status == 200 else ():
            if row["id"] not in self.planned:
                self.planned.add(row["id"])
                at = now + self.rng.uniform(*THINKING_SECONDS)
                heapq.heappush(self.plan, (at, row["id"], row["sender"]))

    def _answer(self, conversation: str, sender: str) -> None:
        """Say what the talk says next; without a next line it is done."""
        writer = self.simulation.writers.get(sender)
        text, is_last = self.rng.choice(ANSWERS), False
        if writer is not None:
            with self.simulation.lock:
                lines = [line for line in writer.lines if line.kind != "G"]
            is_last = len(lines) <= 1
            text = lines[0].text if lines and lines[0].kind == "N" else ""
        if text:
            status, _body = self._api(
                "POST", f"/api/v1/conversations/{conversation}/reply", {"text": text}
            )
            self.answered += status == 201
        if is_last:
            self._api("POST", f"/api/v1/conversations/{conversation}/resolve")

    def _api(self, method: str, path: str, data: dict | None = None) -> tuple[int, dict]:
        """Call as this person; an expired token is replaced before the next call."""
        body = json.dumps(data).encode() if data is not None else None
        headers = JSON | {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        status, answer = call(self.host, self.port, method, path, body, headers)
        if status == 401:
            self.token = ""
        return status, json.loads(answer) if answer else {}
