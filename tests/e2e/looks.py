"""Every page and important state of it: who looks, where, and what they do first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

Act = Callable[[Page], bool | None]  # False: this window is too narrow or too wide for it


@dataclass(frozen=True)
class View:
    """One page in one state."""

    path: str
    user: str = "admin"
    act: Act | None = None
    refused: bool = False  # the browser tells of an answer that is an error, too


def click(selector: str) -> Act:
    """Press it where it is shown."""

    def act(page: Page) -> bool:
        shown = page.locator(selector).locator("visible=true")
        if is_there := shown.count() > 0:
            shown.first.click()
        return is_there

    return act


def press(key: str) -> Act:
    return lambda page: page.keyboard.press(key)


def submit(form: str, **values: str) -> Act:
    """Send a form past the browser's own checks, so that the server refuses it."""

    def act(page: Page) -> None:
        for name, value in values.items():
            page.fill(f"{form} [name={name}]", value)
        page.eval_on_selector(form, "form => { form.noValidate = true }")
        with page.expect_navigation():
            page.locator(f"{form} button:not([name])").last.click()

    return act


def note_to(page: Page) -> None:
    page.keyboard.press("n")
    page.fill("#reply", "")  # what the width before left as a draft
    page.keyboard.type("@")
    page.wait_for_selector("[role=listbox]:visible")


def open_canned(page: Page) -> None:
    page.fill("#reply", "")  # what the width before left as a draft
    page.locator("#reply").press_sequentially("/")
    page.wait_for_selector("[role=listbox]:visible")


def preview_rotation(page: Page) -> None:
    page.select_option("#id_day_0", index=1)
    page.locator("#rotation [name=people]").first.check()
    submit("#rotation")(page)


def make_an_address(page: Page) -> None:
    make = page.locator("main [value=make]")
    if make.count():  # at the width before it was made already
        make.click()
    page.wait_for_selector("#address")


def try_a_message(page: Page) -> None:
    page.fill("#try-form [name=text]", "Máy lọc nước còn bảo hành không, báo giá giúp em")
    page.wait_for_selector("#try-result .try")


def open_assign(page: Page) -> None:
    page.locator("[hx-target='#assign-box']").first.click()
    page.wait_for_selector("#assign:popover-open button")


def reject_without_words(page: Page) -> None:
    page.fill("#decide [name=note]", "")
    with page.expect_navigation():
        page.click("#decide [value=reject]")


KEYWORD_ROWS = """từ khoá;phòng;trọng số
bảo hành;CustomerService;2,5
lắp đặt tận nhà;CustomerService;1
;Sales;1
hoá đơn đỏ;Kế toán trưởng;x
"""

