"""An installation whose pages come from one process and their news from another."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from playwright.sync_api import Page

from tests.e2e.chromium import hear, sign_in
from tests.e2e.installation import free_port, is_open, wait_until
from tests.e2e.processes import House, Process

PATIENCE_MS = 15_000  # two cores may have other work; the time it took is printed
KEEP_SOCKETS = """
  window.sockets = [];
  window.WebSocket = class extends WebSocket {
    constructor(...args) { super(...args); window.sockets.push(this); }
  };
"""


class Desk:
    """The installation, with a live process that can be taken away."""

    def __init__(self, made: House) -> None:
        self.house = made
        self.port = free_port()
        made.env["LIVE_URL"] = f"ws://127.0.0.1:{self.port}/ws/events"
        self.live: Process | None = None

    def start_live(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "omnichat.asgi:live"]
        command += ["--bind", f"127.0.0.1:{self.port}", "--worker-class", "asgi", "--workers", "1"]
        command += ["--graceful-timeout", "1", "--no-control-socket", "--log-level", "warning"]
        self.live = self.house._start("live", command)
        assert wait_until(lambda: is_open(self.port), 60), self.live.printed()

    def customer_writes(self, sender: str, text: str) -> dict:
        name = f"{sender}-{time.monotonic_ns()}"
        answer = self.house.message(text, sender=sender, external_id=name)
        assert answer.status == 200, answer
        return answer.body

    def conversation_of(self, sender: str) -> str:
        """The address of the conversation with a customer."""
        sql = (
            "SELECT c.public_id FROM inbox_conversation c"
            " JOIN inbox_contactidentity i ON i.id = c.identity_id WHERE i.external_id = ?"
        )
        return str(UUID(str(self.house.one(sql, sender))))

    def assign(self, sender: str, to: str) -> None:
        """As the administrator, in a program of theirs."""
        person = self.house.one("SELECT public_id FROM accounts_user WHERE username = ?", to)
        self.call(sender, "assign", {"assignee": str(UUID(str(person)))})

    def resolve(self, sender: str) -> None:
        self.call(sender, "resolve", {})

    def call(self, sender: str, verb: str, data: dict) -> None:
        key = self.house.bearer("admin", "adminpass")
        address = f"/api/v1/conversations/{self.conversation_of(sender)}/{verb}"
        answer = self.house.post(address, data, **key)
        assert answer.status == 200, answer


@contextmanager
def window(browser, desk: Desk, name: str, *, width: int = 1440, expects: str = "") -> Iterator:
    """A browser of one person; fails on whatever the browser complains about."""
    context = browser.new_context(
        viewport={"width": width, "height": 850}, has_touch=width < 768, locale="vi"
    )
    page = context.new_page()
    page.add_init_script(KEEP_SOCKETS)
    page.set_default_timeout(PATIENCE_MS)
    heard = hear(page, "error", "warning")
    sign_in(page, desk.house.url, name)
    wait_for_badge(page, "live")
    yield page
    context.close()
    assert [line for line in heard if not (expects and expects in line)] == []


def wait_for_badge(page, state: str, timeout: int = PATIENCE_MS) -> None:
    page.wait_for_selector(f"#live[data-state={state}]", timeout=timeout, state="attached")


def row(sender: str) -> str:
    return f"a.convo:has-text('{sender}')"


def open_thread(page, sender: str) -> None:
    page.click(row(sender))
    page.wait_for_selector(f"h1:has-text('{sender}')")
    wait_for_badge(page, "live")


def took(what: str, since: float) -> None:
    print(f"{what}: {(time.monotonic() - since) * 1000:.0f} ms")  # noqa: T201


WHO = "(SELECT username FROM accounts_user u WHERE u.id = t.author_id)"


def about(desk: Desk, sender: str, what: str, table: str) -> list[tuple]:
    """Rows that hang on the conversation with this customer."""
    sql = (
        f"SELECT {what} FROM {table} t JOIN inbox_conversation c ON c.id = t.conversation_id"  # noqa: S608
        " JOIN inbox_contactidentity i ON i.id = c.identity_id"
        " WHERE i.external_id = ? ORDER BY t.id"
    )
    return desk.house.rows(sql, sender)


def stored(desk: Desk, sender: str, direction: str = "outbound") -> list[tuple[str, str]]:
    """Who said what to this customer (or noted about them), the oldest first."""
    rows = about(desk, sender, f"t.direction, {WHO}, t.text", "inbox_message")
    return [tuple(line) for kind, *line in rows if kind == direction]


def draft(desk: Desk, sender: str) -> list[tuple[str, str]]:
    """Whose unsent text stands in the conversation with this customer."""
    return about(desk, sender, f"{WHO}, t.text", "inbox_draft")


def parts(desk: Desk, sender: str) -> int:
    """How many messages are sent, or are to be, to this customer."""
    return len(about(desk, sender, "t.id", "inbox_outboundpart"))


def goto_thread(page: Page, desk: Desk, sender: str) -> None:
    page.goto(f"{desk.house.url}/conversations/{desk.conversation_of(sender)}")
    wait_for_badge(page, "live")


def colleague_answers(desk: Desk, sender: str, text: str) -> None:
    """As the administrator, in a program of theirs."""
    address = f"/api/v1/conversations/{desk.conversation_of(sender)}/reply"
    answer = desk.house.post(address, {"text": text}, **desk.house.bearer("admin", "adminpass"))
    assert answer.status == 201, answer


def said(page: Page, text: str):
    """Our lines of the open thread with this text."""
    return page.locator(".msg.is-out .bubble > p:first-child").get_by_text(text, exact=True)
