"""Whatever a browser sends to a page's form: a clear refusal, nothing changed, the text kept."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.services import register
from inbox.models import OutboundPart
from routing.keyword_files import read_keyword_file
from routing.services import prepare_keyword_import
from tests.factories import CannedReplyFactory, ConversationFactory, KeywordFactory, MessageFactory
from tests.snapshot import snapshot
from tests.workforce.roster_rows import plan, shift_of
from workforce.calendar_file import token_of
from workforce.models import (
    Break,
    CalendarFeed,
    Delegation,
    Leave,
    LeaveType,
    Request,
    RequestFile,
    Shift,
    ShiftAssignment,
    TimeEntry,
    TimesheetMonth,
)

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
OUTSIDE = ("admin", "api/v1/", "webhook", "healthz/", "demo/")
# Redirects that take any method, and what is gone once somebody exists (omnichat/setup tests).
NO_FORM = {"home", "favicon", "setup"}


@dataclass(frozen=True)
class Form:
    """One form: who sends it and what a person would type."""

    name: str
    who: str
    data: dict = field(default_factory=dict)
    status: int = 302  # when all is in order


ACCOUNT = {
    "display_name": "Chị Lan",
    "email": "lan@x.example",
    "role": "staff",
    "department": "DEPARTMENT",
}
NEW = {"username": "mai", "language": "vi", "password": "another horse battery"}
SHIFT = {
    "name": "Ca sáng",
    "starts_at": "08:00",
    "ends_at": "17:00",
    "paid_break_minutes": "0",
    "unpaid_break_minutes": "60",
    "grace_in_minutes": "5",
    "grace_out_minutes": "5",
    "minimum_staff": "2",
    "color": "ok",
    "is_active": "on",
}
LEAVE_REQUEST = {
    "kind": "leave",
    "description": "Việc nhà",
    "leave_type": "LEAVE_TYPE",
    "first": "2098-06-03",
    "last": "2098-06-04",
    "part": "whole",
}
OTHER_REQUESTS = [
    {"kind": "overtime", "starts_at": "2098-06-03T18:00", "ends_at": "2098-06-03T20:00"},
    {"kind": "late_early", "first": "2098-06-03", "side": "late", "minutes": "30"},
    {"kind": "raise", "description": "Lương", "amount": "12.000.000", "amount_before": "1"},
    {"kind": "shift_change", "assignment": "NIGHT", "colleague": "COLLEAGUE"},
]
# Addresses with a `public_id` that is not the conversation's.
IDS = {
    "people:person_decide": "APPLICANT",
    "inbox:canned_edit": "CANNED",
    "inbox:canned_delete": "CANNED",
    "workforce:timesheet_break": "BREAK",
    "workforce:timesheet_correct": "ENTRY",
    "workforce:timesheet_remove": "ENTRY",
    "workforce:leave": "LEAVE",
    "workforce:deputy_end": "DELEGATION",
    "workforce:roster_planned": "PLANNED",
    "workforce:shift_edit": "SHIFT",
    "workforce:request_answer": "SWAP",
    "workforce:request_file": "PAPER",
}
IDS |= dict.fromkeys(
    (
        "workforce:request_cancel",
        "workforce:request_comment",
        "workforce:request_detail",
        "workforce:request_files",
        "workforce:request_review",
    ),
    "REQUEST",
)
IDS |= dict.fromkeys(
    (
        "people:person_activity",
        "people:person_capacity",
        "people:person_detail",
        "people:person_edit",
        "people:person_give_back",
        "people:person_password",
        "people:person_presence",
        "workforce:leave_balance_person",
        "workforce:timesheet_add",
        "workforce:timesheet_person",
    ),
    "COLLEAGUE",
)

FORMS = [
    Form("accounts:login", "", {"username": "staff", "password": PASSWORD}),
    Form("accounts:logout", "staff"),
    Form("accounts:preferences", "staff", {"language": "vi", "theme": "dark", "next": "/messages"}),
    Form(
        "accounts:profile",
        "staff",
        {
            "part": "password",
            "current": PASSWORD,
            "new": "another horse battery",
            "repeat": "another horse battery",
        },
    ),
    Form("accounts:profile", "staff", {"part": "name", "display_name": "Chị Lan"}),
    Form("accounts:profile", "staff", {"part": "look", "language": "vi", "theme": "dark"}),
    Form("people:person_new", "admin", ACCOUNT | NEW),
    Form("people:person_decide", "admin", {"decision": "approve", "department": "DEPARTMENT"}),
    Form("people:person_capacity", "manager", {"capacity": "5"}),
    Form("people:person_presence", "manager", {"presence": "busy"}),
    Form("people:person_give_back", "manager"),
    Form("people:person_edit", "admin", ACCOUNT),
    Form("people:person_activity", "admin", {"active": "no"}),
    Form("people:person_password", "admin", {"password": "another horse battery"}),
    Form(
        "inbox:conversation_reply",
        "staff",
        {
            "text": "Dạ còn ạ",
            "kind": "reply",
            "seen": "9999999",
            "canned": "1",
            "submission": "6f3a5a3e-0000-4000-8000-000000000001",
        },
    ),
    Form(
        "inbox:conversation_draft",
        "staff",
        {"text": "Dạ", "kind": "note", "submission": "6f3a5a3e-0000-4000-8000-000000000002"},
        status=204,
    ),
    Form("inbox:conversation_typing", "staff", {"typing": "1"}, status=204),
    Form("inbox:canned_insert", "staff", {"text": "Dạ", "kind": "reply", "insert": "CANNED"}),
    Form(
        "inbox:canned_list",
        "manager",
        {
            "shortcut": "gia",
            "title": "Báo giá",
            "text": "Dạ",
            "department": "DEPARTMENT",
            "is_active": "on",
        },
    ),
    Form(
        "inbox:canned_edit",
        "manager",
        {
            "shortcut": "gia",
            "title": "Báo giá",
            "text": "Dạ",
            "department": "DEPARTMENT",
            "is_active": "on",
        },
    ),
    Form("inbox:canned_delete", "manager"),
    Form("inbox:conversation_resolve", "staff"),
    Form("inbox:conversation_undo_resolve", "staff"),
    Form("inbox:conversation_unread", "staff"),
    Form("accounts:notifications_read", "staff", {"next": "/messages"}),
    Form("inbox:reply_retry", "staff"),
    Form("inbox:contact", "staff", {"name": "Chị Mai", "note": "Gọi trước khi giao"}),
    Form(
        "workforce:presence",
        "staff",
        {"choice": "break", "reason": "meal", "minutes": "30", "next": "/messages"},
    ),
    Form(
        "workforce:roster_assign",
        "manager",
        {"user": "COLLEAGUE", "shift": "SHIFT", "date": "2026-11-24"},
    ),
    Form("workforce:calendar_feed", "staff", {"choice": "renew"}),
    Form(
        "workforce:leave_new",
        "manager",
        {"user": "COLLEAGUE", "type": "LEAVE_TYPE", "first": "2026-11-24", "last": "2026-11-25"}
        | {"part": "whole", "note": "Đám cưới"},
    ),
    Form("workforce:leave", "manager"),
    Form(
        "workforce:leave_balance_person",
        "admin",
        {"type": "LEAVE_TYPE", "days": "1,5", "on": "2026-11-20", "note": "đi công tác ngày nghỉ"},
    ),
    Form("workforce:leave_balance_import", "admin", {"text": "staff;P;7,5;2021-03-31"}, 200),
    Form(
        "workforce:deputy_list",
        "manager",
        {"deputy": "ADMIN", "first": "2098-06-02", "last": "2098-06-03"},
    ),
    Form("workforce:deputy_end", "manager"),
    Form("workforce:roster_planned", "manager"),
    Form("workforce:roster_copy", "manager", {"week": "2026-11-23", "department": "DEPARTMENT"}),
    Form("workforce:roster_publish", "manager", {"week": "2026-11-23", "department": "DEPARTMENT"}),
    Form(
        "workforce:roster_rotation",
        "manager",
        {
            "department": "DEPARTMENT",
            "length": "7",
            "day_0": "SHIFT",
            "people": "COLLEAGUE",
            "first": "2026-11-23",
            "weeks": "2",
            "step_days": "1",
        },
        200,
    ),
    Form("workforce:shift_new", "manager", SHIFT | {"department": "DEPARTMENT"}),
    Form("workforce:shift_edit", "manager", SHIFT),
    Form(
        "workforce:timesheet_break",
        "manager",
        {"began": "2021-03-01T11:00", "ended": "2021-03-01T11:30", "note": "quên bấm về"},
    ),
    Form(
        "workforce:timesheet_add",
        "manager",
        {"began": "2021-03-02T08:00", "ended": "2021-03-02T17:00", "note": "máy hỏng"},
    ),
    Form("workforce:timesheet_remove", "manager"),
    Form(
        "workforce:timesheet_correct",
        "manager",
        {"began": "2021-03-01T08:00", "ended": "2021-03-01T17:00", "note": "Quên bấm ra"},
    ),
    Form("workforce:timesheet_approve", "manager", {"month": "2021-02", "person": "COLLEAGUE"}),
    Form("workforce:timesheet_lock", "manager", {"month": "2021-03", "person": "COLLEAGUE"}),
    Form("workforce:timesheet_unlock", "admin", {"month": "2021-04", "person": "COLLEAGUE"}),
    *(Form(f"workforce:request_{name}", "staff", LEAVE_REQUEST) for name in ("list", "new")),
    *(Form("workforce:request_new", "staff", data) for data in OTHER_REQUESTS),
    Form(
        "workforce:request_review",
        "manager",
        {"decision": "approve", "note": "Được", "first": "2098-06-03", "last": "2098-06-03"}
        | {"leave_type": "LEAVE_TYPE", "part": "whole", "amount_granted": "5"},
    ),
    Form("workforce:request_cancel", "staff"),
    Form("workforce:request_answer", "colleague", {"answer": "yes", "note": "Được"}),
    Form("workforce:request_comment", "staff", {"text": "Chị ơi"}),
    Form("workforce:request_files", "staff"),
    Form("routing:conversation_assign", "manager", {"assignee": "COLLEAGUE"}),
    Form("routing:conversation_take", "manager"),
    Form(
        "routing:keyword_list",
        "manager",
        {"word": "bảo hành", "department": "DEPARTMENT", "weight": "2", "is_active": "on"},
    ),
    Form(
        "routing:keyword_edit",
        "manager",
        {"word": "bảo hành", "department": "DEPARTMENT", "weight": "2", "is_active": "on"},
    ),
    Form("routing:keyword_delete", "manager"),
    Form("routing:keyword_switch", "manager", {"state": "off"}),
    Form(
        "routing:keyword_try", "manager", {"text": "Còn bảo hành không", "channel": "CHANNEL"}, 200
    ),
    Form("routing:keyword_import", "manager", {"text": "word,department\nbảo hành,Sales"}),
    Form("routing:keyword_import_check", "manager"),
]
UPLOADS = {"workforce:request_new", "workforce:request_files"}
# Where to go next, a box that is ticked by whatever it holds, and what is yes or else no.
FREE_FIELDS = {"next", "typing", "is_active", "active", "answer"}

each_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)


def page_addresses(resolver=None, prefix: str = "", space: str = "") -> Iterator[tuple[str, set]]:
    """The name of every address of a page, with the names of what stands in it."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if path.startswith(OUTSIDE):
            continue
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from page_addresses(entry, path, inner)
        elif isinstance(entry, URLPattern) and entry.name:
            yield f"{space}{entry.name}", set(entry.pattern.converters)


