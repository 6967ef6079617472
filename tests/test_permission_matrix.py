"""Who is let in at every address: a closed world, so a new one without a row fails.

Columns are people: a guest, the assignee `staff` of Sales, a `colleague` of Sales, the manager
of Sales, the manager of Billing, an administrator, and somebody who has just been deactivated
and still holds a session and a token. Objects belong to Sales; the conversation to `staff`.
404 is out of scope, 403 a missing role, LOGIN a redirect to the sign-in page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from rest_framework.permissions import AllowAny

from accounts.models import LiveEvent, Notification, User
from accounts.services import register, update_user
from accounts.tokens import issue_tokens
from inbox.models import Conversation, Draft, Message, OutboundPart
from inbox.services import resolve_conversation
from routing.keyword_files import read_keyword_file
from routing.models import Keyword
from routing.services import prepare_keyword_import, take_conversation
from routing.services.by_hand import MayNotClaim
from tests.factories import (
    PASSWORD,
    CannedReplyFactory,
    ContactFactory,
    ContactIdentityFactory,
    ConversationFactory,
    KeywordFactory,
    MessageFactory,
    UserFactory,
)

LOGIN = "login"
WHO = ("guest", "staff", "colleague", "manager", "other_manager", "admin", "leaver")
METHODS = ("get", "post", "put", "patch", "delete")
SECRET = "Mật khẩu wifi là 4711"

EVERYBODY = (401, 200, 200, 200, 200, 200, 401)
EVERY_PAGE = (LOGIN, 200, 200, 200, 200, 200, LOGIN)
EVERY_POST = (LOGIN, 302, 302, 302, 302, 302, LOGIN)
OPEN = (200,) * 7
ADMINS_PAGE = (LOGIN, 403, 403, 403, 403, 200, LOGIN)
ADMINS_POST = (LOGIN, 403, 403, 403, 403, 302, LOGIN)
LEADS_POST = (LOGIN, 403, 403, 302, 404, 302, LOGIN)
# What is `staff`'s, for those who may see it.
OWN = (401, 200, 404, 200, 404, 200, 401)
OWN_PAGE = (LOGIN, 200, 404, 200, 404, 200, LOGIN)
OWN_POST = (LOGIN, 302, 404, 302, 404, 302, LOGIN)


@dataclass(frozen=True)
class Row:
    """What each of WHO is answered; `send` makes the body of a call that is in order."""

    statuses: tuple
    send: Callable[[SimpleNamespace, str], dict] = lambda world, who: {}
    path: Callable[[SimpleNamespace], dict] = lambda world: {}


def conversation(world) -> dict:
    return {"public_id": world.conversation.public_id}


def waiting(world) -> dict:
    return {"public_id": world.waiting.public_id}


def done(world) -> dict:
    return {"public_id": world.done.public_id}


def done_cycle(world) -> dict:
    return done(world) | {"cycle_number": 1}


def reply(world) -> dict:
    return conversation(world) | {"message_id": world.reply.pk}


def message(world) -> dict:
    return {"pk": world.message.pk}


def keyword(world) -> dict:
    return {"pk": world.keyword.pk}


def person(world) -> dict:
    return {"public_id": world.people["staff"].public_id}


def credentials(world, who: str) -> dict:
    return {"username": "staff" if who == "guest" else who, "password": PASSWORD}


def refresh_token(world, who: str) -> dict:
    return {"refresh_token": tokens_of(world, who)["refresh_token"] if who != "guest" else "x.y.z"}


def registration(world, who: str) -> dict:
    return {"username": f"new-{who}", "password": "a horse of her own"}


def new_person(world, who: str) -> dict:
    named = {"display_name": "Mai", "department_id": world.sales.pk}
    return registration(world, "person") | named


def new_keyword(world, who: str) -> dict:
    return {"word": "bảo hành", "department_id": world.sales.pk}


def keyword_form(world, who: str) -> dict:
    return {"word": "bảo hành", "department": world.sales.pk, "weight": "1", "is_active": "on"}


def prepared(world) -> dict:
    return {"import_id": world.prepared.public_id}


def keyword_file(world, who: str) -> dict:
    return {"text": "word,department\nbảo hành,Sales\n"}


def canned(world) -> dict:
    return {"pk": world.canned.pk}


def canned_form(world, who: str) -> dict:
    text = {"shortcut": "gia", "title": "Báo giá", "text": "Dạ giá là"}
    return text | {"department": world.sales.pk, "is_active": "on"}


def assignee(world, who: str) -> dict:
    return {"assignee": str(world.people["colleague"].public_id)}


def new_password(world, who: str) -> dict:
    new = "another horse battery"
    return {"part": "password", "current": PASSWORD, "new": new, "repeat": new}


def applicant(world) -> dict:
    return {"public_id": world.applicant.public_id}


def account_form(world, who: str) -> dict:
    staff = world.people["staff"]
    return {"display_name": "Lan", "role": "staff", "department": staff.department_id}


def new_person_form(world, who: str) -> dict:
    named = {"username": "mai", "language": "vi", "password": "a horse of her own"}
    return account_form(world, who) | named


def notification(world) -> dict:
    return {"pk": world.notification.pk}


MATRIX = {
    # API                                        guest staff colleague manager other admin leaver
    ("post", "api:token"): Row((200, 200, 200, 200, 200, 200, 401), credentials),
    ("post", "api:refresh"): Row((401, 200, 200, 200, 200, 200, 401), refresh_token),
    ("post", "api:logout"): Row((401, 204, 204, 204, 204, 204, 401), refresh_token),
    ("post", "api:register"): Row((201,) * 7, registration),
    ("get", "api:department-list"): Row(EVERYBODY),
    ("post", "api:department-list"): Row(
        (401, 403, 403, 403, 403, 201, 401), lambda world, who: {"name": "Kho"}
    ),
    ("get", "api:user-list"): Row((401, 403, 403, 200, 200, 200, 401)),
    ("post", "api:user-list"): Row((401, 403, 403, 403, 403, 201, 401), new_person),
    ("patch", "api:user-detail"): Row(
        (401, 403, 403, 403, 403, 200, 401), lambda world, who: {"role": "manager"}, person
    ),
    ("put", "api:user-status"): Row(
        (401, 403, 403, 200, 404, 200, 401), lambda world, who: {"status": "busy"}, person
    ),
    ("get", "api:people-options"): Row(EVERYBODY),
    ("get", "api:notification-list"): Row(EVERYBODY),
    ("post", "api:notifications-read"): Row(EVERYBODY, lambda world, who: {"all": True}),
    ("get", "api:message-list"): Row(EVERYBODY),
    ("post", "api:message-complete"): Row(OWN, path=message),
    ("get", "api:conversation-list"): Row(EVERYBODY),
    ("get", "api:conversation-detail"): Row(OWN, path=conversation),
    ("get", "api:conversation-messages"): Row(OWN, path=conversation),
    ("post", "api:conversation-reply"): Row(
        (401, 201, 404, 201, 404, 201, 401), lambda world, who: {"text": "Dạ"}, conversation
    ),
    ("post", "api:conversation-notes"): Row(
        (401, 201, 404, 201, 404, 201, 401), lambda world, who: {"text": "Khách quen"}, conversation
    ),
    ("post", "api:conversation-resolve"): Row(OWN, path=conversation),
    # Only whoever ended it may; leads end and undo by themselves.
    ("post", "api:conversation-undo-resolve"): Row((401, 200, 404, 403, 404, 403, 401), path=done),
    ("post", "api:conversation-assign"): Row(
        (401, 403, 403, 200, 404, 200, 401), assignee, conversation
    ),
    # Leads who are not at work may see it, but the next sweep would take it back: 409.
    ("post", "api:conversation-take"): Row((401, 404, 404, 409, 404, 409, 401), path=waiting),
    ("get", "api:keyword-list"): Row(EVERYBODY),
    ("post", "api:keyword-list"): Row((401, 403, 403, 201, 403, 201, 401), new_keyword),
    ("put", "api:keyword-detail"): Row(
        (401, 403, 403, 200, 404, 200, 401), lambda world, who: {"weight": 2}, keyword
    ),
    ("delete", "api:keyword-detail"): Row((401, 403, 403, 204, 404, 204, 401), path=keyword),
    ("post", "api:checkin"): Row((401, 200, 200, 201, 201, 201, 401)),  # staff are in already
    ("post", "api:checkout"): Row((401, 200, 200, 409, 409, 409, 401)),
    ("get", "api:schema"): Row(OPEN),
    ("get", "api:docs"): Row(OPEN),
    # Pages
    ("get", "home"): Row(EVERY_POST),
    ("get", "accounts:login"): Row((200, 302, 302, 302, 302, 302, 200)),
    ("post", "accounts:login"): Row((302, 302, 302, 302, 302, 302, 401), credentials),
    ("post", "accounts:logout"): Row(EVERY_POST),
    ("post", "accounts:preferences"): Row(EVERY_POST, lambda world, who: {"theme": "dark"}),
    ("get", "accounts:password_change"): Row(EVERY_POST),
    ("get", "accounts:profile"): Row(EVERY_PAGE),
    ("post", "accounts:profile"): Row(EVERY_POST, new_password),
    ("get", "setup"): Row((404,) * 7),  # somebody exists: there is nothing any more
    ("post", "setup"): Row((404,) * 7),
    ("get", "people:person_list"): Row((LOGIN, 403, 403, 200, 200, 200, LOGIN)),
    ("get", "people:person_new"): Row(ADMINS_PAGE),
    ("post", "people:person_new"): Row(ADMINS_POST, new_person_form),
    ("get", "people:person_detail"): Row((LOGIN, 403, 403, 200, 404, 200, LOGIN), path=person),
    ("post", "people:person_decide"): Row(
        ADMINS_POST, lambda world, who: {"decision": "refuse"}, applicant
    ),
    ("post", "people:person_capacity"): Row(
        LEADS_POST, lambda world, who: {"capacity": "5"}, person
    ),
    ("post", "people:person_presence"): Row(
        LEADS_POST, lambda world, who: {"presence": "busy"}, person
    ),
    ("post", "people:person_give_back"): Row(LEADS_POST, path=person),
    ("post", "people:person_edit"): Row(ADMINS_POST, account_form, person),
    ("post", "people:person_activity"): Row(
        ADMINS_POST, lambda world, who: {"active": "no"}, person
    ),
    ("post", "people:person_password"): Row(
        ADMINS_POST, lambda world, who: {"password": "another horse battery"}, person
    ),
    ("get", "accounts:notification_list"): Row(EVERY_PAGE),
    ("get", "accounts:notification_open"): Row(
        (LOGIN, 302, 404, 404, 404, 404, LOGIN), path=notification
    ),
    ("post", "accounts:notifications_read"): Row(EVERY_POST),
    ("get", "me_presence"): Row(EVERY_POST),  # without htmx it leads to the list
    ("get", "me_bell"): Row(EVERY_POST),  # without htmx it leads to the list
    ("get", "inbox:conversation_list"): Row(EVERY_PAGE),
    ("get", "inbox:conversation_detail"): Row(OWN_PAGE, path=conversation),
    ("get", "inbox:conversation_thread"): Row(OWN_PAGE, path=conversation),
    ("post", "inbox:conversation_reply"): Row(
        OWN_POST, lambda world, who: {"text": "Dạ"}, conversation
    ),
    ("post", "inbox:conversation_resolve"): Row(OWN_POST, path=conversation),
    # Only whoever ended it, or has it, may: leads are told so on the page.
    ("post", "inbox:conversation_undo_resolve"): Row(OWN_POST, path=done_cycle),
    ("post", "inbox:conversation_unread"): Row(OWN_POST, path=conversation),
    ("post", "inbox:reply_retry"): Row(OWN_POST, path=reply),
    ("get", "inbox:contact"): Row(OWN_PAGE, path=conversation),
    ("post", "inbox:contact"): Row(
        OWN_POST, lambda world, who: {"name": "Chị Lan", "note": "VIP"}, conversation
    ),
    ("post", "inbox:conversation_draft"): Row(
        (LOGIN, 204, 404, 204, 404, 204, LOGIN), lambda world, who: {"text": "Dạ"}, conversation
    ),
    ("post", "inbox:conversation_typing"): Row(
        (LOGIN, 204, 404, 204, 404, 204, LOGIN), lambda world, who: {"typing": "1"}, conversation
    ),
    ("get", "inbox:conversation_viewers"): Row(OWN_PAGE, path=conversation),
    ("get", "inbox:canned_options"): Row(OWN_PAGE, path=conversation),
    ("post", "inbox:canned_insert"): Row(
        OWN_POST, lambda world, who: {"text": "Dạ", "insert": world.canned.pk}, conversation
    ),
    ("get", "inbox:mention_options"): Row(OWN_PAGE, path=conversation),
    ("get", "inbox:canned_list"): Row((LOGIN, 403, 403, 200, 200, 200, LOGIN)),
    # The other manager's form does not offer Sales.
    ("post", "inbox:canned_list"): Row((LOGIN, 403, 403, 302, 400, 302, LOGIN), canned_form),
    ("get", "inbox:canned_edit"): Row((LOGIN, 403, 403, 200, 404, 200, LOGIN), path=canned),
    ("post", "inbox:canned_edit"): Row(
        (LOGIN, 403, 403, 302, 404, 302, LOGIN), canned_form, canned
    ),
    ("post", "inbox:canned_delete"): Row((LOGIN, 403, 403, 302, 404, 302, LOGIN), path=canned),
    ("post", "workforce:presence"): Row(EVERY_POST, lambda world, who: {"choice": "busy"}),
    ("get", "routing:conversation_why"): Row(OWN_PAGE, path=conversation),
    ("post", "routing:conversation_assign"): Row(
        (LOGIN, 403, 403, 302, 404, 302, LOGIN), assignee, conversation
    ),
    ("post", "routing:conversation_take"): Row(
        (LOGIN, 404, 404, 302, 404, 302, LOGIN), path=waiting
    ),
    ("get", "routing:keyword_list"): Row(EVERY_PAGE),
    # The other manager's form does not offer Sales, so it is a field error there.
    ("post", "routing:keyword_list"): Row((LOGIN, 403, 403, 302, 400, 302, LOGIN), keyword_form),
    ("get", "routing:keyword_edit"): Row((LOGIN, 403, 403, 200, 404, 200, LOGIN), path=keyword),
    ("post", "routing:keyword_edit"): Row(
        (LOGIN, 403, 403, 302, 404, 302, LOGIN), keyword_form, keyword
    ),
    ("post", "routing:keyword_delete"): Row((LOGIN, 403, 403, 302, 404, 302, LOGIN), path=keyword),
    ("get", "routing:keyword_delete"): Row((LOGIN, 403, 403, 200, 404, 200, LOGIN), path=keyword),
    ("post", "routing:keyword_switch"): Row(
        (LOGIN, 403, 403, 302, 404, 302, LOGIN), lambda world, who: {"state": "off"}, keyword
    ),
    ("post", "routing:keyword_try"): Row(
        (LOGIN, 403, 403, 200, 200, 200, LOGIN), lambda world, who: {"text": "mua"}
    ),
    ("get", "routing:keyword_export"): Row(EVERY_PAGE),
    ("get", "routing:keyword_import"): Row((LOGIN, 403, 403, 200, 200, 200, LOGIN)),
    ("post", "routing:keyword_import"): Row((LOGIN, 403, 403, 302, 302, 302, LOGIN), keyword_file),
    # A checked file is the manager's who sent it, and nobody else's.
    ("get", "routing:keyword_import_check"): Row(
        (LOGIN, 403, 403, 200, 404, 404, LOGIN), path=prepared
    ),
    ("post", "routing:keyword_import_check"): Row(
        (LOGIN, 403, 403, 302, 404, 404, LOGIN), path=prepared
    ),
    ("get", "routing:keyword_import_errors"): Row(
        (LOGIN, 403, 403, 200, 404, 404, LOGIN), path=prepared
    ),
    ("get", "admin_without_slash"): Row(EVERY_POST),
    ("get", "admin:index"): Row((LOGIN, 403, 403, 403, 403, 200, LOGIN)),
    # For programs without an account
    ("post", "webhook"): Row((401,) * 7, lambda world, who: {"content": "unsigned"}),
    ("get", "health_live"): Row(OPEN),
    ("get", "health_ready"): Row(OPEN),
    ("get", "favicon"): Row((302,) * 7),
}
# Doors that ask nobody who they are. Each has its reason; a new one fails until it stands here.
OPEN_DOORS = {
    "accounts:login",
    "setup",  # the server's token says who, and only while nobody exists
    "admin:login",  # sends on to accounts:login
    "api:token",
    "api:refresh",  # the token says who
    "api:logout",  # the token says who
    "api:register",  # yields an inactive account
    "api:schema",
    "api:docs",
    "webhook",  # the signature says who
    "health_live",
    "health_ready",
    "favicon",
}
# Redirects answer any method, and change nothing by any.
REDIRECTS = {"home", "admin_without_slash", "favicon"}


# --- Walking the addresses ----------------------------------------------------------------------
def addresses(resolver=None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the project with its full name."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from addresses(entry, inner)
        else:
            yield f"{namespace}{entry.name}", entry


def is_admins(name: str) -> bool:
    return name.startswith("admin:")


def ours() -> dict[str, URLPattern]:
    return {name: entry for name, entry in addresses() if not is_admins(name)}


def is_open(entry: URLPattern) -> bool:
    view = entry.callback
    if (api_view := getattr(view, "cls", None)) is not None:
        permissions = api_view.permission_classes
        initial = view.initkwargs.get("permission_classes", permissions)
        return not initial or AllowAny in initial
    return not getattr(view, "login_required", True)


def test_every_address_has_a_name_of_its_own():
    names = [name for name, _entry in addresses() if not is_admins(name)]
    assert len(names) == len(set(names))
    assert not [name for name in names if name.endswith("None")]


def test_every_address_has_a_row():
    assert {name for _method, name in MATRIX} == {*ours(), "admin:index"}


def test_the_open_doors_are_those_named():
    assert {name for name, entry in addresses() if is_open(entry)} == OPEN_DOORS


def test_the_open_doors_of_the_matrix_are_the_same():
    let_in = {
        name
        for (_method, name), row in MATRIX.items()
        if row.statuses[0] not in (401, LOGIN) or name in ("api:refresh", "api:logout", "webhook")
    }
    assert let_in == OPEN_DOORS - {"admin:login"}


# --- The world ----------------------------------------------------------------------------------
@pytest.fixture
def world(people, sales, billing) -> SimpleNamespace:
    people = people | {"leaver": UserFactory(username="leaver", department=sales)}
    contact = ContactFactory(name=SECRET, note=SECRET)
    talk = ConversationFactory(
        identity=ContactIdentityFactory(contact=contact),
        department=sales,
        assignee=people["staff"],
        preview=SECRET,
    )
    answer = MessageFactory(
        conversation=talk,
        direction=Message.Direction.OUTBOUND,
        author=people["staff"],
        text=SECRET,
    )
    OutboundPart.objects.create(
        message=answer,
        conversation=talk,
        channel=talk.channel,
        state=OutboundPart.State.FAILED,
        failure=OutboundPart.Failure.REFUSED,
    )
    queued = ConversationFactory(
        identity=ContactIdentityFactory(contact=contact), department=sales, preview=SECRET
    )
    ended = ConversationFactory(
        identity=ContactIdentityFactory(contact=contact),
        department=sales,
        assignee=people["staff"],
        preview=SECRET,
    )
    resolve_conversation(conversation=ended, by=people["staff"])
    keys = {"leaver": (issue_tokens(people["leaver"]), session_of(people["leaver"]))}
    update_user(user=people["leaver"], actor=people["admin"], changes={"is_active": False})
    return SimpleNamespace(
        people=people,
        keys=keys,
        sales=sales,
        conversation=talk,
        message=MessageFactory(conversation=talk, text=SECRET),
        reply=answer,
        waiting=queued,
        done=ended,
        applicant=register(username="applicant", password="a horse of her own"),
        keyword=KeywordFactory(department=sales, word="mua"),
        canned=CannedReplyFactory(department=sales, text=SECRET),
        prepared=prepare_keyword_import(
            file=read_keyword_file("word,department\nđổi,Sales\n".encode()),
            actor=people["manager"],
        ),
        notification=Notification.objects.create(
            user=people["staff"], kind="waiting", path="/messages", params={"contact": SECRET}
        ),
    )


def session_of(person: User) -> str:
    """The key of a session as signing in makes it, without the rest of signing in."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "accounts.backends.NameOrEmailBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return session.session_key


