"""The hub: each page once, a department once a second, nobody held up, nothing lost is named."""

from __future__ import annotations

import asyncio
import json
from uuid import UUID, uuid4

import pytest

from omnichat.live import hub as hub_module
from omnichat.live.hub import NOT_ALLOWED, NOT_SIGNED_IN, TRY_LATER, Hub, Socket
from omnichat.live.roll import Rights
from omnichat.live.tail import News
from tests.live.loops import run_apart

CHANGED, QUEUE = "conversation.changed", "queue.changed"


class Page:
    """The far end of a socket."""

    def __init__(self) -> None:
        self.frames: list[list[tuple[str, str | None]]] = []
        self.codes: list[int] = []
        self.takes = asyncio.Event()
        self.takes.set()
        self.is_gone = False

    async def send(self, text: str) -> None:
        await self.takes.wait()
        if self.is_gone:
            raise OSError("gone")
        self.frames.append([(e["kind"], e["id"]) for e in json.loads(text)["events"]])

    async def close(self, code: int) -> None:
        self.codes.append(code)


def rights(*groups: str, role: str = "staff", credentials: int = 1) -> Rights:
    return Rights(role, credentials, frozenset(groups))


def join(hub: Hub, user_id: int, *groups: str, key: str = "") -> tuple[Page, Socket]:
    page = Page()
    key = key or f"session{user_id}"
    socket = hub.join(user_id, rights(*groups), key, page.send, page.close)
    if socket is not None:
        socket.hears = True
    return page, socket


def news(pk: int, *audience: str, kind: str = CHANGED, about: UUID | None = None) -> News:
    return News(pk, kind, audience, about)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def in_loop(test):
    """Run an async test; no plugin needed."""

    def run(*args, **kwargs) -> None:
        run_apart(test(*args, **kwargs))

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


@in_loop
async def test_only_the_audience_is_told():
    hub = Hub()
    mine, _ = join(hub, 1, "user:1")
    other, _ = join(hub, 2, "user:2", "leads:5", "admins")
    hub.deliver([news(1, "user:1")], 100.0)
    await settle()
    assert mine.frames == [[(CHANGED, None)]]
    assert other.frames == []


@in_loop
async def test_every_page_of_a_person_is_told():
    hub = Hub()
    one, _ = join(hub, 1, "user:1")
    two, _ = join(hub, 1, "user:1")
    hub.deliver([news(1, "user:1")], 100.0)
    await settle()
    assert one.frames == two.frames == [[(CHANGED, None)]]


@in_loop
async def test_a_page_in_several_groups_is_told_once_and_at_once():
    hub = Hub()
    about = uuid4()
    page, _ = join(hub, 1, "user:1", "admins", "assignee:1")
    hub.deliver([news(1, "admins", "leads:1", "assignee:1", about=about)], 100.0)
    hub.tick(102.0)
    await settle()
    assert page.frames == [[(CHANGED, str(about))]]


@in_loop
async def test_a_department_is_told_at_once_and_then_once_a_second_without_repeats():
    hub = Hub()
    page, _ = join(hub, 1, "leads:5")
    one, two = uuid4(), uuid4()
    hub.deliver([news(1, "leads:5", about=one)], 100.0)
    await settle()
    assert page.frames == [[(CHANGED, str(one))]]
    for step, about in enumerate([two, one, two, two, one]):
        hub.deliver([news(2 + step, "leads:5", about=about)], 100.1 + step / 10)
    hub.deliver([news(9, "leads:5", kind=QUEUE)], 100.8)
    hub.tick(100.99)
    await settle()
    assert len(page.frames) == 1
    hub.tick(101.01)
    await settle()
    assert page.frames[1:] == [[(CHANGED, str(two)), (CHANGED, str(one)), (QUEUE, None)]]
    hub.tick(105.0)
    await settle()
    assert len(page.frames) == 2


@in_loop
async def test_a_personal_event_does_not_wait_for_the_second():
    hub = Hub()
    page, _ = join(hub, 1, "user:1", "leads:5")
    hub.deliver([news(1, "leads:5", kind=QUEUE)], 100.0)
    hub.deliver([news(2, "leads:5", kind=QUEUE)], 100.1)
    hub.deliver([news(3, "user:1", kind="me.changed")], 100.2)
    await settle()
    assert page.frames == [[(QUEUE, None)], [("me.changed", None)]]
    hub.tick(101.1)
    await settle()
    assert page.frames[2:] == [[(QUEUE, None)]]


