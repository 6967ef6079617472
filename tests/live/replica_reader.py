"""A process of the product that reads as it is told, line by line: see test_replica.py.

Each line in is `{"do": name, …}`, each line out the answer. What pauses in the middle of its
work answers and goes on at the next line.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "omnichat.settings"
django.setup()

from django.db import Error, connections  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.models import Department, User  # noqa: E402
from omnichat.lib import reading  # noqa: E402

held = ExitStack()
ahead = 0.0  # seconds
reading.monotonic = lambda: time.monotonic() + ahead


def tell(answer: object) -> None:
    sys.stdout.write(json.dumps(answer, default=str) + "\n")
    sys.stdout.flush()


def wait() -> dict:
    return json.loads(sys.stdin.readline() or '{"do": "quit"}')


def look_at(source: reading.Source) -> dict:
    """Say what this source is and what is in it."""
    with connections[source.alias].cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery(), current_user, inet_server_port()")
        is_recovering, user, port = cursor.fetchone()
    return {
        "alias": source.alias,
        "as_of": source.as_of.isoformat(),
        "is_fallback": source.is_fallback,
        "lag": source.lag.total_seconds(),
        "is_recovering": is_recovering,
        "user": user,
        "port": port,
        "names": sorted(Department.objects.using(source.alias).values_list("name", flat=True)),
    }


def add(name: str) -> None:
    Department.objects.create(name=name)


def look() -> dict:
    with reading.snapshot() as source:
        return look_at(source)


def enter() -> dict:
    source = held.enter_context(reading.snapshot())
    return {"alias": source.alias, "as_of": source.as_of.isoformat()}


def leave() -> None:
    held.close()


def count_people() -> dict:
    with reading.snapshot() as source:
        return {"alias": source.alias, "count": User.objects.using(source.alias).count()}


def read_with_a_pause() -> dict:
    calls = []

    def function(source: reading.Source) -> dict:
        calls.append(source.alias)
        look_at(source)
        if len(calls) == 1:
            tell({"alias": source.alias})
            wait()
        return look_at(source) | {"calls": calls}

    return reading.read(function)


def export_with_a_pause() -> dict:
    """Send two pieces, pause, ask again and send the rest."""
    received = []

    def pieces(source: reading.Source) -> Iterator[str]:
        found = look_at(source)["names"]
        yield from found[:2]
        tell({"alias": source.alias})
        wait()
        yield from look_at(source)["names"][2:]

    try:
        for piece in reading.stream(pieces, last="NOT complete"):
            received.append(piece)  # noqa: PERF402 - what came before an error is kept
    except Error as error:
        return {"received": received, "error": type(error).__name__}
    return {"received": received, "error": None}


def write_there() -> dict:
    with reading.snapshot() as source:
        Department.objects.using(source.alias).create(name="never")
    return {}


def ready() -> dict:
    answer = Client().get("/healthz/ready")
    return answer.json() | {"code": answer.status_code}


def forward(seconds: float) -> None:
    global ahead
    ahead += seconds


def allow_lag(seconds: float) -> None:
    reading.MAX_LAG = timedelta(seconds=seconds)


WORK = (look, enter, leave, count_people, read_with_a_pause, export_with_a_pause, write_there)
WORK += (add, ready, forward, allow_lag)


def main() -> None:
    work = {function.__name__: function for function in WORK}
    tell("here")
    while (order := wait()).get("do") != "quit":
        started = time.monotonic()
        try:
            answer = work[order.pop("do")](**order) or {}
        except Error as error:
            answer = {"error": type(error).__name__, "sqlstate": reading._code(error)}
        tell(answer | {"took": time.monotonic() - started})


if __name__ == "__main__":
    main()