def tokens_of(world, who: str) -> dict:
    if who == "leaver":
        return world.keys[who][0]
    return issue_tokens(world.people[who])


def client_of(world, who: str) -> Client:
    """A browser in which this person has signed in."""
    client = Client(headers={"accept": "text/html", "accept-language": "en"})
    if who != "guest":
        key = world.keys[who][1] if who == "leaver" else session_of(world.people[who])
        client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def call(world, who: str, method: str, name: str, row: Row | None = None):
    """Call an address as one person: API by token, pages by session."""
    cache.clear()  # throttle counters
    row = row or next(r for (_m, n), r in MATRIX.items() if n == name)
    address, data = reverse(name, kwargs=row.path(world)), row.send(world, who)
    if name.startswith("api:") or name == "webhook":
        token = tokens_of(world, who)["access_token"] if who != "guest" else ""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        body = json.dumps(data) if data else b""
        return Client().generic(
            method.upper(), address, body, content_type="application/json", headers=headers
        )
    client = client_of(world, who)
    return getattr(client, method)(address, **({"data": data} if method == "post" else {}))


def status_of(response) -> int | str:
    is_redirect = response.status_code == 302
    return LOGIN if is_redirect and "/login?next=" in response["Location"] else response.status_code


def everything() -> dict:
    """All rows of the product but the audit, which records refused sign-ins."""
    models = [m for label in PRODUCT for m in apps.get_app_config(label).get_models()]
    return {m.__name__: list(m.objects.order_by("pk").values_list()) for m in models}


