"""One socket from the page's side: let in, refused, closed in time, deaf to what it is sent."""

from __future__ import annotations

import asyncio
import json
import random
import string
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import LiveEvent, User
from accounts.services import live
from accounts.services.departments import update_department
from accounts.services.people import change_password, update_user
from inbox.models import Mention
from omnichat import asgi
from omnichat.live import consumer as consumer_module
from omnichat.live import desk as desk_module
from omnichat.live.desk import desk
from omnichat.live.tail import Tail
from tests.factories import ConversationFactory, MessageFactory
from tests.live.loops import run_apart

pytestmark = pytest.mark.django_db(transaction=True)

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


@pytest.fixture(autouse=True)
def hurry(monkeypatch) -> None:
    monkeypatch.setattr(desk_module, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(desk_module, "RETRY_SECONDS", 0.02)
    monkeypatch.setattr(desk_module, "CALL_SECONDS", 0.2)


@pytest.fixture
def seldom_called(monkeypatch) -> None:
    """Nobody is looked at in their turn: only what a change itself says is left."""
    monkeypatch.setattr(desk_module, "CALL_SECONDS", 3600)


def play(scenario: Scenario) -> None:
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


def _no_session(user: User) -> Client | None:
    return None


def _unknown_session(user: User) -> Client:
    client = signed_in(user)
    client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
    return client


def _expired_session(user: User) -> Client:
    client = signed_in(user)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    return client


def _old_password(user: User) -> Client:
    client = signed_in(user)
    user.set_password("another good password")
    user.save()
    return client


def _deactivated(user: User) -> Client:
    client = signed_in(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    return client


def _nobodys_session(user: User) -> Client:
    """What a visitor of the sign-in page has."""
    client = Client()
    session = client.session
    session["language"] = "vi"
    session.save()
    return client


@pytest.mark.parametrize(
    "come",
    [
        _no_session,
        _unknown_session,
        _expired_session,
        _old_password,
        _deactivated,
        _nobodys_session,
    ],
)
def test_who_is_not_signed_in_is_told_so_and_nothing_else(people, come):
    async def scenario() -> None:
        socket = knock(come(people["staff"]))
        assert (await socket.connect())[0]  # opened to tell the code
        assert await code_of(socket) == 4401
        assert desk.hub.people == {}

    play(scenario)


def _log_out(user: User, client: Client) -> None:
    client.logout()


def _expire(user: User, client: Client) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))


def _change_password(user: User, client: Client) -> None:
    change_password(user=user, password="another good password")


def _deactivate(user: User, client: Client) -> None:
    update_user(user=user, actor=user, changes={"is_active": False})


def _deactivate_behind_our_back(user: User, client: Client) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def _demote(user: User, client: Client) -> None:
    update_user(user=user, actor=user, changes={"role": User.Role.STAFF})


@pytest.mark.parametrize(
    ("leave", "code"),
    [
        (_log_out, 4401),
        (_expire, 4401),
        (_change_password, 4401),
        (_deactivate, 4403),
        (_deactivate_behind_our_back, 4403),
        (_demote, 4403),
    ],
)
def test_who_may_no_longer_listen_is_closed(people, leave, code):
    async def scenario() -> None:
        client = signed_in(people["manager"])
        socket = await listen(people["manager"], client)
        other = await listen(people["other_staff"])
        leave(people["manager"], client)
        if leave is _expire:  # everybody's
            assert await code_of(other) == 4401
        assert await code_of(socket) == code
        assert {person.id for person in desk.hub.people.values()} <= {people["other_staff"].pk}

    play(scenario)


def test_the_demoted_hears_nothing_of_what_is_committed_after(people, sales, seldom_called):
    """The change and the next event are read together: rights first."""

    async def scenario() -> None:
        socket = await listen(people["manager"])
        with transaction.atomic():
            _demote(people["manager"], None)
            tell(live.leads_of(sales.pk))
        message = await socket.receive_output(PATIENCE)
        assert (message["type"], message["code"]) == ("websocket.close", 4403)

    play(scenario)


def test_who_moves_hears_of_the_new_department_at_once(people, sales, billing, seldom_called):
    async def scenario() -> None:
        socket = await listen(people["manager"])
        with transaction.atomic():
            update_user(
                user=people["manager"], actor=people["admin"], changes={"department": billing}
            )
            tell(live.leads_of(sales.pk), kind=LiveEvent.Kind.MESSAGE_CREATED)
            tell(live.leads_of(billing.pk), kind=LiveEvent.Kind.QUEUE_CHANGED)
        kinds = {event["kind"] for _ in range(2) for event in await socket.heard()}
        assert kinds == {"me.changed", "queue.changed"}
        await socket.disconnect()

    play(scenario)


def test_claiming_is_switched_on_and_off_at_once(people, sales, seldom_called):
    async def scenario() -> None:
        socket = await listen(people["staff"])
        for is_on in (True, False):
            update_department(
                department=sales, actor=people["admin"], changes={"staff_can_claim": is_on}
            )
            tell(live.claimers_of(sales.pk))
            tell(live.person(people["staff"].pk), kind=LiveEvent.Kind.MESSAGE_STATUS)
            kinds: set[str] = set()
            while not kinds.issuperset(
                {"message.status", "queue.changed"} if is_on else {"message.status"}
            ):
                kinds |= {event["kind"] for event in await socket.heard()}
            assert ("queue.changed" in kinds) is is_on
        await socket.disconnect()

    play(scenario)


def test_a_mention_lets_a_page_hear_of_the_conversation(people, billing, seldom_called):
    async def scenario() -> None:
        socket = await listen(people["staff"])
        conversation = ConversationFactory(department=billing)
        note = MessageFactory(conversation=conversation, direction="note")
        with transaction.atomic():
            Mention.objects.create(message=note, conversation=conversation, user=people["staff"])
            live.tell_people([people["staff"].pk])
            tell(live.mentioned_in(conversation.pk))
        events = await socket.heard()
        assert [event["kind"] for event in events] == ["me.changed", "queue.changed"]
        await socket.disconnect()

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
