"""Every page and important state under axe-core, in a real browser against a real process.

A normal run sees each in all three widths and one of the four combinations of theme and
language; the full cross product is `long`. An address that is in none of the lists here fails.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import ConsoleMessage, Error, Page, expect

from tests.e2e.installation import demo_installation

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = {1440: 900, 1100: 800, 390: 844}
NARROWEST = 360
COMBINATIONS = [("light", "vi"), ("dark", "en"), ("dark", "vi"), ("light", "en")]
SETTLE_MS = 150


@dataclass(frozen=True)
class View:
    """One page in one state: who looks, where, and what they do first."""

    path: str
    user: str = "admin"
    act: Callable[[Page], object] | None = None
    complaints: int = 0  # an error page is told in the console, too


def click(selector: str) -> Callable[[Page], object]:
    """Press it where it is shown: a narrow window may not have it."""

    def act(page: Page) -> None:
        shown = page.locator(selector).locator("visible=true")
        if shown.count():
            shown.first.click()

    return act


def press(key: str) -> Callable[[Page], object]:
    return lambda page: page.keyboard.press(key)


def wrong_sign_in(page: Page) -> None:
    page.fill("input[name=username]", "staff1")
    page.fill("input[name=password]", "wrong")
    page.click("main button.is-main")
    page.wait_for_load_state("load")


def open_canned(page: Page) -> None:
    page.locator("textarea[name=text]").press_sequentially("/")
    page.wait_for_timeout(600)


# By the name of their address; a name with "+" is another state of the same page.
VIEWS = {
    "accounts:login": View("/login", user=""),
    "accounts:login+wrong": View("/login", user="", act=wrong_sign_in, complaints=1),
    "accounts:profile": View("/profile", user="staff1"),
    "accounts:notification_list": View("/notifications", user="staff1"),
    "inbox:conversation_list": View("/messages", user="staff1"),
    "inbox:conversation_list+waiting": View("/messages?status=waiting", user="staff1"),
    "inbox:conversation_list+done": View("/messages?status=resolved", user="staff1"),
    "inbox:conversation_list+all": View("/messages?scope=all"),
    "inbox:conversation_list+empty": View("/messages", user="han"),
    "inbox:conversation_list+account": View(
        "/messages", user="staff1", act=click("[popovertarget=account]")
    ),
    "inbox:conversation_list+bell": View(
        "/messages", user="staff1", act=click("[popovertarget=noti]")
    ),
    "inbox:conversation_list+presence": View(
        "/messages", user="staff1", act=click("[popovertarget=presence]")
    ),
    "inbox:conversation_list+more": View(
        "/messages", user="manager", act=click("[popovertarget=more]")
    ),
    "inbox:conversation_list+keys": View("/messages", user="staff1", act=press("?")),
    "inbox:conversation_detail": View("/conversations/{conversation}", user="staff1"),
    "inbox:conversation_detail+canned": View(
        "/conversations/{conversation}", user="staff1", act=open_canned
    ),
    "inbox:conversation_detail+note": View(
        "/conversations/{conversation}", user="staff1", act=press("n")
    ),
    "inbox:conversation_detail+queued": View("/conversations/{queued}"),
    "inbox:conversation_detail+done": View("/conversations/{done}", user="staff1"),
    "inbox:contact": View("/conversations/{conversation}/contact", user="staff1"),
    "inbox:canned_list": View("/settings/canned"),
    "inbox:canned_edit": View("/settings/canned/{canned}"),
    "inbox:canned_delete": View("/settings/canned/{canned}/delete"),
    "routing:conversation_why": View("/conversations/{conversation}/why", user="staff1"),
    "routing:conversation_assign": View("/conversations/{conversation}/assign"),
    "routing:keyword_list": View("/keywords"),
    "routing:keyword_list+staff": View("/keywords", user="staff1"),
    "routing:keyword_edit": View("/keywords/{keyword}"),
    "routing:keyword_delete": View("/keywords/{keyword}/delete"),
    "routing:keyword_import": View("/keywords/import"),
    "people:person_list": View("/users"),
    "people:person_new": View("/users/new"),
    "people:person_detail": View("/users/{person}"),
    "people:person_detail+close": View(
        "/users/{person}", act=click("[popovertarget=close-account]")
    ),
    "people:person_edit": View("/users/{person}/edit"),
    "people:person_activity": View("/users/{person}/activity"),
    "people:person_password": View("/users/{person}/password"),
    "error+404": View("/conversations/00000000-0000-4000-8000-000000000000", complaints=1),
    "error+403": View("/users", user="staff1", complaints=1),
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
    "inbox:canned_insert",
    "inbox:canned_options",
    "inbox:conversation_draft",
    "inbox:conversation_reply",
    "inbox:conversation_resolve",
    "inbox:conversation_thread",
    "inbox:conversation_typing",
    "inbox:conversation_unread",
    "inbox:conversation_viewers",
    "inbox:mention_options",
    "inbox:reply_retry",
    "me_bell",
    "me_presence",
    "people:person_capacity",
    "people:person_decide",
    "people:person_give_back",
    "people:person_presence",
    "routing:conversation_take",
    "routing:keyword_export",
    "routing:keyword_import_check",  # looked at behind an upload, below
    "routing:keyword_import_errors",
    "routing:keyword_switch",
    "routing:keyword_try",
    "setup",  # gone as soon as somebody has an account
    "webhook",
    "workforce:presence",
}

IDS = """
import json
from accounts.models import User
from inbox.models import CannedReply, Conversation
from routing.models import Keyword
one = Conversation.objects.get(identity__external_id="+84900418273")
done = Conversation.objects.filter(status="resolved", assignee__username="staff1").latest("pk")
print(json.dumps({
    "conversation": str(one.public_id),
    "done": str(done.public_id),
    "queued": str(Conversation.objects.waiting().first().public_id),
    "canned": CannedReply.objects.first().pk,
    "keyword": Keyword.objects.first().pk,
    "person": str(User.objects.get(username="chi").public_id),
    "pending": str(User.objects.get(username="giahuy").public_id),
}))
"""


def page_names() -> set[str]:
    """The names of every address but those of the API and of Django's admin."""

    def walk(patterns, prefix: str = ""):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                name = pattern.namespace
                if name not in ("api", "admin"):
                    yield from walk(pattern.url_patterns, f"{name}:" if name else prefix)
            elif isinstance(pattern, URLPattern) and pattern.name:
                yield f"{prefix}{pattern.name}"

    return set(walk(get_resolver().url_patterns))