PRODUCT = ("accounts", "inbox", "workforce", "routing")


# --- The checks ---------------------------------------------------------------------------------
@pytest.mark.parametrize(("method", "name"), MATRIX)
def test_who_is_let_in(world, method, name):
    row, found = MATRIX[method, name], {}
    before = everything()  # each call is rolled back
    for who in WHO:
        with transaction.atomic():
            response = call(world, who, method, name, row)
            found[who] = status_of(response)
            if found[who] in (400, 401, 403, 404, 409, LOGIN):
                after = everything()
                tried = ("api:token", "accounts:login")
                ignored = {"AuditEntry"} if name in tried else set()
                changed = {m for m in before if before[m] != after[m]} - ignored
                assert (who, changed) == (who, set())
                assert SECRET not in response.text
            transaction.set_rollback(True)
    assert found == dict(zip(WHO, row.statuses, strict=True))


@pytest.mark.parametrize("name", sorted({name for _method, name in MATRIX} - REDIRECTS))
def test_other_methods_are_not_there(world, name):
    """Whoever may come, and whoever may not, finds no other method than the matrix names."""
    others = [m for m in METHODS if (m, name) not in MATRIX and not is_admins(name)]
    before = everything()
    for who in ("guest", "staff", "admin", "leaver"):
        refused = {405} if who in ("staff", "admin") else {405, 401, LOGIN}
        for method in others:
            status = status_of(call(world, who, method, name))
            assert (who, method, status in refused) == (who, method, True), status
    assert everything() == before


