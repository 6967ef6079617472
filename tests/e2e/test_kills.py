"""P-I1, P-O1: processes are killed at the worst moment; nothing is lost, nothing done twice."""

from __future__ import annotations

import itertools
import random
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID

import pytest

from tests.e2e.installation import wait_until
from tests.e2e.load import CUSTOMER_SERVICE, SALES, Load
from tests.e2e.processes import DEADLINE_SECONDS, DEADLY, House, NoAnswer, Process, Receiver, house

pytestmark = pytest.mark.kills

MANY = 30_000  # places: nobody is full here
REPAIRED_SECONDS = 10  # promises P-I1, P-A5

DYING_WEB, HASTY_WORKER = "tests.e2e.dying_web", "tests.e2e.hasty_worker"

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    with house(tmp_path_factory.mktemp("house")) as made:
        made.write("UPDATE routing_agent SET capacity = 0")  # of the colleagues, two take work
        made.write(
            "UPDATE routing_agent SET capacity = ? WHERE user_id IN"
            " (SELECT id FROM accounts_user WHERE username IN ('staff1', 'staff2'))",
            MANY,
        )
        yield made


@pytest.fixture
def home(installation):
    """The installation, with nothing of it running before and after."""
    yield installation
    installation.stop_all()


@pytest.fixture
def receiver(installation):
    receiver = Receiver()
    installation.write("UPDATE inbox_channel SET reply_url = ?", receiver.url)
    yield receiver
    receiver.close()


def _customer() -> dict[str, str]:
    """A new customer, and the id of their one message."""
    number = next(_numbers)
    return {"sender": f"+84777{number:06}", "external_id": f"kill-{number}"}


# --- The web dies between two commits ---------------------------------------------------------


@pytest.mark.parametrize("first_back", ["web", "worker"])
def test_web_dies_between_storing_and_routing(home, first_back):
    """The sender heard nothing, the message is there; the sweep finds somebody for it."""
    dying, customer = home.web(DYING_WEB), _customer()
    with pytest.raises(NoAnswer):
        home.message(f"{SALES} {DEADLY}", **customer)
    assert wait_until(lambda: not dying.is_running())
    assert _stored(home, customer) == [(None, None)]

    if first_back == "web":
        home.web()
        again = home.message(f"{SALES} {DEADLY}", **customer)
        assert (again.status, again.body["queued"]) == (200, True)
        assert _stored(home, customer) == [(None, None)]
    worker = home.worker()
    _within_the_promise(worker, lambda: _stored(home, customer)[0][1] is not None)
    if first_back == "worker":
        home.web()
    again = home.message(f"{SALES} {DEADLY}", **customer)
    assert (again.status, again.body["queued"]) == (200, False)
    assert (again.body["department"], again.body["assigned_to"]) == ("Sales", "staff2")
    assert len(_stored(home, customer)) == 1
    assert again.body["keywords"] == [SALES]
    assert _count(home, customer, "routing_assignment") == 1
    _assert_counts_are_true(home)


def test_web_dies_before_routing_hears_of_a_resolve(home):
    """The place is counted off and the record ended by the repair."""
    home.web(DYING_WEB)
    customer = _customer()
    conversation = home.message(CUSTOMER_SERVICE, **customer).body["conversation_id"]
    assert _count(home, customer, "routing_assignment", "ended_at IS NULL") == 1
    home.write(
        "UPDATE inbox_contact SET name = ? WHERE id = (SELECT contact_id FROM "
        "inbox_contactidentity WHERE external_id = ?)",
        DEADLY,
        customer["sender"],
    )
    admin = home.bearer("admin", "adminpass")
    with pytest.raises(NoAnswer):
        home.post(f"/api/v1/conversations/{conversation}/resolve", **admin)
    assert _count(home, customer, "inbox_cycle", "resolved_at IS NOT NULL") == 1
    assert _count(home, customer, "routing_assignment", "ended_at IS NULL") == 1
    worker = home.worker()
    _within_the_promise(
        worker,
        lambda: (
            _count(home, customer, "routing_assignment", "ended_at IS NULL") == 0
            and _wrong_counts(home) == []
        ),
    )


