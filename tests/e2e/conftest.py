"""How the browser of these tests is started, and the installation two people share."""

import itertools
from collections.abc import Iterator

import pytest

from tests.e2e.chromium import CHROMIUM
from tests.e2e.desk import Desk
from tests.e2e.processes import Receiver, house

NUMBERS = itertools.count(84_900_444_001)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    options = {"executable_path": CHROMIUM, "args": ["--no-sandbox", "--disable-gpu"]}
    return browser_type_launch_args | options


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """Where the replies arrive."""
    made = Receiver()
    yield made
    made.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory, receiver) -> Iterator[Desk]:
    with house(tmp_path_factory.mktemp("desk")) as made:
        running = Desk(made)
        made.write("UPDATE inbox_channel SET reply_url = ?", receiver.url)
        made.write("UPDATE routing_agent SET capacity = 500 WHERE capacity = 8")
        made.web()
        made.worker()
        running.start_live()
        yield running


@pytest.fixture
def sender(desk) -> str:
    """A customer of this test alone, who waits for an answer of staff1."""
    number = f"+{next(NUMBERS)}"
    assert desk.customer_writes(number, "Còn bảo hành không ạ?")["assigned_to"] == "staff1"
    return number