# By the name of their address; a name with "+" is another state of the same page.
VIEWS = {
    "accounts:login": View("/login", user=""),
    "accounts:login+wrong": View(
        "/login",
        user="",
        act=submit("main form", username="staff1", password="wrong"),
        refused=True,
    ),
    "accounts:profile": View("/profile", user="staff1"),
    "accounts:profile+wrong": View(
        "/profile",
        user="staff1",
        act=submit("#password", current="wrong", new="x", repeat="y"),
        refused=True,
    ),
    "accounts:notification_list": View("/notifications", user="staff1"),
    "inbox:conversation_list": View("/messages", user="staff1"),
    "inbox:conversation_list+waiting": View("/messages?status=waiting", user="staff1"),
    "inbox:conversation_list+done": View("/messages?status=resolved", user="staff1"),
    "inbox:conversation_list+all": View("/messages?scope=all"),
    "inbox:conversation_list+empty": View("/messages?q=nobodywritesthis", user="staff1"),
    "inbox:conversation_list+account": View(
        "/messages", user="staff1", act=click("[popovertarget=account]")
    ),
    "inbox:conversation_list+bell": View(
        "/messages", user="staff1", act=click("[popovertarget=noti]")
    ),
    "inbox:conversation_list+presence": View(
        "/messages", user="staff1", act=click("[popovertarget=presence]")
    ),
    "inbox:conversation_list+more": View("/messages", act=click("[popovertarget=more]")),
    "inbox:conversation_list+keys": View("/messages", user="staff1", act=press("?")),
    "inbox:conversation_detail": View("/conversations/{conversation}", user="staff1"),
    "inbox:conversation_detail+canned": View(
        "/conversations/{conversation}", user="staff1", act=open_canned
    ),
    "inbox:conversation_detail+note": View(
        "/conversations/{conversation}", user="staff1", act=note_to
    ),
    "inbox:conversation_detail+queued": View("/conversations/{queued}"),
    "inbox:conversation_detail+done": View("/conversations/{done}", user="staff1"),
    "inbox:conversation_thread": View("/conversations/{conversation}/thread", user="staff1"),
    "inbox:contact": View("/conversations/{conversation}/contact", user="staff1"),
    "inbox:canned_list": View("/settings/canned"),
    "inbox:canned_list+empty": View("/settings/canned?q=nobodywritesthis"),
    "inbox:canned_edit": View("/settings/canned/{canned}"),
    "inbox:canned_edit+wrong": View(
        "/settings/canned/{canned}",
        act=submit("#canned-form", shortcut="hai chữ", text=""),
        refused=True,
    ),
    "routing:conversation_why": View("/conversations/{conversation}/why", user="staff1"),
    "routing:conversation_why+assign": View(
        "/conversations/{queued}/why", act=submit("form:has(#id_assignee)"), refused=True
    ),
    "routing:queue": View("/queue"),
    "routing:queue+manager": View("/queue", user="manager"),
    "routing:queue+common": View("/queue?department=common"),
    "routing:queue+assign": View("/queue", act=open_assign),
    "routing:queue_people": View("/queue/{queued}/people"),
    "routing:keyword_list": View("/keywords"),
    "routing:keyword_list+staff": View("/keywords", user="staff1"),
    "routing:keyword_list+tried": View("/keywords", act=try_a_message),
    "routing:keyword_edit": View("/keywords/{keyword}"),
    "routing:keyword_edit+wrong": View(
        "/keywords/{keyword}", act=submit("main form:has([name=weight])", word=""), refused=True
    ),
    "routing:keyword_conflicts": View("/keywords/conflicts"),
    "routing:keyword_conflicts+staff": View("/keywords/conflicts", user="staff1"),
    "routing:keyword_delete": View("/keywords/{keyword}/delete"),
    "routing:keyword_import": View("/keywords/import"),
    "routing:keyword_import+wrong": View(
        "/keywords/import", act=submit("main form", text=""), refused=True
    ),
    "routing:keyword_import_check": View(
        "/keywords/import", act=submit("main form", text=KEYWORD_ROWS)
    ),
    "people:person_list": View("/users"),
    "people:person_new": View("/users/new"),
    "people:person_new+wrong": View(
        "/users/new", act=submit("main form", username="có dấu", password="x"), refused=True
    ),
    "people:person_detail": View("/users/{person}"),
    "people:person_detail+pending": View("/users/{pending}"),
    "people:person_detail+close": View(
        "/users/{person}", act=click("main [popovertarget=close-account]")
    ),
    "people:person_detail+wrong": View(
        "/users/{person}", act=submit("form[aria-labelledby=up]", password="x"), refused=True
    ),
    "reporting:dashboard": View("/dashboard"),
    "reporting:dashboard+month": View("/dashboard?span=30", user="manager"),
    "reporting:dashboard+staff": View("/dashboard", user="staff1"),
    "reporting:dashboard_wall": View("/dashboard/wall"),
    "reporting:kpi": View("/kpi"),
    "reporting:kpi+staff": View("/kpi", user="staff1"),
    "reporting:kpi+wrong": View("/kpi?period=2026-13", refused=True),
    "reporting:kpi_person": View("/kpi/people/{person}"),
    "reporting:report": View("/reports"),
    "reporting:report+people": View("/reports?report=attendance&group_by=user", user="manager"),
    "reporting:report+narrowed": View("/reports?group_by=hour&hours=all"),
    "reporting:report+empty": View("/reports?start=2001-01-01&end=2001-01-31"),
    "reporting:report+wrong": View("/reports?start=2026-11-20&end=2026-11-10", refused=True),
    "reporting:report_rows": View("/reports/rows?metric=sla"),
    "reporting:report_rows+wrong": View("/reports/rows?metric=none", refused=True),
    "reporting:report_print": View("/reports/print"),
    "reporting:report_glossary": View("/reports/glossary"),
    "workforce:roster": View("/shifts"),
    "workforce:roster+staff": View("/shifts", user="staff1"),
    "workforce:roster_month": View("/shifts/month"),
    "workforce:roster_month+staff": View("/shifts/month", user="staff1"),
    "workforce:roster_print": View("/shifts/print"),
    "workforce:roster_assign": View("/shifts/assign"),
    "workforce:roster_assign+wrong": View("/shifts/assign", act=submit("main form"), refused=True),
    "workforce:availability_day": View("/shifts/availability"),
    "workforce:availability_day+staff": View("/shifts/availability", user="staff1"),
    "workforce:calendar_feed": View("/shifts/calendar"),
    "workforce:calendar_feed+made": View("/shifts/calendar", act=make_an_address),
    "workforce:leave_new": View("/shifts/leave/new"),
    "workforce:leave_new+wrong": View(
        "/shifts/leave/new", act=submit("#leave", first=""), refused=True
    ),
    "workforce:leave": View("/shifts/leave/{leave}"),
    "workforce:request_list": View("/requests", user="manager"),
    "workforce:request_list+staff": View("/requests", user="staff1"),
    "workforce:request_list+mine": View("/requests?view=mine", user="staff1"),
    "workforce:request_list+all": View("/requests?view=all"),
    "workforce:request_new": View("/requests/new", user="staff1"),
    "workforce:request_new+swap": View("/requests/new?kind=shift_change", user="staff1"),
    "workforce:request_new+wrong": View(
        "/requests/new?kind=raise", user="staff1", act=submit("#request"), refused=True
    ),
    "workforce:request_detail": View("/requests/{request}"),
    "workforce:request_detail+raise": View("/requests/{raise}"),
    "workforce:request_detail+refused": View(
        "/requests/{request}", act=reject_without_words, refused=True
    ),
    "workforce:request_detail+swap": View("/requests/{swap}", user="staff1"),
    "workforce:leave_calendar": View("/requests/calendar"),
    "workforce:leave_calendar+staff": View("/requests/calendar", user="staff1"),
    "workforce:deputy_list": View("/requests/deputies", user="manager"),
    "workforce:deputy_list+wrong": View(
        "/requests/deputies", user="manager", act=submit("#deputy", first=""), refused=True
    ),
    "workforce:leave_balance": View("/requests/balance", user="staff1"),
    "workforce:leave_balance_person": View("/requests/balance/{person}"),
    "workforce:leave_balance_person+wrong": View(
        "/requests/balance/{person}", act=submit("#adjust", note=""), refused=True
    ),
    "workforce:leave_balance_team": View("/requests/balances"),
    "workforce:leave_balance_import": View("/requests/balances/import"),
    "workforce:leave_balance_import+checked": View(
        "/requests/balances/import", act=submit("#opening", text="chi;P;7,5;2026-01-31\nx;Z;a;b")
    ),
    "workforce:leave_balance_import+wrong": View(
        "/requests/balances/import", act=submit("#opening", text=""), refused=True
    ),
    "workforce:roster_rotation": View("/shifts/rotation"),
    "workforce:roster_rotation+preview": View("/shifts/rotation?length=14", act=preview_rotation),
    "workforce:roster_rotation+wrong": View(
        "/shifts/rotation", act=submit("#rotation", weeks="0"), refused=True
    ),
    "workforce:roster_planned": View("/shifts/planned/{planned}"),
    "workforce:shift_list": View("/shifts/templates"),
    "workforce:shift_new": View("/shifts/templates/new"),
    "workforce:shift_new+wrong": View(
        "/shifts/templates/new", act=submit("main form", name=""), refused=True
    ),
    "workforce:shift_edit": View("/shifts/templates/{shift}"),
    "routing:shift_handover": View("/shifts/handover", user="staff1"),
    "workforce:timesheet": View("/shifts/timesheet", user="staff1"),
    "workforce:timesheet+wrong": View("/shifts/timesheet?month=x", user="staff1", refused=True),
    "workforce:timesheet_person": View("/shifts/timesheet/{person}"),
    "workforce:timesheet_team": View("/shifts/timesheet/team"),
    "workforce:timesheet_add": View("/shifts/timesheet/{person}/new?date=2026-01-05"),
    "workforce:timesheet_add+wrong": View(
        "/shifts/timesheet/{person}/new", act=submit("#correction", note=""), refused=True
    ),
    "workforce:timesheet_break": View("/shifts/timesheet/breaks/{break}"),
    "workforce:timesheet_correct": View("/shifts/timesheet/entries/{entry}"),
    "workforce:timesheet_correct+wrong": View(
        "/shifts/timesheet/entries/{entry}",
        act=submit("#correction", ended="2021-01-01T08:00", note=""),
        refused=True,
    ),
    "error+404": View("/conversations/00000000-0000-4000-8000-000000000000", refused=True),
    "error+403": View("/users", user="staff1", refused=True),
}

