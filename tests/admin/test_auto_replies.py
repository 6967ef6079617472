"""What channels say by themselves, in the back office."""

import pytest

from accounts.models import AuditEntry
from inbox.models import AutoReply
from tests.admin.conftest import act, address, errors
from tests.factories import ChannelFactory

pytestmark = pytest.mark.django_db

ADD = "/admin/inbox/autoreply/add/"


@pytest.fixture
def channel():
    return ChannelFactory(name="Zalo")


def form_of(channel, **changes) -> dict:
    data = {"channel": channel.pk, "trigger": "greeting", "text_vi": "Chào ạ", "text_en": "Hi"}
    return data | {"is_active": "on"} | changes


def stored() -> list[tuple]:
    columns = ("channel__name", "trigger", "text_vi", "text_en", "is_active")
    return list(AutoReply.objects.order_by("pk").values_list(*columns))


def entries() -> list[tuple]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", "target_label"))


def test_one_is_written_changed_and_removed(client, admin, channel):
    AuditEntry.objects.all()
    before = entries()
    assert client.post(ADD, form_of(channel)).status_code == 302
    assert stored() == [("Zalo", "greeting", "Chào ạ", "Hi", True)]
    page = address("inbox.autoreply", "change", AutoReply.objects.get().pk)
    assert client.post(page, form_of(channel, text_en="Hello", is_active="")).status_code == 302
    assert stored() == [("Zalo", "greeting", "Chào ạ", "Hello", False)]
    changes = AuditEntry.objects.latest("pk").changes
    assert changes == {"text_en": ["Hi", "Hello"], "is_active": [True, False]}
    act(client, "inbox.autoreply", "delete_selected", AutoReply.objects.all(), post="yes")
    assert stored() == []
    assert entries()[len(before) :] == [
        ("auto_reply_created", "Zalo"),
        ("auto_reply_changed", "Zalo"),
        ("auto_reply_deleted", "Zalo"),
    ]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"trigger": "wait"}, "trigger", "This channel has a text for this occasion already."),
        ({"text_vi": ""}, "text_vi", "This field is required."),
        ({"text_en": " \n "}, "text_en", "This field is required."),
        ({"text_vi": "x {minutes}"}, "text_vi", "Nothing can be filled in for {minutes}."),
        ({"text_en": "{name}"}, "text_en", "Nothing can be filled in for {name}."),
        ({"trigger": "birthday"}, "trigger", "Select a valid choice."),
        ({"channel": "999"}, "channel", "Select a valid choice."),
        ({"text_vi": "x" * 1001}, "text_vi", "Ensure this value has at most 1000 characters"),
    ],
)
def test_a_refused_one_is_shown_at_the_field(client, admin, channel, changes, field, sentence):
    texts = {"text_vi": "{minutes}", "text_en": "{minutes}"}
    AutoReply.objects.create(channel=channel, trigger="wait", **texts)
    other = AutoReply.objects.create(channel=channel, trigger="greeting", text_vi="a", text_en="b")
    before = stored()
    for page in (ADD, address("inbox.autoreply", "change", other.pk)):
        if page == ADD and "trigger" not in changes:
            changes = changes | {"trigger": "out_of_hours"}
        found = errors(client.post(page, form_of(channel) | changes))
        assert list(found) == [field]
        assert found[field][0].startswith(sentence)
    assert stored() == before
