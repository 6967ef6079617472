"""The back office as a whole: who enters, that every page shows, what no page may contain."""

import re

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Organisation, User
from accounts.services import record
from inbox.models import (
    CannedReply,
    Contact,
    ContactIdentity,
    Conversation,
    Message,
    WebhookEvent,
)
from omnichat.admin_site import admin_site
from tests.admin.conftest import MODELS, address
from tests.factories import ChannelFactory

pytestmark = pytest.mark.django_db

ADDABLE = {
    "routing.businesscalendar",
    "routing.slapolicy",
    "accounts.department",
    "accounts.user",
    "inbox.autoreply",
    "inbox.cannedreply",
    "inbox.channel",
    "reporting.kpidefinition",
    "reporting.kpitarget",
    "routing.keyword",
    "routing.listedword",
    "routing.routingpolicy",
    "workforce.holiday",
    "workforce.leaveblackout",
    "workforce.leavetype",
    "workforce.officenetwork",
    "workforce.rosterrule",
    "workforce.timerules",
}
DELETABLE = {
    "routing.businesscalendar",
    "routing.slapolicy",
    "inbox.autoreply",
    "inbox.cannedreply",
    "reporting.kpitarget",
    "routing.keyword",
    "routing.listedword",
    "workforce.holiday",
    "workforce.leaveblackout",
}
CHANGEABLE = ADDABLE | {"accounts.organisation", "routing.agent"}
HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>\u202egnp'
# What the Content-Security-Policy refuses: scripts and styles in the page itself.
INLINE = re.compile(
    r"<style|style=|<[^>]+\son\w+=|javascript:|<script(?![^>]*\ssrc=)[^>]*>", re.IGNORECASE
)


def model_of(label: str):
    return apps.get_model(label)


def has_scope(label: str) -> bool:
    return hasattr(model_of(label)._default_manager.none(), "visible_to")


def pages_of(label: str) -> list[str]:
    row = model_of(label)._default_manager.first()
    pages = [address(label, "changelist"), address(label, "change", row.pk)]
    pages.append(address(label, "history", row.pk))
    if label in ADDABLE:
        pages.append(address(label, "add"))
    if label in DELETABLE:
        pages.append(address(label, "delete", row.pk))
    return pages


def test_everything_the_brief_names_is_here():
    assert MODELS == [
        "accounts.auditentry",
        "accounts.department",
        "accounts.organisation",
        "accounts.user",
        "inbox.autoreply",
        "inbox.cannedreply",
        "inbox.channel",
        "inbox.contact",
        "inbox.contactidentity",
        "inbox.conversation",
        "inbox.message",
        "inbox.outboundpart",
        "inbox.webhookevent",
        "reporting.kpidefinition",
        "reporting.kpitarget",
        "routing.agent",
        "routing.assignment",
        "routing.businesscalendar",
        "routing.keyword",
        "routing.listedword",
        "routing.routingpolicy",
        "routing.slapolicy",
        "workforce.dayagreement",
        "workforce.delegation",
        "workforce.holiday",
        "workforce.leave",
        "workforce.leaveblackout",
        "workforce.leaveledgerentry",
        "workforce.leavetype",
        "workforce.officenetwork",
        "workforce.request",
        "workforce.rosterrule",
        "workforce.shift",
        "workforce.timeentry",
        "workforce.timerules",
        "workforce.timesheetmonth",
    ]
    assert admin_site.check(None) == []


# --- Who enters -------------------------------------------------------------------------------
def test_guests_are_sent_to_the_sign_in_page(client, people, make_rows):
    make_rows(1)
    paths = ["/admin/", "/admin/accounts/", "/admin/logout/", "/admin/nothing/"]
    for path in [*paths, *(page for label in MODELS for page in pages_of(label))]:
        response = client.get(path)
        assert (response.status_code, response.url) == (302, f"/login?next={path}"), path
    assert client.get("/admin/login/?next=/admin/").url == "/login?next=/admin/"


@pytest.mark.parametrize("who", ["staff", "manager"])
def test_other_roles_are_refused_everywhere(client, people, make_rows, who):
    make_rows(1)
    client.force_login(people[who])
    paths = ["/admin/", "/admin/accounts/", "/admin/login/", "/admin/password_change/"]
    for path in [*paths, *(page for label in MODELS for page in pages_of(label))]:
        assert client.get(path).status_code == 403, path
        assert client.post(path, {"action": "retry"}).status_code == 403, path
    assert client.post("/admin/logout/").status_code == 403


