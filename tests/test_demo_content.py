"""The demo company's texts keep their own promises: counts, routing, times, tone."""

import re
from collections import Counter
from decimal import Decimal
from random import Random

import pytest

from omnichat.demo.common import CUSTOMER_SERVICE, SALES, TECHNICAL
from omnichat.demo.content import (
    CALL,
    COMPANY,
    CONTACT_NOTES,
    CONVERSATIONS,
    KEYWORDS,
    SIGN_IN_HELP,
    DemoConversation,
)
from omnichat.demo.customers import Customers
from omnichat.demo.history import AFTER_THE_DEED
from omnichat.demo.people import EVERYBODY
from omnichat.demo.talks import SCRIPTS, speak, talks
from omnichat.lib.text import fold
from routing.extraction import KeywordEntry, KeywordIndex, department_sums
from routing.keyword_conflicts import find_conflicts

DEPARTMENT_IDS = {SALES: 1, CUSTOMER_SERVICE: 2, TECHNICAL: 3}
SIGNATURES = {SALES: "Hà", CUSTOMER_SERVICE: "Lan"}
OTHERS_SIGNATURES = {SALES: "Lan", CUSTOMER_SERVICE: "Hà"}
MINUTES_A_DAY = 1_440
OLDEST_DAYS = 20
WORD_OF_THE_BRIEF = "mua"

SENDERS = {
    "zalo": r"\+84900\d{6}",
    "whatsapp": r"\+84900\d{6}",
    "messenger": r"\d{16}",
    "instagram": r"\d{17}",
    "telegram": r"\d{10}",
    "web": r"web-[0-9a-f]{8}",
    "email": r"[a-z.]+@example\.(com|net|org)",
}

# How long a shop may answer after the customer's last message.
REPLY_WINDOW_MINUTES = {
    "messenger": 1_440,
    "instagram": 1_440,
    "whatsapp": 1_440,
    "zalo": 2_880,
}

ENGLISH = re.compile(r"\b(my|is|the|you)\b", re.IGNORECASE)
THANKS = ("cam on", "thanks", "yeu shop")

each_conversation = pytest.mark.parametrize(
    "conversation", CONVERSATIONS, ids=lambda conversation: conversation.sender
)


@pytest.fixture(scope="module")
def index() -> KeywordIndex:
    return KeywordIndex(
        KeywordEntry(number, word, DEPARTMENT_IDS[department], Decimal(weight))
        for number, (word, department, weight) in enumerate(KEYWORDS, start=1)
    )


def only(state: str) -> list[DemoConversation]:
    return [one for one in CONVERSATIONS if one.state == state]


def test_counts_per_state_and_department():
    assert Counter((one.state, one.department) for one in CONVERSATIONS) == {
        ("open", SALES): 7,
        ("open", CUSTOMER_SERVICE): 6,
        ("open", ""): 4,
        ("waiting", SALES): 7,
        ("waiting", CUSTOMER_SERVICE): 6,
        ("resolved", SALES): 16,
        ("resolved", CUSTOMER_SERVICE): 14,
    }


def test_people_are_told_apart():
    assert len({one.sender for one in CONVERSATIONS}) == len(CONVERSATIONS)
    assert len({fold(one.name) for one in CONVERSATIONS}) == len(CONVERSATIONS)
    texts = [turn.text for one in CONVERSATIONS for turn in one.turns]
    assert len(set(texts)) == len(texts)


def test_every_platform_is_used():
    assert {one.platform for one in CONVERSATIONS} == set(SENDERS)


@each_conversation
def test_sender_has_the_form_of_its_platform(conversation):
    assert re.fullmatch(SENDERS[conversation.platform], conversation.sender)


def test_keywords_per_department():
    assert Counter(department for _, department, _ in KEYWORDS) == {
        SALES: 20,
        CUSTOMER_SERVICE: 19,
        TECHNICAL: 14,
    }


