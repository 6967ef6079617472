"""The small talks of customers and staff, filled with names, prices, places and times.

Texts stand in `scripts/*.txt`: "K" a customer's line, "N" one of staff, "G" a private note. Ways
to say it are separated by " | "; staff answer in the way of the same number, and so does a
customer after "K=". What is in braces is filled here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from unicodedata import combining, normalize

from omnichat.demo.common import CUSTOMER_SERVICE, SALES, TECHNICAL
from omnichat.demo.customers import Customer

SCRIPTS = {SALES: "sales", CUSTOMER_SERVICE: "service", TECHNICAL: "technical"}

# Kind: what it is called, then model and price in thousands.
PRODUCTS = {
    "noi-com": ("nồi cơm điện", (("SM-R15", 1190), ("SM-R18", 890))),
    "noi-chien": ("nồi chiên", (("SM-A4", 990), ("SM-A6", 1290), ("SM-A8", 1690))),
    "may-loc": ("máy lọc nước", (("SM-7", 5490), ("SM-9", 6990))),
    "may-giat": ("máy giặt", (("SM-W9", 7190), ("SM-W10", 8490))),
    "quat": ("quạt đứng", (("SM-F3", 690), ("SM-F5", 1150))),
    "am": ("bình đun siêu tốc", (("SM-K2", 350), ("SM-K3", 480))),
    "xay": ("máy xay sinh tố", (("SM-B5", 650), ("SM-B7", 990))),
    "ui": ("bàn ủi hơi nước", (("SM-I2", 480), ("SM-I4", 790))),
}
COLOURS = ("trắng", "kem", "xám", "xanh mint", "hồng", "nâu", "đen")
SHOPS = ("Gò Vấp", "Thủ Đức", "Hóc Môn", "Bình Tân", "Biên Hoà")
DISTRICTS = [
    "quận 1",
    "quận 3",
    "quận 4",
    "quận 5",
    "quận 6",
    "quận 7",
    "quận 8",
    "quận 10",
    "quận 11",
    "quận 12",
    "Gò Vấp",
    "Tân Bình",
    "Tân Phú",
    "Bình Tân",
    "Phú Nhuận",
    "Bình Thạnh",
    "Thủ Đức",
    "Nhà Bè",
    "Hóc Môn",
    "Bình Chánh",
    "Dĩ An",
    "Thuận An",
    "Thủ Dầu Một",
    "Biên Hoà",
    "Long Thành",
    "Tân An",
    "Mỹ Tho",
]
MORNING = ("8 giờ", "8 rưỡi", "9 giờ", "10 giờ", "10 rưỡi", "11 giờ")
AFTERNOON = ("13 giờ 30", "14 giờ", "15 giờ", "15 rưỡi", "16 giờ", "17 giờ")
APPOINTMENTS = tuple(
    [(part, MORNING) for part in ("sáng mai", "sáng thứ Bảy", "sáng mốt")]
    + [(part, AFTERNOON) for part in ("chiều mai", "chiều mốt", "chiều thứ Sáu")]
)
GIFTS = ("bộ hộp thuỷ tinh", "bộ lõi 1-2-3", "khay nướng", "bình giữ nhiệt", "bộ dao gốm")
MONTHS = ("January", "March", "April", "June", "August")
GREETINGS = ("Shop ơi", "Alo shop", "Chào shop", "Em ơi", "Dạ shop ơi", "Hi shop")
CASUAL = {"không": "ko", "được": "đc", "vậy": "z", "rồi": "r", "với": "vs", "bao nhiêu": "nhiêu"}
ENDINGS = ("ạ", "nha", "nhé", "nè")


@dataclass(frozen=True, slots=True)
class Line:
    kind: str
    ways: tuple[str, ...]
    follows: bool = False  # says it in the way of the line before


@dataclass(slots=True)
class Talk:
    department: str
    products: tuple[str, ...]
    is_english: bool
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Said:
    """One filled line: `kind` is K, N or G; `calls` is who a note mentions."""

    kind: str
    text: str
    calls: str = ""


@cache
def talks(department: str) -> tuple[Talk, ...]:
    """All talks of a department, in the order of its file."""
    source = Path(__file__).parent / "scripts" / f"{SCRIPTS[department]}.txt"
    found: list[Talk] = []
    for line in source.read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            kinds = tuple(line[2:].split())
            products = tuple(kind for kind in kinds if kind != "en")
            found.append(Talk(department, products, is_english="en" in kinds))
        elif line and not line.startswith("#"):
            code, _, text = line.partition(" ")
            ways = tuple(text.replace("\\n", "\n").split(" | "))
            found[-1].lines.append(Line(code[0], ways, follows=code.endswith("=")))
    return tuple(found)


def speak(
    talk: Talk, customer: Customer, staff_name: str, rng: Random, *, colleague: str = ""
) -> list[Said]:
    """One way this talk may go between this customer and this member of staff.

    `colleague` is whom a note calls; without one, notes that call somebody are left out.
    """
    blanks = _blanks(talk, customer, staff_name, rng) | {"dong_nghiep": colleague}
    said, way = [], 0
    for line in talk.lines:
        if line.kind == "G" and rng.random() < 0.45:
            continue
        last = len(line.ways) - 1
        is_answer = line.follows or (line.kind == "N" and len(said) > 0)
        chosen = min(way, last) if is_answer else rng.randint(0, last)
        text = line.ways[chosen].format_map(blanks)
        if line.kind != "G":
            way = chosen
        if line.kind == "K" and not talk.is_english:
            text = in_their_hand(text, customer, rng, is_first=not said)
        calls = colleague if line.kind == "G" and "@" in text else ""
        if line.kind == "G" and "@" in text and not colleague:
            continue
        said.append(Said(line.kind, text, calls))
    return said


def _blanks(talk: Talk, customer: Customer, staff_name: str, rng: Random) -> dict[str, str]:
    name, models = PRODUCTS[rng.choice(talk.products)]
    model, price = rng.choice(models)
    colour, other = rng.sample(COLOURS, 2)
    daypart, hours = rng.choice(APPOINTMENTS)
    instalment = price * 1000 * 1.08 / 12 // 1000 * 1000
    return {
        "sp": name,
        "Sp": name[0].upper() + name[1:],
        "ma": model,
        "Ma": model,
        "gia": _dong(price * 1000),
        "gop": _dong(instalment),
        "mau": colour,
        "mau2": other,
        "kho": rng.choice(SHOPS),
        "quan": rng.choice(DISTRICTS),
        "so": str(rng.randint(3, 9)),
        "so1": str(rng.randint(1, 6)),
        "nguoi": str(rng.randint(3, 6)),
        "nhieu": str(rng.choice((10, 12, 15, 20, 24, 30, 50))),
        "dh": f"DH{rng.randint(8200, 10399):05}",
        "gio": rng.choice(hours),
        "buoi": daypart,
        "ngay": rng.choice(("thứ Hai", "thứ Tư", "thứ Sáu", "mùng 5", "cuối tuần trước")),
        "thang": str(rng.randint(2, 11)),
        "thang_en": rng.choice(MONTHS),
        "qua": rng.choice(GIFTS),
        "ten": staff_name,
        "Ten": staff_name,
        "anh": customer.title,
        "Anh": customer.title.capitalize(),
        "minh": customer.says_i,
        "ban": customer.says_you,
    }


def in_their_hand(text: str, customer: Customer, rng: Random, *, is_first: bool = False) -> str:
    """A text as this customer types: with greetings, short forms, or without marks."""
    is_letter = "\n" in text
    greeted = re.search(r"\bshop\b|^(em ơi|chào|alo|dạ)\b", text, re.IGNORECASE)
    if is_first and not greeted and rng.random() < 0.35:
        text = f"{rng.choice(GREETINGS)}, {text[0].lower()}{text[1:]}"
    if is_letter or customer.hand == "neat":
        return text
    if customer.hand == "unmarked":
        return without_marks(text).lower()
    for word, short in CASUAL.items():
        if rng.random() < 0.6 and word != "bao nhiêu":
            text = re.sub(rf"\b{word}\b", short, text)
    if rng.random() < 0.15 and text[-1].isalpha() and text.split()[-1] not in ENDINGS:
        text = f"{text} {rng.choice((*ENDINGS, '🙏', '😊', '🥲'))}"
    return text[0].lower() + text[1:] if rng.random() < 0.5 else text


def without_marks(text: str) -> str:
    """As on a telephone without Vietnamese keys."""
    plain = normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return normalize("NFC", "".join(sign for sign in plain if not combining(sign)))


def _dong(amount: float) -> str:
    return f"{int(amount):,}đ".replace(",", ".")