def test_web_dies_before_routing_hears_of_a_check_out(home):
    """Nobody keeps what somebody at work could do."""
    home.web(DYING_WEB)
    leaver, customer = _hire(home, department=1), _customer()
    _give_everything_of_sales_to(home, leaver)
    answer = home.message(SALES, **customer)
    assert answer.body["assigned_to"] == leaver["username"]
    home.write(
        "UPDATE accounts_user SET display_name = ? WHERE username = ?",
        f"Lan {DEADLY}",
        leaver["username"],
    )
    with pytest.raises(NoAnswer):
        home.post("/shifts/checkout", **leaver["bearer"])
    home.write("UPDATE routing_agent SET capacity = ? WHERE capacity > 0", MANY)
    worker = home.worker()
    staff2 = home.one("SELECT id FROM accounts_user WHERE username = 'staff2'")
    _within_the_promise(worker, lambda: _stored(home, customer)[0][1] == staff2)
    assert _count(home, customer, "routing_assignment") == 2
    _assert_counts_are_true(home)


def test_deactivation_ends_everything_at_once(home):
    """P-S2, P-A5: tokens and the page's cookie are dead, the work is somebody else's."""
    home.web()
    leaver, customer = _hire(home, department=1), _customer()
    page = _sign_in_on_the_page(home, leaver)
    assert home.get("/messages", Accept="text/html", **page).status == 200
    assert home.get("/messages", **leaver["bearer"]).status == 200
    _give_everything_of_sales_to(home, leaver)
    assert home.message(SALES, **customer).body["assigned_to"] == leaver["username"]
    home.write("UPDATE routing_agent SET capacity = ? WHERE capacity > 0", MANY)

    admin = home.bearer("admin", "adminpass")
    changed = home.patch(f"/users/{leaver['id']}", {"is_active": False}, **admin)
    assert (changed.status, changed.body["is_active"]) == (200, False)

    assert home.get("/messages", **leaver["bearer"]).status == 401
    refresh = {"refresh_token": leaver["tokens"]["refresh_token"]}
    assert home.post("/auth/refresh", refresh).status == 401
    shown = home.get("/messages", Accept="text/html", **page)
    assert (shown.status, shown.headers["Location"]) == (302, "/login?next=/messages")
    wrong = {"username": leaver["username"], "password": leaver["password"]}
    assert home.post("/auth/token", wrong).status == 401
    staff2 = home.one("SELECT id FROM accounts_user WHERE username = 'staff2'")
    assert wait_until(lambda: _stored(home, customer)[0][1] == staff2, REPAIRED_SECONDS)
    _assert_counts_are_true(home)


# --- The worker dies, or is told to stop, while a reply is on its way ---------------------------


def test_worker_dies_while_a_reply_is_on_its_way(home, receiver):
    """The receiver hears it twice under one id; the page never says what is not true."""
    home.web()
    text = _reply(home)
    receiver.hold()
    worker = home.worker(HASTY_WORKER)
    assert wait_until(lambda: receiver.keys(text), DEADLINE_SECONDS)
    assert _delivery(home, text) == [("sending", 1)]
    worker.kill()
    receiver.let_go()
    assert _delivery(home, text) == [("sending", 1)]
    home.worker(HASTY_WORKER)
    assert wait_until(lambda: _delivery(home, text)[0][0] == "sent", DEADLINE_SECONDS)
    assert _delivery(home, text) == [("sent", 2)]
    first, second = receiver.keys(text)
    assert first == second


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_worker_finishes_a_send_before_it_stops(home, receiver, number):
    home.web()
    text = _reply(home)
    receiver.hold()
    worker = home.worker()
    assert wait_until(lambda: receiver.keys(text), DEADLINE_SECONDS)
    worker.popen.send_signal(number)
    later = _reply(home)  # nothing new is begun
    assert not wait_until(lambda: not worker.is_running(), 1.5)
    assert _delivery(home, text) == [("sending", 1)]
    told = time.monotonic()
    receiver.let_go()
    assert worker.popen.wait(15) == 0
    assert time.monotonic() - told < 15
    assert _delivery(home, text) == [("sent", 1)]
    assert len(receiver.keys(text)) == 1
    assert (_delivery(home, later), receiver.keys(later)) == ([("queued", 0)], [])
    assert "worker stopped" in worker.printed()


def test_an_idle_worker_stops_at_once(home):
    worker = home.worker()
    assert wait_until(lambda: "worker started" in worker.printed(), DEADLINE_SECONDS)
    worker.popen.send_signal(signal.SIGTERM)
    assert worker.popen.wait(15) == 0


