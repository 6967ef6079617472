"""Every kind of text a customer or a colleague may write comes back code point for code point."""

import json
import unicodedata

import pytest
from django.test import Client
from django.urls import reverse

from inbox.models import Message
from inbox.services.intake import preview_of
from tests.deliveries import BRIEF, deliver
from tests.factories import ChannelFactory, ConversationFactory, KeywordFactory

pytestmark = pytest.mark.django_db

PLAIN = "Tiếng Việt có dấu, chị Mai đặt 2 cái ấm điện"
TEXTS = {
    "NFC": unicodedata.normalize("NFC", PLAIN),
    "NFD": unicodedata.normalize("NFD", PLAIN),
    "no marks": "tieng viet khong dau",
    "ASCII punctuation": "".join(map(chr, range(0x20, 0x7F))),
    "markup": "<b>&amp;</b> <script>alert('x')</script> &#x0;",
    "templates": "{{ secret }} {% url %} %(name)s {0} $HOME `id`",
    "SQL": "'; DROP TABLE inbox_message; -- \\' \"",
    "backslashes": "\\u0000 \\n \\\\ C:\\thu\\mục",
    "emoji": "😀👍🏽🇻🇳#️⃣",
    "ZWJ family": "👩‍👩‍👧‍👦🏳️‍🌈👨🏿‍🚒",
    "variation selectors": "❤️❤︎葛\U000e0100",
    "zero width": "a\u200bb\u200cc\u200dd\u2060e\ufeffmua",
    "byte order mark first": "\ufeffxin chào",
    "bidi overrides": "\u202egnod\u202c \u2066a\u2069 \u200f\u200e",
    "Arabic": "مرحبا، أريد شراء هاتف",
    "Hebrew with points": "שָׁלוֹם עוֹלָם",
    "right to left and left to right": "giá של 5 triệu عربى",
    "combining pile": "Z" + "\u0351\u0489\u0334\u0301" * 60 + "algo",
    "Thai and Khmer": "สวัสดีครับ ជំរាបសួរ",
    "Hangul, composed and not": "한국어 \u1112\u1161\u11ab",
    "Han, with astral": "漢字 𠮷野家 𪚥",
    "astral letters": "𝕳𝖊𝖑𝖑𝖔 𐍈 𒀀",
    "full width": "ＭＵＡ　ＨÀＮＧ",
    "control characters": "a\x01\x02\x07\x08\x0b\x0c\x0e\x1b[31m\x1f\x7fb",
    "C1 controls": "a\x80\x85\x9fb",
    "tabs": "\tmột\t\thai\t",
    "line feeds": "một\nhai\n\nba\n",
    "CRLF": "một\r\nhai\r\n",
    "lone CR": "một\rhai\r",
    "line separators": "một\u2028hai\u2029ba\x85bốn",
    "spaces at both ends": "  \u00a0\u3000 giữa \u202f ",
    "private use": "\ue000\uf8ff\U000f0000\U0010fffd",
    "noncharacters": "\ufdd0\ufffe\uffff\U0001ffff\U0010ffff",
    "replacement character": "a\ufffdb",
    "unassigned": "\u0378\U0003fff0",
    "one letter many times": "đ" * 5000,
}
LONG = "Ôi " * 33_333 + "!"


def test_there_are_35_kinds_and_a_long_one():
    assert len(TEXTS) + 1 >= 35
    assert len(LONG) == 100_000
    assert len(set(TEXTS.values())) == len(TEXTS)


@pytest.fixture
def open_webhook(organisation, settings):
    settings.DEMO = True
    return ChannelFactory()


