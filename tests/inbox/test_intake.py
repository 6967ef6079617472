"""Storing deliveries: a batch at once, each event once, neighbours of a poison event unharmed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from inbox import services
from inbox.channels.base import InboundEvent
from inbox.models import Contact, ContactIdentity, Conversation, Cycle, Message, WebhookEvent
from inbox.services import intake
from inbox.signals import conversation_reopened, messages_received
from routing.models import Assignment
from tests.deliveries import event
from tests.factories import (
    ChannelFactory,
    ContactIdentityFactory,
    ConversationFactory,
    KeywordFactory,
    MessageFactory,
)
from workforce.services import check_out

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def channel(organisation):
    return ChannelFactory()


@pytest.fixture
def receive(channel):
    """`receive(*events, at=NOON)` stores a delivery; the answer is its list of receipts."""

    def call(*events: InboundEvent, at: datetime = NOON) -> list[intake.Receipt]:
        return services.receive(channel=channel, events=list(events), at=at)

    return call


@pytest.fixture
def heard():
    """What listeners were told, as (signal, ids) in order."""
    told = []

    def on_messages(sender, *, message_ids, **kwargs) -> None:
        told.append(("received", message_ids))

    def on_reopened(sender, *, conversation_id, **kwargs) -> None:
        told.append(("reopened", conversation_id))

    messages_received.connect(on_messages)
    conversation_reopened.connect(on_reopened)
    yield told
    messages_received.disconnect(on_messages)
    conversation_reopened.disconnect(on_reopened)


def only_conversation() -> Conversation:
    return Conversation.objects.get()


# --- One message -------------------------------------------------------------------------------
def test_a_first_message_makes_contact_conversation_and_cycle(channel, receive):
    receipt = receive(event("Chào  shop\nơi", sender_name="Mai", phone="+84900000001"))[0]
    message = Message.objects.get()
    assert receipt == intake.Receipt(message.pk)
    assert (message.direction, message.text, message.sent_at) == ("inbound", "Chào  shop\nơi", NOON)
    assert (message.received_at, message.completed_at, message.keywords) == (NOON, None, None)
    assert message.channel == channel
    conversation = only_conversation()
    assert conversation.identity == ContactIdentity.objects.get()
    assert (conversation.contact.name, conversation.contact.phone) == ("Mai", "+84900000001")
    assert conversation.status == "open"
    assert (conversation.department, conversation.assignee) == (None, None)
    assert (conversation.waiting_since, conversation.waiting_reason) == (NOON, "")
    assert (conversation.last_message_at, conversation.last_inbound_at) == (NOON, NOON)
    assert conversation.preview == "Chào shop ơi"
    cycle = Cycle.objects.get()
    assert (cycle.conversation, cycle.number, cycle.started_at) == (conversation, 1, NOON)
    assert (cycle.resolved_at, message.cycle) == (None, cycle)


def test_a_second_message_joins_and_the_name_we_know_stays(receive):
    receive(event(sender_name="Mai"))
    Contact.objects.update(name="Chị Mai (Q.3)")
    receive(event("Còn hàng không?", sender_name="Mai Đặng"), at=NOON + MINUTE)
    conversation = only_conversation()
    assert conversation.contact.name == "Chị Mai (Q.3)"
    assert conversation.waiting_since == NOON
    assert conversation.last_message_at == NOON + MINUTE
    assert conversation.preview == "Còn hàng không?"
    assert list(Message.objects.values_list("cycle", flat=True)) == [Cycle.objects.get().pk] * 2


def test_the_same_sender_on_another_platform_is_another_contact(channel, receive):
    receive(event())
    other = InboundEvent(platform="messenger", sender="kh-1", text="hi", raw="{}")
    services.receive(channel=channel, events=[other], at=NOON)
    assert Contact.objects.count() == 2


def test_the_preview_is_cut(receive):
    receive(event("ạ" * 1000))
    assert only_conversation().preview == "ạ" * 200


def test_a_contact_without_a_name_is_called_by_the_id_as_far_as_it_fits(receive):
    receive(event(sender="k" * 255))
    conversation = only_conversation()
    assert conversation.identity.external_id == "k" * 255
    assert conversation.contact.name == "k" * 120


# --- A batch -----------------------------------------------------------------------------------
def test_a_batch_is_one_transaction_and_one_signal(receive, heard, commits):
    receipts = receive(
        event("một", external_id="1"), event("hai", external_id="2"), event("ba", sender="kh-2")
    )
    assert [receipt.message_id for receipt in receipts] == list(
        Message.objects.inbound().order_by("pk").values_list("pk", flat=True)
    )
    assert heard == [("received", [receipt.message_id for receipt in receipts])]
    assert Conversation.objects.count() == 2


def test_a_repeat_in_a_batch_gets_the_receipt_of_the_first(receive, heard, commits):
    receipts = receive(event("một", external_id="1"), event("một", external_id="1"))
    assert receipts[0].is_repeat is False
    assert receipts[1] == intake.Receipt(receipts[0].message_id, is_repeat=True)
    assert heard == [("received", [receipts[0].message_id])]


def test_a_repeat_tells_nobody(receive, heard, commits):
    receive(event(external_id="1"))
    heard.clear()
    receive(event(external_id="1"), at=NOON + MINUTE)
    receive(event(external_id="1", event_key="e-1"), at=NOON + MINUTE)
    assert heard == []
    assert WebhookEvent.objects.count() == 2
    assert only_conversation().last_inbound_at == NOON


def test_neighbours_of_a_poison_event_are_stored(receive, heard, commits, monkeypatch):
    apply = intake._apply

    def fail_on_poison(delivered, event_id, received_at):
        message = apply(delivered, event_id, received_at)
        if delivered.event.text == "độc":
            raise ValueError("poison")
        return message

    monkeypatch.setattr(intake, "_apply", fail_on_poison)
    receipts = receive(
        event("trước", external_id="1"),
        event("độc", external_id="2", sender="kh-9"),
        event("sau", external_id="3"),
    )
    stored = list(Message.objects.inbound().order_by("pk"))
    assert [message.text for message in stored] == ["trước", "sau"]
    assert receipts == [
        intake.Receipt(stored[0].pk),
        intake.Receipt(None),
        intake.Receipt(stored[1].pk),
    ]
    assert heard == [("received", [message.pk for message in stored])]
    # What the failed event had begun is gone with it.
    assert not ContactIdentity.objects.filter(external_id="kh-9").exists()
    failed = WebhookEvent.objects.exclude(state="applied").get()
    assert (failed.dedup_key, failed.state, failed.attempts) == ("message:2", "failed", 1)
    assert failed.last_error == "ValueError: poison"
    assert 4 <= (failed.run_after - NOON).total_seconds() <= 6


def test_a_failure_of_the_whole_delivery_keeps_every_event(receive, heard, commits, monkeypatch):
    def fail(message_ids):
        raise RuntimeError("cannot tell")

    monkeypatch.setattr(intake, "_tell_received", fail)
    receipts = receive(event(external_id="1"), event(sender="kh-2"))
    assert receipts == [intake.Receipt(None)] * 2
    assert (Message.objects.count(), Contact.objects.count()) == (0, 0)
    rows = WebhookEvent.objects.order_by("pk").values_list("dedup_key", "state", "last_error")
    assert list(rows) == [
        ("message:1", "failed", "RuntimeError: cannot tell"),
        (None, "failed", "RuntimeError: cannot tell"),
    ]
    assert heard == []


def test_a_failed_delivery_with_a_repeat_in_it_keeps_the_new_only(receive, monkeypatch):
    known = receive(event(external_id="1"))[0]

    def fail(message_ids):
        raise RuntimeError("cannot tell")

    monkeypatch.setattr(intake, "_tell_received", fail)
    receipts = receive(event(external_id="1"), event(external_id="2"))
    assert receipts == [intake.Receipt(known.message_id, is_repeat=True), intake.Receipt(None)]
    states = WebhookEvent.objects.order_by("pk").values_list("dedup_key", "state")
    assert list(states) == [("message:1", "applied"), ("message:2", "failed")]


def test_a_repeat_of_a_failed_event_is_not_kept_twice(receive, monkeypatch):
    def fail(*args, **kwargs):
        raise ValueError("poison")

    monkeypatch.setattr(intake, "_add_first", fail)
    receive(event(external_id="1"))
    receipt = receive(event(external_id="1"))[0]
    assert receipt == intake.Receipt(None, is_repeat=True)
    assert WebhookEvent.objects.get().attempts == 1


def test_what_a_listener_breaks_harms_nobody(receive, commits):
    def broken(sender, **kwargs):
        raise RuntimeError("a listener's fault")

    messages_received.connect(broken)
    try:
        receipt = receive(event())[0]
    finally:
        messages_received.disconnect(broken)
    assert Message.objects.inbound().get().pk == receipt.message_id


# --- Time --------------------------------------------------------------------------------------
def test_a_moment_in_the_future_becomes_now(receive):
    receive(event(sent_at=NOON + timedelta(days=30)))
    conversation = only_conversation()
    assert Message.objects.get().sent_at == NOON
    assert (conversation.waiting_since, conversation.last_message_at) == (NOON, NOON)


def test_an_older_message_that_comes_late_stands_where_it_was_written(receive):
    receive(event("thứ hai", sent_at=NOON - MINUTE))
    receive(event("thứ nhất", sent_at=NOON - 2 * MINUTE), at=NOON + MINUTE)
    texts = Message.objects.in_order().values_list("text", flat=True)
    assert list(texts) == ["thứ nhất", "thứ hai"]
    conversation = only_conversation()
    assert conversation.last_message_at == NOON - MINUTE
    assert conversation.preview == "thứ hai"
    assert conversation.last_inbound_at == NOON + MINUTE


def test_an_old_date_does_not_lead_the_queue_for_ever(channel, receive, people):
    """A platform that says 2001 gets a day, the longest that a repeat may come late."""
    old = datetime(2001, 1, 1, tzinfo=UTC)
    receive(event(sent_at=old))
    conversation = only_conversation()
    assert Message.objects.get().sent_at == old
    assert conversation.waiting_since == NOON - timedelta(days=1)
    Conversation.objects.update(status="waiting", waiting_since=None)
    receive(event(sent_at=old))
    conversation.refresh_from_db()
    assert conversation.waiting_since == NOON - timedelta(days=1)
    receive(event(sent_at=NOON - timedelta(hours=23), sender="kh-2"))
    late = Conversation.objects.get(identity__external_id="kh-2")
    assert late.waiting_since == NOON - timedelta(hours=23)


def test_the_same_moment_keeps_the_order_of_arrival(receive):
    receive(*(event(text, sent_at=NOON) for text in ("a", "b", "c")))
    assert list(Message.objects.in_order().values_list("text", flat=True)) == ["a", "b", "c"]


def test_an_answer_of_the_customer_waits_for_us_again(channel, receive, people):
    identity = ContactIdentityFactory(channel=channel, platform="zalo", external_id="kh-1")
    conversation = ConversationFactory(
        identity=identity, status="waiting", waiting_since=None, assignee=people["staff"]
    )
    Conversation.objects.update(last_message_at=NOON, last_inbound_at=NOON)
    receive(event("Vâng", sent_at=NOON + MINUTE), at=NOON + 2 * MINUTE)
    conversation.refresh_from_db()
    assert (conversation.status, conversation.waiting_since) == ("open", NOON + MINUTE)
    assert conversation.assignee == people["staff"]
    assert conversation.cycle_number == 1
    assert conversation.last_inbound_at == NOON + 2 * MINUTE


# --- Reopening ---------------------------------------------------------------------------------
@pytest.fixture
def resolved(channel, people, sales) -> Conversation:
    """A conversation of staff that was answered and completed in its first cycle."""
    identity = ContactIdentityFactory(channel=channel, platform="zalo", external_id="kh-1")
    conversation = ConversationFactory(
        identity=identity,
        status="resolved",
        department=sales,
        assignee=people["staff"],
        waiting_since=None,
        seen_at=NOON - MINUTE,
    )
    Cycle.objects.update(started_at=NOON - 9 * MINUTE, resolved_at=NOON - MINUTE)
    MessageFactory(conversation=conversation, sent_at=NOON - 9 * MINUTE, completed_at=NOON - MINUTE)
    Assignment.objects.create(
        conversation=conversation,
        cycle=conversation.cycles.get(),
        assignee=people["staff"],
        department=sales,
        policy=Assignment.Policy.LEAST_OPEN,
        ended_at=NOON - MINUTE,
        end_reason=Assignment.EndReason.RESOLVED,
    )
    return conversation


def test_a_message_after_resolve_begins_the_next_cycle(receive, resolved, heard, commits):
    receipt = receive(event("Máy lại hỏng", external_id="9"))[0]
    resolved.refresh_from_db()
    assert (resolved.status, resolved.cycle_number, resolved.seen_at) == ("open", 2, None)
    assert (resolved.waiting_since, resolved.preview) == (NOON, "Máy lại hỏng")
    first, second = resolved.cycles.order_by("number")
    assert first.resolved_at == NOON - MINUTE
    assert (second.number, second.started_at, second.resolved_at) == (2, NOON, None)
    message = Message.objects.get(pk=receipt.message_id)
    assert message.cycle == second
    line = second.messages.filter(direction="event").order_by("pk").first()
    assert line.data == {"code": "reopened", "params": {}}
    assert heard == [("reopened", resolved.pk), ("received", [message.pk])]


def test_a_reopened_conversation_is_nobodys_until_routing_has_looked(receive, resolved):
    receive(event())
    resolved.refresh_from_db()
    assert (resolved.status, resolved.assignee, resolved.seen_at) == ("open", None, None)
    assert (resolved.waiting_reason, resolved.waiting_since) == ("", NOON)


@pytest.mark.parametrize(("turns", "who"), [(2, "staff"), (3, "colleague")])
def test_the_former_assignee_gets_it_again(receive, resolved, people, commits, turns, who):
    """While at most two others wait for them; the colleague would be first, with less to do."""
    ConversationFactory.create_batch(
        turns, assignee=people["staff"], department=resolved.department
    )
    people["staff"].agent.open_count = turns
    people["staff"].agent.save(update_fields=["open_count"])
    receive(event())
    resolved.refresh_from_db()
    assert resolved.assignee == people[who]
    is_former = Assignment.objects.get(ended_at=None).explanation["is_former"]
    assert is_former is (who == "staff")


def test_another_gets_it_when_the_former_is_not_at_work(receive, resolved, people, commits):
    check_out(user=people["staff"])
    receive(event())
    resolved.refresh_from_db()
    assert resolved.assignee == people["colleague"]
    assert Assignment.objects.get(ended_at=None).explanation["is_former"] is False


def test_another_gets_it_when_the_former_is_full(receive, resolved, people, commits):
    ConversationFactory.create_batch(8, assignee=people["staff"], department=resolved.department)
    people["staff"].agent.open_count = 8
    people["staff"].agent.save(update_fields=["open_count"])
    receive(event())
    resolved.refresh_from_db()
    assert resolved.assignee == people["colleague"]


def test_a_late_message_reopens_without_turning_the_clock_back(receive, resolved):
    """The customer wrote it before the end, it came after: it is unanswered all the same."""
    latest = NOON - 2 * MINUTE
    Conversation.objects.update(last_message_at=latest)
    receive(event("còn một câu", sent_at=NOON - 5 * MINUTE))
    resolved.refresh_from_db()
    assert (resolved.status, resolved.cycle_number) == ("open", 2)
    assert resolved.last_message_at == latest
    assert resolved.waiting_since == NOON - 5 * MINUTE
    second = resolved.cycles.get(number=2)
    assert second.started_at == NOON - MINUTE  # not within the first, which ended then
    line = second.messages.get(direction="event")
    assert line.sent_at == NOON - MINUTE


@pytest.mark.parametrize("is_known", [False, True])
def test_a_platforms_old_clock_begins_no_cycle_years_ago(receive, resolved, is_known):
    sender = resolved.identity.external_id if is_known else "somebody new"
    platform_says = NOON - 9000 * timedelta(days=1)
    receipt = receive(event("Alo", sender=sender, sent_at=platform_says))[0]
    message = Message.objects.get(pk=receipt.message_id)
    assert message.sent_at == platform_says
    assert message.cycle.started_at == (NOON - MINUTE if is_known else NOON - timedelta(days=1))


def test_several_messages_after_resolve_reopen_once(receive, resolved, heard, commits):
    receive(event("a"), event("b"))
    receive(event("c"), at=NOON + MINUTE)
    resolved.refresh_from_db()
    assert resolved.cycle_number == 2
    assert [name for name, _ids in heard] == ["reopened", "received", "received"]


def test_a_new_word_leads_the_next_cycle_to_another_department(
    receive, resolved, people, billing, commits
):
    KeywordFactory(word="hoá đơn", folded="hoa don", department=billing)
    receive(event("Cho mình xin hoá đơn"))
    resolved.refresh_from_db()
    assert (resolved.department, resolved.assignee) == (billing, people["other_staff"])


# --- What the database itself refuses ----------------------------------------------------------
def test_an_external_id_is_unique_in_its_channel(receive):
    receive(event(external_id="1"))
    known = Message.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        MessageFactory(conversation=known.conversation, channel=known.channel, external_id="1")
    MessageFactory(conversation=known.conversation, channel=ChannelFactory(), external_id="1")
    assert Message.objects.count() == 2


def test_an_identity_is_unique_in_its_channel_and_platform(channel):
    known = ContactIdentityFactory(channel=channel)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactIdentityFactory(channel=channel, external_id=known.external_id)
    ContactIdentityFactory(channel=channel, platform="viber", external_id=known.external_id)
    assert ContactIdentity.objects.count() == 2


def test_an_event_key_is_unique_in_its_channel_and_no_key_is_never_a_repeat(channel):
    for key in ("event:1", None, None):
        WebhookEvent.objects.create(channel=channel, dedup_key=key, body="{}")
    with pytest.raises(IntegrityError), transaction.atomic():
        WebhookEvent.objects.create(channel=channel, dedup_key="event:1", body="{}")
    assert WebhookEvent.objects.count() == 3


def test_one_identity_has_one_conversation_that_is_not_resolved(channel):
    identity = ContactIdentityFactory(channel=channel)
    ConversationFactory(identity=identity, status="resolved")
    ConversationFactory(identity=identity, status="waiting")
    with pytest.raises(IntegrityError), transaction.atomic():
        ConversationFactory(identity=identity)
    assert Conversation.objects.count() == 2


def test_a_conversation_has_one_open_cycle(channel):
    conversation = ConversationFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Cycle.objects.create(conversation=conversation, number=2, started_at=NOON)
    assert Cycle.objects.count() == 1


def test_a_status_is_one_of_the_known(channel):
    conversation = ConversationFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Conversation.objects.filter(pk=conversation.pk).update(status="lost")
    conversation.refresh_from_db()
    assert conversation.status == "open"
