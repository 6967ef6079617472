"""The cast and the tools every test may use."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.transaction import Atomic
from django.utils import timezone, translation

import omnichat.urls  # noqa: F401 - read with DEMO off, before a test turns it on
from accounts.models import User
from accounts.tokens import issue_tokens
from routing import keyword_index, policies
from routing.models import KeywordVersion
from routing.services import conflicts as keyword_conflicts
from tests.factories import AgentFactory, DepartmentFactory, OrganisationFactory, UserFactory
from tests.production import PRODUCTION, settings_of
from workforce.models import LeaveLedgerEntry, LeaveType


def pytest_collection_modifyitems(config, items) -> None:
    """`long` tests run only when asked for with -m long."""
    if "long" in (config.getoption("-m") or ""):
        return
    kept = [item for item in items if "long" not in item.keywords]
    dropped = [item for item in items if "long" in item.keywords]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


def pytest_unconfigure() -> None:
    """SQLite's log files outlive the test database whose file Django removes."""
    if name := settings.DATABASES["default"]["TEST"].get("NAME"):
        for file in Path(name).parent.glob(f"{Path(name).name}*"):
            file.unlink()


@pytest.fixture(autouse=True)
def words_and_clock_of_the_settings() -> Iterator[None]:
    """Give each test the language and time zone of the settings, whatever one before it chose."""
    yield
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture(autouse=True)
def fresh_dictionary(request, monkeypatch) -> None:
    """Give each test its own keywords: the version says nothing about another test's rows."""
    monkeypatch.setattr(keyword_index, "_current", None)
    monkeypatch.setattr(policies, "_current", None)
    monkeypatch.setattr(keyword_conflicts, "_current", None)
    marker = request.node.get_closest_marker("django_db")
    has_commits = bool(marker and marker.kwargs.get("transaction"))
    if has_commits or {"transactional_db", "live_server"} & set(request.fixturenames):
        request.getfixturevalue("transactional_db")
        # The migration's row goes when a test with real commits empties the tables.
        KeywordVersion.objects.get_or_create(pk=1)


@pytest.fixture
def commits(db, monkeypatch) -> None:
    """Run what waits for a commit when the product's outermost transaction ends.

    The test still runs inside a transaction of its own that is rolled back, which is far quicker
    than emptying every table.
    """
    own = len(connection.savepoint_ids)
    leave = Atomic.__exit__

    def leave_and_tell(self, *error) -> None:
        leave(self, *error)
        is_outermost = connection.in_atomic_block and len(connection.savepoint_ids) == own
        if is_outermost and not connection.needs_rollback:
            waiting, connection.run_on_commit = connection.run_on_commit, []
            for _savepoints, tell, _is_robust in waiting:
                tell()

    monkeypatch.setattr(Atomic, "__exit__", leave_and_tell)


@pytest.fixture(scope="session")
def production() -> dict:
    """The settings of an installation with nothing set but what must be."""
    return settings_of(PRODUCTION)


@pytest.fixture
def organisation(db):
    return OrganisationFactory()


@pytest.fixture
def sales(db):
    return DepartmentFactory(name="Sales")


@pytest.fixture
def billing(db):
    return DepartmentFactory(name="Billing")


@pytest.fixture
def people(organisation, sales, billing) -> dict[str, User]:
    """The cast: everybody of Sales unless the name says otherwise; staff are at work."""

    def agent(username: str, department) -> User:
        person = UserFactory(
            username=username, department=department, presence=User.Presence.AVAILABLE
        )
        return AgentFactory(user=person).user

    cast = {
        "admin": UserFactory(username="admin", role=User.Role.ADMIN, department=None),
        "manager": UserFactory(username="manager", role=User.Role.MANAGER, department=sales),
        "staff": agent("staff", sales),
        "colleague": agent("colleague", sales),
        "other_staff": agent("other_staff", billing),
        "other_manager": UserFactory(
            username="other_manager", role=User.Role.MANAGER, department=billing
        ),
    }
    give_days(cast.values())
    return cast


def give_days(people: Iterable[User], days: int = 30) -> None:
    """Open the accounts of leave that are counted, so that leave can be granted."""
    counted = LeaveType.objects.filter(is_counted=True)
    LeaveLedgerEntry.objects.bulk_create(
        [
            LeaveLedgerEntry(user=user, type=type, kind="opening", days=days, on=date(2020, 1, 1))
            for type in counted
            for user in people
        ]
    )


class ApiClient:
    """A program that calls the API as one person."""

    def __init__(self, client, user: User | None) -> None:
        self.client = client
        self.headers = {}
        if user is not None:
            self.headers["authorization"] = f"Bearer {issue_tokens(user)['access_token']}"

    def call(self, method: str, path: str, data=None, **headers):
        body = b"" if data is None else data
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        return self.client.generic(
            method.upper(),
            path,
            body,
            content_type="application/json",
            headers=self.headers | {name.replace("_", "-"): v for name, v in headers.items()},
        )

    def get(self, path: str, **headers):
        return self.call("GET", path, **headers)

    def post(self, path: str, data=None, **headers):
        return self.call("POST", path, data, **headers)

    def put(self, path: str, data=None, **headers):
        return self.call("PUT", path, data, **headers)

    def patch(self, path: str, data=None, **headers):
        return self.call("PATCH", path, data, **headers)

    def delete(self, path: str, **headers):
        return self.call("DELETE", path, **headers)


@pytest.fixture
def api(client):
    """`api(user)` is a client that calls the API as that person; `api(None)` as nobody."""
    return lambda user: ApiClient(client, user)


@pytest.fixture
def on_postgresql() -> None:
    """Skip where rows cannot be locked one by one."""
    if connection.vendor != "postgresql":
        pytest.skip("row locks are PostgreSQL's")
