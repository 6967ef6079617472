"""Doing many rows a few at a time, and one by one where one of them fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import OperationalError

logger = logging.getLogger(__name__)
T = TypeVar("T")


def in_chunks(
    ids: Sequence[int], size: int, do: Callable[[list[int]], T], put_aside: Callable[[int], object]
) -> list[T]:
    """Call `do` for a few ids at a time, each call its own transaction; returns what they did.

    Where it fails each id is done alone, and `put_aside` is called for whichever fails again: it
    must not come back at once and stop those behind it. A database that is away or in conflict is
    nobody's fault and raises.
    """
    done: list[T] = []
    for n in range(0, len(ids), size):
        chunk = list(ids[n : n + size])
        try:
            done.append(do(chunk))
        except OperationalError:
            raise
        except Exception:  # noqa: BLE001 - which row it is shows below
            done += _one_by_one(chunk, do, put_aside)
    return done


def _one_by_one(
    ids: list[int], do: Callable[[list[int]], T], put_aside: Callable[[int], object]
) -> list[T]:
    done: list[T] = []
    for pk in ids:
        try:
            done.append(do([pk]))
        except OperationalError:
            raise
        except Exception:
            logger.exception(
                "row %s of %s failed and is put aside", pk, getattr(do, "func", do).__name__
            )
            put_aside(pk)
    return done