# --- Many at once -------------------------------------------------------------------------------


def test_64_senders_at_once_are_all_answered(home):
    """No thread waits in vain for a connection of the pool, nor for SQLite's one writer."""
    web = home.web(threads=16 if home.is_on_sqlite else 8)
    worker = home.worker()
    with ThreadPoolExecutor(64) as senders:
        sent = [
            senders.submit(home.message, (SALES, CUSTOMER_SERVICE)[n % 2], **_customer())
            for n in range(320)
        ]
    assert {answer.result().status for answer in sent} == {200}
    assert len({answer.result().body["message_id"] for answer in sent}) == 320
    is_settled = partial(_is_settled, home, "no replies")
    assert wait_until(is_settled, DEADLINE_SECONDS), _unsettled(home, "no replies")
    for process in (web, worker):
        assert "Traceback" not in process.printed()
        assert " ERROR " not in process.printed()
    _assert_counts_are_true(home)


# --- Anybody dies at any moment -----------------------------------------------------------------


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.long)])
def test_killed_at_random_under_load(home, receiver, kills):
    """40 messages a second whose senders repeat until they hear 200; replies in between."""
    dice = random.Random(kills)
    parts: dict[str, Process] = {"web": home.web(), "worker": home.worker(HASTY_WORKER)}
    load = Load(home, per_second=40)
    with load:
        for _kill in range(kills):
            time.sleep(dice.uniform(1.0, 3.0))
            hit = dice.choice([["web"], ["worker"], ["web", "worker"]])
            for name in hit:
                parts[name].kill()
            time.sleep(dice.uniform(0.0, 0.5))
            if "worker" in hit:
                parts["worker"] = home.worker(HASTY_WORKER)
            if "web" in hit:
                parts["web"] = home.web()
        time.sleep(1.0)
    assert load.faults == []
    assert len(load.heard) == load.begun > 40

    is_settled = partial(_is_settled, home, load.prefix)
    assert wait_until(is_settled, DEADLINE_SECONDS), _unsettled(home, load.prefix)
    stored = home.rows(
        "SELECT external_id, count(*), min(id) FROM inbox_message "
        "WHERE direction = 'inbound' AND external_id LIKE ? GROUP BY external_id",
        f"{load.prefix}%",
    )
    assert {name: (1, pk) for name, pk in load.heard.items()} == {
        name: (count, pk) for name, count, pk in stored
    }
    senders = home.one(
        "SELECT count(*) FROM inbox_contactidentity WHERE external_id LIKE ?", f"{load.prefix}%"
    )
    conversations = home.rows(
        "SELECT c.id FROM inbox_conversation c "
        "JOIN inbox_contactidentity i ON i.id = c.identity_id WHERE i.external_id LIKE ?",
        f"{load.prefix}%",
    )
    assert senders == len(conversations) == load.customers

    parts_stored = home.rows(
        "SELECT m.text, p.public_id FROM inbox_outboundpart p "
        "JOIN inbox_message m ON m.id = p.message_id WHERE m.text LIKE ?",
        f"{load.prefix}%",
    )
    texts = [text for text, _key in parts_stored]
    assert set(load.answered) <= set(texts)
    for text in set(load.answered):
        assert texts.count(text) == 1
    ours = [arrival for arrival in receiver.arrivals if arrival[1].startswith(load.prefix)]
    assert {(text, UUID(key)) for key, text in ours} == {
        (text, UUID(str(key))) for text, key in parts_stored
    }
    _assert_counts_are_true(home)


# --- What the database says ---------------------------------------------------------------------


def _stored(home: House, customer: dict[str, str]) -> list[tuple]:
    """Keywords and assignee of each message under this id; None while nobody looked, has it."""
    return home.rows(
        "SELECT m.keywords, c.assignee_id FROM inbox_message m "
        "JOIN inbox_conversation c ON c.id = m.conversation_id WHERE m.external_id = ?",
        customer["external_id"],
    )


def _count(home: House, customer: dict[str, str], table: str, condition: str = "true") -> int:
    """Rows of a table about this customer's conversation."""
    return home.one(
        f"SELECT count(*) FROM {table} t "  # noqa: S608 - our own words
        "JOIN inbox_conversation c ON c.id = t.conversation_id "
        "JOIN inbox_contactidentity i ON i.id = c.identity_id "
        f"WHERE i.external_id = ? AND {condition}",
        customer["sender"],
    )