def test_a_webhooks_text_comes_back_from_the_api(client, open_webhook, api, people, commits):
    KeywordFactory(word="mua")
    texts = list((TEXTS | {"long": LONG}).values())
    for number, text in enumerate(texts):
        # Escaped and not: both are the same text.
        raw = json.dumps(BRIEF | {"content": text, "metadata": {text[:50]: [text]}}).encode()
        if number % 2:
            raw = json.dumps(json.loads(raw), ensure_ascii=False).encode()
        assert deliver(client, raw).status_code == 200
    conversation = Message.objects.inbound().first().conversation.public_id
    admin = api(people["admin"])
    results = admin.get("/messages").json()["results"]
    assert [row["content"] for row in results] == texts[::-1]
    lines = admin.get(f"/api/v1/conversations/{conversation}/messages").json()["results"]
    inbound = [line for line in lines if line["direction"] == "inbound"]
    assert [line["text"] for line in inbound] == texts[::-1]
    assert [line["data"]["metadata"] for line in inbound] == [
        {text[:50]: [text]} for text in texts[::-1]
    ]


def test_a_senders_id_and_name_come_back(client, open_webhook, api, people):
    names = [text.strip()[:60] for text in TEXTS.values()]
    for name in names:
        body = BRIEF | {"sender": name, "sender_name": name, "external_id": name}
        assert deliver(client, body).status_code == 200
    rows = api(people["admin"]).get("/api/v1/conversations?page_size=200").json()["results"]
    assert {row["sender"] for row in rows} == {row["contact"] for row in rows} == set(names)
    assert Message.objects.count() == len(set(names))


@pytest.mark.parametrize("name", TEXTS)
def test_a_preview_is_one_line(name):
    preview = preview_of(TEXTS[name])
    assert len(preview) <= 200
    assert preview == " ".join(preview.split())


def test_an_api_reply_comes_back(api, people):
    conversation = ConversationFactory(assignee=people["staff"])
    staff = api(people["staff"])
    path = f"/api/v1/conversations/{conversation.public_id}"
    for name, text in TEXTS.items():
        response = staff.post(f"{path}/reply", {"text": text})
        assert (response.status_code, response.json()["text"]) == (201, text), name
    lines = staff.get(f"{path}/messages").json()["results"]
    assert [line["text"] for line in lines] == list(TEXTS.values())[::-1]
    refusal = staff.post(f"{path}/reply", {"text": LONG})
    assert (refusal.status_code, set(refusal.json())) == (400, {"text"})


def test_a_reply_of_the_page_comes_back(people):
    """A form sends its line ends as CRLF; what was typed has none of them."""
    conversation = ConversationFactory(assignee=people["staff"])
    client = Client(headers={"Accept": "text/html"})
    client.force_login(people["staff"])
    path = reverse("inbox:conversation_reply", args=[conversation.public_id])
    for name, text in TEXTS.items():
        typed = text.replace("\r\n", "\n")
        response = client.post(path, {"text": typed.replace("\n", "\r\n")})
        assert response.status_code == 302, name
        assert Message.objects.latest("pk").text == typed, name


def test_a_page_shows_every_text(client, open_webhook, people, sales):
    for text in [*TEXTS.values(), LONG]:
        deliver(client, BRIEF | {"content": text})
    conversation = Message.objects.first().conversation
    client.force_login(people["admin"])
    client.defaults["HTTP_ACCEPT"] = "text/html"
    page = client.get(reverse("inbox:conversation_detail", args=[conversation.public_id]))
    html = page.content.decode()
    assert page.status_code == 200
    assert "<script>alert('x')</script>" not in html
    assert "👩‍👩‍👧‍👦🏳️‍🌈👨🏿‍🚒" in html
    assert unicodedata.normalize("NFD", PLAIN) in html
    assert client.get(reverse("inbox:conversation_list") + "?scope=all").status_code == 200


def test_a_contacts_note_and_a_keyword_come_back(people, sales):
    conversation = ConversationFactory(department=sales)
    client = Client(headers={"Accept": "text/html"})
    client.force_login(people["manager"])
    path = reverse("inbox:contact", args=[conversation.public_id])
    for name, text in TEXTS.items():
        typed = text.replace("\r\n", "\n").strip()[:2000]
        response = client.post(path, {"name": typed[:120].strip(), "note": typed})
        assert response.status_code == 302, name
        conversation.contact.refresh_from_db()
        assert conversation.contact.note == typed, name
        assert conversation.contact.name == typed[:120].strip(), name
