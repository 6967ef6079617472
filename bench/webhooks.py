"""Webhooks beside the ceiling, in short runs in turn, so that both meet the same machine."""

from __future__ import annotations

import itertools
import json
import secrets
import time
from collections.abc import Callable
from statistics import median

from bench import ceiling
from bench.figures import ratio
from bench.installation import HOST, Web
from bench.load import Outcome, drive, post
from inbox.channels import signatures

CONNECTIONS = (1, 16, 64)


def measure(web: Web, database_url: str, secret: str, *, rounds: int, seconds: float) -> list[dict]:
    """One row for each number of connections: medians of the rounds, ceiling and ratio."""
    make = new_customers(secret)
    drive(web.port, make, connections=16, seconds=3, accept=is_assigned)  # loads the keywords
    ceiling.measure(database_url, connections=4, seconds=1)
    return [_level(web, database_url, make, n, rounds, seconds) for n in CONNECTIONS]


def new_customers(secret: str) -> Callable[[], bytes]:
    """Signed deliveries, each of a customer nobody knows, with one keyword in it."""
    numbers = itertools.count(1)
    run = secrets.token_hex(4)

    def make() -> bytes:
        number = next(numbers)
        body = {
            "platform": "zalo",
            "sender": f"{run}-{number}",
            "sender_name": "Nguyễn Thị Lan",
            "content": f"Dạ cho em hỏi mẫu {number * 7 % 1000} còn hàng không ạ, em cảm ơn",
            "external_id": f"{run}-m-{number}",
        }
        raw = json.dumps(body, ensure_ascii=False).encode()
        signed = {signatures.HEADER: signatures.sign(raw, secret, now=time.time())}
        return post("/webhook", HOST, raw, X_Forwarded_Proto="https", **signed)

    return make


def is_assigned(body: bytes) -> bool:
    return b'"queued": false' in body or b'"queued":false' in body


def _level(
    web: Web, database_url: str, make: Callable[[], bytes], n: int, rounds: int, seconds: float
) -> dict:
    ours: list[Outcome] = []
    limits, cpu = [], []
    for _round in range(rounds):
        before = web.cpu_seconds()
        outcome = drive(web.port, make, connections=n, seconds=seconds, accept=is_assigned)
        after = web.cpu_seconds()
        done = max(1, len(outcome.milliseconds))
        cpu.append([(b - a) * 1000 / done for a, b in zip(before, after, strict=True)])
        ours.append(outcome)
        limits.append(ceiling.measure(database_url, connections=n, seconds=seconds))
    all_of_them = Outcome(sum(o.seconds for o in ours))
    all_of_them.own_cpu = median(o.own_cpu for o in ours)
    for outcome in ours:
        all_of_them.milliseconds += outcome.milliseconds
        all_of_them.wrong += outcome.wrong
    found = all_of_them.as_json() | {"connections": n}
    found["rate"] = round(median(o.rate for o in ours), 1)
    found["examples_of_wrong"] = all_of_them.wrong[:3]
    web_ms, database_ms = (median(column) for column in zip(*cpu, strict=True))
    found |= {"cpu_web_ms": round(web_ms, 2), "cpu_database_ms": round(database_ms, 2)}
    rates = [limit["rate"] for limit in limits if limit]
    found["ceiling"] = limits[len(limits) // 2] | {"rate": median(rates)} if rates else None
    found["ratio"] = ratio(found["rate"], median(rates) if rates else None)
    shares = [ratio(o.rate, limit["rate"]) for o, limit in zip(ours, limits, strict=True) if limit]
    found["ratio_of_rounds"] = shares
    return found
