"""Threads that start at one moment, each on a database connection of its own."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import connection

from omnichat.lib.errors import DomainError

DEADLINE_SECONDS = 120  # two cores and other work beside it; a hang must still end


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one thread returned, or the refusal it met."""

    value: object = None
    refusal: DomainError | None = None

    @property
    def word(self) -> object:
        """The refusal's code, or what was returned: what a test counts."""
        return self.refusal.code if self.refusal else self.value


def at_once(calls: Iterable[Callable[[], object]]) -> list[Outcome]:
    """Run every call in a thread of its own; all start at a barrier, connected already.

    Refusals are outcomes; any other exception is a fault of the product and is raised here.
    """
    calls = list(calls)
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> Outcome:
        try:
            connection.ensure_connection()
            barrier.wait(DEADLINE_SECONDS)
            return Outcome(value=call())
        except DomainError as refusal:
            return Outcome(refusal=refusal)
        except Exception:
            barrier.abort()  # the others must not wait for this one
            raise
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        futures = [threads.submit(run, call) for call in calls]
    faults = [fault for future in futures if (fault := future.exception())]
    # Who only waited for the one that failed has nothing to tell.
    told = [fault for fault in faults if not isinstance(fault, threading.BrokenBarrierError)]
    if faults:
        raise (told or faults)[0]
    return [future.result() for future in futures]


def words(outcomes: Iterable[Outcome]) -> Counter:
    """How often each outcome happened."""
    return Counter(outcome.word for outcome in outcomes)
