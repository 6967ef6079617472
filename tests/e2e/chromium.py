"""What every test in a real browser begins with."""

import shutil

import pytest
from playwright.sync_api import Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

# For `pytestmark`.
IN_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


def sign_in(page: Page, url: str, name: str) -> None:
    """As one of the demo's people, on the page."""
    page.goto(f"{url}/login")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", f"{name}pass")
    page.click("main button.is-main")
    page.wait_for_url("**/messages")


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
