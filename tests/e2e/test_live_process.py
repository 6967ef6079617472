"""A live process of its own, with real sockets: it tells, it closes, it may be killed."""

from __future__ import annotations

import http.cookies
import itertools
import json
import re
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from uuid import UUID

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.e2e.installation import free_port, wait_until
from tests.e2e.processes import DEADLINE_SECONDS, House, house

pytestmark = pytest.mark.kills

CLOSED_SECONDS = 5  # promises P-R1
BACK_SECONDS = 10  # promises P-R3
TAKEN_IN_SECONDS = 0.5  # until an open socket's rights were read once more
SALES = "báo giá"  # a word of the demo that leads to Sales

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    with house(tmp_path_factory.mktemp("house")) as made:
        made.write("UPDATE routing_agent SET capacity = 0")
        made.write(
            "UPDATE routing_agent SET capacity = 30000 WHERE user_id IN"
            " (SELECT id FROM accounts_user WHERE username IN ('staff1', 'staff2'))"
        )
        yield made


@pytest.fixture
def home(installation):
    yield installation
    installation.stop_all()


def sign_in(home: House, username: str, password: str) -> str:
    """Sign in on the page, as a person does; returns the cookies."""
    page = home.get("/login", Accept="text/html")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.body["text"]).group(1)
    first = http.cookies.SimpleCookie(page.headers["Set-Cookie"])
    cookie = "; ".join(f"{name}={value.value}" for name, value in first.items())
    data = {"csrfmiddlewaretoken": token, "username": username, "password": password}
    answer = home.form("/login", data, Cookie=cookie, Referer=f"{home.url}/login")
    assert answer.status == 302, answer
    session = re.search(r"session=(\w+)", answer.headers["Set-Cookie"]).group(1)
    return f"session={session}"


@contextmanager
def listen(home: House, port: int, cookie: str, origin: str = "") -> Iterator[ClientConnection]:
    with connect(
        f"ws://127.0.0.1:{port}/ws/events",
        origin=origin or home.url,
        additional_headers={"Cookie": cookie} if cookie else {},
        open_timeout=DEADLINE_SECONDS,
        proxy=None,
    ) as socket:
        yield socket


