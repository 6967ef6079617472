"""Outgoing calls: only where they may go, never longer than promised, and truthful afterwards."""

import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import closing, contextmanager, suppress

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from omnichat.lib import http
from omnichat.lib.http import AddressRefused, Ambiguous, NotDelivered, check_address, post_json

NAME = "reply.example"
LOOPBACK = "127.0.0.0/8"
PUBLIC = ["8.8.8.8", "2606:4700:4700::1111"]
NOT_PUBLIC = [
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.255",
    "0.0.0.0",  # noqa: S104
    "224.0.0.1",
    "233.252.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "ff0e::1",
    "2001:db8::1",
    "2001::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:100.64.0.1",
    "::127.0.0.1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "4000::1",
]


def url_of(address: str, scheme: str = "https") -> str:
    return f"{scheme}://[{address}]/hook" if ":" in address else f"{scheme}://{address}/hook"


def code_of(call: Callable, *args) -> str:
    with pytest.raises(AddressRefused) as caught:
        call(*args)
    assert caught.value.status == 400
    assert str(caught.value) != ""
    return caught.value.code


def send(url: str, body: bytes = b"{}") -> http.Response:
    return post_json(url, body, {})


@pytest.fixture(autouse=True)
def _nothing_allowed(settings):
    settings.OUTBOUND_ALLOW = []


@pytest.fixture
def loopback(settings):
    settings.OUTBOUND_ALLOW = [LOOPBACK]


@pytest.fixture
def names(monkeypatch):
    """Answers for names, one list a question; `names.asked` says what was asked."""

    class Names(dict):
        asked: list[str] = []

    table = Names()
    table.asked = []
    resolve = socket.getaddrinfo

    def getaddrinfo(host, port, *args, **kwargs):
        if host not in table:
            return resolve(host, port, *args, flags=socket.AI_NUMERICHOST, **kwargs)
        table.asked.append(host)
        answers = table[host]
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [entry for address in addresses for entry in resolve(address, port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return table


@contextmanager
def serving(talk: Callable[[socket.socket], None], context: ssl.SSLContext | None = None):
    """A server on loopback that lets `talk` handle each connection; yields its port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def accept():
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with suppress(OSError), connection:
                        talk(context.wrap_socket(connection, True) if context else connection)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def read_request(connection: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"{}"):
        data += connection.recv(65_536)
    return data


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


# --- TLS ---------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """The file of a self-signed certificate for NAME, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def tls_server(certificate):
    """(port, the SNI names heard, the requests heard) of a server with that certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    heard, requests = [], []
    context.sni_callback = lambda connection, name, _: heard.append(name)

    def talk(connection):
        with connection:
            requests.append(read_request(connection))
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")

    with serving(talk, context) as port:
        yield port, heard, requests


@pytest.mark.parametrize("dot", ["", "."])
def test_tls_asks_for_and_checks_the_name(
    names, loopback, tls_server, certificate, monkeypatch, dot
):
    trusting = ssl.create_default_context(cafile=certificate)
    monkeypatch.setattr(http, "_tls_context", lambda: trusting)
    port, heard, requests = tls_server
    names[NAME] = [["127.0.0.1"], ["127.0.0.2"]]
    assert send(f"https://{NAME}{dot}:{port}/") == http.Response(200, None, "hi")
    assert heard == [NAME]
    assert f"\r\nhost: {NAME}{dot}:{port}\r\n".encode() in requests[0]


def test_an_untrusted_certificate_is_not_delivered(names, loopback, tls_server):
    port, _, requests = tls_server
    names[NAME] = [["127.0.0.1"]]
    with pytest.raises(NotDelivered, match="CERTIFICATE_VERIFY_FAILED"):
        send(f"https://{NAME}:{port}/")
    assert requests == []


def test_a_certificate_of_another_name_is_not_delivered(
    names, loopback, tls_server, certificate, monkeypatch
):
    trusting = ssl.create_default_context(cafile=certificate)
    monkeypatch.setattr(http, "_tls_context", lambda: trusting)
    port, _, requests = tls_server
    names["other.example"] = [["127.0.0.1"]]
    for host in ("other.example", "127.0.0.1"):
        with pytest.raises(NotDelivered, match="CERTIFICATE_VERIFY_FAILED"):
            send(f"https://{host}:{port}/")
    assert requests == []


def test_a_server_without_tls_is_not_delivered(loopback, httpserver):
    with pytest.raises(NotDelivered, match="ConnectError"):
        send(f"https://127.0.0.1:{httpserver.port}/")
    assert httpserver.log == []
