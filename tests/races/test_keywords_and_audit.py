"""Settings changed by several people at once: nothing twice, and every step told."""

from decimal import Decimal
from functools import partial

import pytest

from accounts.models import AuditEntry, User
from accounts.services import update_department, update_user
from inbox.models import Channel
from inbox.services import rotate_secret, save_channel
from routing import services as routing
from routing.models import Agent, Keyword, KeywordVersion
from tests.races.together import at_once, words

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def test_one_keyword_is_added_by_two_and_by_16(rounds, company):
    for number in rounds:
        here = company()
        manager, department = here.managers[0], here.departments[0]
        for count in (2, 16):
            # The word and the same word without its marks are one keyword.
            written = [f"Giá sỉ {number} {count}", f"gia si {number} {count}"] * (count // 2)
            added = at_once(
                partial(_add, word=word, department=department, actor=manager) for word in written
            )
            assert words(added) == {"added": 1, "keyword_exists": count - 1}
        assert Keyword.objects.filter(department=department).count() == 3
        told = AuditEntry.objects.filter(action="keyword_created", actor=manager)
        assert told.count() == 2


def _add(**arguments) -> str:
    routing.create_keyword(**arguments)
    return "added"


def test_every_change_of_keywords_raises_the_version(rounds, company):
    """Else another process would go on with the words of before."""
    for number in rounds:
        here = company()
        before = KeywordVersion.objects.get().version
        at_once(
            partial(
                routing.create_keyword,
                word=f"từ {number} {one}",
                department=here.departments[0],
                actor=here.managers[0],
            )
            for one in range(16)
        )
        assert KeywordVersion.objects.get().version == before + 16


@pytest.mark.parametrize("what", ["capacity", "weight", "priority", "display_name", "name"])
def test_the_audit_tells_every_step_of_8_changes(rounds, company, new_admin, what):
    """From the first value to the last each step begins where another ended."""
    for _round in rounds:
        here, admin = company(), new_admin()
        first, last, changes = {
            "capacity": _capacities,
            "weight": _weights,
            "priority": _priorities,
            "display_name": _people,
            "name": _channels,
        }[what](here, admin)
        at_once(changes)
        steps = dict(
            entry.changes[what]
            for entry in AuditEntry.objects.filter(actor=admin, changes__has_key=what)
        )
        value, told = first, len(steps)
        while value in steps:
            value = steps.pop(value)
        assert (told, steps, value) == (8, {}, last())


def _capacities(here, admin):
    agent = here.agents()[0]
    changes = [
        partial(routing.set_capacity, agent=agent, capacity=10 + number, actor=admin)
        for number in range(8)
    ]
    return agent.capacity, lambda: Agent.objects.get(pk=agent.pk).capacity, changes


def _weights(here, admin):
    keyword = Keyword.objects.get(department=here.departments[0])
    changes = [
        partial(
            routing.update_keyword,
            keyword=keyword,
            actor=admin,
            changes={"weight": Decimal(2 + number).quantize(Decimal("0.01"))},
        )
        for number in range(8)
    ]
    return "1.00", lambda: str(Keyword.objects.get(pk=keyword.pk).weight), changes


def _priorities(here, admin):
    department = here.departments[0]

    def last() -> int:
        department.refresh_from_db()
        return department.priority

    changes = [
        partial(update_department, department=department, actor=admin, changes={"priority": n + 1})
        for n in range(8)
    ]
    return department.priority, last, changes


def _people(here, admin):
    person = here.staff[0]
    changes = [
        partial(update_user, user=person, actor=admin, changes={"display_name": f"Lan {n}"})
        for n in range(8)
    ]
    return person.display_name, lambda: User.objects.get(pk=person.pk).display_name, changes


def _channels(here, admin):
    channel = Channel.objects.create(name="Kênh")
    changes = [
        partial(save_channel, channel=channel, actor=admin, changes={"name": f"Kênh {n}"})
        for n in range(8)
    ]
    return channel.name, lambda: Channel.objects.get(pk=channel.pk).name, changes


def test_8_new_secrets_leave_the_last_two(rounds, company, new_admin):
    """The secret before is the one that was good until the last change, not an older one."""
    for number in rounds:
        channel = company().channel
        before = Channel.objects.get(pk=channel.pk).secret
        rotate = partial(rotate_secret, channel=channel, actor=new_admin())
        made = {outcome.value for outcome in at_once([rotate] * 8)}
        channel = Channel.objects.get(pk=channel.pk)
        assert len(made) == 8
        assert {channel.secret, channel.old_secret} <= made - {before}, number
        assert channel.secret != channel.old_secret