def test_every_address_is_looked_at_or_has_no_page():
    looked_at = {name.partition("+")[0] for name in VIEWS} - {"error"}
    assert page_names() - looked_at - NO_PAGE == set()
    assert looked_at & NO_PAGE == set()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    options = {"executable_path": CHROMIUM, "args": ["--no-sandbox", "--disable-gpu"]}
    return browser_type_launch_args | options


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    with demo_installation(tmp_path_factory.mktemp("axe")) as running:
        yield running


@pytest.fixture(scope="module")
def ids(installation) -> dict:
    return json.loads(installation.run_python(IDS))


@pytest.fixture(scope="module")
def door(browser, installation):
    """`door(user, theme, language)` is a page of somebody signed in, kept for the next call."""
    contexts = {}

    def open_door(user: str, theme: str, language: str) -> Page:
        if (user, theme, language) not in contexts:
            locale = {"vi": "vi-VN", "en": "en-GB"}[language]
            context = browser.new_context(color_scheme=theme, locale=locale)
            page = context.new_page()
            page.set_default_timeout(60_000)
            if user:
                _sign_in(page, installation.url, user)
                _prefer(page, theme, language)
            contexts[user, theme, language] = page
        return contexts[user, theme, language]

    yield open_door
    for page in contexts.values():
        page.context.close()


def _sign_in(page: Page, url: str, user: str) -> None:
    password = f"{user}pass" if user in ("admin", "manager", "staff1", "staff2") else "saomaipass"
    page.goto(f"{url}/login")
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", password)
    page.click("main button.is-main")
    page.wait_for_url("**/messages")


def _prefer(page: Page, theme: str, language: str) -> None:
    for name, value in (("theme", theme), ("language", language)):
        page.click("[popovertarget=account]")
        with page.expect_navigation():
            page.click(f"#account button[name={name}][value={value}]")


def look(page: Page, url: str, view: View, ids: dict) -> list[str]:
    """Open a view in each width; returns what is wrong with it."""
    heard: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            heard.append(message.text)

    def hear_error(error: Error) -> None:
        heard.append(str(error))

    page.on("console", hear)
    page.on("pageerror", hear_error)
    try:
        wrong = _look(page, url, view, ids)
    finally:
        page.remove_listener("console", hear)
        page.remove_listener("pageerror", hear_error)
    return wrong + heard[view.complaints * (len(WIDTHS) if view.act else 1) :]


def _look(page: Page, url: str, view: View, ids: dict) -> list[str]:
    wrong: list[str] = []
    path = view.path.format_map(ids)
    for number, (width, height) in enumerate(WIDTHS.items()):
        page.set_viewport_size({"width": width, "height": height})
        if number == 0 or view.act:
            page.goto(f"{url}{path}")
            expect(page.locator(".htmx-request")).to_have_count(0)  # a function would need eval
            if view.act:
                view.act(page)
        page.wait_for_timeout(SETTLE_MS)
        options = {"runOnly": TAGS, "resultTypes": ["violations"]}
        for found in Axe().run(page, options=options).response["violations"]:
            nodes = "; ".join(node["html"][:160] for node in found["nodes"][:3])
            wrong.append(f"{width}: {found['id']}: {nodes}")
    for width in (390, NARROWEST):
        page.set_viewport_size({"width": width, "height": 780})
        spill = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if spill > 0:
            wrong.append(f"{width}: scrolls sideways by {spill} px")
    return wrong


@pytest.mark.parametrize("name", VIEWS)
def test_views(name, door, installation, ids):
    theme, language = COMBINATIONS[list(VIEWS).index(name) % len(COMBINATIONS)]
    view = VIEWS[name]
    page = door(view.user, theme, language)
    assert look(page, installation.url, view, ids) == []


@pytest.mark.long
@pytest.mark.parametrize(("theme", "language"), COMBINATIONS)
@pytest.mark.parametrize("name", VIEWS)
def test_views_in_every_theme_and_language(name, theme, language, door, installation, ids):
    view = VIEWS[name]
    page = door(view.user, theme, language)
    assert look(page, installation.url, view, ids) == []
