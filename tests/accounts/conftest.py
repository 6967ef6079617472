"""What the tests of people share."""

import pytest
from django.core.cache import cache

from accounts.models import User
from tests.factories import UserFactory


@pytest.fixture(autouse=True)
def fresh_counters():
    """Throttle counters live in the cache, which no transaction rolls back."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def in_english(client) -> None:
    """Callers who ask for English get the sentences as the source has them."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


@pytest.fixture
def deactivated(people, sales) -> User:
    """Somebody who has left."""
    return UserFactory(username="leaver", department=sales, is_active=False)


@pytest.fixture
def pending(organisation) -> User:
    """A registration that waits for an administrator."""
    return UserFactory(username="applicant", department=None, is_active=False, approved_at=None)
