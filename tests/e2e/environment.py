"""What a child process of the tests may know of the process that starts it."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The suite's own settings must not reach it.
PLAIN_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER")


def plain_environment(**more: str) -> dict[str, str]:
    known = {name: os.environ[name] for name in PLAIN_ENVIRONMENT if name in os.environ}
    return known | {"PYTHONUNBUFFERED": "1"} | more
