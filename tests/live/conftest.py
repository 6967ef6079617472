"""How often the live process looks, in the tests of its sockets."""

from __future__ import annotations

import pytest

from omnichat.live import desk as desk_module


@pytest.fixture
def hurry(monkeypatch) -> None:
    """Look all the time, and have people looked at in their turn very soon."""
    monkeypatch.setattr(desk_module, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(desk_module, "RETRY_SECONDS", 0.02)
    monkeypatch.setattr(desk_module, "CALL_SECONDS", 0.2)


@pytest.fixture
def seldom_called(hurry, monkeypatch) -> None:
    """Nobody is looked at in their turn: only what a change itself says is left."""
    monkeypatch.setattr(desk_module, "CALL_SECONDS", 3600)