@pytest.mark.parametrize("name", sorted(REDIRECTS))
def test_redirects_change_nothing_by_any_method(world, name):
    before = everything()
    for method in METHODS:
        assert status_of(call(world, "admin", method, name)) == 302
    assert everything() == before


@pytest.mark.parametrize(
    ("method", "name"),
    [key for key in MATRIX if key[1].startswith("api:") and key[1] not in OPEN_DOORS],
)
def test_a_session_opens_no_door_of_the_api(world, method, name):
    """Else another site's form could act for whoever is signed in."""
    row, before = MATRIX[method, name], everything()
    address, data = reverse(name, kwargs=row.path(world)), row.send(world, "admin")
    for headers in ({}, {"accept": "text/html"}, {"hx-request": "true"}):
        response = client_of(world, "admin").generic(
            method.upper(),
            address,
            json.dumps(data),
            content_type="application/json",
            headers=headers,
        )
        assert response.status_code == 401
    assert everything() == before


@pytest.mark.parametrize("who", ["guest", "staff", "manager", "leaver"])
def test_the_back_office_is_the_administrators(world, who):
    client = client_of(world, who)
    pages = 0
    for name, entry in addresses():
        if not is_admins(name) or entry.pattern.converters.keys() - {"object_id", "app_label"}:
            continue
        route = str(entry.pattern).replace("<path:object_id>", "1")
        if name in ("admin:login", "admin:logout") or "(?P" in route:
            continue
        kwargs = {"object_id": 1} if "object_id" in entry.pattern.converters else {}
        address = reverse(name, kwargs=kwargs) if entry.name else "/admin/nothing/here"
        status = status_of(client.get(address))
        pages += 1
        assert (name, status) == (name, LOGIN if who in ("guest", "leaver") else 403)
    assert pages > 30