def test_keyword_weights_have_one_decimal_and_fall():
    for department in DEPARTMENT_IDS:
        weights = [weight for _, owner, weight in KEYWORDS if owner == department]
        assert all(re.fullmatch(r"\d\.\d", weight) for weight in weights)
        assert all(Decimal("0.8") <= Decimal(weight) <= 8 for weight in weights)
        assert weights == sorted(weights, key=Decimal, reverse=True)


def test_no_keyword_stands_twice_and_the_briefs_stay_free():
    claims = [(fold(word), department) for word, department, _ in KEYWORDS]
    assert len(set(claims)) == len(claims)
    words = {word for word, _department in claims}
    assert {WORD_OF_THE_BRIEF, "ho tro", "mua hang"}.isdisjoint(words)


def test_every_section_of_the_conflicts_has_something_to_show():
    entries = [
        KeywordEntry(number, word, DEPARTMENT_IDS[department], Decimal(weight))
        for number, (word, department, weight) in enumerate(KEYWORDS, start=1)
    ]
    found = find_conflicts(entries, ["xin lỗi", "giá trị"])
    assert [double.text for double in found.doubles] == ["rò nước", "lắp đặt", "VAT"]
    weights = [{entry.weight for entry in double.entries} for double in found.doubles]
    assert [len(each) for each in weights] == [2, 2, 1]  # the last one is a tie
    covered = {row.entry.word: row.cover_count for row in found.covered}
    assert covered == {"giá": 5, "lỗi": 2, "giảm giá": 1}
    assert [(row.phrase, row.entries[0].word) for row in found.swallowed] == [
        ("giá trị", "giá"),
        ("xin lỗi", "lỗi"),
    ]


def test_most_keywords_are_used_by_a_customer(index):
    used = {match.word for one in CONVERSATIONS for match in index.match(one.turns[0].text)}
    assert len(used) >= len(KEYWORDS) * 2 // 3


@each_conversation
def test_first_text_speaks_for_its_department(conversation, index):
    sums = department_sums(index.match(conversation.turns[0].text))
    if not conversation.department:
        assert sums == {}
        return
    own = sums.pop(DEPARTMENT_IDS[conversation.department])
    assert own > max(sums.values(), default=Decimal(0))


@pytest.mark.parametrize("conversation", [one for one in CONVERSATIONS if not one.department])
def test_common_queue_has_no_keyword_even_without_marks(conversation):
    for turn in conversation.turns:
        text = f" {fold(turn.text)} "
        words = [word for word, _, _ in KEYWORDS] + [WORD_OF_THE_BRIEF]
        assert [word for word in words if f" {fold(word)} " in text] == []


@each_conversation
def test_turns_fit_the_state(conversation):
    turns = conversation.turns
    assert 1 <= len(turns) <= 9
    assert {turn.who for turn in turns} <= {"customer", "staff"}
    assert turns[0].who == "customer"
    assert turns[0].minutes == 0
    assert all(turn.minutes >= 1 for turn in turns[1:])
    if conversation.state == "open":
        assert turns[-1].who == "customer"
    if conversation.state == "waiting":
        assert turns[-1].who == "staff"
    if not conversation.department:
        assert {turn.who for turn in turns} == {"customer"}


@each_conversation
def test_staff_sign_with_their_department(conversation):
    said = [turn.text for turn in conversation.turns if turn.who == "staff"]
    if not said:
        return
    assert re.search(rf"\b{SIGNATURES[conversation.department]}\b", said[0])
    others = rf"\b(em|con|chị) (là )?{OTHERS_SIGNATURES[conversation.department]}\b"
    assert not any(re.search(others, text, re.IGNORECASE) for text in said)


@pytest.mark.parametrize("conversation", only("resolved"))
def test_resolved_ends_with_thanks_or_a_closing_of_staff(conversation):
    last = conversation.turns[-1]
    assert len(conversation.turns) >= 2
    assert last.who == "staff" or any(word in fold(last.text) for word in (*THANKS, "xong roi"))


