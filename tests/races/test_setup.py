"""The first set-up is one, however many send it at once."""

from functools import partial

import pytest

from accounts.models import AuditEntry, Department, Organisation, User
from inbox.models import Channel
from omnichat.setup.services import set_up
from tests.races.together import at_once, words

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def _set_up(number: int) -> str:
    set_up(
        organisation=f"Company {number}",
        time_zone="Asia/Ho_Chi_Minh",
        language="vi",
        display_name="Lan",
        username=f"lan{number}",
        password="kéo gỗ lim về sáng",
        department=f"Room {number}",
        channel=f"Web {number}",
    )
    return "done"


def test_8_set_ups_at_once_are_one():
    outcomes = at_once(partial(_set_up, number) for number in range(8))
    assert words(outcomes) == {"done": 1, "already_set_up": 7}
    models = (Organisation, User, Department, Channel)
    assert [model.objects.count() for model in models] == [1, 1, 1, 1]
    assert AuditEntry.objects.filter(action="set_up").count() == 1
