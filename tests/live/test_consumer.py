"""One socket from the page's side: let in, refused, deaf to what it is sent, forgotten."""

from __future__ import annotations

import asyncio
import random
import string
from contextlib import suppress

import pytest
from django.db import transaction

from accounts.models import LiveEvent
from accounts.services import live
from omnichat import asgi
from omnichat.live import consumer as consumer_module
from omnichat.live import desk as desk_module
from omnichat.live.desk import desk
from tests.live.loops import run_apart
from tests.live.pages import code_of, knock, listen, play, signed_in, tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("hurry")]


def test_a_page_hears_what_is_committed(people):
    async def scenario() -> None:
        socket = await listen(people["staff"])
        with transaction.atomic():
            tell(live.person(people["staff"].pk), kind=LiveEvent.Kind.ME_CHANGED)
        assert await socket.heard() == [{"kind": "me.changed", "id": None}]
        await socket.disconnect()

    play(scenario)


def test_nobody_hears_what_was_rolled_back(people):
    async def scenario() -> None:
        socket = await listen(people["staff"])
        with transaction.atomic():
            tell(live.person(people["staff"].pk))
            transaction.set_rollback(True)
        tell(live.person(people["staff"].pk), kind=LiveEvent.Kind.ME_CHANGED)
        assert await socket.heard() == [{"kind": "me.changed", "id": None}]
        await socket.disconnect()

    play(scenario)


@pytest.mark.parametrize("app", [asgi.live, asgi.application], ids=["live", "whole"])
def test_an_unknown_path_is_refused_without_a_fault(people, app):
    async def scenario() -> None:
        for path in ("/ws", "/ws/events/", "/ws/other", "/"):
            socket = knock(signed_in(people["admin"]), path=path, app=app)
            assert await socket.connect() == (False, 4404)

    play(scenario)


@pytest.mark.parametrize("origin", [None, b"null", b"http://evil.example", b"http://testserver:81"])
def test_a_foreign_page_gets_no_socket(people, origin):
    async def scenario() -> None:
        socket = knock(signed_in(people["admin"]), origin=origin)
        assert await socket.connect() == (False, 4403)
        assert not hasattr(desk, "hub") or desk.hub.people == {}

    play(scenario)


HOSTILE = [
    '{"subscribe": "admins"}',
    '{"type": "subscribe", "group": "leads:1"}',
    '{"events": [{"kind": "me.changed", "id": null}]}',
    '{"groups": ["admins", "common", "queue:1", "user:%d"]}',
    "admins",
    "*",
    "user:%d",
    "[" * 5_000,
    "\0",
    "null",
    "{",
    '{"type": "websocket.close"}',
    '{"user_id": 1, "audience": "user:* leads:% queue:_"}',
]


def test_whatever_a_page_sends_it_hears_nothing_that_is_not_its_own(people, monkeypatch):
    """P-R1: 500 hostile frames, 0 foreign events, and the socket goes on."""
    monkeypatch.setattr(consumer_module, "FLOOD", 10_000)
    chance = random.Random(20261124)

    def frame() -> str | bytes:
        kind = chance.randrange(4)
        if kind == 0:
            return chance.randbytes(chance.randrange(1, 2_000))
        if kind == 1:
            return "".join(chance.choices(string.printable, k=chance.randrange(1, 2_000)))
        return chance.choice(HOSTILE).replace("%d", str(people["admin"].pk))

    async def scenario() -> None:
        socket = await listen(people["staff"])
        foreign = [live.ADMINS, live.COMMON, live.person(people["admin"].pk)]
        foreign += [live.leads_of(1), live.claimers_of(1), live.mentioned_in(1)]
        for number in range(500):
            sent = frame()
            await (
                socket.send_to(bytes=sent) if isinstance(sent, bytes) else socket.send_to(text=sent)
            )
            if number % 25 == 0:
                tell(*foreign)
                await asyncio.sleep(0.01)
        tell(live.person(people["staff"].pk), kind=LiveEvent.Kind.ME_CHANGED)
        assert await socket.heard() == [{"kind": "me.changed", "id": None}]
        await socket.disconnect()

    play(scenario)


def test_a_flood_of_frames_ends_the_socket(people):
    async def scenario() -> None:
        socket = await listen(people["staff"])
        with suppress(AssertionError):
            for _ in range(consumer_module.FLOOD * 3):
                await socket.send_to(text="!")
        assert await code_of(socket) == 1008
        assert desk.hub.people == {}

    play(scenario)


def test_a_page_that_leaves_is_forgotten(people):
    async def scenario() -> None:
        socket = await listen(people["staff"])
        await socket.disconnect()
        while desk.hub.people:
            await asyncio.sleep(0.01)

    play(scenario)


def test_a_hundred_pages_at_once_are_looked_up_together(people):
    """A restart brings everybody back at the same moment."""
    asked = []
    look_up = desk_module.roll.sign_in

    def counted(keys):
        asked.append(len(keys))
        return look_up(keys)

    async def scenario() -> None:
        clients = [signed_in(people[name]) for name in ("staff", "manager", "admin") * 6]
        sockets = [knock(client) for client in clients]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(desk_module.roll, "sign_in", counted)
            opened = await asyncio.gather(*(socket.connect() for socket in sockets))
        assert opened == [(True, None)] * 18
        assert len(asked) < 9
        for socket in sockets:
            await socket.disconnect()

    play(scenario)


def test_the_live_process_shows_a_sign_of_life_and_nothing_else():
    async def ask(path: str) -> int:
        sent = []

        async def send(message) -> None:
            sent.append(message)

        await asgi.live({"type": "http", "path": path}, None, send)
        return sent[0]["status"]

    assert run_apart(ask("/healthz/live")) == 200
    for path in ("/", "/messages", "/healthz/ready", "/ws/events", "/admin/"):
        assert run_apart(ask(path)) == 404
