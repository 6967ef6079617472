"""The sockets of this process: who is in which group, what each is still to be told."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from uuid import UUID

from accounts.services import live
from omnichat.live.roll import Rights
from omnichat.live.tail import LATE_SECONDS, News

logger = logging.getLogger(__name__)

# Close codes of our own; the page reads them (static/js/live.js).
NOT_SIGNED_IN = 4401
NOT_ALLOWED = 4403
# RFC 6455: the page tries again later.
TRY_LATER = 1013

MAX_SOCKETS_OF_ONE = 20  # open pages of one person in one process
WIDE_SECONDS = 1.0  # a department's events reach a page at most once in this time
BEAT_SECONDS = 25.0  # an empty frame: proxies cut silent connections, usually after 60 s
STUCK_SECONDS = 15.0  # a page that takes nothing for so long is let go
MAX_KEPT = 500  # events that wait for a page that takes nothing

# Groups of one person hear at once, those of a whole department once a second.
PERSONAL = ("user:", "assignee:", "mentioned:")

Key = tuple[str, UUID | None]  # kind and object: the same twice is told once
Keys = dict[Key, None]  # in the order they came
Send = Callable[[str], Awaitable[None]]
Close = Callable[[int], Awaitable[None]]


class Person:
    """Somebody with at least one open page."""

    __slots__ = ("groups", "id", "sockets")

    def __init__(self, user_id: int, groups: frozenset[str]) -> None:
        self.id = user_id
        self.groups = groups
        self.sockets: set[Socket] = set()


class Socket:
    """One open page, and what its person had signed in with."""

    __slots__ = (
        "close", "credentials", "hears", "kept", "person", "role", "send", "sending_since",
        "sent_at", "session_key", "wide", "wide_at",
    )  # fmt: skip

    def __init__(
        self, person: Person, rights: Rights, session_key: str, send: Send, close: Close
    ) -> None:
        self.person = person
        self.role = rights.role
        self.credentials = rights.credentials
        self.session_key = session_key
        self.send = send
        self.close = close
        self.hears = False  # until the roll was called once more
        self.sent_at = time.monotonic()
        self.wide_at = 0.0  # when the last wide frame went out
        self.wide: Keys | None = None  # waits for its second
        self.sending_since: float | None = None
        self.kept: Keys | None = None  # came while a frame was on its way


class Hub:
    """Knows every socket of this process; lives in one event loop and needs no locks."""

    def __init__(self) -> None:
        self.people: dict[int, Person] = {}
        self._members: dict[str, set[Person]] = {}
        # Who may read a conversation by its newest event: what waited must not name it to others.
        self._readers: dict[UUID, tuple[frozenset[str], float]] = {}
        self._waiting: set[Socket] = set()
        self._sending: set[Socket] = set()
        self._tasks: set[asyncio.Task] = set()
        self._next_beat_at = 0.0

    # --- Coming and going -----------------------------------------------------------------------
    def sockets(self) -> list[Socket]:
        return [socket for person in self.people.values() for socket in person.sockets]

    def join(
        self,
        user_id: int,
        rights: Rights,
        session_key: str,
        send: Send,
        close: Close,
    ) -> Socket | None:
        """Take a socket in; None when the person has too many already."""
        person = self.people.get(user_id)
        if person is None:
            person = self.people[user_id] = Person(user_id, rights.groups)
            self._enter(person)
        elif len(person.sockets) >= MAX_SOCKETS_OF_ONE:
            return None
        socket = Socket(person, rights, session_key, send, close)
        person.sockets.add(socket)
        return socket

    def leave(self, socket: Socket) -> None:
        """Forget a socket; harmless twice."""
        person = socket.person
        person.sockets.discard(socket)
        self._waiting.discard(socket)
        self._sending.discard(socket)
        if not person.sockets and self.people.get(person.id) is person:
            del self.people[person.id]
            self._exit(person)

    def shut(self, sockets: Iterable[Socket], code: int) -> None:
        """Tell pages nothing more, and why."""
        for socket in list(sockets):
            self.leave(socket)
            self._start(self._close(socket, code))

    def members_of(self, groups: Iterable[str]) -> set[int]:
        return {person.id for group in groups for person in self._members.get(group, ())}

    def apply(self, asked: Iterable[Socket], rights: dict[int, Rights], sessions: set[str]) -> None:
        """Act on what the roll says of these sockets; `sessions` are those that are alive."""
        for socket in asked:
            now = rights.get(socket.person.id)
            if now is None or now.role != socket.role:
                self.shut([socket], NOT_ALLOWED)
            elif now.credentials != socket.credentials or socket.session_key not in sessions:
                self.shut([socket], NOT_SIGNED_IN)
            else:
                socket.hears = True
                self._move(socket.person, now.groups)

    def _move(self, person: Person, groups: frozenset[str]) -> None:
        if groups != person.groups and self.people.get(person.id) is person:
            self._exit(person)
            person.groups = groups
            self._enter(person)

    def _enter(self, person: Person) -> None:
        for group in person.groups:
            self._members.setdefault(group, set()).add(person)

    def _exit(self, person: Person) -> None:
        for group in person.groups:
            members = self._members[group]
            members.discard(person)
            if not members:
                del self._members[group]

    # --- Telling --------------------------------------------------------------------------------
    def deliver(self, batch: list[News], now: float) -> None:
        """Tell everybody in the audiences; each page once, however many of its groups are named."""
        for news in batch:
            if news.object_id and live.ADMINS in news.audience:  # so the audience is whole
                self._readers[news.object_id] = frozenset(news.audience), now
        at_once: dict[Socket, Keys] = {}
        for news in batch:
            key = news.kind, news.object_id
            for person, is_personal in self._audience(news).items():
                for socket in person.sockets:
                    if not socket.hears:
                        continue  # it came after the batch was read, and asks for everything
                    if is_personal:
                        at_once.setdefault(socket, {})[key] = None
                    else:
                        self._wait(socket, key)
        for socket, keys in at_once.items():
            if socket.wide:  # what waits and is told now needs no second telling
                for key in keys:
                    socket.wide.pop(key, None)
            self._tell(socket, keys, now)
        self._tell_waiting(now)

    def tick(self, now: float) -> None:
        """Tell what has waited its second; let go of who takes nothing; show signs of life."""
        self._tell_waiting(now)
        stuck = [s for s in self._sending if now - s.sending_since > STUCK_SECONDS]
        self.shut(stuck, TRY_LATER)
        if now >= self._next_beat_at:
            self._next_beat_at = now + 1
            for socket in self.sockets():
                if now - socket.sent_at > BEAT_SECONDS:
                    self._transmit(socket, frame(()), now)
            for object_id, (_groups, at) in list(self._readers.items()):
                if now - at > LATE_SECONDS:
                    del self._readers[object_id]

    def _audience(self, news: News) -> dict[Person, bool]:
        """People to tell; True for those who are told at once."""
        found: dict[Person, bool] = {}
        for group in news.audience:
            members = self._members.get(group)
            if members:
                is_personal = group.startswith(PERSONAL)
                for person in members:
                    found[person] = is_personal or found.get(person, False)
        return found

    def _wait(self, socket: Socket, key: Key) -> None:
        if socket.wide is None:
            socket.wide = {}
        socket.wide[key] = None
        self._waiting.add(socket)

    def _tell_waiting(self, now: float) -> None:
        for socket in list(self._waiting):
            if now - socket.wide_at >= WIDE_SECONDS:
                keys, socket.wide = socket.wide, None
                self._waiting.discard(socket)
                if keys and self._tell(socket, keys, now):
                    socket.wide_at = now

    def _tell(self, socket: Socket, keys: Keys, now: float) -> bool:
        """Send what the person may still be told of it; False when nothing is left."""
        groups = socket.person.groups
        known = self._readers
        may = tuple(
            key for key in keys if key[1] not in known or not groups.isdisjoint(known[key[1]][0])
        )
        if may:
            self._transmit(socket, frame(may), now, may)
        return bool(may)

    def _transmit(self, socket: Socket, text: str, now: float, keys: tuple[Key, ...] = ()) -> None:
        """Hand a frame to the connection; while it takes none, keep what comes."""
        if socket.sending_since is None:
            socket.sending_since = socket.sent_at = now
            self._sending.add(socket)
            self._start(self._send(socket, text))
            return
        socket.kept = (socket.kept or {}) | dict.fromkeys(keys)
        if len(socket.kept) > MAX_KEPT:
            self.shut([socket], TRY_LATER)

    async def _send(self, socket: Socket, text: str) -> None:
        try:
            await socket.send(text)
        except (OSError, RuntimeError):  # the page has gone
            self.leave(socket)
        finally:
            socket.sending_since = None
            self._sending.discard(socket)
        kept, socket.kept = socket.kept, None
        if kept and socket in socket.person.sockets:
            self._tell(socket, kept, time.monotonic())

    async def _close(self, socket: Socket, code: int) -> None:
        try:
            await socket.close(code)
        except (OSError, RuntimeError):
            logger.debug("the page had gone already")

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)  # the loop itself holds tasks only weakly
        task.add_done_callback(self._tasks.discard)


@lru_cache(maxsize=64)  # the same to every page of a department
def frame(keys: tuple[Key, ...]) -> str:
    """What the page gets. Without events: a sign of life."""
    events = [{"kind": kind, "id": str(pk) if pk else None} for kind, pk in keys]
    return json.dumps({"events": events}, separators=(",", ":"))