def test_the_doors_are_the_products_own(client, admin):
    assert client.get("/admin/login/").url == "/admin/"
    assert client.get("/admin/password_change/").url == "/password"
    assert client.get("/admin/logout/").status_code == 405
    assert client.post("/admin/logout/").url == "/login"
    assert client.get("/admin/").status_code == 302


# --- Pages ------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("label", MODELS)
def test_every_page_shows(client, admin, make_rows, label, language):
    make_rows(2)
    User.objects.filter(pk=admin.pk).update(language=language)
    for page in pages_of(label):
        response = client.get(page)
        html = response.content.decode()
        assert response.status_code == 200, page
        assert f'<html lang="{language}"' in html
        assert INLINE.findall(html) == [], page
        assert response["Cache-Control"].count("no-store") == 1
        assert "script-src 'self'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_index_shows(client, admin, language):
    User.objects.filter(pk=admin.pk).update(language=language)
    for path in ("/admin/", "/admin/inbox/", "/admin/jsi18n/"):
        response = client.get(path)
        assert response.status_code == 200
        if path != "/admin/jsi18n/":
            assert INLINE.findall(response.content.decode()) == []


@pytest.mark.parametrize("label", MODELS)
def test_only_what_has_rules_can_be_written(client, admin, make_rows, label):
    make_rows(1)
    row = model_of(label)._default_manager.first()
    assert client.get(address(label, "add")).status_code == (200 if label in ADDABLE else 403)
    form = client.get(address(label, "change", row.pk)).content.decode()
    assert ('name="_save"' in form) == (label in CHANGEABLE)
    if label not in CHANGEABLE:
        assert client.post(address(label, "change", row.pk), {}).status_code == 403
    may_delete = label in DELETABLE
    assert ("deletelink" in form) == may_delete
    if not may_delete:
        assert client.post(address(label, "delete", row.pk), {"post": "yes"}).status_code == 403
        answer = client.post(
            address(label, "changelist"),
            {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"},
        )
        assert answer.status_code == 302 or "delete_selected" not in answer.content.decode()
    assert model_of(label)._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("who", ["admin", "manager", "staff"])
@pytest.mark.parametrize("label", [label for label in MODELS if has_scope(label)])
def test_lists_start_from_what_the_person_may_see(rf, people, make_rows, label, who):
    """Only administrators enter today; the lists do not rely on it."""
    make_rows(1)
    request = rf.get("/admin/")
    request.user = people[who]
    rows = admin_site._registry[model_of(label)].get_queryset(request)
    visible = model_of(label).objects.visible_to(people[who])
    assert set(rows) == set(visible)
    if who == "admin":
        assert visible.exists()


@pytest.mark.parametrize("label", MODELS)
def test_a_list_costs_the_same_for_thirty_rows(client, admin, make_rows, label):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(label, "changelist")).status_code == 200
        return len(queries)

    make_rows(3)
    few = cost()
    make_rows(27)
    assert cost() == few
    assert few <= 12


@pytest.mark.parametrize("label", MODELS)
def test_searching_and_sorting_break_nothing(client, admin, make_rows, label):
    make_rows(2)
    queries = ["q=a", "q=%E2%80%AE'%25", "o=1.-2.3.4.5.6.7.8.9", "o=99", "p=999999999999", "all="]
    for query in [*queries, "id__exact=x", "id=99999999999999999999"]:
        response = client.get(f"{address(label, 'changelist')}?{query}", follow=True)
        assert response.status_code == 200, query
    for pk in ("x", "99999999999999999999", "0"):
        response = client.get(address(label, "change", pk))
        assert (response.status_code, response.url) == (302, "/admin/"), pk


def test_nobody_filters_by_the_beginning_of_a_secret(client, admin):
    """The list would tell a hash or a secret letter by letter."""
    ChannelFactory()
    path = address("accounts.user", "changelist")
    assert client.get(f"{path}?password__startswith=md5").status_code == 400
    path = address("accounts.auditentry", "changelist")
    assert client.get(f"{path}?actor__password__startswith=md5").status_code == 400
    response = client.get(f"{address('inbox.channel', 'changelist')}?secret__startswith=whsec")
    assert response.status_code == 302
    assert response.url.endswith("?e=1")