# --- What waits and may be claimed --------------------------------------------------------------
@pytest.fixture
def claimable(world) -> SimpleNamespace:
    """Sales lets its staff take what waits."""
    world.sales.staff_can_claim = True
    world.sales.save(update_fields=["staff_can_claim"])
    world.text = MessageFactory(conversation=world.waiting, text=SECRET)
    return world


SEEN_NOT_OWN = {
    # staff of Sales see it, have not got it, and may only take it
    ("get", "api:conversation-detail"): 200,
    ("get", "api:conversation-messages"): 200,
    ("post", "api:conversation-reply"): 403,
    ("post", "api:conversation-resolve"): 403,
    ("post", "api:conversation-undo-resolve"): 409,  # it is not done
    ("post", "api:conversation-assign"): 403,
    ("post", "api:conversation-take"): 200,
    ("get", "inbox:conversation_detail"): 200,
    ("get", "inbox:conversation_thread"): 200,
    ("post", "inbox:conversation_reply"): 403,
    ("post", "inbox:conversation_resolve"): 403,
    ("get", "routing:conversation_why"): 200,
    ("post", "routing:conversation_assign"): 403,
    ("post", "routing:conversation_take"): 302,
}


def take_back_draft(author, conversation, text: str) -> None:
    """A refused form keeps its text, for its author alone, who alone is told: undo just that."""
    draft = Draft.objects.get()
    assert (draft.author, draft.conversation, draft.text) == (author, conversation, text)
    told = LiveEvent.objects.get(object_id=conversation.public_id)
    assert (told.kind, told.audience) == ("conversation.changed", f"user:{author.pk}")
    draft.delete()
    told.delete()


