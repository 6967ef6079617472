"""`make run` in a fresh clone: it starts, the brief's commands work, it stops without a trace."""

from __future__ import annotations

import http.client
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.e2e.databases import scratch_database
from tests.e2e.environment import plain_environment
from tests.e2e.installation import free_port, is_open, wait_until
from tests.e2e.processes import copy_of_the_tree, processes_in

pytestmark = [
    pytest.mark.kills,
    pytest.mark.skipif(not (shutil.which("make") and shutil.which("git")), reason="no make or git"),
]

START_SECONDS = 480  # the first start builds translations and static files, and sixty days
STOP_SECONDS = 30

# The brief's commands, word for word, but for the port and the token.
LOGIN = """curl -X POST http://localhost:8000/auth/token \\
  -H "Content-Type: application/x-www-form-urlencoded" \\
  -d "username=staff1&password=staff1pass"
"""
WEBHOOK = """curl -X POST http://localhost:8000/webhook \\
  -H "Content-Type: application/json" \\
  -d '{
    "platform": "zalo",
    "sender": "+84901234567",
    "content": "Tôi cần hỗ trợ mua hàng"
  }'
"""
KEYWORD = """curl -X POST http://localhost:8000/keywords \\
  -H "Authorization: Bearer YOUR_JWT_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{
    "word": "mua",
    "department_id": 1
  }'
"""
CHECK_IN = """curl -X POST http://localhost:8000/shifts/checkin \\
  -H "Authorization: Bearer YOUR_JWT_TOKEN"
"""
# In the same manner, for what the brief lists without a command.
GET = 'curl http://localhost:8000{path} -H "Authorization: Bearer YOUR_JWT_TOKEN"'
POST = 'curl -X POST http://localhost:8000{path} -H "Authorization: Bearer YOUR_JWT_TOKEN"'


@dataclass(slots=True)
class Run:
    """One `make run` and what it has printed."""

    tree: Path
    port: int
    log: Path
    popen: subprocess.Popen

    def printed(self) -> str:
        return self.log.read_text()

    def curl(self, command: str, token: str = "") -> tuple[int, dict]:
        """Run a command of the brief; returns status and JSON."""
        command = command.replace("localhost:8000", f"localhost:{self.port}")
        command = command.replace("YOUR_JWT_TOKEN", token)
        return _with_curl(command) if shutil.which("curl") else _as_curl_would(command)

    def token(self, username: str) -> str:
        status, body = self.curl(LOGIN.replace("staff1", username))
        assert (status, body["token_type"]) == (200, "bearer")
        return body["access_token"]

    def assert_gone(self) -> None:
        """It ended by itself, and nothing it had started is left."""
        self.popen.wait(STOP_SECONDS)
        assert "Stopped." in self.printed()
        assert wait_until(lambda: not processes_in(self.tree)), processes_in(self.tree)
        assert not is_open(self.port)


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """The tree, and the environment `make run` is started with."""
    folder = tmp_path_factory.mktemp("fresh")
    tree = copy_of_the_tree(folder)
    with scratch_database(folder, migrated=False) as url:
        # Without DATABASE_URL it makes its own SQLite file in var/: that is the default.
        chosen = {"DATABASE_URL": url} if url.startswith("postgres") else {}
        yield tree, plain_environment(**chosen)


@contextmanager
def make_run(clone: tuple[Path, dict], port: int) -> Iterator[Run]:
    """`make run` as a shell starts it: a process group of its own, in the foreground."""
    tree, env = clone
    log = tree / f"run-{port}.log"
    with log.open("wb") as output:
        popen = subprocess.Popen(
            ["make", "run", f"PORT={port}"],
            cwd=tree,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=_hear_signals,
        )
    run = Run(tree, port, log, popen)
    try:
        assert wait_until(
            lambda: "Ctrl-C stops it." in run.printed() or popen.poll() is not None, START_SECONDS
        ), run.printed()
        assert popen.poll() is None, run.printed()
        yield run
    finally:
        if popen.poll() is None:
            os.killpg(popen.pid, signal.SIGTERM)
            popen.wait(STOP_SECONDS)


