"""Small pieces every page draws."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from inbox.models import Message
from inbox.templatetags.inbox_ui import marked, platform_icon, platform_name
from omnichat.templatetags.ui import (
    clock_or_date,
    day_heading,
    duration,
    hue,
    initials,
    until_words,
)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Phạm Ngọc Diệp", "PD"),
        ("Đinh Thế Vũ", "ĐV"),
        ("Khách web 7F2A", "7F"),
        ("+84901234567", "67"),
        ("Lan", "LA"),
        ("", "?"),
        ("😡", "?"),
        ("<b> x", "X"),
    ],
)
def test_initials(name, letters):
    assert initials(name) == letters


def test_a_name_keeps_its_colour():
    assert hue("Lan") == hue("Lan")
    assert all(0 <= hue(name) < 6 for name in ("", "Lan", "😡", "ế" * 500))


@pytest.mark.parametrize(
    ("seconds", "vietnamese", "english"),
    [
        (0, "dưới 1 phút", "under 1 min"),
        (60, "1 phút", "1 min"),
        (59 * 60 + 59, "59 phút", "59 min"),
        (3600, "1 giờ", "1 h"),
        (3600 + 180, "1 giờ 03", "1 h 03"),
        (26 * 3600, "1 ngày", "1 day"),
        (50 * 3600, "2 ngày", "2 days"),
    ],
)
def test_duration(seconds, vietnamese, english):
    with translation.override("vi"):
        assert duration(seconds) == vietnamese
    with translation.override("en"):
        assert duration(seconds) == english


def test_times_are_local():
    moment = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)  # half past midnight in Vietnam
    with timezone.override("Asia/Ho_Chi_Minh"), translation.override("vi"):
        assert clock_or_date(moment, datetime(2026, 11, 24, 3, 0, tzinfo=UTC)) == "00:30"
        assert clock_or_date(moment, datetime(2026, 11, 25, 3, 0, tzinfo=UTC)) == "24/11"
        assert clock_or_date(None) == ""
        assert day_heading(moment) == "Thứ Ba, 24/11"


def text_of(text: str, *matches: tuple[int, int]) -> str:
    keywords = [{"start": start, "end": end} for start, end in matches]
    return str(marked(Message(text=text, keywords=keywords)))


@pytest.mark.parametrize(
    ("text", "matches", "html"),
    [
        ("bảo hành ạ", [(0, 8)], "<mark>bảo hành</mark> ạ"),
        ("a <b> mua", [(6, 9)], "a &lt;b&gt; <mark>mua</mark>"),
        ("mua", [(0, 3), (0, 3)], "<mark>mua</mark>"),  # two departments, one mark
        ("mua bán", [(4, 7), (0, 3)], "<mark>mua</mark> <mark>bán</mark>"),
        ("mua", [(0, 99)], "mua"),
        ("", [], ""),
        ("a\u202eb", [], 'a<span class="tag" data-s="warn">U+202E</span>b'),
    ],
)
def test_marked(text, matches, html):
    assert text_of(text, *matches) == html


def test_platforms():
    assert (platform_name("zalo"), platform_icon("zalo")) == ("Zalo", "zalo")
    assert (platform_name("tiktok"), platform_icon("tiktok")) == ("Tiktok", "web")
    assert (platform_name("generic"), platform_icon("generic")) == ("Webhook", "web")


@pytest.mark.parametrize(
    ("until", "english", "vietnamese"),
    [
        ("2026-11-24 17:00", "until the end of 24/11", "đến hết 24/11"),  # midnight in Saigon
        ("2026-11-23 05:00", "back at 12:00", "về 12:00"),
        ("2026-11-25 23:00", "back at 26/11", "về 26/11"),
    ],
)
def test_until_when_somebody_is_away(time_machine, until, english, vietnamese):
    time_machine.move_to("2026-11-23 01:00+00:00")
    moment = datetime.fromisoformat(until).replace(tzinfo=UTC)
    with translation.override("en"):
        assert until_words(moment) == english
    with translation.override("vi"):
        assert until_words(moment) == vietnamese
