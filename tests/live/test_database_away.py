"""Sockets outlive a database that goes away for a while, and a fault in one round."""

from __future__ import annotations

import asyncio

import pytest
from django.db import OperationalError, connection

from accounts.models import LiveEvent
from accounts.services import live
from omnichat.live import desk as desk_module
from omnichat.live.desk import desk
from omnichat.live.tail import Tail
from tests.live.pages import code_of, knock, listen, play, signed_in, tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("hurry")]


def test_the_database_goes_away_and_comes_back(people, monkeypatch, caplog):
    """What was committed meanwhile is told, once."""
    read, is_away = Tail.read, []

    def read_or_not(self):
        if is_away:
            raise OperationalError("the connection is closed")
        return read(self)

    monkeypatch.setattr(Tail, "read", read_or_not)

    async def scenario() -> None:
        socket = await listen(people["staff"])
        is_away.append(True)
        tell(live.person(people["staff"].pk), kind=LiveEvent.Kind.ME_CHANGED)
        while not desk._is_away:
            await asyncio.sleep(0.01)
        late = knock(signed_in(people["colleague"]))
        await late.connect()
        assert await code_of(late) == 1013
        await asyncio.sleep(0.1)
        is_away.clear()
        assert await socket.heard() == [{"kind": "me.changed", "id": None}]
        await socket.disconnect()

    play(scenario)
    told = [record.message for record in caplog.records if record.name == "omnichat.live.desk"]
    assert told == ["live: the database is away; trying again", "live: the database is back"]


def test_without_the_database_for_long_pages_are_sent_away_to_poll(people, monkeypatch):
    monkeypatch.setattr(desk_module, "AWAY_SECONDS", 0.2)

    def away(self):
        raise OperationalError("the connection is closed")

    async def scenario() -> None:
        socket = await listen(people["staff"])
        monkeypatch.setattr(Tail, "read", away)
        assert await code_of(socket) == 1013

    play(scenario)


def _one(sql: str, *parameters: object) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()[0]


@pytest.mark.usefixtures("on_postgresql")
def test_the_server_cuts_the_connection_and_the_desk_takes_another(people):
    async def scenario() -> None:
        socket = await listen(people["staff"])
        pid = await desk._ask(lambda: _one("SELECT pg_backend_pid()"))
        assert _one("SELECT pg_terminate_backend(%s)", pid) is True
        tell(live.person(people["staff"].pk), kind=LiveEvent.Kind.ME_CHANGED)
        assert await socket.heard() == [{"kind": "me.changed", "id": None}]
        await socket.disconnect()

    play(scenario)


def test_a_fault_in_one_round_does_not_end_the_others(people, monkeypatch):
    async def scenario() -> None:
        socket = await listen(people["staff"])
        deliver, faults = desk.hub.deliver, [RuntimeError("a bug")]

        def once(batch, now):
            if batch and faults:
                raise faults.pop()
            deliver(batch, now)

        monkeypatch.setattr(desk.hub, "deliver", once)
        tell(live.person(people["staff"].pk))
        while faults:
            await asyncio.sleep(0.01)
        tell(live.person(people["staff"].pk), kind=LiveEvent.Kind.ME_CHANGED)
        assert await socket.heard() == [{"kind": "me.changed", "id": None}]
        await socket.disconnect()

    play(scenario)
