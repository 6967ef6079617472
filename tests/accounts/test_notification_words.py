"""What the bell says of the own working time, in the reader's language."""

import pytest
from django.utils import translation

from accounts.models import Notification
from accounts.notifications import icon_of, plain_sentence_of, sentence_of

PUBLISHED = {"week": "2026-11-23", "count": 5}
TAKEN_OUT = {"week": "2026-11-23", "shift": "Ca tối", "date": "2026-11-27"}
FORGOTTEN = {"date": "2026-11-23", "time": "17:30"}


@pytest.mark.parametrize(
    ("kind", "params", "language", "expected"),
    [
        (
            "roster",
            PUBLISHED,
            "en",
            "<b>Your shifts of the week of Nov. 23, 2026:</b> 5 shifts are published",
        ),
        (
            "roster",
            PUBLISHED | {"count": 1},
            "en",
            "<b>Your shifts of the week of Nov. 23, 2026:</b> 1 shift is published",
        ),
        ("roster", PUBLISHED, "vi", "<b>Lịch ca của bạn, tuần từ 23/11/2026:</b> đã công bố 5 ca"),
        (
            "roster",
            TAKEN_OUT,
            "en",
            "<b>Your shifts of the week of Nov. 23, 2026 have changed:</b> "
            "Ca tối on Nov. 27, 2026 is taken out",
        ),
        (
            "roster",
            TAKEN_OUT,
            "vi",
            "<b>Lịch ca của bạn, tuần từ 23/11/2026, có thay đổi:</b> bỏ Ca tối ngày 27/11/2026",
        ),
        (
            "forgotten",
            FORGOTTEN,
            "en",
            "<b>Check-out forgotten</b> on Nov. 23, 2026: your entry was closed at 17:30 and "
            "counts nothing until it is corrected",
        ),
        (
            "forgotten",
            FORGOTTEN,
            "vi",
            "<b>Quên chấm ra</b> ngày 23/11/2026: lượt chấm công của bạn được đóng lúc 17:30 và "
            "chưa tính công cho đến khi được sửa",
        ),
    ],
)
def test_working_time_is_told_with_dates_as_the_reader_writes_them(
    kind, params, language, expected
):
    row = Notification(kind=kind, params=params)
    with translation.override(language):
        assert sentence_of(row) == expected
        assert plain_sentence_of(row) == expected.replace("<b>", "").replace("</b>", "")


@pytest.mark.parametrize(("kind", "icon"), [("roster", "calendar"), ("forgotten", "clock")])
def test_working_time_has_its_icons(kind, icon):
    assert icon_of(Notification(kind=kind)) == icon


@pytest.mark.parametrize("kind", Notification.Kind.values)
def test_every_kind_has_words_even_where_a_row_lacks_params(kind):
    assert plain_sentence_of(Notification(kind=kind)) != ""


def test_the_name_of_a_shift_is_escaped():
    row = Notification(kind="roster", params=TAKEN_OUT | {"shift": "<script>"})
    assert "&lt;script&gt;" in sentence_of(row)
