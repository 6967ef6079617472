"""Locks on things that have no row."""

from hashlib import sha256

from django.db import connection


def lock_name(name: str) -> None:
    """Let one transaction at a time work under this name; call inside one.

    Held until the transaction ends. On SQLite a transaction that writes has the database to
    itself anyway (IMMEDIATE), so nothing is done there.
    """
    if connection.vendor != "postgresql":
        return
    key = int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
