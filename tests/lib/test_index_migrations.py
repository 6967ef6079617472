"""Indexes that are made and taken beside the running product, again after a try that ended."""

import pytest
from django.core.management import call_command
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = "0004_list_indexes"
MADE = {"inbox_message_replies", "inbox_part_failed"}


def indexes(*tables: str) -> set[str]:
    with connection.cursor() as cursor:
        found = [connection.introspection.get_constraints(cursor, table) for table in tables]
    return {name for one in found for name, about in one.items() if about["index"]}


def test_there_and_back_and_over_what_an_ended_try_has_left():
    tables = ("inbox_message", "inbox_outboundpart", "inbox_cycle")
    now = indexes(*tables)
    try:
        call_command("migrate", "inbox", BEFORE, verbosity=0)
        before = indexes(*tables)
        assert before & MADE == set()
        assert len(before) == len(now)  # two less, and the keys of message and cycle have theirs
        with connection.cursor() as cursor:
            cursor.execute("CREATE INDEX inbox_message_replies ON inbox_message (id)")
    finally:
        if connection.vendor != "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("DROP INDEX IF EXISTS inbox_message_replies")
        call_command("migrate", verbosity=0)  # with what other apps have built on it
    assert indexes(*tables) == now
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("15s",)
