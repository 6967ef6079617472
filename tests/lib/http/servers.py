"""Addresses that may not be called, and servers on loopback that may."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import closing, contextmanager, suppress

import pytest

from omnichat.lib import http
from omnichat.lib.http import AddressRefused, post_json

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
    """The code of the refusal that this call must meet."""
    with pytest.raises(AddressRefused) as caught:
        call(*args)
    assert caught.value.status == 400
    assert str(caught.value) != ""
    return caught.value.code


def send(url: str, body: bytes = b"{}") -> http.Response:
    return post_json(url, body, {})


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