def hears(socket: ClientConnection, kind: str, about: str | None = None) -> dict:
    """The next event of this kind (and conversation); others may come before it."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        frame = json.loads(socket.recv(max(0.1, deadline - time.monotonic())))
        for event in frame["events"]:
            if event["kind"] == kind and about in (None, event["id"]):
                return event


def code_within(socket: ClientConnection, seconds: float) -> int:
    deadline = time.monotonic() + seconds
    try:
        while True:
            socket.recv(max(0.1, deadline - time.monotonic()))
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 1006


def write_as_a_customer(home: House, text: str = SALES) -> str:
    number = next(_numbers)
    answer = home.message(text, sender=f"+84777{number:06}", external_id=f"live-{number}")
    assert answer.status == 200, answer
    return answer.body["conversation_id"]


def test_a_message_reaches_the_open_page_and_nobody_elses(home):
    home.web()
    port = free_port()
    home.live(port)
    cookies = {who: sign_in(home, who, f"{who}pass") for who in ("manager", "staff1", "staff2")}
    with ExitStack() as pages:
        sockets = {
            who: pages.enter_context(listen(home, port, cookie)) for who, cookie in cookies.items()
        }
        time.sleep(TAKEN_IN_SECONDS)
        conversation = write_as_a_customer(home)
        assert hears(sockets["staff2"], "conversation.changed", conversation)
        assert hears(sockets["manager"], "message.created", conversation)
        with suppress(TimeoutError):
            while True:
                assert conversation not in sockets["staff1"].recv(2)


def test_strangers_are_refused(home):
    home.web()
    port = free_port()
    home.live(port)
    cookie = sign_in(home, "manager", "managerpass")
    foreign = listen(home, port, cookie, origin="http://evil.example")
    with pytest.raises(InvalidStatus) as refused:
        foreign.__enter__()
    assert refused.value.response.status_code == 403
    with listen(home, port, "") as nobody:
        assert code_within(nobody, CLOSED_SECONDS) == 4401
    with listen(home, port, "session=abcdefghijklmnopqrstuvwxyz012345") as stranger:
        assert code_within(stranger, CLOSED_SECONDS) == 4401
    with listen(home, port, cookie) as flood:
        flood.send("x" * 70_000)
        assert code_within(flood, CLOSED_SECONDS) == 1009


def test_who_goes_is_closed_in_time(home):
    """P-R1: sign-out and deactivation, each within 5 s."""
    home.web()
    port = free_port()
    home.live(port)
    out = sign_in(home, "manager", "managerpass")
    gone = sign_in(home, "staff1", "staff1pass")
    with listen(home, port, out) as first, listen(home, port, gone) as second:
        time.sleep(TAKEN_IN_SECONDS)
        _sign_out(home, out)
        assert code_within(first, CLOSED_SECONDS) == 4401
        staff1 = UUID(
            str(home.one("SELECT public_id FROM accounts_user WHERE username = 'staff1'"))
        )
        admin = home.bearer("admin", "adminpass")
        answer = home.patch(f"/api/v1/users/{staff1}", {"is_active": False}, **admin)
        assert answer.status == 200, answer
        assert code_within(second, CLOSED_SECONDS) == 4403
        home.patch(f"/api/v1/users/{staff1}", {"is_active": True}, **admin)
    with listen(home, port, gone) as again:  # the old session stays dead
        assert code_within(again, CLOSED_SECONDS) == 4401


def _sign_out(home: House, cookie: str) -> None:
    page = home.get("/messages", Accept="text/html", Cookie=cookie)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.body["text"]).group(1)
    csrf = re.search(r"csrftoken=(\w+)", page.headers.get("Set-Cookie", ""))
    cookies = f"{cookie}; csrftoken={csrf.group(1)}" if csrf else cookie
    data = {"csrfmiddlewaretoken": token}
    answer = home.form("/logout", data, Cookie=cookies, Referer=f"{home.url}/messages")
    assert answer.status == 302, answer


def test_the_live_process_is_killed_and_nothing_is_lost(home):
    """P-R3: messages, assignment and pages go on; the next process tells again."""
    home.web()
    port = free_port()
    live = home.live(port)
    cookie = sign_in(home, "admin", "adminpass")
    with listen(home, port, cookie) as socket:
        time.sleep(TAKEN_IN_SECONDS)
        assert hears(socket, "message.created", write_as_a_customer(home))
        live.kill()
        assert code_within(socket, CLOSED_SECONDS) == 1006

    before = home.one("SELECT COUNT(*) FROM routing_assignment")
    missed = [write_as_a_customer(home) for _ in range(5)]
    assert home.one("SELECT COUNT(*) FROM routing_assignment") == before + 5
    page = home.get("/messages?scope=all", Accept="text/html", Cookie=cookie)
    assert page.status == 200

    begun = time.monotonic()
    home.live(port)
    with listen(home, port, cookie) as socket:
        time.sleep(TAKEN_IN_SECONDS)
        assert hears(socket, "message.created", write_as_a_customer(home))
    assert time.monotonic() - begun < BACK_SECONDS * 3  # two cores may have other work
    for conversation in missed:  # what the page asks for when it connects
        found = home.get(f"/conversations/{conversation}", Accept="text/html", Cookie=cookie)
        assert found.status == 200


def test_a_stop_lets_go_of_open_pages(home):
    home.web()
    port = free_port()
    live = home.live(port)
    with listen(home, port, sign_in(home, "admin", "adminpass")) as socket:
        live.popen.send_signal(signal.SIGTERM)
        assert wait_until(lambda: not live.is_running(), DEADLINE_SECONDS)
        assert code_within(socket, CLOSED_SECONDS) in (1001, 1006, 1011)
    assert "Traceback" not in live.printed()
    assert "ERROR" not in live.printed()
