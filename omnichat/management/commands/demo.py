"""Everything on one machine, in the foreground: `make run`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from inbox.models import Channel
from omnichat.demo.history import DAYS
from omnichat.demo.people import COLLEAGUES, COLLEAGUES_PASSWORD, PEOPLE

GRACE_SECONDS = 10
REPLY_PATH = "/demo/replies"


class Command(BaseCommand):
    help = "Migrate, fill an empty database, start web and worker. Ctrl-C or SIGTERM stops both."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument(
            "--days", type=int, default=DAYS, help="days of conversations in a new company"
        )

    def handle(self, *args, port: int, host: str, days: int, **options) -> None:
        if not settings.DEMO:
            raise CommandError("Set DEMO=1: this command opens demo passwords and the webhook.")
        _require_free(host, port)
        call_command("migrate", verbosity=0)
        reply_url = f"http://127.0.0.1:{port}{REPLY_PATH}"
        if not User.objects.exists():
            self.stdout.write("Creating the demo company …")
            call_command("seed_demo", reply_url=reply_url, days=days)
        # The port may differ from the last start's.
        Channel.objects.filter(reply_url__endswith=REPLY_PATH).update(reply_url=reply_url)
        signals = _listen()
        children = [_start(_web(host, port)), _start([sys.executable, "manage.py", "run_worker"])]
        try:
            if _is_up(port, children, signals):
                self._announce(port)
            while not signals:
                time.sleep(0.2)
                if dead := [child for child in children if child.poll() is not None]:
                    raise CommandError(f"{dead[0].args[-1]} ended by itself; see above.")
        finally:
            _stop(children)
            self.stdout.write("Stopped.")

    def _announce(self, port: int) -> None:
        lines = ["", f"OmniChat is running: http://127.0.0.1:{port}", "", "Demo people:"]
        for username, password, name, role, department in PEOPLE:
            lines.append(f"  {username:8} {password:12} {role:8} {department or '-':16} {name}")
        names = ", ".join(username for username, *_rest in COLLEAGUES)
        lines += [f"  and their colleagues {names}: {COLLEAGUES_PASSWORD}"]
        lines += ["", "Ctrl-C stops it.", ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def _listen() -> list[int]:
    """Return a list that fills when we are told to stop; see omnichat.worker why no Event."""
    signals: list[int] = []
    numbers = [signal.SIGTERM, signal.SIGINT]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # the terminal closes; not under nohup
        numbers.append(signal.SIGHUP)
    for number in numbers:
        signal.signal(number, lambda number, _frame: signals.append(number))
    return signals


def _web(host: str, port: int) -> list[str]:
    """Pages and sockets in one process; an open page holds a stop up for the graceful timeout."""
    gunicorn = [sys.executable, "-m", "gunicorn", "omnichat.asgi"]
    options = ["--bind", f"{host}:{port}", "--worker-class", "asgi", "--workers", "1"]
    options += ["--websocket-max-message-size", "65536", "--timeout", "30"]
    options += ["--graceful-timeout", "5", "--no-control-socket", "--log-level", "warning"]
    return gunicorn + options


def _start(command: list[str]) -> subprocess.Popen:
    """Start a child in a session of its own: a Ctrl-C reaches only us, and we stop it."""
    return subprocess.Popen(  # noqa: S603
        command, cwd=settings.BASE_DIR, env=os.environ | {"DEMO": "1"}, start_new_session=True
    )


def _stop(children: list[subprocess.Popen]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} is taken. Choose another: make run PORT=8001"
            ) from error


def _is_up(port: int, children: list[subprocess.Popen], signals: list[int]) -> bool:
    for _second in range(150):
        if signals or any(child.poll() is not None for child in children):
            return False
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.2)
    return False
