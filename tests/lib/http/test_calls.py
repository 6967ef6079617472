"""Outgoing calls: sent as given, never longer than promised, and truthful afterwards."""

import datetime as dt
import socket
import time
from contextlib import closing

import pytest

from omnichat.lib import http
from omnichat.lib.http import Ambiguous, NotDelivered, post_json
from tests.lib.http.servers import read_request, send, serving


# --- What is sent ------------------------------------------------------------------------------
def test_the_body_and_headers_arrive_as_given(loopback, httpserver):
    httpserver.expect_request("/hook", method="POST").respond_with_data("ok", status=202)
    response = post_json(
        httpserver.url_for("/hook"),
        '{"a": "đ"}'.encode(),
        {"Idempotency-Key": "part-1", "X-Signature": "abc"},
    )
    assert response == http.Response(status=202, retry_after=None, body="ok")
    request = httpserver.log[0][0]
    assert request.data == '{"a": "đ"}'.encode()
    assert dict(request.headers) == {
        "Host": f"{httpserver.host}:{httpserver.port}",
        "User-Agent": "OmniChat",
        "Content-Type": "application/json",
        "Content-Length": "11",
        "Accept-Encoding": "identity",
        "Connection": "close",
        "Idempotency-Key": "part-1",
        "X-Signature": "abc",
    }


def test_proxies_of_the_environment_are_not_used(loopback, httpserver, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    httpserver.expect_request("/").respond_with_data("hi")
    assert send(httpserver.url_for("/")).status == 200


# --- What comes back ---------------------------------------------------------------------------
@pytest.mark.parametrize("status", [200, 204, 301, 302, 307, 308, 400, 404, 429, 500, 503])
def test_every_status_is_an_answer_and_no_redirect_is_followed(loopback, httpserver, status):
    httpserver.expect_request("/").respond_with_data(
        "", status=status, headers={"Location": httpserver.url_for("/other")}
    )
    httpserver.expect_request("/other").respond_with_data("wrong place")
    assert send(httpserver.url_for("/")).status == status
    assert [request.path for request, _ in httpserver.log] == ["/"]


def test_only_the_beginning_of_the_text_is_kept(loopback, httpserver):
    httpserver.expect_request("/").respond_with_data(b"\x00\xff" + "đ".encode() * 600)
    assert send(httpserver.url_for("/")).body == "\ufffd\ufffd" + "đ" * 498


def test_an_endless_body_is_not_read_to_the_end(loopback, monkeypatch):
    def talk(connection):
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65_536)

    monkeypatch.setattr(http, "TOTAL_SECONDS", 5)
    with serving(talk) as port:
        started = time.monotonic()
        assert send(f"http://127.0.0.1:{port}/") == http.Response(200, None, "x" * 500)
        assert time.monotonic() - started < 4


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        ("999999999", 86_400.0),
        ("9" * 5_000, None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("", None),
        ("soon", None),
        ("Fri, 01 May 2026 08:00:30 GMT", 30.0),
        ("Fri, 01 May 2026 08:00:30 -0000", 30.0),
        ("Friday, 01-May-26 08:00:30 GMT", 30.0),
        ("Fri, 01 May 2026 07:00:00 GMT", 0.0),
        ("Fri, 01 May 2099 08:00:00 GMT", 86_400.0),
        ("Fri, 99 May 2026 08:00:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value, seconds):
    now = dt.datetime(2026, 5, 1, 8, 0, 0, tzinfo=dt.UTC)
    assert http._retry_after(value, now) == seconds


def test_retry_after_is_read_from_the_answer(loopback, httpserver):
    httpserver.expect_request("/").respond_with_data("", status=429, headers={"retry-AFTER": "7"})
    assert send(httpserver.url_for("/")) == http.Response(429, 7.0, "")


# --- When it fails -----------------------------------------------------------------------------
def test_a_name_that_does_not_exist_is_not_delivered(monkeypatch):
    def getaddrinfo(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(NotDelivered, match="not known"):
        send("https://nowhere.example/")


def test_a_refused_connection_is_not_delivered(loopback):
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    with pytest.raises(NotDelivered, match="refused"):
        send(f"http://127.0.0.1:{port}/")


def test_a_connect_timeout_is_not_delivered(loopback, monkeypatch):
    waits = []

    def create_connection(address, timeout, **kwargs):
        waits.append(timeout)
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket, "create_connection", create_connection)
    with pytest.raises(NotDelivered, match="ConnectTimeout"):
        send("http://127.0.0.1:9/")
    assert waits == [3.0]


def test_an_answer_that_does_not_come_is_ambiguous(loopback, monkeypatch):
    monkeypatch.setattr(http, "READ_SECONDS", 0.1)
    got = []

    def talk(connection):
        got.append(read_request(connection).endswith(b"\r\n\r\n{}"))
        connection.recv(1)

    started = time.monotonic()
    with serving(talk) as port, pytest.raises(Ambiguous, match="ReadTimeout"):
        send(f"http://127.0.0.1:{port}/")
    assert time.monotonic() - started < 2
    assert got == [True]


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200", b"SSH-2.0-OpenSSH\r\n\r\n"])
def test_a_connection_that_ends_before_the_answer_is_ambiguous(loopback, answer):
    def talk(connection):
        read_request(connection)
        connection.sendall(answer)

    with serving(talk) as port, pytest.raises(Ambiguous):
        send(f"http://127.0.0.1:{port}/")


def test_a_body_that_breaks_off_keeps_its_status(loopback):
    def talk(connection):
        read_request(connection)
        connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\nhalf")

    with serving(talk) as port:
        assert send(f"http://127.0.0.1:{port}/") == http.Response(201, None, "half")


def drip(connection: socket.socket, head: bytes) -> None:
    read_request(connection)
    connection.sendall(head)
    for _ in range(100):
        connection.sendall(b"x")
        time.sleep(0.05)


def test_a_dripping_body_ends_at_the_deadline_with_its_status(loopback, monkeypatch):
    monkeypatch.setattr(http, "TOTAL_SECONDS", 0.3)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    with serving(lambda connection: drip(connection, head)) as port:
        started = time.monotonic()
        response = send(f"http://127.0.0.1:{port}/")
        assert time.monotonic() - started < 1
    assert (response.status, set(response.body)) == (200, {"x"})


def test_dripping_headers_end_at_the_deadline(loopback, monkeypatch):
    monkeypatch.setattr(http, "TOTAL_SECONDS", 0.3)
    with serving(lambda connection: drip(connection, b"HTTP/1.1 200 OK\r\nA: ")) as port:
        started = time.monotonic()
        with pytest.raises(Ambiguous, match="ReadTimeout"):
            send(f"http://127.0.0.1:{port}/")
        assert time.monotonic() - started < 1
