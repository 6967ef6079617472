"""The invented customers: names, channels, how they address people and how they type.

Phone numbers start with 0900, which no operator hands out; addresses use reserved domains.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from unicodedata import combining, normalize

from omnichat.lib.text import fold

FAMILY = [
    "Nguyễn",
    "Nguyễn",
    "Nguyễn",
    "Trần",
    "Trần",
    "Lê",
    "Lê",
    "Phạm",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
    "Đinh",
    "Trịnh",
    "Mai",
    "Đoàn",
    "Lâm",
    "Lương",
    "Cao",
    "Châu",
    "Tạ",
    "Hà",
    "Thái",
    "Quách",
    "La",
    "Kiều",
    "Tăng",
    "Phùng",
    "Văn",
]
WOMEN = [
    "Thị Hồng Nhung",
    "Ngọc Ánh",
    "Thanh Thảo",
    "Thị Mỹ Linh",
    "Bảo Trân",
    "Minh Thư",
    "Thuỳ Dương",
    "Thị Kim Anh",
    "Phương Uyên",
    "Hoài An",
    "Thu Hiền",
    "Thị Bích Trâm",
    "Khánh Ngọc",
    "Quỳnh Như",
    "Diễm My",
    "Thị Lệ Quyên",
    "Cẩm Tiên",
    "Hồng Phúc",
    "Thị Tuyết Mai",
    "Kiều Oanh",
    "Yến Nhi",
    "Thị Ngọc Lan",
    "Gia Linh",
    "Thanh Trúc",
    "Thị Phượng",
    "Mỹ Hạnh",
    "Tường Vi",
    "Thị Xuân",
    "Hải Yến",
    "Lan Chi",
    "Thị Thanh Tâm",
    "Ánh Tuyết",
    "Trúc Quỳnh",
    "Thị Hoa",
    "Bích Ngọc",
    "Anh Thư",
    "Thị Thu Trang",
    "Như Ý",
    "Hạnh Dung",
    "Thị Út",
    "Thảo Vy",
    "Mai Phương",
]
MEN = [
    "Văn Hùng",
    "Minh Tuấn",
    "Quốc Anh",
    "Hữu Phước",
    "Thanh Sơn",
    "Đức Thịnh",
    "Gia Huy",
    "Anh Khoa",
    "Văn Tài",
    "Hoàng Long",
    "Tấn Phát",
    "Nhật Quang",
    "Trung Kiên",
    "Minh Nhật",
    "Văn Đạt",
    "Quang Vinh",
    "Thành Công",
    "Bá Lộc",
    "Hữu Nghĩa",
    "Công Danh",
    "Văn Bình",
    "Duy Khánh",
    "Ngọc Sơn",
    "Chí Hiếu",
    "Xuân Trường",
    "Thiên Phú",
    "Văn Thắng",
    "Đăng Khoa",
    "Minh Triết",
    "Hồng Sơn",
    "Quốc Thái",
    "Văn Lợi",
    "Thế Anh",
    "Khắc Việt",
    "Phú Quý",
    "Trọng Nghĩa",
]
FOREIGN = [
    "Daniel Moreau",
    "Grace Thompson",
    "Kenji Watanabe",
    "Laura Bianchi",
    "Oliver Hughes",
    "Ji-woo Park",
    "Hannah Schmidt",
    "Lucas Pereira",
    "Amelia Clarke",
    "Marco Rossi",
    "Chloe Martin",
    "Ethan Brooks",
    "Yuki Mori",
    "Nora Jensen",
    "Liam O’Connor",
    "Priya Nair",
    "Tom Becker",
    "Elena Petrova",
    "Jack Wilson",
    "Mia Andersson",
    "Noah Fischer",
    "Aisha Rahman",
    "Ben Carter",
    "Sara Lopez",
    "Victor Dubois",
    "Emily Stone",
    "Hugo Laurent",
]
PLATFORMS = (
    ("zalo", 40),
    ("messenger", 22),
    ("web", 12),
    ("instagram", 9),
    ("telegram", 6),
    ("whatsapp", 5),
    ("email", 6),
)
HANDS = (("neat", 52), ("casual", 34), ("unmarked", 14))


@dataclass(frozen=True, slots=True)
class Customer:
    """`title` is how staff address them, `says_i` how they call themselves."""

    name: str
    platform: str
    sender: str
    title: str
    says_i: str
    says_you: str
    hand: str
    phone: str = ""


class Customers:
    """Makes customers nobody has met, whose names and numbers are not in `taken` either."""

    def __init__(self, rng: Random, taken: set[str]) -> None:
        self.rng = rng
        self.taken = {fold(word) for word in taken}

    def make(self, *, is_foreign: bool = False) -> Customer:
        rng = self.rng
        is_woman = rng.random() < 0.58
        name = self._fresh(lambda: self._name(is_woman=is_woman, is_foreign=is_foreign))
        names, weights = zip(*PLATFORMS, strict=True)
        platform = rng.choices(names, weights)[0]
        if is_foreign:
            platform = rng.choice(("whatsapp", "instagram", "messenger", "web"))
        sender = self._fresh(lambda: self._sender(platform, name))
        if platform == "web":
            name = f"Khách web {sender[4:8].upper()}"
        elif platform in ("messenger", "instagram") and rng.random() < 0.35 and not is_foreign:
            words = name.split()
            name = self._fresh(lambda: f"{words[-1]} {words[0]}", or_else=name)
        hands, weights = zip(*HANDS, strict=True)
        title = "chị" if is_woman else "anh"
        return Customer(
            name=name,
            platform=platform,
            sender=sender,
            title=title,
            says_i=rng.choice(("mình", "mình", "em", "em", title)),
            says_you=rng.choice(("em", "shop")),
            hand="neat" if platform == "email" else rng.choices(hands, weights)[0],
            phone=sender if sender.startswith("+") else "",
        )

    def _fresh(self, make, or_else: str = "") -> str:
        for _try in range(1 if or_else else 60):
            value = make()
            if fold(value) not in self.taken:
                self.taken.add(fold(value))
                return value
        return or_else or value

    def _name(self, *, is_woman: bool, is_foreign: bool) -> str:
        if is_foreign:
            given, family = self.rng.choice(FOREIGN).split(" ", 1)
            other = self.rng.choice(FOREIGN).split(" ", 1)[1]
            return f"{given} {self.rng.choice((family, other))}"
        return f"{self.rng.choice(FAMILY)} {self.rng.choice(WOMEN if is_woman else MEN)}"

    def _sender(self, platform: str, name: str) -> str:
        rng = self.rng
        if platform in ("zalo", "whatsapp"):
            return f"+84900{rng.randint(0, 999_999):06}"
        if platform == "messenger":
            return str(rng.randint(4 * 10**15, 8 * 10**15))
        if platform == "instagram":
            return f"1784{rng.randint(0, 10**13 - 1):013}"
        if platform == "telegram":
            return str(rng.randint(5 * 10**9, 8 * 10**9))
        if platform == "web":
            return f"web-{rng.randint(0, 16**8 - 1):08x}"
        marked = normalize("NFD", name.lower().replace("đ", "d"))
        words = "".join(sign for sign in marked if not combining(sign)).split()
        return f"{'.'.join(words[-2:])}{rng.randint(70, 99)}@example.com"
