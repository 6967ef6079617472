"""An installation as production runs it: its environment, its settings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEYS = ("SECRET_KEY", "JWT_KEY", "FIELD_ENCRYPTION_KEY")
GOOD = {name: f"{name}-0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ-abcdefghij" for name in KEYS}
PRODUCTION = GOOD | {"ALLOWED_HOSTS": "chat.example.org", "DATABASE_URL": "sqlite://:memory:"}
DEMO = PRODUCTION | {"DEMO": "1"}
# LANGUAGES holds texts that are translated late, which needs more than the settings.
DUMP = """
import json
from omnichat import settings
found = {n: v for n, v in vars(settings).items() if n.isupper() and n != "LANGUAGES"}
print(json.dumps(found, default=repr))
"""


def run(*command: str, env: dict[str, str]) -> subprocess.CompletedProcess:
    """Run Python with exactly this environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=kept | {"PYTHONDONTWRITEBYTECODE": "1"} | env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def settings_of(env: dict[str, str]) -> dict:
    result = run("-c", DUMP, env=env)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)