def _wrong_counts(home: House) -> list[tuple]:
    """People whose counted conversations are not the ones they have."""
    return home.rows(
        "SELECT a.user_id, a.open_count FROM routing_agent a WHERE a.open_count <> "
        "(SELECT count(*) FROM inbox_conversation c "
        "WHERE c.assignee_id = a.user_id AND c.status = 'open')"
    )


def _assert_counts_are_true(home: House) -> None:
    assert _wrong_counts(home) == []
    doubled = home.rows(
        "SELECT conversation_id FROM routing_assignment WHERE ended_at IS NULL "
        "GROUP BY conversation_id HAVING count(*) > 1"
    )
    assert doubled == []


def _delivery(home: House, text: str) -> list[tuple]:
    return home.rows(
        "SELECT p.state, p.attempts FROM inbox_outboundpart p "
        "JOIN inbox_message m ON m.id = p.message_id WHERE m.text = ?",
        text,
    )


def _unsettled(home: House, prefix: str) -> dict[str, object]:
    """What still has to happen, by kind; of replies those whose text begins with `prefix`."""
    return {
        "not routed": home.one(
            "SELECT count(*) FROM inbox_message WHERE direction = 'inbound' AND keywords IS NULL"
        ),
        "waiting without a reason": home.one(
            "SELECT count(*) FROM inbox_conversation WHERE status = 'open' "
            "AND assignee_id IS NULL AND waiting_reason = ''"
        ),
        "not sent": home.one(
            "SELECT count(*) FROM inbox_outboundpart p JOIN inbox_message m ON m.id = p.message_id "
            "WHERE p.state <> 'sent' AND m.text LIKE ?",
            f"{prefix}%",
        ),
        "failed events": home.one(
            "SELECT count(*) FROM inbox_webhookevent WHERE state <> 'applied'"
        ),
        "counted wrong": len(_wrong_counts(home)),
    }


def _is_settled(home: House, prefix: str) -> bool:
    return not any(_unsettled(home, prefix).values())


def _within_the_promise(worker: Process, condition) -> None:
    """It becomes true within ten seconds of the worker's first round."""
    assert wait_until(lambda: "worker started" in worker.printed(), DEADLINE_SECONDS)
    assert wait_until(condition, REPAIRED_SECONDS), worker.printed()


# --- People and replies -------------------------------------------------------------------------


def _hire(home: House, *, department: int) -> dict:
    """One more person at work, signed in."""
    number = next(_numbers)
    person = {"username": f"hired{number}", "password": "một con vịt xoè ra"}
    admin = home.bearer("admin", "adminpass")
    body = person | {"display_name": "Lan", "role": "staff", "department_id": department}
    made = home.post("/users", body, **admin)
    assert made.status == 201, made
    tokens = home.sign_in(**person)
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert home.post("/shifts/checkin", **bearer).status == 201
    return person | {"id": made.body["id"], "tokens": tokens, "bearer": bearer}


def _give_everything_of_sales_to(home: House, person: dict) -> None:
    """Leave nobody else of the department a place."""
    home.write(
        "UPDATE routing_agent SET capacity = 1 WHERE capacity > 0 AND user_id <> "
        "(SELECT id FROM accounts_user WHERE username = ?)",
        person["username"],
    )


def _sign_in_on_the_page(home: House, person: dict) -> dict[str, str]:
    """The cookie of a person who used the form."""
    form = home.get("/login", Accept="text/html")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.body["text"])[1]
    cookie = form.headers["Set-Cookie"].split(";")[0]
    answer = home.form("/login", person | {"csrfmiddlewaretoken": token}, Cookie=cookie)
    assert answer.status == 302, answer
    cookies = answer.headers["Set-Cookie"]
    return {"Cookie": re.search(r"session=[^;]+", cookies)[0]}


def _reply(home: House) -> str:
    """A customer wrote and was answered; returns the answer's text."""
    customer = _customer()
    conversation = home.message(SALES, **customer).body["conversation_id"]
    text = f"Dạ có ạ {customer['external_id']}"
    admin = home.bearer("admin", "adminpass")
    answer = home.post(f"/api/v1/conversations/{conversation}/reply", {"text": text}, **admin)
    assert answer.status == 201, answer
    return text
