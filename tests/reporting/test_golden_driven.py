"""Stories of the golden set through the real services: the same facts as from its own rows."""

import pytest
import time_machine

from reporting.models import Fact
from reporting.services import rebuild_facts
from routing import services as routing
from tests.reporting.golden.conversations import STORIES
from tests.reporting.golden.drive import Driver
from tests.reporting.golden.facts import expected_of, stored_rows
from tests.reporting.golden.load import AT, february, make_world
from tests.reporting.test_golden import differences
from tests.workforce.timesheet_rows import moment

pytestmark = pytest.mark.django_db

DRIVEN = (
    *("plain", "a_word_decided", "two_replies_in_a_row", "three_messages_before_the_reply"),
    *("notes_between", "greeted_before", "another_one_answers", "done_by_the_manager"),
    *("told_late", "told_days_late", "over_night", "a_lunch_in_between", "missed_and_again"),
    *("about_the_first_thing_the_third_time", "hand_to_hand", "hand_to_hand_across", "moved"),
    *("in_the_queue", "there_and_back_by_hand", "done_taken_back", "waiting_for_the_customer"),
    *("put_off_with_a_question_open", "put_off_until_the_customer_wrote", "put_off_and_done"),
    *("put_off_and_back_by_itself", "put_off_and_fetched_back", "put_off_twice"),
    *("kept", "broken", "turn_after_turn", "cancelled"),
)


@pytest.fixture
def clock():
    with time_machine.travel(february("1/00:00"), tick=False) as traveller:
        yield traveller


@pytest.mark.parametrize("name", DRIVEN)
def test_the_services_write_what_the_golden_set_has(clock, commits, name):
    world = make_world()
    Driver(world, clock, name, STORIES[name]).play()
    routing.follow_clocks()
    clock.move_to(moment(AT))
    rebuild_facts(progress=lambda done, of: None)
    found = stored_rows(world, Fact.objects.exclude(conversation=None))
    assert not differences(found, expected_of(name))