# Addresses without a page of their own: verbs, fragments, redirects, files, what programs call.
NO_PAGE = {
    "accounts:logout",
    "accounts:preferences",
    "accounts:password_change",  # leads to the profile
    "accounts:notification_open",
    "accounts:notifications_read",
    "demo_replies",
    "favicon",
    "health_live",
    "health_ready",
    "home",
    "admin_without_slash",
    "inbox:canned_delete",
    "inbox:canned_insert",
    "inbox:canned_options",
    "inbox:conversation_draft",
    "routing:conversation_priority",
    "inbox:conversation_reply",
    "inbox:conversation_resolve",
    "inbox:conversation_snooze",
    "inbox:conversation_typing",
    "inbox:conversation_undo_resolve",
    "inbox:conversation_unread",
    "inbox:conversation_viewers",
    "inbox:conversation_wake",
    "inbox:mention_options",
    "inbox:reply_retry",
    "me_bell",
    "me_presence",
    "people:person_activity",
    "people:person_capacity",
    "people:person_decide",
    "people:person_edit",
    "people:person_give_back",
    "people:person_password",
    "people:person_presence",
    "people:person_skill",
    "people:person_skill_remove",
    "routing:conversation_assign",
    "routing:conversation_hand_back",
    "routing:conversation_take",
    "routing:keyword_export",
    "routing:keyword_import_errors",
    "reporting:kpi_dispute",
    "reporting:report_export",
    "reporting:report_rows_export",
    "routing:keyword_switch",
    "routing:keyword_try",
    "webhook",
    "workforce:calendar_ics",
    "workforce:deputy_end",
    "workforce:presence",
    "workforce:request_answer",
    "workforce:request_cancel",
    "workforce:request_comment",
    "workforce:request_file",
    "workforce:request_files",
    "workforce:request_review",
    "workforce:roster_copy",
    "workforce:roster_publish",
    "workforce:timesheet_approve",
    "workforce:timesheet_export",
    "workforce:timesheet_lock",
    "workforce:timesheet_remove",
    "workforce:timesheet_unlock",
}