@pytest.fixture
def ids(people, sales) -> dict:
    conversation = ConversationFactory(department=sales, assignee=people["staff"])
    MessageFactory(conversation=conversation)
    reply = MessageFactory(conversation=conversation, direction="outbound", author=people["staff"])
    OutboundPart.objects.create(
        message=reply,
        conversation=conversation,
        channel=conversation.channel,
        state="failed",
        failure="refused",
    )
    keyword = KeywordFactory(department=sales)
    file = read_keyword_file("word,department\nđổi,Sales\n".encode())
    checked = prepare_keyword_import(file=file, actor=people["manager"])
    shift = Shift.objects.create(
        name="Ca ngày", department=sales, starts_at=time(8), ends_at=time(17)
    )
    planned = ShiftAssignment.objects.create(
        user=people["staff"],
        shift=shift,
        date=date(2026, 11, 23),
        starts_at=datetime(2026, 11, 23, 1, tzinfo=UTC),
        ends_at=datetime(2026, 11, 23, 10, tzinfo=UTC),
        planned_minutes=540,
    )
    leave = Leave.objects.create(
        user=people["staff"],
        type=LeaveType.objects.get(symbol="P"),
        first=date(2026, 11, 30),
        last=date(2026, 11, 30),
        starts_at=datetime(2026, 11, 29, 17, tzinfo=UTC),
        ends_at=datetime(2026, 11, 30, 17, tzinfo=UTC),
    )
    delegation = Delegation.objects.create(
        user=people["manager"],
        deputy=people["admin"],
        first=date(2097, 6, 2),
        last=date(2097, 6, 3),
    )
    then = datetime(2021, 5, 3, tzinfo=UTC)
    for month, locked_at in ((3, None), (4, then)):
        TimesheetMonth.objects.create(
            user=people["colleague"],
            month=date(2021, month, 1),
            approved_at=then,
            locked_at=locked_at,
        )
    entry = TimeEntry.objects.create(
        user=people["staff"],
        checked_in_at=datetime(2021, 3, 1, 1, tzinfo=UTC),
        checked_out_at=datetime(2021, 3, 1, 9, tzinfo=UTC),
    )
    pause = Break.objects.create(
        entry=entry,
        reason="meal",
        started_at=datetime(2021, 3, 1, 4, tzinfo=UTC),
        ended_at=datetime(2021, 3, 1, 5, tzinfo=UTC),
    )
    soon = timezone.localdate() + timedelta(days=9)
    night = plan(people["staff"], shift_of(sales, "Đêm", "22-06"), soon, published=True)
    request = Request.objects.create(user=people["staff"], kind="leave", description="Về quê")
    swap = Request.objects.create(
        user=people["staff"],
        kind="shift_change",
        description="Đổi ca",
        assignment=night,
        colleague=people["colleague"],
        consent="asked",
        consent_until=night.starts_at,
    )
    paper = RequestFile.objects.create(
        request=request, uploaded_by=people["staff"], name="a.pdf", size=1, content=b"x"
    )
    return {
        "NIGHT": night.pk,
        "REQUEST": request.pk,
        "SWAP": swap.pk,
        "PAPER": paper.public_id,
        "BREAK": pause.pk,
        "ENTRY": entry.pk,
        "public_id": conversation.public_id,
        "cycle_number": conversation.cycle_number,
        "message_id": reply.pk,
        "pk": keyword.pk,
        "import_id": checked.public_id,
        "CHANNEL": str(conversation.channel_id),
        "CANNED": CannedReplyFactory(department=sales).pk,
        "COLLEAGUE": str(people["colleague"].public_id),
        "APPLICANT": str(register(username="applicant", password=PASSWORD).public_id),
        "DEPARTMENT": str(sales.pk),
        "SHIFT": shift.pk,
        "PLANNED": planned.pk,
        "LEAVE": leave.pk,
        "ADMIN": str(people["admin"].public_id),
        "DELEGATION": delegation.pk,
        "token": token_of(CalendarFeed.objects.create(user=people["staff"])),
        "LEAVE_TYPE": str(leave.type_id),
    }


def path_of(address: str, ids: dict) -> str:
    names = dict(page_addresses())[address]
    return reverse(address, kwargs={name: ids[IDS.get(address, name)] for name in names})


class Sender:
    """Sends one form as the person it is for."""

    def __init__(self, form: Form, people, ids, *, has_csrf: bool = False) -> None:
        self.path = path_of(form.name, ids)
        self.client = Client(enforce_csrf_checks=has_csrf, headers={"Accept": "text/html"})
        self.client.cookies[settings.CSRF_COOKIE_NAME] = "c" * 32
        if form.who:
            self.client.force_login(people[form.who])
        self.data = {name: ids.get(value, value) for name, value in form.data.items()}

    def send(self, data: dict | bytes, content_type: str | None = None):
        if content_type is None:
            return self.client.post(self.path, data)
        return self.client.generic("POST", self.path, data, content_type)

    def try_out(self, *args):
        """Send, and take back what it did, in the browser too."""
        cookies = deepcopy(self.client.cookies)
        with transaction.atomic():
            response = self.send(*args)
            transaction.set_rollback(True)
        self.client.cookies = cookies
        return response


@pytest.fixture
def sender(form, people, ids) -> Sender:
    return Sender(form, people, ids)


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
    for name in form.data:
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
