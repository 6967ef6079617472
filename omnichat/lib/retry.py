"""Trying a transaction again that lost a race inside the database."""

import logging
import random
import time
from collections.abc import Callable
from functools import wraps

from django.db import OperationalError, connection

logger = logging.getLogger(__name__)

MAX_TRIES = 5
# PostgreSQL: serialization_failure, deadlock_detected, lock_not_available.
CONFLICTS = frozenset({"40001", "40P01", "55P03"})


def retry_on_conflict(function: Callable) -> Callable:
    """Run `function` again, up to 5 times, when the database broke a deadlock by ending it.

    The function owns its transaction and does nothing outside of it. Inside an outer
    transaction nothing is repeated: that one is broken as a whole.
    """

    @wraps(function)
    def tried(*args, **kwargs):
        for attempt in range(1, MAX_TRIES + 1):
            try:
                return function(*args, **kwargs)
            except OperationalError as error:
                code = getattr(error.__cause__, "sqlstate", None)
                if code not in CONFLICTS or attempt == MAX_TRIES or connection.in_atomic_block:
                    raise
                logger.warning("%s lost a race (%s), try %s", function.__name__, code, attempt)
                time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311
        raise AssertionError("unreachable")

    return tried
