"""A whole demo installation in processes of its own, with a database of its own."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.databases import scratch_database
from tests.e2e.environment import ROOT

START_SECONDS = 90
DAYS = 3  # of conversations before the present ones; sixty take longer to write


@dataclass(slots=True)
class Installation:
    url: str
    env: dict[str, str]

    def run_python(self, code: str) -> str:
        """Run code inside the installation, as `manage.py shell` would; returns what it prints."""
        command = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
        done = subprocess.run(
            command, cwd=ROOT, env=self.env, check=True, capture_output=True, text=True
        )
        return done.stdout


@contextmanager
def demo_installation(folder: Path) -> Iterator[Installation]:
    """Start `manage.py demo` on a free port and stop it with SIGTERM; nothing may stay."""
    port = free_port()
    with scratch_database(folder) as database_url:
        env = os.environ | {"DEMO": "1", "DATABASE_URL": database_url, "PYTHONUNBUFFERED": "1"}
        env.pop("DJANGO_SETTINGS_MODULE", None)
        for name in ("HTTPS", "ALLOWED_HOSTS", "SECRET_KEY", "JWT_KEY", "FIELD_ENCRYPTION_KEY"):
            env.pop(name, None)
        collect_static(env)
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", str(port), "--days", str(DAYS)],
            cwd=ROOT,
            env=env,
            start_new_session=True,
        )
        try:
            assert wait_until(lambda: is_open(port) or process.poll() is not None, START_SECONDS)
            assert process.poll() is None, "the installation did not start"
            yield Installation(f"http://127.0.0.1:{port}", env)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def collect_static(env: dict[str, str]) -> None:
    """Pages name their style sheets by what was collected; `make test` did it before us."""
    folder = ROOT / "var" / "static"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "collecting.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two suites at once would write the same files
        manifest = folder / "staticfiles.json"
        sources = [*ROOT.glob("static/**/*"), *ROOT.glob("*/static/**/*")]
        newest = max(path.stat().st_mtime for path in sources if folder.parent not in path.parents)
        if manifest.exists() and manifest.stat().st_mtime >= newest:
            return
        collect = ["collectstatic", "--noinput", "-v0"]
        collect += ["--ignore", "redoc", "--ignore", "rest_framework"]
        subprocess.run([sys.executable, "manage.py", *collect], cwd=ROOT, env=env, check=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(condition: Callable[[], object], seconds: float = 30) -> bool:
    """Ask until it is true; False when the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False