def _hear_signals() -> None:
    """As from a terminal, even if the suite itself runs under nohup or in the background."""
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


def test_first_start_serves_the_briefs_commands_and_sigterm_ends_it(clone):
    with make_run(clone, free_port()) as run:
        _assert_announced(run)
        _assert_the_brief_works(run)
        run.popen.send_signal(signal.SIGTERM)  # to make alone
        run.assert_gone()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP], ids=["ctrl-c", "window closed"])
def test_second_start_keeps_the_data_and_the_terminal_ends_it(clone, number):
    with make_run(clone, free_port()) as run:
        _assert_announced(run)
        assert "Creating the demo company" not in run.printed()
        status, body = run.curl(GET.format(path="/keywords"), run.token("staff1"))
        assert status == 200
        assert "mua" in [keyword["word"] for keyword in body["results"]]
        os.killpg(run.popen.pid, number)  # as the terminal does
        run.assert_gone()


def test_a_taken_port_is_told_in_one_line(clone):
    tree, env = clone
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            ["make", "run", f"PORT={port}"],
            cwd=tree,
            env=env,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
        )
    assert done.returncode != 0
    lines = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert lines == [f"CommandError: Port {port} is taken. Choose another: make run PORT=8001"]
    assert processes_in(tree) == []


def _assert_announced(run: Run) -> None:
    told = run.printed()
    assert f"OmniChat is running: http://127.0.0.1:{run.port}" in told.splitlines()
    for name in ("admin", "manager", "staff1", "staff2"):
        assert f"  {name:8} {name}pass" in told
    assert "Traceback" not in told


def _assert_the_brief_works(run: Run) -> None:
    staff, manager = run.token("staff1"), run.token("manager")

    status, first = run.curl(WEBHOOK)
    assert (status, first["keywords"], first["queued"]) == (200, [], True)
    status, keyword = run.curl(KEYWORD, manager)
    assert (status, keyword["word"], keyword["department_id"]) == (201, "mua", 1)
    assert run.curl(KEYWORD, manager)[0] == 409
    assert run.curl(KEYWORD, staff)[0] == 403
    status, second = run.curl(WEBHOOK)
    assert (status, second["keywords"], second["department"]) == (200, ["mua"], "Sales")
    assert second["message_id"] > first["message_id"]
    assert second["conversation_id"] == first["conversation_id"]

    assert run.curl(CHECK_IN, staff)[0] == 200  # the demo's staff are at work already
    assert run.curl(CHECK_IN, manager)[0] == 201

    status, mine = run.curl(GET.format(path="/messages"), staff)
    assert status == 200
    open_ones = [m for m in mine["results"] if m["status"] == "assigned"]
    assert {m["assigned_to"] for m in open_ones} == {"staff1"}
    path = f"/messages/{open_ones[0]['id']}/complete"
    status, done = run.curl(POST.format(path=path), staff)
    assert (status, done["status"]) == (200, "completed")
    assert run.curl(POST.format(path=path), staff)[0] == 409

    status, departments = run.curl(GET.format(path="/departments"), staff)
    assert (status, departments["count"]) == (200, 3)
    status, users = run.curl(GET.format(path="/users"), run.token("admin"))
    assert (status, users["count"]) == (200, 14)


def _with_curl(command: str) -> tuple[int, dict]:
    script = f"{command.strip()} --silent --show-error --write-out '\\n%{{http_code}}'"
    done = subprocess.run(
        ["sh", "-c", script], env=plain_environment(), capture_output=True, text=True, check=True
    )
    body, _, status = done.stdout.rpartition("\n")
    return int(status), json.loads(body)


def _as_curl_would(command: str) -> tuple[int, dict]:
    """Send what curl would send, where there is no curl."""
    words = iter(shlex.split(command.replace("\\\n", " "))[1:])
    method, url, headers, data = "GET", "", {"Accept": "*/*"}, None
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            data = next(words).encode()
        else:
            url = word
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
    connection.request(method, address.path, data, headers)
    response = connection.getresponse()
    body = json.loads(response.read())
    connection.close()
    return response.status, body