def test_waits_of_open_conversations_are_spread():
    """The wait counts from the first unanswered message, which must stay in the same band."""
    bands = Counter()
    for one in only("open"):
        wait = one.age_minutes
        for earlier, turn in zip(one.turns[-2::-1], one.turns[:0:-1], strict=True):
            if earlier.who == "staff":
                break
            wait += turn.minutes
        assert band(wait) == band(one.age_minutes)
        bands[band(wait)] += 1
    assert bands == {"1-4": 5, "5-15": 6, "16-55": 6}


def band(minutes: int) -> str:
    for low, high in ((1, 4), (5, 15), (16, 55)):
        if low <= minutes <= high:
            return f"{low}-{high}"
    return str(minutes)


def test_resolved_ones_are_spread_over_the_last_days():
    ages = [one.age_minutes for one in only("resolved")]
    assert len({age // MINUTES_A_DAY for age in ages}) >= 14
    assert max(ages) > (OLDEST_DAYS - 2) * MINUTES_A_DAY
    for one in only("resolved"):
        length = sum(turn.minutes for turn in one.turns)
        assert one.age_minutes + length <= OLDEST_DAYS * MINUTES_A_DAY


@each_conversation
def test_staff_answer_inside_the_reply_window(conversation):
    since_customer = 0
    for turn in conversation.turns:
        since_customer += turn.minutes
        if turn.who == "customer":
            since_customer = 0
        else:
            window = REPLY_WINDOW_MINUTES.get(conversation.platform, 10_080)
            assert since_customer < window


def test_three_customers_write_english():
    english = [one for one in CONVERSATIONS if len(ENGLISH.findall(one.turns[0].text)) >= 2]
    assert len(english) == 3
    assert {one.platform for one in english} == {"whatsapp", "instagram"}


def test_texts_are_clean():
    for one in CONVERSATIONS:
        for text in (one.name, *(turn.text for turn in one.turns)):
            assert text == text.strip()
            assert "  " not in text
            assert len(text) <= 1_000


def test_notes_are_about_people_of_the_demo():
    senders = {one.sender for one in CONVERSATIONS}
    assert len(CONTACT_NOTES) == 8
    assert set(CONTACT_NOTES) <= senders
    assert all(CONTACT_NOTES.values())


def test_company_and_sign_in_help():
    assert COMPANY == "Điện máy Sao Mai"
    assert SIGN_IN_HELP == "Cần giúp? Gọi nội bộ 101"


ALL_TALKS = [talk for department in SCRIPTS for talk in talks(department)]


@pytest.mark.parametrize("talk", ALL_TALKS, ids=lambda talk: talk.lines[0].ways[0][:30])
def test_every_talk_reads_well_and_goes_to_its_department(talk, index):
    """Forty ways of saying it: no blank stays empty, and the keywords choose the department."""
    assert [talk.lines[0].kind, talk.lines[1].kind] == ["K", "N"]
    rng = Random(7)
    customers = Customers(rng, set())
    for _time in range(40):
        customer = customers.make(is_foreign=talk.is_english)
        said = speak(talk, customer, "Lan", rng, colleague="Hoàng Mai Chi")
        for one in said:
            assert "{" not in one.text
            assert "  " not in one.text
            assert one.text == one.text.strip()
        sums = department_sums(index.match(said[0].text))
        own = sums.pop(DEPARTMENT_IDS[talk.department], Decimal(0))
        assert own > max(sums.values(), default=Decimal(0)), said[0].text
        assert "Lan" in said[1].text


def test_what_is_done_is_told_after_it_was_done():
    for text in ("lắp xong rồi, gọn gàng lắm", "Nhận được rồi nha, cảm ơn em", "doi xong r"):
        assert AFTER_THE_DEED.search(text), text
    assert not AFTER_THE_DEED.search("có ổ cắm rồi")


def test_the_call_is_between_people_of_one_department():
    departments = {username: department for username, _, _, _, department in EVERYBODY}
    sender, author, called, text = CALL
    assert departments[author] == departments[called] == CUSTOMER_SERVICE
    assert sender in {one.sender for one in CONVERSATIONS}
    assert text.startswith("@Nguyễn Thị Lan ")
