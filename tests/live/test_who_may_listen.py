"""A socket is let in, given what its person may hear, and closed as soon as they may no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import LiveEvent, User
from accounts.services import live
from accounts.services.departments import update_department
from accounts.services.people import change_password, update_user
from inbox.models import Mention
from omnichat.live.desk import desk
from tests.factories import ConversationFactory, MessageFactory
from tests.live.pages import PATIENCE, code_of, knock, listen, play, signed_in, tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("hurry")]


def _no_session(user: User) -> Client | None:
    return None


def _unknown_session(user: User) -> Client:
    client = signed_in(user)
    client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
    return client


def _expired_session(user: User) -> Client:
    client = signed_in(user)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    return client


def _old_password(user: User) -> Client:
    client = signed_in(user)
    user.set_password("another good password")
    user.save()
    return client


def _deactivated(user: User) -> Client:
    client = signed_in(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    return client


def _nobodys_session(user: User) -> Client:
    """What a visitor of the sign-in page has."""
    client = Client()
    session = client.session
    session["language"] = "vi"
    session.save()
    return client


@pytest.mark.parametrize(
    "come",
    [
        _no_session,
        _unknown_session,
        _expired_session,
        _old_password,
        _deactivated,
        _nobodys_session,
    ],
)
def test_who_is_not_signed_in_is_told_so_and_nothing_else(people, come):
    async def scenario() -> None:
        socket = knock(come(people["staff"]))
        assert (await socket.connect())[0]  # opened to tell the code
        assert await code_of(socket) == 4401
        assert desk.hub.people == {}

    play(scenario)


def _log_out(user: User, client: Client) -> None:
    client.logout()


def _expire(user: User, client: Client) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))


def _change_password(user: User, client: Client) -> None:
    change_password(user=user, password="another good password")


def _deactivate(user: User, client: Client) -> None:
    update_user(user=user, actor=user, changes={"is_active": False})


def _deactivate_behind_our_back(user: User, client: Client) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def _demote(user: User, client: Client) -> None:
    update_user(user=user, actor=user, changes={"role": User.Role.STAFF})


@pytest.mark.parametrize(
    ("leave", "code"),
    [
        (_log_out, 4401),
        (_expire, 4401),
        (_change_password, 4401),
        (_deactivate, 4403),
        (_deactivate_behind_our_back, 4403),
        (_demote, 4403),
    ],
)
def test_who_may_no_longer_listen_is_closed(people, leave, code):
    async def scenario() -> None:
        client = signed_in(people["manager"])
        socket = await listen(people["manager"], client)
        other = await listen(people["other_staff"])
        leave(people["manager"], client)
        if leave is _expire:  # everybody's
            assert await code_of(other) == 4401
        assert await code_of(socket) == code
        assert {person.id for person in desk.hub.people.values()} <= {people["other_staff"].pk}

    play(scenario)


def test_the_demoted_hears_nothing_of_what_is_committed_after(people, sales, seldom_called):
    """The change and the next event are read together: rights first."""

    async def scenario() -> None:
        socket = await listen(people["manager"])
        with transaction.atomic():
            _demote(people["manager"], None)
            tell(live.leads_of(sales.pk))
        message = await socket.receive_output(PATIENCE)
        assert (message["type"], message["code"]) == ("websocket.close", 4403)

    play(scenario)


def test_who_moves_hears_of_the_new_department_at_once(people, sales, billing, seldom_called):
    async def scenario() -> None:
        socket = await listen(people["manager"])
        with transaction.atomic():
            update_user(
                user=people["manager"], actor=people["admin"], changes={"department": billing}
            )
            tell(live.leads_of(sales.pk), kind=LiveEvent.Kind.MESSAGE_CREATED)
            tell(live.leads_of(billing.pk), kind=LiveEvent.Kind.QUEUE_CHANGED)
        kinds = {event["kind"] for _ in range(2) for event in await socket.heard()}
        assert kinds == {"me.changed", "queue.changed"}
        await socket.disconnect()

    play(scenario)


def test_claiming_is_switched_on_and_off_at_once(people, sales, seldom_called):
    async def scenario() -> None:
        socket = await listen(people["staff"])
        for is_on in (True, False):
            update_department(
                department=sales, actor=people["admin"], changes={"staff_can_claim": is_on}
            )
            tell(live.claimers_of(sales.pk))
            tell(live.person(people["staff"].pk), kind=LiveEvent.Kind.MESSAGE_STATUS)
            kinds: set[str] = set()
            while not kinds.issuperset(
                {"message.status", "queue.changed"} if is_on else {"message.status"}
            ):
                kinds |= {event["kind"] for event in await socket.heard()}
            assert ("queue.changed" in kinds) is is_on
        await socket.disconnect()

    play(scenario)


def test_a_mention_lets_a_page_hear_of_the_conversation(people, billing, seldom_called):
    async def scenario() -> None:
        socket = await listen(people["staff"])
        conversation = ConversationFactory(department=billing)
        note = MessageFactory(conversation=conversation, direction="note")
        with transaction.atomic():
            Mention.objects.create(message=note, conversation=conversation, user=people["staff"])
            live.tell_people([people["staff"].pk])
            tell(live.mentioned_in(conversation.pk))
        events = await socket.heard()
        assert [event["kind"] for event in events] == ["me.changed", "queue.changed"]
        await socket.disconnect()

    play(scenario)