@in_loop
async def test_what_waits_and_is_told_personally_meanwhile_is_not_told_again():
    hub = Hub()
    about = uuid4()
    page, _ = join(hub, 1, "assignee:1", "leads:5")
    hub.deliver([news(1, "leads:5", kind=QUEUE)], 100.0)
    hub.deliver([news(2, "leads:5", about=about)], 100.1)
    hub.deliver([news(3, "assignee:1", "leads:5", about=about)], 100.2)
    hub.tick(102.0)
    await settle()
    assert page.frames == [[(QUEUE, None)], [(CHANGED, str(about))]]


@in_loop
async def test_what_waited_is_not_named_to_whom_it_was_taken_from_meanwhile():
    """It was claimable, and within the second somebody else got it."""
    hub = Hub()
    about = uuid4()
    loser, _ = join(hub, 1, "queue:5")
    winner, _ = join(hub, 2, "queue:5", "assignee:2")
    lead, _ = join(hub, 3, "leads:5")
    hub.deliver([news(1, "queue:5", "leads:5", kind=QUEUE)], 100.0)
    hub.deliver([news(2, "admins", "leads:5", "queue:5", about=about)], 100.2)
    hub.deliver(
        [news(3, "admins", "leads:5", "assignee:2", about=about), news(4, "queue:5", kind=QUEUE)],
        100.4,
    )
    hub.tick(101.1)
    await settle()
    assert loser.frames == [[(QUEUE, None)], [(QUEUE, None)]]
    assert (CHANGED, str(about)) in winner.frames[1]
    assert lead.frames[1:] == [[(CHANGED, str(about))]]


@in_loop
async def test_an_event_and_its_loss_read_together_name_nothing():
    hub = Hub()
    about = uuid4()
    loser, _ = join(hub, 1, "queue:5")
    hub.deliver(
        [
            news(1, "admins", "queue:5", about=about),
            news(2, "admins", "assignee:2", about=about),
            news(3, "queue:5", kind=QUEUE),
        ],
        100.0,
    )
    await settle()
    assert loser.frames == [[(QUEUE, None)]]


@in_loop
async def test_who_moves_away_is_not_told_what_waited_for_the_old_department():
    hub = Hub()
    about = uuid4()
    page, socket = join(hub, 1, "leads:5")
    hub.deliver([news(1, "leads:5", kind=QUEUE)], 100.0)
    hub.deliver([news(2, "admins", "leads:5", about=about)], 100.2)
    hub.apply([socket], {1: rights("leads:6")}, {"session1"})
    hub.tick(101.1)
    hub.deliver([news(3, "admins", "leads:5", about=about)], 101.2)
    hub.deliver([news(4, "leads:6", kind=QUEUE)], 101.3)
    await settle()
    assert page.frames == [[(QUEUE, None)], [(QUEUE, None)]]
    assert page.codes == []


@in_loop
async def test_a_page_hears_nothing_before_its_rights_were_read_again():
    hub = Hub()
    page = Page()
    socket = hub.join(1, rights("user:1"), "key", page.send, page.close)
    hub.deliver([news(1, "user:1")], 100.0)
    await settle()
    assert page.frames == []
    hub.apply([socket], {1: rights("user:1")}, {"key"})
    hub.deliver([news(2, "user:1")], 100.1)
    await settle()
    assert page.frames == [[(CHANGED, None)]]


@pytest.mark.parametrize(
    ("now", "sessions", "code"),
    [
        (None, {"session1"}, NOT_ALLOWED),
        (rights("user:1", role="manager"), {"session1"}, NOT_ALLOWED),
        (rights("user:1", credentials=2), {"session1"}, NOT_SIGNED_IN),
        (rights("user:1"), set(), NOT_SIGNED_IN),
    ],
    ids=["deactivated", "other role", "new password", "signed out"],
)
def test_who_may_no_longer_listen_is_closed_and_told_nothing(now, sessions, code):
    async def scenario() -> None:
        hub = Hub()
        page, socket = join(hub, 1, "user:1")
        hub.apply([socket], {1: now} if now else {}, sessions)
        hub.deliver([news(1, "user:1")], 100.0)
        await settle()
        assert (page.codes, page.frames) == ([code], [])
        assert (hub.people, hub.sockets(), hub._members) == ({}, [], {})

    run_apart(scenario())


