"""What may be called, and what names mean, in the tests of outgoing calls."""

import socket

import pytest

from tests.lib.http.servers import LOOPBACK


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