# What the paths above have in braces, asked in the installation.
IDS = """
import json
from accounts.models import User
from inbox.models import CannedReply, Conversation
from routing.models import Keyword
from datetime import timedelta
from django.utils import timezone
from workforce.models import Break, Leave, Request, Shift, ShiftAssignment, TimeEntry
one = Conversation.objects.get(identity__external_id="+84900418273")
done = Conversation.objects.filter(status="resolved", assignee__username="staff1").latest("pk")
entry = TimeEntry.objects.exclude(checked_out_at=None).latest("pk")
times = {"started_at": entry.checked_in_at, "ended_at": entry.checked_out_at}
pause = entry.breaks.first() or Break.objects.create(entry=entry, reason="meal", **times)
waiting = Request.objects.waiting().filter(user__role="staff")
staff1 = User.objects.get(username="staff1")
swap = waiting.filter(colleague=staff1, consent="asked").first()
if swap is None:
    ahead = ShiftAssignment.objects.filter(date__gt=timezone.localdate(), user__role="staff")
    about = {"consent": "asked", "consent_until": timezone.now() + timedelta(days=2)}
    own = ahead.exclude(user=staff1).earliest("date")
    about |= {"assignment": own, "colleague": staff1, "description": "Em thi bằng lái"}
    swap = Request.objects.create(user=own.user, kind="shift_change", first=own.date, **about)
print(json.dumps({
    "request": waiting.filter(kind="leave").exclude(first=None).earliest("pk").pk,
    "raise": waiting.filter(kind="raise").earliest("pk").pk,
    "swap": swap.pk,
    "conversation": str(one.public_id),
    "done": str(done.public_id),
    "queued": str(Conversation.objects.waiting().first().public_id),
    "canned": CannedReply.objects.first().pk,
    "break": pause.pk,
    "entry": entry.pk,
    "leave": Leave.objects.latest("first").pk,
    "planned": ShiftAssignment.objects.latest("date").pk,
    "shift": Shift.objects.first().pk,
    "keyword": Keyword.objects.first().pk,
    "person": str(User.objects.get(username="chi").public_id),
    "pending": str(User.objects.get(username="giahuy").public_id),
}))
"""
