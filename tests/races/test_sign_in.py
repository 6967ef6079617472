"""Many wrong tries at once are counted one by one."""

from functools import partial

import pytest
from django.test import Client

from tests.factories import UserFactory
from tests.races.together import at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def test_forty_tries_at_once_are_ten_tries(on_postgresql):
    UserFactory(username="lan", email="lan@example.vn")

    def attempt(number: int) -> int:
        name = "lan" if number % 2 else "lan@example.vn"
        body = f"username={name}&password=wrong-{number}"
        form = "application/x-www-form-urlencoded"
        return Client().post("/auth/token", body, content_type=form).status_code

    outcomes = at_once([partial(attempt, number) for number in range(40)])
    assert sorted(outcome.value for outcome in outcomes) == [401] * 10 + [429] * 30
