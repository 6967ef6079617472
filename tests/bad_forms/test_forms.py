"""Whatever a browser sends to a page's form: a clear refusal, nothing changed, the text kept."""

import pytest
from django.test import Client

from tests.bad_forms.doors import FORMS, FREE_FIELDS, UPLOADS
from tests.bad_forms.sender import Sender, page_addresses, path_of
from tests.snapshot import snapshot

pytestmark = pytest.mark.django_db

# Redirects that take any method, and what is gone once somebody exists (omnichat/setup tests).
NO_FORM = {"home", "favicon", "setup"}


each_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)


def test_every_form_page_is_tried(people, ids):
    """Each page that answers a POST at all is in the table."""
    answering = set()
    for name, _needed in page_addresses():
        client = Client(headers={"Accept": "text/html"})
        client.force_login(people["admin"])
        path = path_of(name, ids)
        if client.post(path).status_code != 405:
            answering.add(name)
    assert answering - NO_FORM == {form.name for form in FORMS}


@each_form
def test_what_a_person_would_type_is_taken(sender, form):
    assert sender.send(sender.data).status_code == form.status


URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nabc'
MANY_PARTS = b"".join(
    b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % n for n in range(1500)
)
UNREADABLE = {
    "1500 fields": (b"&".join(b"f%d=1" % n for n in range(1500)), URLENCODED),
    "1500 parts": (MANY_PARTS + b"--x--\r\n", MULTIPART),
    "1500 unclosed parts": (MANY_PARTS, MULTIPART),
    "no boundary": (PART, "multipart/form-data"),
    "a boundary that is none": (PART, "multipart/form-data; boundary=\xe9"),
    "too much": (b"text=" + b"a" * 2_700_000, URLENCODED),
}


@each_form
def test_a_form_that_cannot_be_read_is_400(form, people, ids):
    """With the check for forged forms, as in a browser: it is the first to read the form."""
    sender = Sender(form, people, ids, has_csrf=True)
    before = snapshot()
    for name, (raw, content_type) in UNREADABLE.items():
        response = sender.send(raw, content_type)
        # Where papers are handed in, it is the fields that are too much, not the body.
        is_large = name == "too much" and form.name not in UPLOADS
        assert response.status_code == (413 if is_large else 400), name
        assert response.content, name
    # Unclosed, but it can be read: what proves that the form is ours is missing.
    for raw in (PART, PART.replace(b"abc", b"\xff\xfe\x00"), b""):
        assert sender.send(raw, MULTIPART).status_code == 403
    assert snapshot() == before


@each_form
def test_what_can_be_read_of_a_strange_form_counts(sender):
    """A form with nothing in it does what its button says; one with fields asks for them."""
    for raw, content_type in (
        (PART, MULTIPART),
        (PART.replace(b"abc", b"\xff\xfe\x00"), MULTIPART),
        (b"\xff\xfe=\x00&%ff%00=%", URLENCODED),
        (b"", URLENCODED),
        (b"{}", "application/json"),
        (b"[[[[", "text/plain"),
        (b"a", ""),
    ):
        response = sender.try_out(raw, content_type)
        assert response.status_code in (200, 204, 302, 400, 409), (content_type, raw)


@each_form
@pytest.mark.parametrize("value", ["\0", "a\0b"])
def test_nul_in_a_field_is_400_and_changes_nothing(sender, form, value):
    before = snapshot()
    for name in sender.data:
        if name in FREE_FIELDS:
            continue
        response = sender.send(sender.data | {name: value})
        assert response.status_code == 400, name
    assert snapshot() == before


STRANGE = [
    "",
    " ",
    "\ufffd",
    "x" * 100_000,
    "9" * 5000,
    "-1",
    "1e400",
    "NaN",
    "Infinity",
    "1E+9999999",
    "٣",
    "\u202e\u200b",
    "👨‍👩‍👧‍👦",
    "<script>alert(1)</script>",
    "{{ 7|add:7 }}{% now 'Y' %}",
    "00000000-0000-0000-0000-000000000007",
    "//evil.example/",
    "javascript:alert(1)",
    "/\r\nSet-Cookie: a=b",
    "inbox:conversation_list",
    "http://testserver.evil.example/",
    "/\\evil.example",
    "http://[",
]


@each_form
def test_a_strange_value_is_taken_or_refused_in_words(sender, form):
    for name in sender.data:
        for value in STRANGE:
            response = sender.try_out(sender.data | {name: value})
            assert response.status_code in (form.status, 302, 400, 401, 409, 429), (
                name,
                value[:20],
            )
            if response.status_code == 302:
                assert response["Location"].startswith("/"), (name, value[:20])
                assert not response["Location"].startswith("//"), (name, value[:20])


def test_a_reply_that_is_refused_keeps_its_text(people, ids):
    form = next(form for form in FORMS if form.name == "inbox:conversation_reply")
    sender = Sender(form, people, ids)
    before = snapshot()
    for text in ("Dạ\0 còn ạ <b>", "Dạ còn ạ <b>" * 700):
        response = sender.send({"text": text})
        assert response.status_code == 400
        assert "Dạ" in response.content.decode()
        assert "còn ạ &lt;b&gt;" in response.content.decode()
        assert "<b>còn" not in response.content.decode()
    assert snapshot() == before


def test_a_contact_that_is_refused_keeps_its_note(people, ids):
    form = next(form for form in FORMS if form.name == "inbox:contact")
    response = Sender(form, people, ids).send({"name": "", "note": "Gọi trước khi giao"})
    assert response.status_code == 400
    assert "Gọi trước khi giao" in response.content.decode()


QUERIES = [
    "page=-1",
    "page=0",
    "page=abc",
    "page=99999",
    "page=" + "9" * 5000,
    "page=1e400",
    "page=%C2%B3",
    "status=x",
    "status=<script>",
    "scope=x",
    "scope=all&scope=mine",
    "selected=notuuid",
    "selected=<script>alert(1)</script>",
    "before=abc",
    "before=-1",
    "before=9999999999999999999999",
    "before=" + "9" * 5000,
    "before=%C2%B3",
    "version=x",
    "unknown=%F0%9F%98%80",
]


@pytest.mark.parametrize(
    "address",
    [
        "inbox:conversation_list",
        "inbox:conversation_detail",
        "inbox:contact",
        "people:person_list",
        "people:person_detail",
        "workforce:request_list",
        "workforce:request_new",
        "workforce:request_detail",
    ],
)
def test_what_a_pages_address_asks_for_is_checked(people, ids, address):
    client = Client(headers={"Accept": "text/html"})
    client.force_login(people["manager"])
    path = path_of(address, ids)
    for query in QUERIES:
        response = client.get(f"{path}?{query}")
        assert response.status_code == 200, query
        assert "<script>alert" not in response.content.decode(), query