@pytest.mark.parametrize("label", MODELS)
def test_what_people_type_is_never_markup(client, admin, make_rows, label):
    make_rows(1)
    row = Conversation.objects.get()
    Contact.objects.update(name=HOSTILE[:120], note=HOSTILE, phone=HOSTILE[:40])
    ContactIdentity.objects.update(external_id=HOSTILE, platform=HOSTILE[:40])
    Conversation.objects.update(preview=HOSTILE)
    CannedReply.objects.update(shortcut=HOSTILE[:40], title=HOSTILE, text=HOSTILE)
    Message.objects.update(text=HOSTILE, external_id=None, data={"metadata": {HOSTILE: HOSTILE}})
    WebhookEvent.objects.update(body=HOSTILE, last_error=HOSTILE, dedup_key=HOSTILE)
    row.channel.name = row.assignee.display_name = HOSTILE
    row.channel.save()
    row.assignee.save()
    record(HOSTILE[:40], actor=row.assignee, target=row.contact, changes={HOSTILE: [HOSTILE, 1]})
    for page in pages_of(label):
        html = client.get(page).content.decode()
        assert "<script>alert" not in html, page
        assert "<img src=x" not in html, page


def test_a_long_text_is_cut_in_the_list_and_whole_on_its_page(client, admin, make_rows):
    make_rows(1)
    message = Message.objects.first()
    Message.objects.filter(pk=message.pk).update(text="ă" * 5000)
    html = client.get(address("inbox.message", "changelist")).content.decode()
    assert "ă" * 80 + "…" in html
    assert "ă" * 81 not in html
    html = client.get(address("inbox.message", "change", message.pk)).content.decode()
    assert "ă" * 5000 in html


# --- Audit ------------------------------------------------------------------------------------
def test_the_audit_tells_from_and_to(client, admin, people):
    record("role_<b>", actor=admin, target=people["staff"], changes={"role": ["staff", "<i>"]})
    record("sign_in_failed", actor=None, changes={"name": "mallory"}, ip="203.0.113.77")
    html = client.get(address("accounts.auditentry", "changelist")).content.decode()
    assert "<div>role: <bdi>Staff</bdi> → <bdi>&lt;i&gt;</bdi></div>" in html
    assert "<div>name: <bdi></bdi><bdi>mallory</bdi></div>" in html
    assert "role_&lt;b&gt;" in html
    found = client.get(address("accounts.auditentry", "changelist"), {"q": "203.0.113.77"})
    assert [entry.action for entry in found.context["cl"].result_list] == ["sign_in_failed"]
    narrowed = client.get(
        address("accounts.auditentry", "changelist"), {"action": "sign_in_failed"}
    )
    assert narrowed.context["cl"].result_count == 1


def test_the_organisation_is_one_row(client, admin):
    path = address("accounts.organisation", "change", 1)
    data = {
        "name": "Sao Hôm",
        "time_zone": "Asia/Tokyo",
        "language": "en",
        "sign_in_help": "",
        "off_site_check_in": "refused",
    }
    assert client.get(address("accounts.organisation", "add")).status_code == 403
    assert client.post(path, data).status_code == 302
    entry = AuditEntry.objects.get(action="organisation_changed")
    assert (entry.actor, entry.ip) == (admin, "203.0.113.9")
    assert entry.changes == {
        "name": ["Sao Mai", "Sao Hôm"],
        "time_zone": ["Asia/Ho_Chi_Minh", "Asia/Tokyo"],
        "language": ["vi", "en"],
        "off_site_check_in": ["marked", "refused"],
    }
    response = client.post(path, data | {"time_zone": "Mars/Olympus"})
    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == ["time_zone"]
    assert Organisation.objects.get().time_zone == "Asia/Tokyo"


def test_the_organisation_can_be_made_once(client, admin):
    Organisation.objects.all().delete()
    data = {"name": "A", "time_zone": "Asia/Tokyo", "language": "vi", "sign_in_help": ""}
    data["off_site_check_in"] = "marked"
    assert client.post(address("accounts.organisation", "add"), data).status_code == 302
    assert Organisation.objects.get().pk == 1
    assert client.post(address("accounts.organisation", "add"), data).status_code == 403
