"""The page's end of a socket, and a loop in which it is played."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.test import Client

from accounts.models import LiveEvent, User
from accounts.services import live
from omnichat import asgi
from omnichat.live.desk import desk
from tests.live.loops import run_apart

OWN = b"http://testserver"
PATIENCE = 20  # seconds; everything here takes a few tenths
Scenario = Callable[[], Awaitable[None]]


class Page(ApplicationCommunicator):
    """The browser's end. Channels has one too, but it cannot be imported without daphne."""

    async def connect(self) -> tuple[bool, int | None]:
        """Was it opened, and if not, with which code was it refused?"""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.receive_output(PATIENCE)
        return answer["type"] == "websocket.accept", answer.get("code")

    async def send_to(self, **data: str | bytes) -> None:
        await self.send_input({"type": "websocket.receive"} | data)

    async def heard(self) -> list[dict]:
        message = await self.receive_output(PATIENCE)
        assert message["type"] == "websocket.send", message
        return json.loads(message["text"])["events"]

    async def disconnect(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.wait(PATIENCE)


def play(scenario: Scenario) -> None:
    """Run a scenario on a loop of its own, with a desk that ends with it."""

    async def run() -> None:
        try:
            await asyncio.wait_for(scenario(), PATIENCE * 3)
        finally:
            await desk.stop()

    run_apart(run())


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def knock(
    client: Client | None, *, origin: bytes | None = OWN, path: str = "/ws/events", app=asgi.live
) -> Page:
    """The socket of a page, not opened yet."""
    headers = [(b"host", b"testserver")]
    if origin is not None:
        headers.append((b"origin", origin))
    if client is not None:
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()))
    return Page(app, {"type": "websocket", "path": path, "headers": headers})


async def listen(user: User, client: Client | None = None) -> Page:
    """An open socket that has heard its first event: whatever comes now, it hears."""
    socket = knock(client or signed_in(user))
    is_open, _protocol = await socket.connect()
    assert is_open
    while not any(s.hears for s in desk.hub.sockets() if s.person.id == user.pk):
        await asyncio.sleep(0.01)
    return socket


async def code_of(socket: Page) -> int:
    """The code a socket is closed with; what it is told before is not looked at."""
    while True:
        message = await socket.receive_output(PATIENCE)
        if message["type"] == "websocket.close":
            return message["code"]


def tell(*audience: str, kind: str = LiveEvent.Kind.QUEUE_CHANGED) -> None:
    live.tell(live.event(kind, audience))
