"""One occasion is told once, however many workers and processes tell it at one moment."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Notification, User
from accounts.services import notify
from inbox.models import Conversation
from inbox.services import tell_long_waits
from tests.races.company import conversation_of, new_sender, write
from tests.races.together import at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def _tell(user_ids: list[int], key: str) -> int:
    with transaction.atomic():
        told = notify(user_ids=user_ids, kind="failed", path="/", dedup_key=key, params={})
    return len(told)


def test_16_tell_the_same_people_the_same_thing_once(rounds, company):
    ids = [person.pk for person in company(people=4).staff]
    for number in rounds:
        # Half of them in the other order: they must not wait for each other in a circle.
        calls = [partial(_tell, ids[::step], str(number)) for step in (1, -1)] * 8
        assert sum(outcome.value for outcome in at_once(calls)) == len(ids)
        rows = Notification.objects.filter(dedup_key=str(number))
        assert sorted(rows.values_list("user", flat=True)) == sorted(ids)


def test_8_workers_tell_of_one_long_wait_once(rounds, company):
    for _round in rounds:
        here = company(people=1, capacity=4)
        for _customer in range(2):
            sender = new_sender()
            write(sender, here.word(0))
        Conversation.objects.filter(pk=conversation_of(sender).pk).update(assignee=None)
        User.objects.filter(pk=here.staff[0].pk).update(role="manager", notify_queue=True)
        late = timezone.now() - timedelta(hours=1)
        Conversation.objects.update(waiting_since=late)
        Notification.objects.all().delete()
        at = timezone.now()
        told = at_once([partial(tell_long_waits, at=at)] * 8)
        kinds = sorted(Notification.objects.values_list("kind", flat=True))
        assert kinds == ["queue", "waiting"]
        assert sum(outcome.value for outcome in told) == 2
        Conversation.objects.update(status="resolved", assignee=None)