@in_loop
async def test_a_new_password_closes_the_old_sessions_pages_only():
    hub = Hub()
    old, old_socket = join(hub, 1, "user:1", key="old")
    new = Page()
    fresh = rights("user:1", credentials=2)
    new_socket = hub.join(1, fresh, "new", new.send, new.close)
    hub.apply([old_socket, new_socket], {1: fresh}, {"new"})
    hub.deliver([news(1, "user:1")], 100.0)
    await settle()
    assert (old.codes, old.frames) == ([NOT_SIGNED_IN], [])
    assert (new.codes, new.frames) == ([], [[(CHANGED, None)]])


@in_loop
async def test_a_page_that_takes_nothing_holds_nobody_up_and_gets_one_frame_later():
    hub = Hub()
    slow, _ = join(hub, 1, "user:1")
    quick, _ = join(hub, 2, "user:2")
    slow.takes.clear()
    for number in range(10):
        hub.deliver([news(number, "user:1", "user:2", about=UUID(int=number % 3))], 100.0)
        await settle()
    assert len(quick.frames) == 10
    assert slow.frames == []
    slow.takes.set()
    await settle()
    assert len(slow.frames) == 2
    assert {about for _kind, about in slow.frames[1]} == {str(UUID(int=n)) for n in range(3)}


@in_loop
async def test_a_page_that_takes_nothing_for_long_is_let_go():
    hub = Hub()
    page, socket = join(hub, 1, "user:1")
    page.takes.clear()
    hub.deliver([news(1, "user:1")], 100.0)
    await settle()
    hub.tick(100.0 + hub_module.STUCK_SECONDS)
    await settle()
    assert page.codes == []
    hub.tick(100.1 + hub_module.STUCK_SECONDS)
    await settle()
    assert page.codes == [TRY_LATER]
    assert hub.people == {}
    hub.leave(socket)  # the connection ends later: harmless


@in_loop
async def test_what_is_kept_for_a_page_that_takes_nothing_has_an_end():
    hub = Hub()
    page, _ = join(hub, 1, "user:1")
    page.takes.clear()
    for number in range(hub_module.MAX_KEPT + 2):
        hub.deliver([news(number, "user:1", about=UUID(int=number))], 100.0)
        await settle()
    assert page.codes == [TRY_LATER]
    assert hub.people == {}


@in_loop
async def test_a_dead_page_is_forgotten_and_the_others_are_told():
    hub = Hub()
    dead, _ = join(hub, 1, "admins")
    alive, _ = join(hub, 2, "admins")
    dead.is_gone = True
    hub.deliver([news(1, "admins")], 100.0)
    await settle()
    assert alive.frames == [[(CHANGED, None)]]
    assert set(hub.people) == {2}


@in_loop
async def test_a_silent_page_gets_a_sign_of_life():
    hub = Hub()
    page, socket = join(hub, 1, "user:1")
    hub.tick(socket.sent_at + hub_module.BEAT_SECONDS - 1)
    await settle()
    assert page.frames == []
    hub.tick(socket.sent_at + hub_module.BEAT_SECONDS + 1)
    await settle()
    assert page.frames == [[]]


@in_loop
async def test_a_person_has_so_many_pages_and_no_more():
    hub = Hub()
    for _ in range(hub_module.MAX_SOCKETS_OF_ONE):
        assert join(hub, 1, "user:1")[1] is not None
    assert join(hub, 1, "user:1")[1] is None
    assert join(hub, 2, "user:2")[1] is not None


@in_loop
async def test_leaving_leaves_nothing_behind():
    hub = Hub()
    sockets = [join(hub, number % 7, "admins", f"user:{number % 7}")[1] for number in range(50)]
    hub.deliver([news(1, "admins")], 100.0)
    hub.deliver([news(2, "admins")], 100.1)
    await settle()
    for socket in sockets:
        hub.leave(socket)
    assert (hub.people, hub._members, hub._waiting, hub._sending) == ({}, {}, set(), set())
    assert hub._tasks == set()


@in_loop
async def test_who_may_read_what_is_remembered_for_seconds_only():
    hub = Hub()
    join(hub, 1, "admins")
    hub.deliver([news(1, "admins", about=uuid4())], 100.0)
    hub.tick(105.0)
    assert len(hub._readers) == 1
    hub.tick(111.0)
    assert hub._readers == {}
