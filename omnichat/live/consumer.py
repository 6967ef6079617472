"""One socket of one page."""

from __future__ import annotations

import time

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http import parse_cookie

from omnichat.live.desk import Away, desk
from omnichat.live.hub import NOT_ALLOWED, NOT_SIGNED_IN, TRY_LATER
from omnichat.live.origins import is_own_origin

FLOOD = 20  # frames of a page in one second; it has nothing to tell us
TOO_MUCH = 1008  # RFC 6455: policy violation


class LiveConsumer(AsyncWebsocketConsumer):
    """Lets a page in and hands its socket to the desk; whatever the page sends is not read.

    No channel layer: the desk knows the sockets of this process, and the table of live events
    connects the processes.
    """

    channel_layer_alias = None

    def __init__(self) -> None:
        super().__init__()
        self._socket = None
        self._second = 0
        self._frames = 0

    async def dispatch(self, message: dict) -> None:
        """Without the thread Channels starts for each frame: only the desk asks the database."""
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def connect(self) -> None:
        """Foreign pages get no socket at all; ours are told why they may not stay."""
        headers = dict(self.scope["headers"])
        if not is_own_origin(headers):
            await self.close(NOT_ALLOWED)
            return
        desk.start()
        cookies = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
        session_key = cookies.get(settings.SESSION_COOKIE_NAME, "")
        try:
            found = await desk.sign_in(session_key) if session_key else None
        except Away:
            await self._refuse(TRY_LATER)
            return
        if found is None:
            await self._refuse(NOT_SIGNED_IN)
            return
        await self.accept()
        # No await in between: what is told from now on reaches a page that is open.
        self._socket = desk.join(*found, session_key, self.send, self.close)
        if self._socket is None:
            await self.close(TRY_LATER)

    async def _refuse(self, code: int) -> None:
        """Open and close: before it is open, a page would not get to know the code."""
        await self.accept()
        await self.close(code)

    async def websocket_receive(self, message: dict) -> None:
        """Count and forget."""
        second = int(time.monotonic())
        self._frames = self._frames + 1 if second == self._second else 1
        self._second = second
        if self._frames > FLOOD:
            self._leave()
            await self.close(TOO_MUCH)

    async def websocket_disconnect(self, message: dict) -> None:
        self._leave()
        raise StopConsumer

    def _leave(self) -> None:
        if self._socket is not None:
            desk.hub.leave(self._socket)
            self._socket = None
