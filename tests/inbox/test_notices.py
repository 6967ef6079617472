"""What the inbox puts under people's bells: waits that are too long, replies that failed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import LiveEvent, Notification, User
from accounts.services import notify
from inbox.channels.base import Outcome, SendResult
from inbox.models import OutboundPart
from inbox.services import claim_part, deliver, notices, retry_part, send_reply, tell_long_waits
from inbox.services.notices import LONG_WAIT
from tests.factories import ConversationFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
TOO_LONG = LONG_WAIT + timedelta(seconds=1)


@pytest.fixture
def mine(people, sales):
    return ConversationFactory(
        department=sales,
        assignee=people["staff"],
        waiting_since=NOW - TOO_LONG,
        identity__contact__name="Chị Hoa",
    )


def rows() -> list[tuple]:
    return list(Notification.objects.order_by("pk").values_list("user__username", "kind"))


# --- A customer of mine waits -------------------------------------------------------------------
def test_the_assignee_is_told_once_for_a_stretch_of_waiting(mine):
    assert tell_long_waits(at=NOW) == 1
    row = Notification.objects.get()
    assert (row.user, row.kind) == (mine.assignee, "waiting")
    assert row.path == f"/conversations/{mine.public_id}"
    assert row.params == {"contact": "Chị Hoa", "minutes": 15}
    assert row.dedup_key == f"waiting:{mine.pk}:{int(mine.waiting_since.timestamp())}"
    assert LiveEvent.objects.filter(kind="me.changed").count() == 1
    assert tell_long_waits(at=NOW + timedelta(hours=3)) == 0

    mine.waiting_since = NOW + timedelta(hours=1)  # answered, and the customer wrote again
    mine.save(update_fields=["waiting_since"])
    assert tell_long_waits(at=NOW + timedelta(hours=1) + LONG_WAIT) == 0
    assert tell_long_waits(at=NOW + timedelta(hours=1) + TOO_LONG) == 1
    assert rows() == [("staff", "waiting")] * 2


@pytest.mark.parametrize(("minutes", "is_told"), [(1, False), (-20, True)])
def test_whoever_heard_of_this_wait_by_a_deadline_is_not_told_again(mine, minutes, is_told):
    notify(
        user_ids=[mine.assignee_id],
        kind="waiting",
        path=mine.path,
        dedup_key="due:1:100:1",
        params={"contact": "Chị Hoa", "what": "missed"},
        at=mine.waiting_since + timedelta(minutes=minutes),
    )
    assert tell_long_waits(at=NOW) == is_told
    assert tell_long_waits(at=NOW) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"waiting_since": NOW - LONG_WAIT},
        {"waiting_since": None},
        {"status": "waiting"},
        {"status": "resolved"},
        {"assignee": None},
    ],
)
def test_nobody_is_told_of_what_does_not_wait_too_long(mine, change):
    type(mine).objects.filter(pk=mine.pk).update(**change)
    assert tell_long_waits(at=NOW) == 0
    assert rows() == []


@pytest.mark.parametrize("change", [{"notify_waiting": False}, {"is_active": False}])
def test_who_does_not_want_to_know_is_not_told(mine, change):
    User.objects.filter(pk=mine.assignee_id).update(**change)
    assert tell_long_waits(at=NOW) == 0
    assert rows() == []


def test_a_new_assignee_is_told_too(mine, people):
    tell_long_waits(at=NOW)
    type(mine).objects.filter(pk=mine.pk).update(assignee=people["colleague"])
    assert tell_long_waits(at=NOW) == 1
    assert rows() == [("staff", "waiting"), ("colleague", "waiting")]


def test_the_job_asks_little_when_all_have_been_told(
    mine, people, sales, django_assert_max_num_queries
):
    for _number in range(30):
        ConversationFactory(
            department=sales, assignee=people["staff"], waiting_since=NOW - TOO_LONG
        )
    assert tell_long_waits(at=NOW) == 31
    with django_assert_max_num_queries(3):  # late ones not told before, queues, their names
        assert tell_long_waits(at=NOW) == 0


def test_the_oldest_are_told_first_and_no_more_than_a_batch(people, sales, monkeypatch):
    monkeypatch.setattr(notices, "BATCH", 2)
    made = [
        ConversationFactory(
            department=sales,
            assignee=people["staff"],
            waiting_since=NOW - TOO_LONG - timedelta(minutes=age),
        )
        for age in (1, 3, 2, 0, 4)
    ]
    assert [tell_long_waits(at=NOW) for _pass in range(4)] == [2, 2, 1, 0]
    paths = list(Notification.objects.order_by("pk").values_list("path", flat=True))
    assert paths == [made[n].path for n in (4, 1, 2, 0, 3)]


# --- A queue waits ------------------------------------------------------------------------------
@pytest.fixture
def queue(people, sales):
    """Two of Sales wait too long and one just came; everybody asked to hear of queues."""
    User.objects.update(notify_queue=True)
    for wait in (TOO_LONG, TOO_LONG * 2, LONG_WAIT):
        ConversationFactory(department=sales, waiting_since=NOW - wait)


def test_leads_are_told_of_the_queue_and_not_of_each_in_it(queue):
    assert tell_long_waits(at=NOW) == 2
    assert set(rows()) == {("manager", "queue"), ("admin", "queue")}
    row = Notification.objects.get(user__username="manager")
    assert row.params == {"department": "Sales", "count": 2, "minutes": 15}
    assert row.path == "/messages?scope=department&status=open"


def test_a_queue_that_stays_is_told_again_after_an_hour(queue):
    assert tell_long_waits(at=NOW) == 2
    for minutes in (1, 30, 59):
        assert tell_long_waits(at=NOW + timedelta(minutes=minutes)) == 0
    assert tell_long_waits(at=NOW + timedelta(minutes=61)) == 2


def test_the_common_queue_is_the_administrators(people):
    User.objects.update(notify_queue=True)
    ConversationFactory(department=None, waiting_since=NOW - TOO_LONG)
    assert tell_long_waits(at=NOW) == 1
    assert rows() == [("admin", "queue")]
    assert Notification.objects.get().path == "/messages?scope=all&status=open"


def test_who_has_not_asked_does_not_hear_of_queues(queue):
    User.objects.update(notify_queue=False)
    assert tell_long_waits(at=NOW) == 0
    assert rows() == []


# --- A reply is not delivered -------------------------------------------------------------------
@pytest.fixture
def part(mine, monkeypatch):
    def answer(result: SendResult) -> None:
        monkeypatch.setattr("inbox.services.delivery._send", lambda part: result)

    mine.channel.reply_url = "https://shop.example/replies"
    mine.channel.save(update_fields=["reply_url"])
    send_reply(conversation=mine, author=mine.assignee, text="Dạ còn ạ")
    LiveEvent.objects.all().delete()
    return answer


REFUSED = SendResult(Outcome.REFUSED, failure=OutboundPart.Failure.REFUSED)


def test_the_author_is_told_of_a_reply_that_failed(part, mine):
    part(REFUSED)
    assert deliver(claim_part()) == "failed"
    row = Notification.objects.get()
    assert (row.user, row.kind, row.path) == (
        mine.assignee,
        "failed",
        f"/conversations/{mine.public_id}",
    )
    assert row.params == {"contact": "Chị Hoa"}
    kinds = list(LiveEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["message.status", "me.changed"]


def test_failing_again_after_send_again_is_told_again(part):
    part(REFUSED)
    deliver(claim_part())
    retry_part(part=OutboundPart.objects.get())
    deliver(claim_part())
    assert rows() == [("staff", "failed")] * 2


def test_nobody_is_told_of_a_reply_that_arrives_or_is_tried_again(part):
    part(SendResult(Outcome.RETRY, detail="503"))
    assert deliver(claim_part()) == "queued"
    OutboundPart.objects.update(run_after=timezone.now())
    part(SendResult(Outcome.SENT))
    assert deliver(claim_part()) == "sent"
    assert rows() == []


def test_a_worker_that_lost_its_claim_tells_nobody(part):
    part(REFUSED)
    lost = claim_part()
    OutboundPart.objects.update(attempts=2, locked_by="another")
    assert deliver(lost) != "failed"
    assert rows() == []
