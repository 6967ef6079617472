"""Who sees which conversations, and how a list is read to its end.

A status cannot tell that a list shows too much, so here every list is read row by row.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

STATUSES = ("open", "waiting", "resolved")
SALES = {"mine", "mine_waits", "mine_done", "colleagues", "queue", "queue_done"}
BILLING = {"billings", "billing_queue"}
COMMON = {"common"}
EVERYTHING = SALES | BILLING | COMMON

SEES = {
    "admin": EVERYTHING,
    "manager": SALES | COMMON,
    "other_manager": BILLING | COMMON,
    "staff": {"mine", "mine_waits", "mine_done"},
    "colleague": {"colleagues"},
    "other_staff": {"billings"},
}
# With Department.staff_can_claim of Sales: also what waits there, open and nobody's.
SEES_CLAIMABLE = SEES | {
    "staff": SEES["staff"] | {"queue"},
    "colleague": SEES["colleague"] | {"queue"},
}
each_person = pytest.mark.parametrize("who", SEES)
both_rules = pytest.mark.parametrize("may_claim", [False, True])


def pages_of(caller, address: str) -> list[dict]:
    """All results of a list, over as many pages as it has."""
    found, number = [], 0
    while address:
        response = caller.get(address)
        assert response.status_code == 200
        body = response.json()
        found += body["results"]
        parts = urlsplit(body["next"] or "")
        address = f"{parts.path}?{parts.query}" if body["next"] else ""
        number += 1
        assert number < 50
    return found


def names_of(rows, results, key: str = "id") -> set[str]:
    by_id = {str(row.public_id): name for name, row in rows.items()}
    names = [by_id[result[key]] for result in results]
    assert len(names) == len(set(names))
    return set(names)
