"""Channels and their secrets, and trying failed work again."""

import time
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone, translation

from accounts.models import AuditEntry, User
from inbox.channels import signatures
from inbox.models import Channel, OutboundPart, WebhookEvent
from inbox.services import save_channel
from inbox.services.channels import LoadOutOfRange
from omnichat.lib.crypto import UNREADABLE
from tests.admin.conftest import IP, act, address, errors, said
from tests.factories import ChannelFactory

pytestmark = pytest.mark.django_db

ADD = "/admin/inbox/channel/add/"
TYPED = "a secret of mine 42"


def form_of(**changes) -> dict:
    data = {"name": "Web", "kind": "generic", "is_active": "on", "default_department": ""}
    return data | {"load_percent": "100", "reply_url": "", "new_secret": ""} | changes


def change(client, channel: Channel, **changes):
    page = address("inbox.channel", "change", channel.pk)
    return client.post(page, form_of(**changes))


def stored(channel: Channel) -> tuple[str, str]:
    """The two secrets as they stand in the table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret, old_secret FROM inbox_channel WHERE id = %s", [channel.pk])
        return cursor.fetchone()


def assert_nowhere(client, channel: Channel, *secrets: str) -> None:
    """The secrets are on no page, in no log, message, session or column in plain."""
    pages = [address("inbox.channel", page, channel.pk) for page in ("change", "history")]
    pages += [address("inbox.channel", "changelist"), "/admin/"]
    pages += [address("accounts.auditentry", "changelist")]
    seen = [client.get(page).content.decode() for page in pages]
    seen += [f"{entry.changes} {entry.target_label}" for entry in AuditEntry.objects.all()]
    seen += [f"{log.change_message} {log.object_repr}" for log in LogEntry.objects.all()]
    seen += [str(session.get_decoded()) for session in Session.objects.all()]
    seen += [str(client.cookies), *stored(channel)]
    for text in seen:
        for secret in secrets:
            assert secret not in text


# --- Channels ---------------------------------------------------------------------------------
def test_a_channel_is_connected_and_audited(client, admin, sales):
    response = client.post(
        ADD, form_of(default_department=sales.pk, reply_url="https://shop.example/in")
    )
    assert response.status_code == 302
    channel = Channel.objects.get()
    assert (channel.name, channel.default_department) == ("Web", sales)
    assert (channel.secret, channel.secret_changed_at) == ("", None)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.ip) == ("channel_created", admin, IP)
    assert entry.changes == {
        "name": [None, "Web"],
        "kind": [None, "generic"],
        "is_active": [None, True],
        "default_department": [None, "Sales"],
        "load_percent": [None, 100],
        "reply_url": [None, "https://shop.example/in"],
    }


def test_changes_are_audited_from_and_to(client, admin, sales):
    channel = ChannelFactory(name="Web", default_department=sales)
    assert change(client, channel, name="Zalo", is_active="").status_code == 302
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.ip) == ("channel_changed", admin, IP)
    assert entry.changes == {
        "name": ["Web", "Zalo"],
        "is_active": [True, False],
        "default_department": ["Sales", None],
    }
    kept = Channel.objects.get()
    assert kept.secret == channel.secret
    assert (kept.old_secret, kept.secret_changed_at) == ("", None)


def test_what_a_conversation_takes_is_changed_and_audited(client, admin):
    channel = ChannelFactory(name="Web")
    assert change(client, channel, load_percent="50").status_code == 302
    assert Channel.objects.get().load_percent == 50
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.changes) == ("channel_changed", {"load_percent": [100, 50]})


@pytest.mark.parametrize("percent", ["9", "401", "-50", "", "viele"])
def test_a_load_out_of_range_is_refused(client, admin, percent):
    channel = ChannelFactory(name="Web")
    assert list(errors(change(client, channel, load_percent=percent))) == ["load_percent"]
    assert Channel.objects.get().load_percent == 100
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("percent", [9, 401])
def test_the_service_refuses_it_too(people, percent):
    channel = ChannelFactory(name="Web")
    with pytest.raises(LoadOutOfRange) as refused, translation.override("en"):
        save_channel(
            channel=channel, actor=people["admin"], changes={"load_percent": percent, "name": "X"}
        )
    assert refused.value.field == "load_percent"
    assert str(refused.value) == "A conversation takes from 10 to 400 percent of a place."
    kept = Channel.objects.get()
    assert (kept.load_percent, kept.name) == (100, "Web")


def test_an_unchanged_channel_writes_no_audit(client, admin):
    channel = ChannelFactory(name="Web")
    assert change(client, channel).status_code == 302
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("reply_url", "sentence"),
    [
        ("http://shop.example/in", "This address is not encrypted."),
        ("https://10.0.0.7/in", "This address is in a private network."),
        ("https://[::ffff:127.0.0.1]/in", "This address is in a private network."),
        ("https://localhost/in", "This address is in a private network."),
        ("https://me:pass@shop.example/in", "This is not a web address."),
        ("javascript:alert(1)", "Enter a valid URL."),
    ],
)
def test_a_reply_address_we_would_never_call_is_refused(client, admin, reply_url, sentence):
    found = errors(client.post(ADD, form_of(reply_url=reply_url)))
    assert list(found) == ["reply_url"]
    assert found["reply_url"][0].startswith(sentence)
    channel = ChannelFactory(name="Web")
    assert list(errors(change(client, channel, reply_url=reply_url))) == ["reply_url"]
    assert Channel.objects.get().reply_url == ""
    assert not AuditEntry.objects.exists()


def test_a_local_address_is_allowed_where_the_operator_says_so(client, admin, settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]
    assert client.post(ADD, form_of(reply_url="http://127.0.0.1:9/in")).status_code == 302
    assert Channel.objects.get().reply_url == "http://127.0.0.1:9/in"


# --- Secrets ----------------------------------------------------------------------------------
def test_a_typed_secret_goes_in_and_never_comes_out(client, admin):
    channel = ChannelFactory(name="Web", secret="the one from before")
    response = change(client, channel, new_secret=TYPED)
    assert response.status_code == 302
    now = Channel.objects.get()
    assert (now.secret, now.old_secret) == (TYPED, "the one from before")
    at = timezone.now()
    assert now.secrets_at(at) == [TYPED, "the one from before"]
    assert now.secrets_at(at + timedelta(hours=24)) == [TYPED]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.ip) == ("channel_secret_changed", admin, IP)
    assert entry.changes == {}
    assert_nowhere(client, channel, TYPED, "the one from before")


def test_the_page_says_when_it_was_saved(client, admin):
    channel = ChannelFactory(name="Web", secret="")
    page = address("inbox.channel", "change", channel.pk)
    assert "None yet." in client.get(page).content.decode()
    assert "None yet." in client.get(ADD).content.decode()
    change(client, channel, new_secret=TYPED)
    at = timezone.localtime(Channel.objects.get().secret_changed_at)
    assert f"Saved on {at:%b}. {at.day}, {at.year}" in client.get(page).content.decode()
    User.objects.filter(pk=admin.pk).update(language="vi")
    assert f"{at:%d/%m/%Y}" in client.get(page).content.decode()


@pytest.mark.parametrize("is_new", [True, False])
def test_a_made_secret_is_shown_exactly_once(client, admin, is_new):
    if is_new:
        response = client.post(ADD, form_of(make_secret="on"))
    else:
        response = change(client, ChannelFactory(secret="the one from before"), make_secret="on")
    channel = Channel.objects.get()
    assert response.status_code == 200
    assert len(channel.secret) == 43
    html = response.content.decode()
    assert html.count(channel.secret) == 1
    assert "the one from before" not in html
    assert "no-store" in response["Cache-Control"]
    assert channel.secret not in str(response.cookies)
    assert_nowhere(client, channel, channel.secret, "the one from before")
    raw = b"{}"
    header = signatures.sign(raw, channel.secret, now=time.time())
    assert signatures.verify(raw, header, channel.secrets_at(timezone.now()), now=time.time())


def test_a_refused_form_shows_no_secret(client, admin):
    channel = ChannelFactory(name="Web", secret="the one from before")
    response = change(client, channel, new_secret=TYPED, reply_url="http://shop.example")
    assert list(errors(response)) == ["reply_url"]
    html = response.content.decode()
    assert TYPED not in html
    assert "the one from before" not in html
    assert Channel.objects.get().secret == "the one from before"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"new_secret": "short"}, "new_secret"),
        ({"new_secret": "x" * 201}, "new_secret"),
        ({"new_secret": TYPED, "make_secret": "on"}, "make_secret"),
    ],
)
def test_a_secret_that_cannot_be_is_refused(client, admin, data, field):
    channel = ChannelFactory(name="Web", secret="the one from before")
    assert list(errors(change(client, channel, **data))) == [field]
    assert Channel.objects.get().secret == "the one from before"
    assert not AuditEntry.objects.exists()


def test_the_same_secret_again_is_no_change(client, admin):
    channel = ChannelFactory(name="Web", secret=TYPED, old_secret="older")
    change(client, channel, new_secret=TYPED)
    assert Channel.objects.get().old_secret == "older"
    assert not AuditEntry.objects.exists()


def test_a_secret_nobody_can_read_is_replaced(client, admin, settings):
    channel = ChannelFactory(name="Web", secret="the one from before")
    settings.FIELD_KEYS = ["another-key-" + "k" * 50]
    assert Channel.objects.get().secret == UNREADABLE
    assert client.get(address("inbox.channel", "change", channel.pk)).status_code == 200
    assert change(client, channel, new_secret=TYPED).status_code == 302
    now = Channel.objects.get()
    assert (now.secret, now.old_secret) == (TYPED, "")


# --- Trying again -----------------------------------------------------------------------------
def test_failed_events_are_tried_again(client, admin, make_rows):
    make_rows(3)
    failed, dead, applied = WebhookEvent.objects.order_by("pk")
    WebhookEvent.objects.update(attempts=8, run_after=timezone.now() + timedelta(days=1))
    WebhookEvent.objects.filter(pk=dead.pk).update(state="dead")
    WebhookEvent.objects.filter(pk=applied.pk).update(state="applied")
    response = act(client, "inbox.webhookevent", "retry", [failed, dead, applied])
    assert said(response) == [
        "2 events will be tried again at once.",
        f"#{applied.pk}: This event has been applied. There is nothing to try again.",
    ]
    for event in (failed, dead):
        event.refresh_from_db()
        assert (event.state, event.attempts) == ("failed", 0)
        assert event.run_after <= timezone.now()
    applied.refresh_from_db()
    assert (applied.state, applied.attempts) == ("applied", 8)


def test_failed_parts_are_sent_again(client, admin, make_rows):
    make_rows(4)
    failed, unknown, sent, queued = OutboundPart.objects.order_by("pk")
    later = timezone.now() + timedelta(days=1)
    OutboundPart.objects.update(attempts=5, run_after=later, give_up_at=later)
    for part, state in ((unknown, "unknown"), (sent, "sent"), (queued, "queued")):
        OutboundPart.objects.filter(pk=part.pk).update(state=state)
    response = act(client, "inbox.outboundpart", "retry", [failed, unknown, sent, queued])
    sentence = "This reply is on its way or has arrived. Nothing to send again."
    assert said(response) == [
        "2 parts will be sent again at once.",
        f"#{queued.pk}, #{sent.pk}: {sentence}",
    ]
    for part in (failed, unknown):
        part.refresh_from_db()
        assert (part.state, part.failure, part.attempts) == ("queued", "", 0)
        assert part.give_up_at is None
    for part, state in ((sent, "sent"), (queued, "queued")):
        part.refresh_from_db()
        assert (part.state, part.attempts, part.run_after) == (state, 5, later)


@pytest.mark.parametrize("label", ["inbox.webhookevent", "inbox.outboundpart"])
def test_what_failed_is_found_with_its_reason(client, admin, make_rows, label):
    make_rows(2)
    model = {"inbox.webhookevent": WebhookEvent, "inbox.outboundpart": OutboundPart}[label]
    last = model.objects.latest("pk")
    done = "applied" if model is WebhookEvent else "sent"
    model.objects.filter(pk=last.pk).update(state=done, last_error="")
    response = client.get(address(label, "changelist"), {"state__exact": "failed"})
    (row,) = response.context["cl"].result_list
    assert row.last_error
    assert row.last_error in response.content.decode()


def test_an_events_body_is_readable(client, admin, make_rows):
    make_rows(1)
    event = WebhookEvent.objects.get()
    page = address("inbox.webhookevent", "change", event.pk)
    shown = '<pre dir="auto">{\n  &quot;content&quot;: &quot;Xin chào&quot;\n}</pre>'
    assert shown in client.get(page).content.decode()
    WebhookEvent.objects.update(body="not JSON <b>")
    assert '<pre dir="auto">not JSON &lt;b&gt;</pre>' in client.get(page).content.decode()