@pytest.mark.parametrize(("method", "name"), SEEN_NOT_OWN)
@pytest.mark.parametrize("who", ["colleague", "other_staff"])
def test_what_waits_is_seen_by_those_who_may_take_it(claimable, method, name, who):
    expected = SEEN_NOT_OWN[method, name]
    if who == "other_staff":  # of Billing
        expected = 403 if name.endswith("assign") else 404
    row = Row((), MATRIX[method, name].send, waiting)
    before = everything()
    assert status_of(call(claimable, who, method, name, row)) == expected
    if (name, expected) == ("inbox:conversation_reply", 403):
        take_back_draft(claimable.people[who], claimable.waiting, "Dạ")
    if expected in (403, 404, 409):
        assert everything() == before
    if name.endswith("take") and who == "colleague":
        claimable.waiting.refresh_from_db()
        assert claimable.waiting.assignee == claimable.people["colleague"]


def test_completing_what_is_seen_but_not_own_is_403(claimable):
    row = Row((), path=lambda world: {"pk": world.text.pk})
    before = everything()
    response = call(claimable, "colleague", "post", "api:message-complete", row)
    assert (response.status_code, response.json()["code"]) == (403, "not_yours")
    assert everything() == before
    assert call(claimable, "other_staff", "post", "api:message-complete", row).status_code == 404


