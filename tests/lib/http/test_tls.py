"""Outgoing calls over TLS: the certificate is a trusted one, of the name that was asked for."""

import datetime as dt
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from omnichat.lib import http
from omnichat.lib.http import NotDelivered
from tests.lib.http.servers import NAME, read_request, send, serving


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
