"""What gunicorn serves with `-k asgi`.

`application` is everything in one process, for a small installation; `live` is the sockets alone,
beside web processes that serve the pages with WSGI.
"""

import os
import warnings

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "omnichat.settings")
pages = get_asgi_application()  # first: it loads the apps that the rest imports

from omnichat.live.consumer import LiveConsumer  # noqa: E402
from omnichat.live.desk import desk  # noqa: E402

# Static files are served from a file object, which ASGI reads in a thread: right as it is.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous")

SOCKET_PATH = "/ws/events"
HEALTH_PATH = "/healthz/live"

events = LiveConsumer.as_asgi()


async def application(scope, receive, send) -> None:
    """Pages, API and sockets."""
    if scope["type"] == "http":
        await pages(scope, receive, send)
    else:
        await live(scope, receive, send)


async def live(scope, receive, send) -> None:
    """Sockets and a sign of life; nothing else."""
    if scope["type"] == "websocket" and scope["path"] == SOCKET_PATH:
        await events(scope, receive, send)
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 4404})  # not open yet: answered with 403
    elif scope["type"] == "http":
        await _answer(send, is_health=scope["path"] == HEALTH_PATH)
    elif scope["type"] == "lifespan":
        await _live_and_die(receive, send)


async def _answer(send, *, is_health: bool) -> None:
    status, body = (200, b'{"status": "ok"}') if is_health else (404, b'{"status": "not found"}')
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _live_and_die(receive, send) -> None:
    """The desk runs from the first moment: an event must not wait for the first page."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            desk.start()
            await send({"type": "lifespan.startup.complete"})
        else:
            await desk.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return