def test_a_failed_reply_of_somebody_else_is_not_sent_again(claimable):
    """Whoever sees a waiting conversation may not act in it before taking it."""
    answer = MessageFactory(
        conversation=claimable.waiting, direction=Message.Direction.OUTBOUND, text="Dạ"
    )
    part = OutboundPart.objects.create(
        message=answer,
        conversation=claimable.waiting,
        channel=claimable.waiting.channel,
        state=OutboundPart.State.FAILED,
    )
    path = {"public_id": claimable.waiting.public_id, "message_id": answer.pk}
    call(claimable, "colleague", "post", "inbox:reply_retry", Row((), path=lambda world: path))
    part.refresh_from_db()
    assert part.state == OutboundPart.State.FAILED


def test_a_message_of_another_conversation_is_not_reached_through_an_own_one(world):
    """Both are visible to the manager, but the address names one conversation."""
    path = {"public_id": world.waiting.public_id, "message_id": world.reply.pk}
    row = Row((), path=lambda world: path)
    assert call(world, "manager", "post", "inbox:reply_retry", row).status_code == 404
    assert OutboundPart.objects.get().state == OutboundPart.State.FAILED


@pytest.mark.parametrize("who", ["staff", "other_staff"])
def test_taking_is_refused_by_the_rule_itself_too(world, who):
    """Were the scope ever widened, claiming still needs the department's consent."""
    before = everything()
    with pytest.raises(MayNotClaim):
        take_conversation(conversation=world.waiting, by=world.people[who])
    assert everything() == before


