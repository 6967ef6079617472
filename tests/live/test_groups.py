"""Who hears of a conversation is who may read it: the scope rule from both sides."""

from __future__ import annotations

import itertools

import pytest

from accounts.models import Department, User
from inbox.live import audience_of
from inbox.models import Conversation, Mention
from omnichat.live.roll import call
from tests.factories import (
    ChannelFactory,
    ConversationFactory,
    DepartmentFactory,
    MessageFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

Status = Conversation.Status
DEPARTMENTS = ("sales", "billing", "open_shop", None)
ASSIGNEES = (None, "admin", "manager", "other_manager", "staff", "other_staff", "claimer")
STATUSES = (Status.OPEN, Status.WAITING, Status.SNOOZED, Status.RESOLVED, Status.SPAM)
MENTIONED = ((), ("staff",), ("manager", "claimer"), ("admin", "other_manager", "other_staff"))


@pytest.fixture
def cast(people) -> dict[str, User]:
    """Everybody, and the staff and manager of a department where staff may claim."""
    shop = DepartmentFactory(name="open_shop", staff_can_claim=True)
    return people | {
        "claimer": UserFactory(username="claimer", department=shop),
        "shop_manager": UserFactory(
            username="shop_manager", department=shop, role=User.Role.MANAGER
        ),
        "homeless_admin": UserFactory(username="chief", role=User.Role.ADMIN, department=None),
        "shop_admin": UserFactory(username="owner", role=User.Role.ADMIN, department=shop),
    }


@pytest.fixture
def conversations(cast) -> list[Conversation]:
    """One of every kind: department, assignee, status, who is mentioned."""
    channel = ChannelFactory()
    departments = {d.name.lower(): d for d in Department.objects.all()} | {None: None}
    made = []
    for department, assignee, status, mentioned in itertools.product(
        DEPARTMENTS, ASSIGNEES, STATUSES, MENTIONED
    ):
        conversation = ConversationFactory(
            identity__channel=channel,
            department=departments[department],
            assignee=assignee and cast[assignee],
            status=status,
        )
        made.append(conversation)
        if mentioned:
            note = MessageFactory(conversation=conversation, direction="note")
            Mention.objects.bulk_create(
                Mention(message=note, conversation=conversation, user=cast[name])
                for name in mentioned
            )
    return made


def groups(user: User) -> frozenset[str]:
    """What the roll says of a person who signs in now."""
    rights, _sessions = call([user.pk], [])
    return rights[user.pk].groups


def test_who_hears_of_a_conversation_is_who_may_read_it(cast, conversations):
    assert len(conversations) == 4 * 7 * 5 * 4
    audiences = {c.pk: set(audience_of(c)) for c in conversations}
    for name, user in cast.items():
        user = User.objects.select_related("department").get(pk=user.pk)
        mine = groups(user)
        hears = {pk for pk, audience in audiences.items() if mine & audience}
        reads = set(Conversation.objects.visible_to(user).values_list("pk", flat=True))
        assert hears == reads, name


def test_every_kind_of_person_hears_of_some_and_only_admins_of_all(cast, conversations):
    """So that the test above does not compare nothing with nothing."""
    heard = {
        name: sum(bool(groups(user) & set(audience_of(c))) for c in conversations)
        for name, user in cast.items()
    }
    everything = len(conversations)
    assert {name for name, count in heard.items() if count == everything} == {
        "admin",
        "homeless_admin",
        "shop_admin",
    }
    assert heard["colleague"] == 0  # mentioned nowhere, has nothing
    assert all(0 < heard[name] < everything for name in ("manager", "staff", "claimer"))


def test_what_is_written_to_a_person_reaches_that_person_only(cast):
    for name, user in cast.items():
        others = [groups(other) for key, other in cast.items() if key != name]
        assert f"user:{user.pk}" in groups(user)
        assert not any(f"user:{user.pk}" in theirs for theirs in others)
