"""What the people of the demo company have asked for, told from today. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Asked:
    """One request beside the leave of `absences.py`.

    `in_days`: the date it is about, from today; `clock`: its times on that date, in minutes after
    midnight. `hours_ago`: when it was sent. `decision` is empty while it waits; `decided_hours`
    is how long that took.
    """

    username: str
    kind: str
    hours_ago: float
    why: str
    in_days: int | None = None
    days: int = 1
    clock: tuple[int, int] | None = None
    symbol: str = ""
    about: dict = field(default_factory=dict)
    decision: str = ""
    words: str = ""
    decided_hours: float = 5
    paper: bool = False
    talk: tuple[tuple[str, str], ...] = ()


ASKED = (
    # Decided, the oldest first.
    Asked(
        "anh",
        "raise",
        24 * 41,
        "Em đã làm đủ một năm và kèm hai bạn mới.",
        about={"amount": 10_500_000, "amount_before": 9_500_000},
        decision="approve",
        words="Duyệt từ tháng sau, cảm ơn em.",
        decided_hours=70,
    ),
    Asked(
        "kieu",
        "leave",
        24 * 19,
        "Em xin về quê hai ngày.",
        in_days=-15,
        days=2,
        symbol="P",
        decision="reject",
        words="Tuần khuyến mãi, mời em chọn tuần sau.",
        decided_hours=3,
    ),
    Asked(
        "bao",
        "overtime",
        24 * 9,
        "Trả lời nốt tin của đợt khuyến mãi.",
        in_days=-8,
        clock=(21 * 60, 22 * 60 + 30),
        decision="approve",
        decided_hours=2,
    ),
    Asked(
        "staff2",
        "late_early",
        24 * 4,
        "Đưa con đi tiêm phòng buổi sáng.",
        in_days=-3,
        about={"side": "late", "minutes": 45},
        decision="approve",
        decided_hours=1,
    ),
    Asked(
        "staff1",
        "overtime",
        24 * 7,
        "Ở lại hỗ trợ khách báo lỗi máy.",
        in_days=-6,
        clock=(17 * 60, 19 * 60),
        decision="approve",
        decided_hours=4,
    ),
    Asked(
        "quan",
        "trip",
        24 * 6,
        "Lắp máy cho khách ở Đà Nẵng.",
        in_days=10,
        days=2,
        decision="approve",
        words="Nhớ giữ hoá đơn.",
        decided_hours=8,
    ),
    Asked(
        "bao",
        "other",
        24 * 5,
        "Xin đổi tai nghe, cái cũ rè.",
        decision="approve",
        words="Qua hành chính nhận nhé.",
        decided_hours=20,
    ),
    Asked(
        "kieu",
        "transfer",
        24 * 25,
        "Em muốn sang phòng kỹ thuật.",
        in_days=-20,
        about={"to_department": "Kỹ thuật"},
        decision="reject",
        words="Phòng đang thiếu người, hẹn em sang năm.",
        decided_hours=30,
    ),
    Asked(
        "staff2",
        "attendance_correction",
        24 * 2,
        "Em vào ca từ 07:30 mà quên bấm.",
        in_days=-3,
        clock=(7 * 60 + 30, 17 * 60),
        decision="reject",
        words="Camera ghi em tới lúc 07:55.",
        decided_hours=6,
    ),
    # Waiting.
    Asked(
        "bao",
        "leave",
        17,
        "Em đưa mẹ đi khám định kỳ ở Chợ Rẫy ạ. Chị Kiều nói đổi được.",
        in_days=2,
        symbol="P",
        paper=True,
        talk=(
            ("manager", "Hẹn khám mấy giờ em? Nghỉ nửa ngày có kịp không?"),
            ("bao", "Dạ 9 giờ, nhưng phải chờ kết quả tới chiều ạ."),
        ),
    ),
    Asked(
        "kieu",
        "raise",
        26,
        "Em nhận thêm nhóm khách sỉ từ tháng 9.",
        about={"amount": 11_000_000, "amount_before": 9_800_000},
    ),
    Asked("staff2", "remote", 6, "Nhà sửa điện, thợ hẹn cả ngày.", in_days=5),
    Asked(
        "kieu",
        "late_early",
        3,
        "Họp phụ huynh lúc 16:30.",
        in_days=3,
        about={"side": "early", "minutes": 60},
    ),
    Asked(
        "bao",
        "overtime",
        2,
        "Chuẩn bị đợt khuyến mãi 12.12.",
        in_days=3,
        clock=(21 * 60, 22 * 60 + 30),
    ),
    Asked("chi", "leave", 30, "Em xin nghỉ để làm lại giấy tờ nhà đất.", in_days=14, symbol="P"),
    Asked("staff1", "leave", 8, "Đi khám sức khoẻ.", in_days=11, symbol="P"),
    Asked("anh", "trip", 20, "Hội nghị chăm sóc khách hàng ở Hà Nội.", in_days=12, days=2),
    Asked(
        "nam",
        "transfer",
        44,
        "Em muốn thử việc tư vấn bán hàng.",
        in_days=20,
        about={"to_department": "Sales"},
    ),
    Asked("chi", "other", 12, "Cho em mượn máy tính xách tay về nhà cuối tuần."),
)
# Who asks whom to change shifts, on the first shift after it was sent; has the other agreed, and
# what did the manager say?
SWAPS = (
    ("tung", "staff1", 4, "Chị Lan ơi, hôm đó em thi bằng lái. Chị đổi giúp em với ạ.", False, ""),
    ("kieu", "bao", 9, "Anh Bảo đổi ca giúp em, hôm nào em đổi lại.", True, ""),
    ("staff2", "bao", 24 * 6, "Bảo đổi cho chị một buổi nhé.", True, "Hôm đó cần chị ở ca sáng."),
)
# Promotions on which nobody asks for leave: name, month, first and last day.
BLACKOUTS = (("Khuyến mãi 11.11", 11, 10, 12), ("Khuyến mãi 12.12", 12, 11, 13))
# Years with the employer before the account was made.
EMPLOYED_BEFORE = {"manager": timedelta(days=1460), "han": timedelta(days=400)}
CARRIED_BY_OTHERS = 2  # of those who were here before the year began
# Days brought into this year, and days off in lieu with the reason.
CARRIED = {
    "manager": 4,
    "staff1": 3,
    "staff2": 2,
    "han": 5,
    "chi": 3,
    "anh": 4,
    "bao": 2,
    "quan": 5,
}
IN_LIEU = {
    "staff1": ("0.5", "Trực ngày nghỉ đợt khuyến mãi"),
    "quan": ("1", "Đi công tác Chủ nhật"),
}