def test_work_is_handed_only_to_people_one_may_name(world):
    """An id in a body is looked up in the caller's scope."""
    before = everything()
    foreign = {"assignee": str(world.people["other_staff"].public_id)}
    row = Row((), lambda world, who: foreign, conversation)
    assert call(world, "manager", "post", "api:conversation-assign", row).status_code == 404
    assert call(world, "manager", "post", "routing:conversation_assign", row).status_code == 400
    assert everything() == before
    assert call(world, "admin", "post", "api:conversation-assign", row).status_code == 200
    assert Conversation.objects.get(pk=world.conversation.pk).department.name == "Billing"


@pytest.mark.parametrize("who", ["manager", "other_manager"])
def test_a_keyword_moves_between_own_departments_only(world, billing, who):
    """Source and target must both be the manager's."""
    foreign = {"manager": billing, "other_manager": world.sales}[who]
    own = {"manager": world.keyword, "other_manager": KeywordFactory(department=billing)}[who]
    before = list(Keyword.objects.order_by("pk").values_list())
    row = Row((), lambda world, w: {"department_id": foreign.pk}, lambda world: {"pk": own.pk})
    assert call(world, who, "put", "api:keyword-detail", row).status_code == 403
    form = {"word": own.word, "department": foreign.pk, "weight": "1", "is_active": "on"}
    row = Row((), lambda world, w: form, lambda world: {"pk": own.pk})
    assert call(world, who, "post", "routing:keyword_edit", row).status_code == 400
    assert list(Keyword.objects.order_by("pk").values_list()) == before


def test_nobody_becomes_more_than_an_administrator_made_them(world):
    """No door but the administrators' changes a role."""
    before = list(User.objects.order_by("pk").values_list("role", "department", "is_active"))
    for key, row in MATRIX.items():
        method, name = key
        if key == ("patch", "api:user-detail") or method == "get" or name == "webhook":
            continue
        extra = {"role": "admin", "is_superuser": "on", "is_staff": "on", "is_active": "on"}

        def send(world, who, row=row, extra=extra):
            return extra | row.send(world, who)

        with transaction.atomic():
            call(world, "staff", method, name, Row(row.statuses, send, row.path))
            now = User.objects.order_by("pk").values_list("role", "department", "is_active")
            assert (name, list(now)[: len(before)]) == (name, before)
            transaction.set_rollback(True)
