"""Real processes that may be killed, a receiver that keeps them waiting, a look at the rows."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg

from tests.e2e.databases import scratch_database
from tests.e2e.environment import ROOT, plain_environment
from tests.e2e.installation import DAYS, collect_static, free_port, is_open, wait_until

DEADLINE_SECONDS = 60  # for what takes a few: two cores may have other work
# In a message, a contact's or a person's name: the dying web dies of it.
DEADLY = "💥"


@dataclass(slots=True)
class Process:
    """A program in a process group of its own, with all it prints in a file."""

    command: list[str]
    env: dict[str, str]
    log: Path
    popen: subprocess.Popen | None = None

    def start(self) -> Process:
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.env,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        return self

    def is_running(self) -> bool:
        return self.popen is not None and self.popen.poll() is None

    def kill(self) -> None:
        """SIGKILL for it and every child of it: nobody can clean up."""
        if self.popen is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait(DEADLINE_SECONDS)

    def printed(self) -> str:
        return self.log.read_text(errors="replace")


@dataclass(slots=True)
class House:
    """One installation whose parts are started one by one."""

    folder: Path
    database_url: str
    port: int
    env: dict[str, str]
    processes: list[Process] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_on_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite:")

    def web(self, app: str = "omnichat.wsgi", *, threads: int = 8) -> Process:
        """Start gunicorn and wait until it answers."""
        command = [sys.executable, "-m", "gunicorn", app, "--bind", f"127.0.0.1:{self.port}"]
        command += ["--worker-class", "gthread", "--workers", "1", "--threads", str(threads)]
        command += ["--graceful-timeout", "5", "--no-control-socket", "--log-level", "warning"]
        web = self._start("web", command, WEB_THREADS=str(threads))
        assert wait_until(lambda: self.is_up() or not web.is_running(), DEADLINE_SECONDS)
        assert web.is_running(), web.printed()
        return web

    def live(self, port: int) -> Process:
        """Start a live process and wait until it answers; pages of `url` may connect to it."""
        command = [sys.executable, "-m", "gunicorn", "omnichat.asgi:live"]
        command += ["--bind", f"127.0.0.1:{port}", "--worker-class", "asgi", "--workers", "1"]
        command += ["--websocket-max-message-size", "65536", "--graceful-timeout", "5"]
        command += ["--no-control-socket", "--log-level", "warning"]
        address = f"ws://127.0.0.1:{port}/ws/events"
        process = self._start("live", command, LIVE_URL=address)
        assert wait_until(lambda: is_open(port) or not process.is_running(), DEADLINE_SECONDS)
        assert process.is_running(), process.printed()
        return process

    def worker(self, module: str = "") -> Process:
        """Start a worker; `module` is a program of the tests that runs one in its own way."""
        command = ["-m", module] if module else ["manage.py", "run_worker"]
        return self._start("worker", [sys.executable, *command])

    def is_up(self) -> bool:
        try:
            return self.get("/healthz/live").status == 200
        except NoAnswer:
            return False

    def manage(self, *arguments: str) -> None:
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=ROOT, env=self.env, check=True, stdout=subprocess.DEVNULL)

    def printed_by(self, *arguments: str) -> str:
        """What a command of manage.py tells."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.check_output(command, cwd=ROOT, env=self.env, text=True)

    def rows(self, sql: str, *parameters: object) -> list[tuple]:
        """What the database says, asked beside the product."""
        return _execute(self.database_url, sql, parameters)

    def one(self, sql: str, *parameters: object) -> object:
        ((value,),) = self.rows(sql, *parameters)
        return value

    def write(self, sql: str, *parameters: object) -> None:
        _execute(self.database_url, sql, parameters)

    def get(self, path: str, **headers: str) -> Answer:
        return request("GET", f"{self.url}{path}", None, headers)

    def post(self, path: str, data: dict | None = None, **headers: str) -> Answer:
        body = json.dumps(data or {}).encode()
        return request("POST", f"{self.url}{path}", body, _JSON | headers)

    def patch(self, path: str, data: dict, **headers: str) -> Answer:
        return request("PATCH", f"{self.url}{path}", json.dumps(data).encode(), _JSON | headers)

    def form(self, path: str, data: dict, **headers: str) -> Answer:
        body = urllib.parse.urlencode(data).encode()
        return request("POST", f"{self.url}{path}", body, headers)

    def message(self, text: str, *, sender: str, external_id: str) -> Answer:
        """Send a customer's message, as a shop's program would."""
        body = {"platform": "zalo", "sender": sender, "content": text, "external_id": external_id}
        return self.post("/webhook", body)

    def sign_in(self, username: str, password: str) -> dict:
        answer = self.post("/auth/token", {"username": username, "password": password})
        assert answer.status == 200, answer
        return answer.body

    def bearer(self, username: str, password: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.sign_in(username, password)['access_token']}"}

    def stop_all(self) -> None:
        for process in self.processes:
            process.kill()

    def _start(self, name: str, command: list[str], **env: str) -> Process:
        log = self.folder / f"{name}-{len(self.processes)}.log"
        process = Process(command, self.env | env, log).start()
        self.processes.append(process)
        return process


