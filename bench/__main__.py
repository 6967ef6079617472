"""`make bench`: start everything, measure, print, write JSON, leave nothing behind."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from bench import ceiling, installation, keywords, pages, webhooks, workforce
from bench.figures import table

RESULTS = Path(__file__).with_name("results")
SMALL, LARGE, QUICK_LARGE = 10_000, 1_000_000, 100_000
SOCKETS, QUICK_SOCKETS = 1_000, 200


def main() -> int:
    options = _options()
    server = installation.server_url()
    try:
        about = installation.machine(server)
    except psycopg.OperationalError as error:
        print(f"No PostgreSQL to measure on: {error}Set DATABASE_URL.", file=sys.stderr)
        return 1
    if about["postgresql"]["fsync"] != "on":
        print("fsync is off: these figures say nothing about a real installation.")
    begun = time.monotonic()
    results = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": about}
    print(f"{about['processor']}, {about['cores']} cores, load {about['load_before']:.1f}")
    _measure(options, server, results)
    results["load_after"] = os.getloadavg()[0]
    results["seconds"] = round(time.monotonic() - begun)
    path = _write(results)
    print(f"\n{results['seconds']} s, load {results['load_after']:.1f}. Written to {path}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short runs, a tenth of the rows")
    parser.add_argument(
        "--only",
        choices=("keywords", "places", "webhooks", "pages", "workforce", "sockets"),
        help="one part",
    )
    return parser.parse_args()


def _measure(options: argparse.Namespace, server: str, results: dict) -> None:
    if options.only in (None, "keywords"):
        rounds = 5 if options.quick else keywords.ROUNDS
        results["keywords"] = keywords.measure(rounds=rounds)
        keywords.show(results["keywords"])
        if options.only:
            return
    keys = installation.new_keys()
    with ExitStack() as stack:
        base = stack.enter_context(installation.scratch_database(server))
        installation.found(installation.production(base, keys))
        template = urlsplit(base).path.lstrip("/")

        def filled(messages: int) -> tuple[installation.Web, dict, str]:
            url = stack.enter_context(installation.scratch_database(server, template))
            env = installation.production(url, keys)
            print(f"Filling in {messages:,} messages …", flush=True)
            told = installation.fill(env, messages)
            return stack.enter_context(installation.web(env)), told, url

        if options.only in (None, "places"):
            url = stack.enter_context(installation.scratch_database(server, template))
            env = installation.production(url, keys)
            results["places"] = json.loads(installation.run_here(env, "-m", "bench.places"))
            _print_places(results["places"])
            if options.only:
                return
        if options.only in (None, "workforce"):
            url = stack.enter_context(installation.scratch_database(server, template))
            env = installation.production(url, keys)
            cookie = json.loads(installation.run_here(env, "-m", "bench.workforce"))["cookie"]
            web = stack.enter_context(installation.web(env))
            rounds = 5 if options.quick else 25
            results["workforce"] = workforce.measure(web, cookie, rounds=rounds)
            _print_workforce(results["workforce"])
            if options.only:
                return
        web, told, url = filled(SMALL)
        if options.only in (None, "webhooks"):
            rounds, seconds = (1, 3) if options.quick else (3, 5)
            ceiling.prepare(url)
            rows = webhooks.measure(web, url, told["secret"], rounds=rounds, seconds=seconds)
            results["webhooks"], results["web_memory_mb"] = rows, web.memory_mb()
            _print_webhooks(rows, results["web_memory_mb"])
        if options.only in (None, "pages"):
            large, large_told, _url = filled(QUICK_LARGE if options.quick else LARGE)
            fresh, fresh_told, _url = filled(SMALL)  # the first one has grown by the webhooks
            rows = pages.measure(
                (fresh, fresh_told), (large, large_told), rounds=8 if options.quick else 25
            )
            results["pages"] = rows
            _print_pages(rows)
        if options.only in (None, "sockets"):
            results["sockets"] = _sockets(QUICK_SOCKETS if options.quick else SOCKETS)


def _print_webhooks(rows: list[dict], memory: list[float]) -> None:
    print("\nWebhooks of new customers, assigned in the answer (milliseconds)")
    head = ("connections", "a second", "p50", "p95", "p99", "wrong")
    head += ("CPU web", "CPU database", "generator", "ceiling", "ratio")
    print(
        table(
            head,
            (
                (
                    *(r["connections"], r["rate"], r.get("p50"), r.get("p95"), r.get("p99")),
                    *(r["wrong"], r["cpu_web_ms"], r["cpu_database_ms"], r["generator_cpu"]),
                    *((r["ceiling"] or {}).get("rate"), r["ratio"]),
                )
                for r in rows
            ),
        )
    )
    for row in rows:
        if row["wrong"]:
            print(f"  wrong at {row['connections']}: {row['examples_of_wrong']}")
        if row["ceiling"] is None:
            print("  pgbench is missing: no ceiling, no ratio.")
    print(f"  memory of the web's workers: {memory} MB")


def _print_pages(rows: list[dict]) -> None:
    print("\nPages, one request at a time (milliseconds)")
    told = (
        (
            *(r["page"], r["small"]["p50"], r["small"]["p95"]),
            *(r["large"]["p50"], r["large"]["p95"], r["ratio"]),
        )
        for r in rows
    )
    print(table(("page", "small p50", "p95", "large p50", "p95", "ratio"), told))


def _print_places(found: dict[str, dict]) -> None:
    print("\nFrom a check-in or a free place to the next assignment (milliseconds)")
    rows = (
        (name, *(r[key] for key in ("count", "p50", "p95", "p99"))) for name, r in found.items()
    )
    print(table(("what", "times", "p50", "p95", "p99"), rows))


def _print_workforce(rows: list[dict]) -> None:
    print(f"\n{workforce.PEOPLE} people and a month, one request at a time (milliseconds)")
    told = ((r["page"], r["kilobytes"], r["p50"], r["p95"]) for r in rows)
    print(table(("page", "KB", "p50", "p95"), told))


def _sockets(count: int) -> dict | None:
    """What bench/sockets.py measures of the live process."""
    try:
        found = importlib.import_module("bench.sockets").run(count)
    except ModuleNotFoundError as error:
        print(f"\nSKIPPED: sockets ({error})")
        return None
    except Exception as error:  # noqa: BLE001 - the other figures are still worth writing
        print(f"\nFAILED: sockets ({type(error).__name__}: {error})")
        return {"error": str(error)}
    print(f"\nSockets: {json.dumps(found)}")
    return found


def _write(results: dict) -> Path:
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{results['at'].replace(':', '')}.json"
    path.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n")
    return path


if __name__ == "__main__":
    sys.exit(main())
