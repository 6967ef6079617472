"""Every page and important state under axe-core, in a real browser against a real process.

A normal run sees each in all three widths and one of the four combinations of theme and
language; the full cross product is `long`. An address that is in none of the lists of `looks`
fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Browser, ConsoleMessage, Page, StorageState, expect

from tests.e2e.chromium import IN_CHROMIUM, sign_in
from tests.e2e.installation import demo_installation
from tests.e2e.looks import IDS, NO_PAGE, VIEWS, View, submit
from tests.e2e.processes import house

pytestmark = IN_CHROMIUM

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": TAGS, "resultTypes": ["violations"], "elementRef": False}
WIDTHS = {1440: 900, 1100: 800, 390: 844}
NARROWEST = 360
COMBINATIONS = [("light", "vi"), ("dark", "en"), ("dark", "vi"), ("light", "en")]
LOCALES = {"vi": "vi-VN", "en": "en-GB"}
A_REFUSAL = "Failed to load resource: the server responded with a status of 4"
PATIENCE_MS = 60_000  # two cores may have other work


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
    looked_at = {name.partition("+")[0] for name in VIEWS} - {"error"} | {"setup"}
    assert page_names() - looked_at - NO_PAGE == set()
    assert looked_at & NO_PAGE == set()


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    with demo_installation(tmp_path_factory.mktemp("axe")) as running:
        yield running


@pytest.fixture(scope="module")
def ids(installation) -> dict:
    return json.loads(installation.run_python(IDS))


@pytest.fixture(scope="module")
def door(browser, installation):
    """`door(user, theme, language)` is a page of somebody signed in, kept for the next call.

    Each signs in once, before views of a refused sign-in close the door to this address. Theme
    and language are the account's: they are set whenever the last look at it was in others.
    """
    pages, sessions, preferred = {}, {}, {}
    for user in sorted({view.user for view in VIEWS.values() if view.user}):
        page = new_page(browser, "light", "vi")
        sign_in(page, installation.url, user)
        sessions[user] = page.context.storage_state()
        page.context.close()

    def open_door(user: str, theme: str, language: str) -> Page:
        if (user, theme, language) not in pages:
            pages[user, theme, language] = new_page(browser, theme, language, sessions.get(user))
        page = pages[user, theme, language]
        if user and preferred.get(user) != (theme, language):
            _prefer(page, installation.url, theme, language)
            preferred[user] = (theme, language)
        return page

    yield open_door
    for page in pages.values():
        page.context.close()


def new_page(
    browser: Browser, theme: str, language: str, session: StorageState | None = None
) -> Page:
    # What moves is looked at where it ends.
    context = browser.new_context(
        color_scheme=theme,
        locale=LOCALES[language],
        reduced_motion="reduce",
        storage_state=session,
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    return page


def _prefer(page: Page, url: str, theme: str, language: str) -> None:
    """Send what the buttons of the account's menu send, in one call and without a page."""
    (token,) = [c["value"] for c in page.context.cookies() if c["name"] == "csrftoken"]
    chosen = {"csrfmiddlewaretoken": token, "theme": theme, "language": language}
    answer = page.context.request.post(f"{url}/preferences", form=chosen, max_redirects=0)
    assert answer.status == 302, answer


@contextmanager
def complaints(page: Page, *, refused: bool = False) -> Iterator[list[str]]:
    """What the browser tells; of an answer that is an error only if none was meant."""
    heard: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        is_meant = refused and message.text.startswith(A_REFUSAL)
        if message.type in ("error", "warning") and not is_meant:
            heard.append(message.text)

    def hear_error(error: Exception) -> None:
        heard.append(str(error))

    page.on("console", hear)
    page.on("pageerror", hear_error)
    try:
        yield heard
    finally:
        page.remove_listener("console", hear)
        page.remove_listener("pageerror", hear_error)


def violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it is."""
    expect(page.locator(".htmx-request")).to_have_count(0)  # a function would need eval
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("options => axe.run(document, options)", OPTIONS)["violations"]
    return [
        f"{rule['id']}: " + "; ".join(node["html"][:160] for node in rule["nodes"][:3])
        for rule in found
    ]


def look_as_chosen(page: Page, url: str, name: str, theme: str, language: str, ids: dict) -> None:
    """Open a view in this theme and language; nothing may be wrong with it."""
    view = VIEWS[name]
    assert look(page, url, view, ids) == []
    if view.user:
        shown = [page.get_attribute("html", "lang"), page.get_attribute("html", "data-theme")]
        assert shown == [language, theme]


def look(page: Page, url: str, view: View, ids: dict) -> list[str]:
    """Open a view in each width; returns what is wrong with it."""
    wrong: list[str] = []
    acted = view.act is None
    with complaints(page, refused=view.refused) as heard:
        for number, (width, height) in enumerate(WIDTHS.items()):
            page.set_viewport_size({"width": width, "height": height})
            if number == 0 or view.act:
                page.goto(f"{url}{view.path.format_map(ids)}")
            if view.act:
                if view.act(page) is False:
                    continue
                acted = True
            wrong += [f"{width}: {line}" for line in violations(page)]
        wrong += _spills(page)
    assert acted, "nothing to act upon in any width"
    return wrong + heard


def _spills(page: Page) -> list[str]:
    wrong = []
    for width in (390, NARROWEST):
        page.set_viewport_size({"width": width, "height": 780})
        spill = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if spill > 0:
            wrong.append(f"{width}: scrolls sideways by {spill} px")
    return wrong


@pytest.mark.parametrize("name", VIEWS)
def test_views(name, door, installation, ids):
    theme, language = COMBINATIONS[list(VIEWS).index(name) % len(COMBINATIONS)]
    page = door(VIEWS[name].user, theme, language)
    look_as_chosen(page, installation.url, name, theme, language, ids)


@pytest.mark.long
@pytest.mark.parametrize(("theme", "language"), COMBINATIONS)
@pytest.mark.parametrize("name", VIEWS)
def test_views_in_every_theme_and_language(name, theme, language, door, installation, ids):
    page = door(VIEWS[name].user, theme, language)
    look_as_chosen(page, installation.url, name, theme, language, ids)


def test_the_first_run(browser, tmp_path):
    """Before anybody has an account: told where the token is, the form, refused, done."""
    with house(tmp_path, demo=False) as home:
        printed = home.printed_by("setup_token")
        path = re.search(r"/setup\S+", printed)[0]
        home.web()
        page = new_page(browser, "light", "vi")
        wrong = []
        views = {
            "no token": View("/setup", refused=True),
            "wrong token": View("/setup?token=x", refused=True),
            "sign-in": View("/login"),
            "form": View(path),
            "refused": View(path, act=submit("main form", username="có dấu"), refused=True),
        }
        for name, view in views.items():
            wrong += [f"{name}: {line}" for line in look(page, home.url, view, {})]
        page.goto(f"{home.url}{path}")
        first = {"organisation": "Sao Mai", "display_name": "Lan", "username": "lan"}
        secret = dict.fromkeys(("password", "repeat"), "một con vịt xoè ra hai cái cánh")
        channel = {"department": "Bán hàng", "channel": "Web shop"}
        with complaints(page) as heard:
            page.locator("label:has([name=first_channel][value=webhook])").click()
            submit("main form", **first, **secret, **channel)(page)
            page.wait_for_selector("dl.kv code")
            wrong += [f"done: {line}" for line in violations(page)]
        assert wrong + heard == []
        page.context.close()
