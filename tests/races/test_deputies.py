"""A manager has one deputy at a time, whoever names one at the same moment."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from tests.races.together import at_once, words
from workforce.models import Delegation
from workforce.services import end_delegation, name_deputy

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

DAY = timedelta(days=1)


def _name(**about) -> str:
    name_deputy(**about)
    return "done"


def _end(**about) -> str:
    end_delegation(**about)
    return "done"


def test_overlapping_days_named_at_once_are_one_deputy(rounds, company, new_admin):
    today = timezone.localdate()
    for _round in rounds:
        here, admin = company(departments=2), new_admin()
        manager, other = here.managers
        spans = [(today, today + 3 * DAY), (today + 2 * DAY, today + 9 * DAY)]
        steps = [
            partial(
                _name,
                user=manager,
                deputy=(other, admin)[n % 2],
                first=spans[n % 2][0],
                last=spans[n % 2][1],
                actor=(manager, admin)[n % 2],
            )
            for n in range(32)
        ]
        told = words(at_once(steps))
        assert told["done"] == 1
        assert set(told) == {"done", "deputy_overlaps"}
        assert Delegation.objects.filter(user=manager).count() == 1


def test_it_is_ended_once(rounds, company, new_admin):
    today = timezone.localdate()
    for _round in rounds:
        here, admin = company(), new_admin()
        manager = here.managers[0]
        row = name_deputy(user=manager, deputy=admin, first=today, last=today, actor=manager)
        told = words(at_once([partial(_end, delegation=row, actor=manager)] * 32))
        assert told["done"] == 1
        assert set(told) == {"done", "delegation_over"}
        assert not Delegation.objects.exists()
