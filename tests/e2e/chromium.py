"""What every test in a real browser begins with."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

# For `pytestmark`.
IN_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


def sign_in(page: Page, url: str, name: str) -> None:
    """As one of the demo's people, on the page; all of them begin with the inbox."""
    page.goto(f"{url}/login")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", f"{name}pass")
    page.click("main button.is-main")
    page.wait_for_url(re.compile(r"/(messages|dashboard)$"))
    if page.url.endswith("/dashboard"):  # leads
        page.goto(f"{url}/messages")


def hear(page: Page, *types: str, into: list[str] | None = None) -> list[str]:
    """What the browser will complain about: console lines of these types, errors of scripts."""
    heard: list[str] = [] if into is None else into

    def note(message) -> None:
        # A page that is left while its socket is still being opened: the browser's own doing.
        if message.type in types and "closed before the connection" not in message.text:
            heard.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


@contextmanager
def entering(browser: Browser, url: str, *, allowed: str = "") -> Iterator[Callable[..., Page]]:
    """`enter("staff1", **options)`: a page of theirs; whatever the browser complains of fails.

    `allowed` is a complaint that a test brings about on purpose.
    """
    contexts, complaints = [], []

    def enter(name: str, **options) -> Page:
        contexts.append(browser.new_context(locale="vi-VN", **options))
        page = contexts[-1].new_page()
        hear(page, "error", "warning", into=complaints)
        sign_in(page, url, name)
        return page

    yield enter
    for context in contexts:
        context.close()
    assert [one for one in complaints if not (allowed and allowed in one)] == []
