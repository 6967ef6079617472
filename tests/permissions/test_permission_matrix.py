"""Who is let in at every address: a closed world, so a new one without a row fails.

Columns are people: a guest, the assignee `staff` of Sales, a `colleague` of Sales, the manager
of Sales, the manager of Billing, an administrator, and somebody who has just been deactivated
and still holds a session and a token. Objects belong to Sales; the conversation to `staff`.
404 is out of scope, 403 a missing role, LOGIN a redirect to the sign-in page. What a call in order
carries is in calls.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from rest_framework.permissions import AllowAny

from tests.permissions.calls import (
    ADMINS_PAGE,
    ADMINS_POST,
    EVERY_PAGE,
    EVERY_POST,
    EVERYBODY,
    LEADS_PAGE,
    LEADS_POST,
    LOGIN,
    OPEN,
    OWN,
    OWN_PAGE,
    OWN_POST,
    REPORTS,
    Row,
    account_form,
    adjustment,
    applicant,
    assignee,
    break_form,
    calendar_token,
    call,
    canned,
    canned_form,
    client_of,
    conversation,
    correction,
    credentials,
    delegation,
    deputy_form,
    done,
    done_cycle,
    kpi_doubt,
    kpi_figure,
    leave_form,
    leave_of_staff,
    locked_month,
    message,
    month_of_staff,
    new_entry,
    new_password,
    new_person,
    new_person_form,
    new_plan,
    new_shift,
    notification,
    opening_table,
    pause,
    person,
    plan_form,
    planned,
    refresh_token,
    registration,
    reply,
    rotation_form,
    shift,
    shift_form,
    skill_form,
    status_of,
    time_entry,
    waiting,
    week_form,
)
from tests.permissions.keyword_rows import KEYWORD_ROWS
from tests.permissions.request_rows import REQUEST_ROWS
from tests.permissions.world import SECRET, everything

WHO = ("guest", "staff", "colleague", "manager", "other_manager", "admin", "leaver")
METHODS = ("get", "post", "put", "patch", "delete")

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
    # Staff hand on what is theirs.
    ("post", "api:conversation-assign"): Row(OWN, assignee, conversation),
    ("post", "api:conversation-hand-back"): Row(OWN, path=conversation),
    ("post", "api:routing-preview"): Row(EVERYBODY, lambda world, who: {"text": "mua"}),
    # Leads who are not at work may see it, but the next sweep would take it back: 409.
    ("post", "api:conversation-take"): Row((401, 404, 404, 409, 404, 409, 401), path=waiting),
    ("get", "api:shift-list"): Row(EVERYBODY),
    ("post", "api:shift-list"): Row((401, 403, 403, 201, 403, 201, 401), new_shift),
    ("post", "api:shift-assign"): Row((401, 403, 403, 201, 404, 201, 401), new_plan),
    ("post", "api:checkin"): Row((401, 200, 200, 201, 201, 201, 401)),  # staff are in already
    ("post", "api:checkout"): Row((401, 200, 200, 409, 409, 409, 401)),
    ("get", "api:timesheet"): Row(EVERYBODY),
    ("post", "api:break-start"): Row(
        (401, 201, 201, 409, 409, 409, 401), lambda world, who: {"reason": "meal"}
    ),
    ("post", "api:break-end"): Row((401, 409, 409, 409, 409, 409, 401)),
    **KEYWORD_ROWS,
    **REQUEST_ROWS,
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
    ("post", "people:person_skill"): Row(LEADS_POST, skill_form, person),
    ("post", "people:person_skill_remove"): Row(LEADS_POST, skill_form, person),
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
    ("post", "inbox:conversation_snooze"): Row(
        OWN_POST, lambda world, who: {"choice": "hour"}, conversation
    ),
    ("post", "inbox:conversation_wake"): Row(OWN_POST, path=conversation),
    ("post", "routing:conversation_priority"): Row(
        OWN_POST, lambda world, who: {"priority": "1"}, conversation
    ),
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
    ("get", "workforce:roster"): Row(EVERY_PAGE),
    ("get", "workforce:availability_day"): Row(EVERY_PAGE),
    ("get", "workforce:roster_month"): Row(EVERY_PAGE),
    ("get", "workforce:roster_print"): Row(EVERY_PAGE),
    ("get", "workforce:calendar_feed"): Row(EVERY_PAGE),
    ("post", "workforce:calendar_feed"): Row(EVERY_POST, lambda world, who: {"choice": "renew"}),
    ("get", "workforce:leave_new"): Row((LOGIN, 403, 403, 200, 200, 200, LOGIN)),
    # Whose department the person is not in does not find them in the form.
    ("post", "workforce:leave_new"): Row((LOGIN, 403, 403, 302, 400, 302, LOGIN), leave_form),
    ("get", "workforce:leave"): Row((LOGIN, 200, 404, 200, 404, 200, LOGIN), path=leave_of_staff),
    ("post", "workforce:leave"): Row((LOGIN, 403, 404, 302, 404, 302, LOGIN), path=leave_of_staff),
    ("get", "workforce:leave_calendar"): Row(EVERY_PAGE),
    ("get", "workforce:deputy_list"): Row((LOGIN, 403, 403, 200, 200, 200, LOGIN)),
    ("post", "workforce:deputy_list"): Row((LOGIN, 403, 403, 302, 302, 302, LOGIN), deputy_form),
    ("post", "workforce:deputy_end"): Row(LEADS_POST, path=delegation),
    ("get", "workforce:leave_balance"): Row(EVERY_PAGE),
    ("get", "workforce:leave_balance_person"): Row(OWN_PAGE, path=person),
    ("post", "workforce:leave_balance_person"): Row(
        (LOGIN, 403, 404, 403, 404, 302, LOGIN), adjustment, person
    ),
    ("get", "workforce:leave_balance_team"): Row((LOGIN, 403, 403, 200, 200, 200, LOGIN)),
    ("get", "workforce:leave_balance_import"): Row(ADMINS_PAGE),
    ("post", "workforce:leave_balance_import"): Row(ADMINS_POST, opening_table),
    ("get", "workforce:roster_assign"): Row((LOGIN, 403, 403, 200, 200, 200, LOGIN)),
    # The other manager's form does not offer what is of Sales.
    ("post", "workforce:roster_assign"): Row((LOGIN, 403, 403, 302, 400, 302, LOGIN), plan_form),
    ("get", "workforce:roster_planned"): Row((LOGIN, 403, 403, 200, 404, 200, LOGIN), path=planned),
    ("post", "workforce:roster_planned"): Row(LEADS_POST, path=planned),
    ("post", "workforce:roster_copy"): Row((LOGIN, 403, 403, 302, 302, 302, LOGIN), week_form),
    # In the other manager's week there is nothing to publish.
    ("post", "workforce:roster_publish"): Row((LOGIN, 403, 403, 302, 409, 302, LOGIN), week_form),
    ("get", "workforce:roster_rotation"): Row((LOGIN, 403, 403, 200, 200, 200, LOGIN)),
    # The other manager has no department of this number to plan.
    ("post", "workforce:roster_rotation"): Row(
        (LOGIN, 403, 403, 302, 400, 302, LOGIN), rotation_form
    ),
    ("get", "workforce:shift_list"): Row((LOGIN, 403, 403, 200, 200, 200, LOGIN)),
    ("get", "workforce:shift_new"): Row((LOGIN, 403, 403, 200, 200, 200, LOGIN)),
    ("post", "workforce:shift_new"): Row((LOGIN, 403, 403, 302, 400, 302, LOGIN), shift_form),
    ("get", "workforce:shift_edit"): Row((LOGIN, 403, 403, 200, 404, 200, LOGIN), path=shift),
    ("post", "workforce:shift_edit"): Row(LEADS_POST, shift_form, shift),
    ("get", "workforce:timesheet"): Row(EVERY_PAGE),
    ("get", "workforce:timesheet_person"): Row(
        (LOGIN, 403, 403, 200, 404, 200, LOGIN), path=person
    ),
    ("get", "workforce:timesheet_team"): Row((LOGIN, 403, 403, 200, 200, 200, LOGIN)),
    ("get", "workforce:timesheet_export"): Row((LOGIN, 403, 403, 200, 200, 200, LOGIN)),
    ("get", "workforce:timesheet_correct"): Row(
        (LOGIN, 403, 403, 200, 404, 200, LOGIN), path=time_entry
    ),
    ("post", "workforce:timesheet_correct"): Row(LEADS_POST, correction, time_entry),
    ("get", "workforce:timesheet_break"): Row((LOGIN, 403, 403, 200, 404, 200, LOGIN), path=pause),
    ("post", "workforce:timesheet_break"): Row(LEADS_POST, break_form, pause),
    ("get", "workforce:timesheet_add"): Row((LOGIN, 403, 403, 200, 404, 200, LOGIN), path=person),
    ("post", "workforce:timesheet_add"): Row(LEADS_POST, new_entry, person),
    # It was recorded: the page says that it stays.
    ("post", "workforce:timesheet_remove"): Row(LEADS_POST, path=time_entry),
    ("post", "workforce:timesheet_approve"): Row(
        (LOGIN, 403, 403, 302, 400, 302, LOGIN), month_of_staff
    ),
    # Nobody has approved it yet.
    ("post", "workforce:timesheet_lock"): Row(
        (LOGIN, 403, 403, 409, 400, 409, LOGIN), month_of_staff
    ),
    ("post", "workforce:timesheet_unlock"): Row(ADMINS_POST, locked_month),
    ("get", "api:report-summary"): Row((401, 403, 403, 200, 200, 200, 401)),
    ("get", "reporting:dashboard"): Row(EVERY_PAGE),
    ("get", "reporting:dashboard_wall"): Row(REPORTS),
    ("get", "api:kpi-user"): Row(EVERYBODY),
    ("get", "api:kpi-department"): Row((401, 403, 403, 200, 200, 200, 401)),
    ("post", "api:kpi-record"): Row((401, 403, 403, 403, 403, 201, 401), kpi_figure),
    ("get", "reporting:kpi"): Row(EVERY_PAGE),
    ("get", "reporting:kpi_person"): Row(LEADS_PAGE, path=person),
    ("post", "reporting:kpi_dispute"): Row(EVERY_POST, kpi_doubt),
    ("get", "reporting:report"): Row(REPORTS),
    ("get", "reporting:report_print"): Row(REPORTS),
    ("get", "reporting:report_export"): Row(REPORTS),
    ("get", "reporting:report_rows"): Row(REPORTS),
    ("get", "reporting:report_rows_export"): Row(REPORTS),
    ("get", "reporting:report_glossary"): Row(REPORTS),
    ("get", "routing:queue"): Row((LOGIN, 403, 403, 200, 200, 200, LOGIN)),
    ("get", "routing:queue_people"): Row(LEADS_PAGE, path=conversation),
    ("get", "routing:conversation_why"): Row(OWN_PAGE, path=conversation),
    ("post", "routing:conversation_assign"): Row(OWN_POST, assignee, conversation),
    ("post", "routing:conversation_hand_back"): Row(OWN_POST, path=conversation),
    ("post", "routing:conversation_take"): Row(
        (LOGIN, 404, 404, 302, 404, 302, LOGIN), path=waiting
    ),
    ("get", "routing:shift_handover"): Row(EVERY_PAGE),
    ("post", "routing:shift_handover"): Row(EVERY_POST, lambda world, who: {"do": "stay"}),
    ("get", "admin_without_slash"): Row(EVERY_POST),
    ("get", "admin:index"): Row((LOGIN, 403, 403, 403, 403, 200, LOGIN)),
    # For programs without an account
    ("post", "webhook"): Row((401,) * 7, lambda world, who: {"content": "unsigned"}),
    ("get", "workforce:calendar_ics"): Row(OPEN, path=calendar_token),
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
    "workforce:calendar_ics",  # the signed address says whose
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


def row_of(name: str) -> Row:
    """A row of this address, whichever its method."""
    return next(row for (_method, other), row in MATRIX.items() if other == name)


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
            status = status_of(call(world, who, method, name, row_of(name)))
            assert (who, method, status in refused) == (who, method, True), status
    assert everything() == before


@pytest.mark.parametrize("name", sorted(REDIRECTS))
def test_redirects_change_nothing_by_any_method(world, name):
    before = everything()
    for method in METHODS:
        assert status_of(call(world, "admin", method, name, row_of(name))) == 302
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
