"""Outgoing calls go only where they may go: by the address, and as its name resolves."""

import socket
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from omnichat.lib import http
from omnichat.lib.http import AddressRefused, check_address
from tests.lib.http.servers import LOOPBACK, NAME, NOT_PUBLIC, PUBLIC, code_of, send, url_of


# --- The address, before anything is resolved --------------------------------------------------
@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "bad_address"),
        ("example.com/hook", "bad_address"),
        ("//example.com/hook", "bad_address"),
        ("ftp://example.com/", "bad_address"),
        ("file:///etc/passwd", "bad_address"),
        ("javascript:alert(1)", "bad_address"),
        ("https://", "bad_address"),
        ("https:///hook", "bad_address"),
        ("https://:443/", "bad_address"),
        ("https://user@example.com/", "bad_address"),
        ("https://user:pass@example.com/", "bad_address"),
        ("https://good.example\\@evil.example/", "bad_address"),
        ("https://good.example\\.evil.example/", "bad_address"),
        ("https://exa mple.com/", "bad_address"),
        ("https://example.com/\n", "bad_address"),
        ("https://example.com/\x00", "bad_address"),
        (" https://example.com/", "bad_address"),
        ("https://example.com:0/", "bad_address"),
        ("https://example.com:65536/", "bad_address"),
        ("https://example.com:-1/", "bad_address"),
        ("https://example.com:x/", "bad_address"),
        ("https://example..com/", "bad_address"),
        ("https://.example.com/", "bad_address"),
        ("https://" + "a" * 64 + ".com/", "bad_address"),
        ("https://" + "a." * 126 + "com/", "bad_address"),
        ("https://%31%32%37.0.0.1/", "bad_address"),
        ("https://1.2.3.999/", "bad_address"),
        ("https://[::1/", "bad_address"),
        ("https://[fe80::1%25eth0]/", "bad_address"),
        ("https://ex\ud800ample.com/", "bad_address"),
        ("https://example.com/\ud800", "bad_address"),
        ("https://１２７.0.0.1/", "bad_address"),
        ("https://example.com/" + "x" * 70_000, "bad_address"),
        ("http://example.com/hook", "not_https"),
        ("HTTP://example.com/hook", "not_https"),
        ("http://8.8.8.8/", "not_https"),
        ("http://localhost.example/", "not_https"),
        ("http://localhost:9000/", "not_public"),
        ("https://localhost/", "not_public"),
        ("https://LOCALHOST./", "not_public"),
        *[(url_of(address), "not_public") for address in NOT_PUBLIC],
        *[(url_of(address, "http"), "not_public") for address in NOT_PUBLIC],
    ],
)
def test_an_address_that_can_never_be_called_is_refused(url, code, names):
    assert code_of(check_address, url) == code
    assert names.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hook?a=b#c",
        "https://example.com.:8443",
        "HTTPS://EXAMPLE.COM/",
        "https://my_host.example-1.com/",
        "https://bücher.example/đường",
        "https://xn--bcher-kva.example/",
        "https://[2002:808:808::1]/",
        "https://[64:ff9b::808:808]/",
        *map(url_of, PUBLIC),
    ],
)
def test_a_public_https_address_is_accepted_unresolved(url, names):
    assert check_address(url) is None
    assert names.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9000/hook",
        "https://127.1.2.3/",
        "http://localhost:9000/",
        "http://[::ffff:127.0.0.1]/",
        "http://[fd00::1]/",
    ],
)
def test_an_allowed_network_may_be_private_and_plain(settings, url):
    settings.OUTBOUND_ALLOW = [LOOPBACK, "fd00::1/64"]
    assert check_address(url) is None


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://10.0.0.1/", "not_public"),
        ("https://[::1]/", "not_public"),
        ("http://8.8.8.8/", "not_https"),
        ("http://example.com/", "not_https"),
    ],
)
def test_an_allowed_network_allows_nothing_else(loopback, url, code):
    assert code_of(check_address, url) == code


@given_settings(deadline=None, max_examples=500)
@given(
    url=st.text()
    | st.builds("{}://{}".format, st.sampled_from(["http", "https"]), st.text())
    | st.text(alphabet="htps:/.@[]%0189af\\\ud800", max_size=30).map("https://".__add__)
)
def test_no_text_raises_anything_else(url):
    with suppress(AddressRefused):
        check_address(url)


# --- The address, as the name resolves ---------------------------------------------------------
@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_a_name_for_a_private_address_is_refused(names, monkeypatch, address):
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: pytest.fail("connected"))
    for answer in ([address], [PUBLIC[0], address]):
        names[NAME] = [answer]
        assert code_of(send, f"https://{NAME}/hook") == "not_public"


def test_a_name_for_loopback_reaches_nobody(names, httpserver):
    names[NAME] = [["127.0.0.1"]]
    assert code_of(send, f"https://{NAME}:{httpserver.port}/") == "not_public"
    assert code_of(send, f"http://{NAME}:{httpserver.port}/") == "not_https"
    assert httpserver.log == []


def test_plain_http_to_a_public_name_is_refused(names, loopback):
    names[NAME] = [PUBLIC]
    assert code_of(send, f"http://{NAME}/") == "not_https"


@pytest.mark.parametrize("url", ["ftp://x/", "https://user@x/", "https://x:0/"])
def test_a_malformed_address_is_not_called(url):
    assert code_of(send, url) == "bad_address"


def test_the_name_is_resolved_once_and_the_connection_pinned(names, loopback, httpserver):
    httpserver.expect_request("/hook").respond_with_data("hi")
    names[NAME] = [["127.0.0.1"], ["127.0.0.2"], ["8.8.8.8"]]
    response = send(f"http://{NAME}:{httpserver.port}/hook?a=b")
    assert response == http.Response(status=200, retry_after=None, body="hi")
    assert names.asked == [NAME]
    request = httpserver.log[0][0]
    assert request.headers["Host"] == f"{NAME}:{httpserver.port}"
    assert request.full_path == "/hook?a=b"


def test_an_address_without_a_listener_makes_room_for_the_next(names, loopback, httpserver):
    httpserver.expect_request("/").respond_with_data("hi")
    names[NAME] = [["127.0.0.2", "127.0.0.1"]]
    assert send(f"http://{NAME}:{httpserver.port}/").status == 200


def test_localhost_uses_the_allowed_of_its_addresses(names, loopback, httpserver):
    httpserver.expect_request("/").respond_with_data("hi")
    names["localhost"] = [["::1", "127.0.0.1"]]
    assert send(f"http://localhost:{httpserver.port}/").status == 200


def test_a_name_that_is_not_ascii_is_asked_and_sent_as_punycode(names, loopback, httpserver):
    httpserver.expect_request("/").respond_with_data("hi")
    names["xn--bcher-kva.example"] = [["127.0.0.1"]]
    assert send(f"http://bücher.example:{httpserver.port}/").status == 200
    assert names.asked == ["xn--bcher-kva.example"]
    host = httpserver.log[0][0].headers["Host"]
    assert host == f"xn--bcher-kva.example:{httpserver.port}"
