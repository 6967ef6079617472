"""Whose pages may open a socket."""

import pytest

from omnichat.live.origins import is_own_origin


def asked(origin: str | None, host: str = "chat.example.org") -> bool:
    headers = {b"host": host.encode()}
    if origin is not None:
        headers[b"origin"] = origin.encode("latin-1")
    return is_own_origin(headers)


@pytest.fixture(autouse=True)
def production(settings):
    settings.HTTPS = True
    settings.ALLOWED_HOSTS = ["chat.example.org", ".shop.example"]
    settings.IS_LIVE_ELSEWHERE = False


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://chat.example.org", "chat.example.org"),
        ("https://chat.example.org", "chat.example.org:443"),
        ("https://chat.example.org:443", "chat.example.org"),
        ("https://CHAT.example.org", "chat.example.org"),
        ("https://a.shop.example:8443", "a.shop.example:8443"),
    ],
)
def test_our_own_page_is_let_in(origin, host):
    assert asked(origin, host)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "https://evil.example",
        "https://chat.example.org.evil.example",
        "https://evil.example/chat.example.org",
        "https://chat.example.org@evil.example",
        "https://evil@chat.example.org",
        "http://chat.example.org",
        "https://chat.example.org:8443",
        "https://chat.example.org:0",
        "https://chat.example.org:port",
        "https://chat.example.org/",
        "https://a.shop.example",
        "ftp://chat.example.org",
        "file://",
        "chrome-extension://abcdefgh",
        "https://[::1",
        "https://chat\xe9.example.org",
    ],
)
def test_another_page_is_not(origin):
    assert not asked(origin)


def test_a_host_that_is_not_ours_is_refused_even_if_both_agree():
    """The name of a stranger that leads to this machine."""
    assert not asked("https://evil.example", "evil.example")


def test_a_wildcard_of_hosts_lets_no_other_origin_in(settings):
    settings.ALLOWED_HOSTS = ["*"]
    settings.HTTPS = False
    assert asked("http://127.0.0.1:8000", "127.0.0.1:8000")
    assert not asked("http://evil.example", "127.0.0.1:8000")
    assert not asked("http://127.0.0.1:9000", "127.0.0.1:8000")


def test_a_socket_on_a_port_of_its_own_keeps_the_host(settings):
    settings.IS_LIVE_ELSEWHERE = True
    assert asked("https://chat.example.org", "chat.example.org:8443")
    assert not asked("https://evil.example", "chat.example.org:8443")
