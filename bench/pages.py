"""Pages on a small and a large database, asked in turn, so that both meet the same machine."""

from __future__ import annotations

import re
from statistics import median
from urllib.parse import urlencode

from bench.figures import ratio, summary
from bench.installation import HOST, Web
from bench.load import drive, get, post

NEXT_PAGE = re.compile(rb'href="\?([^"]*after=[^"]*)"')
DEEP = 10  # pages behind the first


def measure(small: tuple[Web, dict], large: tuple[Web, dict], *, rounds: int) -> list[dict]:
    """One row for each page: percentiles of the large one, and large as a share of small."""
    found = []
    wanted = [_pages(web, told) for web, told in (small, large)]
    for name in wanted[0]:
        times: tuple[list[float], list[float]] = ([], [])
        for _round in range(rounds):
            for column, (web, _told), pages in zip(times, (small, large), wanted, strict=True):
                column.append(ask(web, pages[name])[0])
        few, many = times
        found.append(
            {
                "page": name,
                "small": summary(few),
                "large": summary(many),
                "ratio": ratio(median(many), median(few)),
            }
        )
    return found


def _pages(web: Web, told: dict) -> dict[str, bytes]:
    """The request of each page."""
    pages = {}
    for who in ("admin", "manager", "staff"):
        for status in ("open", "waiting", "resolved"):
            path = f"/messages?status={status}"
            pages[f"list {who} {status}"] = _page(path, told, who)
    pages["list admin all, done, page 11"] = _page(_deep(web, told), told, "admin")
    pages["list refreshed"] = _page("/messages?status=open", told, "admin", HX_Request="true")
    pages["thread"] = _page(f"/conversations/{told['thread']}", told, "staff")
    pages["thread done"] = _page(f"/conversations/{told['resolved']}", told, "manager")
    pages["thread long"] = _page(f"/conversations/{told['long_thread']}", told, "admin")
    pages["why panel"] = _page(f"/conversations/{told['thread']}/why", told, "staff")
    pages["preview of a message"] = _preview(told)
    for who in ("admin", "staff"):
        bearer = {"Authorization": f"Bearer {told['tokens'][who]}"}
        pages[f"API messages {who}"] = _request("/api/v1/messages", **bearer)
    return pages


def _preview(told: dict) -> bytes:
    """The box that says who would get a message; a form, so it carries the token of forms."""
    token = "b" * 32
    body = urlencode({"text": "Cho em hỏi mẫu 7", "csrfmiddlewaretoken": token}).encode()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"{told['cookies']['manager']}; csrftoken={token}",
        "Referer": f"https://{HOST}/keywords",
    }
    headers |= {"HX-Request": "true", "X-Forwarded-Proto": "https"}
    return post("/keywords/try", HOST, body, **headers)


def _page(path: str, told: dict, who: str, **headers: str) -> bytes:
    return _request(path, Accept="text/html", Cookie=told["cookies"][who], **headers)


def _request(path: str, **headers: str) -> bytes:
    return get(path, HOST, X_Forwarded_Proto="https", **headers)


def _deep(web: Web, told: dict) -> str:
    """Follow the link to the next page some times, as a person would."""
    path = "/messages?scope=all&status=resolved"
    for _page_number in range(DEEP):
        link = NEXT_PAGE.search(ask(web, _page(path, told, "admin"))[1])
        if link is None:
            break
        path = "/messages?" + link[1].decode().replace("&amp;", "&")
    return path


def ask(web: Web, request: bytes) -> tuple[float, bytes]:
    """Ask once over one connection; returns milliseconds and the body."""
    bodies: list[bytes] = []
    requests = iter([request])
    outcome = drive(
        web.port,
        lambda: next(requests),
        connections=1,
        seconds=0,
        accept=lambda body: bool(bodies.append(body)) or True,
    )
    if outcome.wrong:
        raise RuntimeError(f"{request[:80]!r} was answered with {outcome.wrong[0]}")
    return outcome.milliseconds[0], bodies[0]
