"""Who works at the demo company, when, and how each of them stands at the first start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from accounts.models import User
from omnichat.demo.common import CUSTOMER_SERVICE, SALES, TECHNICAL

Role = User.Role
# Demo password of everybody without one of their own below.
COLLEAGUES_PASSWORD = "saomaipass"  # noqa: S105 - documented in the README, opens with DEMO=1 only

# Sign-in name, the brief's password, display name, role, department.
PEOPLE = (
    ("admin", "adminpass", "Phan Đức Anh", Role.ADMIN, None),
    ("manager", "managerpass", "Trần Thu Trang", Role.MANAGER, SALES),
    ("staff1", "staff1pass", "Nguyễn Thị Lan", Role.STAFF, CUSTOMER_SERVICE),
    ("staff2", "staff2pass", "Lê Thu Hà", Role.STAFF, SALES),
)
COLLEAGUES = tuple(
    (username, COLLEAGUES_PASSWORD, *rest)
    for username, *rest in (
        ("han", "Lương Ngọc Hân", Role.MANAGER, CUSTOMER_SERVICE),
        ("chi", "Hoàng Mai Chi", Role.STAFF, CUSTOMER_SERVICE),
        ("anh", "Võ Ngọc Ánh", Role.STAFF, CUSTOMER_SERVICE),
        ("tung", "Bùi Thanh Tùng", Role.STAFF, CUSTOMER_SERVICE),
        ("bao", "Đặng Quốc Bảo", Role.STAFF, SALES),
        ("kieu", "Tô Thuý Kiều", Role.STAFF, SALES),
        ("quan", "Trần Minh Quân", Role.STAFF, TECHNICAL),
        ("nam", "Lê Hoàng Nam", Role.STAFF, TECHNICAL),
    )
)
EVERYBODY = PEOPLE + COLLEAGUES
# Registrations that wait for an administrator: sign-in name, display name, hours ago.
REGISTRATIONS = (("khanhly", "Đỗ Khánh Ly", 17), ("giahuy", "Ngô Gia Huy", 2))

# Days since they joined: the demo company is older than its conversations.
JOINED_DAYS_AGO = {
    "admin": 911,
    "manager": 840,
    "staff1": 616,
    "staff2": 402,
    "han": 770,
    "chi": 533,
    "anh": 365,
    "tung": 148,
    "bao": 489,
    "kieu": 211,
    "quan": 702,
    "nam": 96,
}


@dataclass(frozen=True, slots=True)
class Roster:
    """A person's working week in the organisation's time: hours, and the weekday off (0 = Mon)."""

    start_hour: int
    end_hour: int
    day_off: int


ROSTER = {
    "staff1": Roster(8, 17, 6),
    "chi": Roster(8, 17, 2),
    "anh": Roster(12, 21, 0),
    "tung": Roster(12, 21, 3),
    "staff2": Roster(8, 17, 6),
    "bao": Roster(12, 21, 1),
    "kieu": Roster(9, 18, 3),
    "quan": Roster(8, 17, 6),
    "nam": Roster(12, 21, 2),
}
MANAGER_OF = {SALES: "manager", CUSTOMER_SERVICE: "han"}


@dataclass(frozen=True, slots=True)
class Present:
    """How a colleague stands at the first start.

    `at_work` is since when they are checked in, None for those who are not. With these, a new
    customer of Sales goes to staff2 and one of CustomerService to staff1, and the technicians'
    queue waits because Quân is full.
    """

    at_work: timedelta | None
    open: int
    waiting: int
    capacity: int = 8
    busy: timedelta | None = None  # since when


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


PRESENT = {
    "chi": Present(minutes(131), open=6, waiting=3, capacity=6),
    "anh": Present(minutes(124), open=4, waiting=3, busy=minutes(9)),
    "tung": Present(None, open=0, waiting=2),
    "bao": Present(minutes(97), open=3, waiting=4, busy=minutes(21)),
    "kieu": Present(minutes(118), open=5, waiting=3, capacity=5),
    "quan": Present(minutes(126), open=4, waiting=2, capacity=4),
    "nam": Present(None, open=0, waiting=1),
}
QUEUED = {TECHNICAL: 3}  # conversations nobody of the department has room for
