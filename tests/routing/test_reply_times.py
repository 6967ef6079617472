"""How fast somebody answers: what counts, from when, and how the average forgets."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from inbox.models import Message
from inbox.services import send_reply
from routing.models import Agent, Assignment
from routing.reply_speed import learn, own_seconds
from routing.services import time_reply

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def at(seconds: float | None) -> datetime | None:
    return None if seconds is None else NOON + timedelta(seconds=seconds)


# --- Pure --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("turn", "had", "last", "back", "replied", "seconds"),
    [
        (0, 0, None, None, 60, 60),
        (0, 40, None, None, 60, 20),  # the queue's part is not theirs
        (0, 0, 45, None, 60, 15),  # answered another until then
        (0, 0, None, 50, 60, 10),  # came back from a break
        (0, 30, 20, 10, 60, 30),
        (0, 0, None, None, 2, 5),
        (0, 0, None, None, 7200, 1800),
        (60, 0, None, None, 50, 5),  # the clock was set back
    ],
)
def test_the_time_with_the_turn_in_hand(turn, had, last, back, replied, seconds):
    assert (
        own_seconds(
            turn_at=at(turn),
            had_since=at(had),
            last_reply_at=at(last),
            back_at=at(back),
            replied_at=at(replied),
        )
        == seconds
    )


@pytest.mark.parametrize(
    ("average", "count", "seconds", "learnt"),
    [
        (None, 0, 60.0, 60.0),
        (60.0, 1, 120.0, 90.0),  # the first ones are simply averaged
        (60.0, 3, 120.0, 75.0),
        (60.0, 9, 160.0, 70.0),
        (60.0, 500, 160.0, 70.0),  # never less than a tenth
    ],
)
def test_the_average_forgets(average, count, seconds, learnt):
    assert learn(average, count, seconds) == pytest.approx(learnt)


# --- Stored ------------------------------------------------------------------------------------
@pytest.fixture
def mine(write, people, words):
    """Given to staff, who has been at work for long, two minutes ago."""
    conversation = write("mua")
    ago = timezone.now() - timedelta(seconds=120)
    Agent.objects.update(since=ago - timedelta(hours=1))
    Assignment.objects.update(assigned_at=ago)
    Message.objects.update(received_at=ago)
    return conversation


def speed(person) -> tuple:
    agent = Agent.objects.get(user=person)
    # To 5 s: the test itself takes time.
    seconds = agent.reply_seconds and int(agent.reply_seconds) // 5 * 5
    return seconds, agent.replies_timed


def test_a_reply_is_timed_once(mine, people, commits):
    reply = send_reply(conversation=mine, author=people["staff"], text="Dạ")
    assert speed(people["staff"]) == (120, 1)
    assert Agent.objects.get(user=people["staff"]).last_reply_at == reply.sent_at
    send_reply(conversation=mine, author=people["staff"], text="Còn gì nữa không ạ")
    assert speed(people["staff"]) == (120, 1)


def test_a_second_turn_is_averaged(mine, people, commits, write):
    send_reply(conversation=mine, author=people["staff"], text="Dạ")
    write("Còn nữa")
    send_reply(conversation=mine, author=people["staff"], text="Dạ")
    agent = Agent.objects.get(user=people["staff"])
    assert agent.replies_timed == 2
    assert agent.reply_seconds == pytest.approx((120 + 5) / 2, abs=1.5)


def test_who_only_helps_out_shows_no_pace(mine, people, commits):
    send_reply(conversation=mine, author=people["manager"], text="Dạ")
    assert speed(people["staff"]) == (None, 0)
    assert not Agent.objects.filter(replies_timed__gt=0).exists()


def test_who_came_back_a_moment_ago_is_timed_from_then(mine, people, commits):
    back = timezone.now() - timedelta(seconds=30)
    Agent.objects.filter(user=people["staff"]).update(since=back)
    send_reply(conversation=mine, author=people["staff"], text="Dạ")
    assert speed(people["staff"]) == (30, 1)


def test_what_is_no_reply_of_a_person_is_not_timed(mine, people):
    for message in Message.objects.all():
        time_reply(message_id=message.pk)
    time_reply(message_id=999_999)
    assert not Agent.objects.filter(replies_timed__gt=0).exists()
