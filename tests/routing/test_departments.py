"""From a message to a department, by its words and its channel."""

from decimal import Decimal

import pytest

from accounts.services import update_department
from inbox.models import Message
from routing.extraction import choose_department
from routing.models import Keyword
from routing.services import bump_keyword_version, route_messages
from tests.factories import KeywordFactory
from tests.routing.helpers import events_of, everybody_goes_home

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "department"),
    [
        ("Tôi muốn mua hàng", "Sales"),
        ("MUA gấp", "Sales"),
        ("cho xin hoá đơn", "Billing"),
        ("cho xin hóa đơn", "Billing"),
        # 2 + 3 against 4.
        ("mua theo báo giá, có hoá đơn", "Sales"),
        # 2 against 4.
        ("mua có hoá đơn", "Billing"),
        # Without marks a phrase speaks a tenth less: 3.60 against 2.
        ("mua co hoa don", "Billing"),
        # A word counts once, however often it is written.
        ("mua mua mua mua có hoá đơn", "Billing"),
    ],
)
def test_the_highest_sum_of_weights_decides(write, people, words, text, department):
    conversation = write(text)
    assert conversation.department.name == department
    assert conversation.assignee.department.name == department


def test_a_tie_goes_to_the_lower_priority_number_then_to_the_lower_id(
    write, people, sales, billing
):
    for department in (billing, sales):
        KeywordFactory(word="đổi", folded="doi", department=department)
    assert sales.pk < billing.pk
    assert write("đổi", sender="a").department == sales
    update_department(department=billing, actor=people["admin"], changes={"priority": 50})
    assert write("đổi", sender="b").department == billing


def test_a_negative_sum_never_decides(write, people, sales):
    assert choose_department({sales.pk: Decimal(0)}, {sales.pk: 100}) is None
    assert choose_department({sales.pk: Decimal(-1)}, {sales.pk: 100}) is None


def test_no_word_and_no_default_is_the_common_queue(write, people, words):
    conversation = write("alo")
    assert (conversation.department, conversation.assignee) == (None, None)
    assert conversation.waiting_reason == "no_department"
    assert Message.objects.get().keywords == []
    assert events_of(conversation) == []


def test_no_word_goes_to_the_channels_default_department(write, channel, people, words, billing):
    channel.default_department = billing
    channel.save(update_fields=["default_department"])
    conversation = write("alo")
    assert conversation.assignee == people["other_staff"]
    assert events_of(conversation) == [
        {
            "code": "assigned_by_department",
            "params": {
                "person": "Other_Staff",
                "department": "Billing",
                "count": 1,
                "keyword": "",
                "method": "balanced_speed",
                "kpi": False,
            },
        }
    ]
    assert conversation.assignments.get().explanation["department_by"] == "default"


def test_a_word_wins_over_the_default(write, channel, people, words, billing):
    channel.default_department = billing
    channel.save(update_fields=["default_department"])
    assert write("mua").department.name == "Sales"


def test_a_later_word_leads_what_still_waits_to_its_department(write, people, words):
    conversation = write("alo")
    assert conversation.waiting_reason == "no_department"
    conversation = write("mình cần hoá đơn")
    assert conversation.assignee == people["other_staff"]
    assert conversation.waiting_reason == ""


def test_all_messages_of_what_waits_count_together(write, people, words):
    everybody_goes_home(people)
    assert write("xin hoá đơn").department.name == "Billing"  # 4
    conversation = write("mua theo báo giá")  # 5 against 4
    assert conversation.department.name == "Sales"
    assert conversation.waiting_reason == "nobody_at_work"


def test_a_later_word_alone_does_not_outweigh_all_before_it(write, people, words):
    everybody_goes_home(people)
    assert write("mua theo báo giá").department.name == "Sales"  # 5
    assert write("có hoá đơn").department.name == "Sales"  # 5 against 4


def test_a_later_word_moves_nothing_away_from_whom_it_was_given_to(write, people, words):
    assert write("mua").assignee == people["staff"]
    conversation = write("còn hoá đơn thì sao, hoá đơn ấy, hoá đơn")
    assert conversation.assignee == people["staff"]
    assert conversation.department.name == "Sales"
    assert [m["word"] for m in Message.objects.inbound().latest("pk").keywords] == ["hoá đơn"]
    assert conversation.assignments.count() == 1


def test_matches_are_stored_with_the_message(write, people, words):
    write("Cho BÁO GIÁ rồi mua")
    keywords = Message.objects.inbound().get().keywords
    assert [
        {key: match[key] for key in ("word", "weight", "factor", "start", "end")}
        for match in keywords
    ] == [
        {"word": "báo giá", "weight": "3.00", "factor": "1", "start": 4, "end": 11},
        {"word": "mua", "weight": "2.00", "factor": "1", "start": 16, "end": 19},
    ]


def test_words_are_looked_for_in_the_first_100_000_characters(write, people, words):
    conversation = write("hoá đơn " + "ơ " * 50_000 + "mua theo báo giá")
    assert conversation.department.name == "Billing"
    message = Message.objects.inbound().get()
    assert message.keyword_words == ["hoá đơn"]
    assert message.text.endswith("mua theo báo giá")


def test_what_was_found_in_a_message_stays_when_the_words_change(write, people, words):
    write("mua")
    message = Message.objects.inbound().get()
    found = message.keywords
    Keyword.objects.all().delete()
    bump_keyword_version()
    route_messages(message_ids=[message.pk])
    message.refresh_from_db()
    assert message.keywords == found != []