@contextmanager
def house(folder: Path, *, demo: bool = True) -> Iterator[House]:
    """An installation with the demo company, or with nobody in it; nothing of it running yet.

    All gone afterwards.
    """
    with scratch_database(folder) as database_url:
        keys = ("SECRET_KEY", "JWT_KEY", "FIELD_ENCRYPTION_KEY")
        env = plain_environment(
            DEMO="1", DATABASE_URL=database_url, **{key: f"{key} of a test " * 5 for key in keys}
        )
        made = House(folder, database_url, free_port(), env)
        try:
            if demo:
                made.manage("seed_demo", "--days", str(DAYS))
            collect_static(env)
            yield made
        finally:
            made.stop_all()


def _execute(database_url: str, sql: str, parameters: tuple) -> list[tuple]:
    if database_url.startswith("sqlite:///"):
        connection = sqlite3.connect(database_url.removeprefix("sqlite:///"), timeout=20)
    else:
        connection = psycopg.connect(database_url)
        sql = sql.replace("?", "%s")
    with closing(connection):
        cursor = connection.execute(sql, parameters)
        rows = cursor.fetchall() if cursor.description else []
        connection.commit()
    return rows


# --- Calls ------------------------------------------------------------------------------------

_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: dict
    headers: dict[str, str]


class NoAnswer(Exception):
    """The other side went away before it had answered."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: object) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))


def request(method: str, url: str, body: bytes | None, headers: dict[str, str]) -> Answer:
    """Make one call. Raises NoAnswer: then the caller does not know what happened."""
    call = urllib.request.Request(url, body, headers, method=method)
    try:
        with _opener.open(call, timeout=DEADLINE_SECONDS) as response:
            return _answer(response)
    except urllib.error.HTTPError as response:
        return _answer(response)
    except (OSError, http.client.HTTPException) as error:  # refused, or cut off in the middle
        raise NoAnswer(f"{method} {url}: {error}") from error


def _answer(response) -> Answer:
    raw = response.read()
    is_json = "json" in response.headers.get("Content-Type", "")
    body = json.loads(raw) if is_json else {"text": raw.decode(errors="replace")}
    headers = {name: ", ".join(response.headers.get_all(name)) for name in response.headers}
    return Answer(response.status, body, headers)


# --- The customers' side ----------------------------------------------------------------------


class Receiver:
    """Takes replies and keeps every arrival; `hold()` lets the senders wait for their answer."""

    def __init__(self) -> None:
        self.arrivals: list[tuple[str, str]] = []  # Idempotency-Key and text, in order
        self._gate = threading.Event()
        self._gate.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                key = self.headers["Idempotency-Key"]
                receiver.arrivals.append((key, body["message"]["text"]))
                receiver._gate.wait(DEADLINE_SECONDS)
                with suppress(OSError):  # the sender was killed
                    self.send_response(200)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/replies"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def hold(self) -> None:
        self._gate.clear()

    def let_go(self) -> None:
        self._gate.set()

    def keys(self, text: str) -> list[str]:
        """The ids under which this text arrived, one per arrival."""
        return [key for key, told in list(self.arrivals) if told == text]

    def close(self) -> None:
        self.let_go()
        self._server.shutdown()
        self._server.server_close()


# --- What runs on this machine ----------------------------------------------------------------


def processes_in(folder: Path) -> list[str]:
    """Command lines of the processes that work in a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cwd").resolve().is_relative_to(folder):
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if command:  # a zombie has none
                    found.append(command.strip())
        except OSError:
            continue  # gone, or not ours to look at
    return found


def copy_of_the_tree(folder: Path) -> Path:
    """What a clone would hold with the changes of this one, and the packages installed here."""
    tree = folder / "clone"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():  # a deleted one is still listed
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    (tree / ".venv").mkdir()
    for entry in Path(sys.prefix).iterdir():
        if not entry.name.startswith("."):
            (tree / ".venv" / entry.name).symlink_to(entry)
    for stamp in (".made", ".runtime", ".dev"):  # younger than the requirements: nothing to do
        (tree / ".venv" / stamp).touch()
    return tree
