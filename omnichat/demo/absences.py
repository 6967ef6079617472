"""Who of the demo company was, is and will be away, told from today. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Absence:
    """`days_from_now` is negative for the past. Without a symbol nobody knows why: absent."""

    username: str
    days_from_now: int
    days: int
    symbol: str = ""
    part: str = "whole"
    note: str = ""

    @property
    def is_away(self) -> bool:
        """Did the person not come at all?"""
        return self.part == "whole" and self.symbol != "R"

    def dates(self, today: date) -> list[date]:
        first = today + DAY * self.days_from_now
        return [first + DAY * n for n in range(self.days)]


ABSENCES = (
    Absence("anh", -47, 3, "P", note="Về quê có việc gia đình"),
    Absence("chi", -24, 2, "Ô", note="Sốt, có giấy của bác sĩ"),
    Absence("kieu", -12, 1),
    Absence("quan", -6, 1, "R"),
    Absence("staff2", -17, 1, "P"),
    Absence("nam", 1, 2, "P", note="Đám cưới em gái"),
    Absence("staff1", 4, 1, "P", part="second_half", note="Họp phụ huynh"),
    Absence("chi", 8, 3, "P"),
    Absence("bao", 6, 1, "R"),
)


def away_dates(username: str, today: date) -> frozenset[date]:
    """The dates on which somebody did not or will not come."""
    return frozenset(
        on
        for one in ABSENCES
        if one.username == username and one.is_away
        for on in one.dates(today)
    )
