"""The loop of a process that holds sockets: read the tail, ask who may hear it, tell them."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from django.db import Error, connection

from accounts.models import LiveEvent
from omnichat.live import roll
from omnichat.live.hub import TRY_LATER, Close, Hub, Send, Socket
from omnichat.live.tail import News, Tail

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.1
CALL_SECONDS = 2.0  # in which everybody is looked at: session, activity, role, password
CALL_PART = 50  # people at a time: a thousand at once would hold the tail up
AWAY_SECONDS = 5.0  # without the database so long, pages are told to poll
RETRY_SECONDS = 0.5

Answer = TypeVar("Answer")


class Away(Exception):
    """The database cannot be asked who this is."""


class Desk:
    """One per process; started by the server or by the first socket, in the loop of its sockets.

    All queries run in one thread of its own with one connection: a slow page cannot hold up the
    tail, and a thousand pages that connect at once are looked up together.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task | None = None

    def start(self) -> None:
        """Start the loop unless it runs; call inside the event loop."""
        loop = asyncio.get_running_loop()
        if self._loop is loop and self._task is not None and not self._task.done():
            return
        self._loop = loop
        self.hub = Hub()
        self._tail = Tail()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="live")
        self._knocking: dict[str, asyncio.Future] = {}
        self._answering: asyncio.Task | None = None
        self._unheard: list[News] = []
        self._new: set[Socket] = set()
        self._read_at = time.monotonic()
        self._turn: list[int] = []  # whom this call has not reached yet
        self._next_call_at = 0.0
        self._is_away = False
        self._task = loop.create_task(self._run())

    async def stop(self) -> None:
        """End the loop and give the connection back."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        await self._ask(lambda: connection.close())  # the thread's own
        self._thread.shutdown(wait=False)

    async def sign_in(self, session_key: str) -> tuple[int, roll.Rights] | None:
        """Who has this session; None if nobody has it any more. Raises Away."""
        if self._is_away:
            raise Away
        future = self._knocking.get(session_key)
        if future is None:
            future = self._knocking[session_key] = self._loop.create_future()
        if self._answering is None or self._answering.done():
            self._answering = self._loop.create_task(self._answer())
        return await asyncio.shield(future)

    def join(
        self, user_id: int, rights: roll.Rights, session_key: str, send: Send, close: Close
    ) -> Socket | None:
        """Take a socket in; None when the person has too many.

        Between `sign_in` and here rights may have changed: the socket hears nothing before they
        were read again.
        """
        socket = self.hub.join(user_id, rights, session_key, send, close)
        if socket is not None:
            self._new.add(socket)
        return socket

    async def _answer(self) -> None:
        """Look up all who knock, together."""
        while self._knocking:
            knocking, self._knocking = self._knocking, {}
            try:
                found = await self._ask(partial(roll.sign_in, list(knocking)))
            except Error:
                for future in knocking.values():
                    future.set_exception(Away())
                    future.exception()  # whoever knocked may have gone
                continue
            for session_key, future in knocking.items():
                future.set_result(found.get(session_key))

    async def _run(self) -> None:
        while True:
            started = time.monotonic()
            pause = POLL_SECONDS
            try:
                await self._round(started)
            except Error:
                self._stay_away(started)
                pause = RETRY_SECONDS
            except Exception:  # a loop: whatever one event did, the next are told
                logger.exception("live: a round failed")
                self._unheard = []
            else:
                self._come_back(started)
            self.hub.tick(time.monotonic())
            await asyncio.sleep(max(0.0, started + pause - time.monotonic()))

    async def _round(self, now: float) -> None:
        """Read, see that rights are those of this moment, tell."""
        self._unheard += await self._ask(self._tail.read)
        if now >= self._next_call_at:
            self._next_call_at = now + CALL_SECONDS
            self._turn = list(self.hub.people)
            if await self._ask(self._tail.has_rewound):
                self.hub.shut(self.hub.sockets(), TRY_LATER)
        changed = {socket.person.id for socket in self._new} | self._changed(self._unheard)
        await self._call(changed.union(self._next_part()))
        unheard, self._unheard = self._unheard, []
        self.hub.deliver(unheard, time.monotonic())

    def _next_part(self) -> list[int]:
        """People whose turn it is; half of the rounds of a call are enough for everybody."""
        size = max(CALL_PART, math.ceil(len(self.hub.people) * 2 * POLL_SECONDS / CALL_SECONDS))
        part, self._turn = self._turn[:size], self._turn[size:]
        return part

    def _changed(self, batch: list[News]) -> set[int]:
        """People whose rights may have changed: the change was written with a `me.changed`."""
        named = [news for news in batch if news.kind == LiveEvent.Kind.ME_CHANGED]
        return self.hub.members_of(group for news in named for group in news.audience)

    async def _call(self, user_ids: Collection[int]) -> None:
        """Ask the roll about these people and act on it."""
        people = [self.hub.people[pk] for pk in user_ids if pk in self.hub.people]
        sockets = [socket for person in people for socket in person.sockets]
        if sockets:
            keys = {socket.session_key for socket in sockets}
            rights, alive = await self._ask(partial(roll.call, user_ids, keys))
            self.hub.apply(sockets, rights, alive)
        # Those that came while we asked stay.
        self._new = self._new.difference(sockets)

    def _stay_away(self, now: float) -> None:
        if not self._is_away:
            logger.warning("live: the database is away; trying again", exc_info=True)
        self._is_away = True
        if now - self._read_at > AWAY_SECONDS:
            self.hub.shut(self.hub.sockets(), TRY_LATER)

    def _come_back(self, now: float) -> None:
        if self._is_away:
            logger.info("live: the database is back")
        self._is_away = False
        self._read_at = now

    async def _ask(self, question: Callable[[], Answer]) -> Answer:
        return await self._loop.run_in_executor(self._thread, partial(_with_connection, question))


def _with_connection(question: Callable[[], Answer]) -> Answer:
    """Run in the thread; a connection that broke is not used again."""
    try:
        return question()
    except Error:
        connection.close()
        raise


desk = Desk()
