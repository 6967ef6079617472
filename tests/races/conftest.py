"""Races need PostgreSQL, real commits, and nothing swept under the log."""

import logging
import re
from functools import partial

import pytest
from django.db import connection

from accounts.models import User
from tests.factories import ChannelFactory, OrganisationFactory

pytest.register_assert_rewrite("tests.races.company")

from tests.races.company import found_company, person  # noqa: E402 - after the line above


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item) -> None:
    """Skip before a database is filled and emptied for nothing."""
    if item.get_closest_marker("races") and connection.vendor != "postgresql":
        pytest.skip("row locks are PostgreSQL's; the races run with DATABASE_URL=postgres://...")


@pytest.fixture(
    params=[
        pytest.param(3, id="3-rounds"),
        pytest.param(20, id="20-rounds", marks=pytest.mark.long),
    ]
)
def rounds(request) -> range:
    """How often a race is run: a few times, and 20 times with `-m long`."""
    return range(request.param)


@pytest.fixture(autouse=True)
def patience(monkeypatch) -> None:
    """Let the last in line have its turn on a busy machine, too.

    The product has whoever waits 3 s for a row try again (503). Here 32 and more stand in line
    for one person's row, all in one process, and how fast they move is the machine's affair: that
    they are done after 3 s is no rule of ours. Deadlocks are still ended after a second.
    """
    options = connection.settings_dict["OPTIONS"]  # each thread's connection reads them
    if "options" in options:
        patient = re.sub(r"(lock|statement)_timeout=\w+", r"\1_timeout=60s", options["options"])
        monkeypatch.setitem(options, "options", patient)


@pytest.fixture
def company(transactional_db, settings):
    """`company(departments=2, people=4, capacity=4)` founds one; customers may write unsigned."""
    settings.DEMO = True
    OrganisationFactory()
    return partial(found_company, ChannelFactory())


@pytest.fixture
def new_admin(transactional_db):
    """`new_admin()` is one more administrator."""
    return partial(person, None, role=User.Role.ADMIN)


@pytest.fixture(autouse=True)
def no_faults(request, caplog) -> None:
    """Fail when a fault was caught and only logged: a race must not be lost in silence."""
    yield
    if request.node.get_closest_marker("races"):
        faults = [r for r in caplog.get_records("call") if r.levelno >= logging.ERROR]
        assert [record.getMessage() for record in faults] == []
