"""Every door of the API that takes a body, and a good body for each."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse

from accounts.tokens import issue_tokens
from omnichat import api as routes
from tests.conftest import ApiClient
from workforce.models import LeaveType


@dataclass(frozen=True)
class Door:
    """One door with a body: who knocks, and a body with every field it knows."""

    method: str
    name: str
    who: str
    body: dict


KEYWORD = {
    "word": "bảo hành",
    "department_id": "DEPARTMENT",
    "weight": 2,
    "synonyms": ["đổi trả"],
    "valid_from": "2098-06-03",
    "valid_to": "2098-06-04",
    "channel_id": "CHANNEL",
    "sets_priority": 1,
    "note": "Sau Tết",
}
UNKNOWN_ID = str(uuid.UUID(int=7))
PASSWORD = "correct horse battery"
DOORS = [
    Door("post", "token", "", {"username": "staff", "password": PASSWORD}),
    Door("post", "refresh", "", {"refresh_token": "REFRESH"}),
    Door("post", "logout", "", {"refresh_token": "REFRESH"}),
    Door(
        "post",
        "register",
        "",
        {
            "username": "nobody",
            "password": PASSWORD,
            "display_name": "Nobody",
            "email": "nobody@example.com",
        },
    ),
    Door(
        "post",
        "department-list",
        "admin",
        {"name": "Warehouse", "priority": 5, "staff_can_claim": True},
    ),
    Door(
        "post",
        "user-list",
        "admin",
        {
            "username": "nobody",
            "password": PASSWORD,
            "display_name": "Nobody",
            "email": "nobody@example.com",
            "role": "staff",
            "department_id": "DEPARTMENT",
            "language": "en",
        },
    ),
    Door(
        "patch",
        "user-detail",
        "admin",
        {
            "display_name": "Nobody",
            "email": "nobody@example.com",
            "role": "manager",
            "is_active": True,
            "department_id": "DEPARTMENT",
        },
    ),
    Door("post", "break-start", "staff", {"reason": "meal", "minutes": 30}),
    Door("put", "user-status", "admin", {"status": "busy"}),
    Door("post", "notifications-read", "staff", {"ids": [1]}),
    Door("post", "conversation-assign", "manager", {"assignee": "COLLEAGUE", "note": "Gấp"}),
    Door("post", "conversation-hand-back", "staff", {"note": "Không rành máy này"}),
    Door("post", "routing-preview", "staff", {"text": "Còn bảo hành không", "channel": "CHANNEL"}),
    Door(
        "post",
        "conversation-reply",
        "staff",
        {
            "text": "Dạ còn ạ",
            "submission": "6f3a5a3e-0000-4000-8000-000000000001",
            "seen": 1,
        },
    ),
    Door("post", "conversation-resolve", "staff", {"seen": 2**62}),
    Door(
        "post",
        "conversation-notes",
        "staff",
        {"text": "Khách quen", "submission": "6f3a5a3e-0000-4000-8000-000000000002"},
    ),
    Door(
        "post",
        "keyword-list",
        "admin",
        KEYWORD | {"is_active": True},
    ),
    Door(
        "put",
        "keyword-detail",
        "admin",
        KEYWORD | {"is_active": False},
    ),
    Door(
        "post",
        "shift-list",
        "admin",
        {
            "name": "Ca sáng",
            "department_id": "DEPARTMENT",
            "starts_at": "08:00",
            "ends_at": "17:00",
            "paid_break_minutes": 0,
            "unpaid_break_minutes": 60,
            "grace_in_minutes": 5,
            "grace_out_minutes": 5,
            "minimum_staff": 2,
            "color": "ok",
        },
    ),
    Door(
        "post",
        "shift-assign",
        "manager",
        {"user_id": "COLLEAGUE", "shift_id": "SHIFT", "date": "2026-11-23", "publish": False},
    ),
    Door(
        "post",
        "request-list",
        "staff",
        {
            "request_type": "leave",
            "kind": "leave",
            "description": "Việc nhà",
            "leave_type_id": "LEAVE_TYPE",
            "first": "2098-06-03",
            "last": "2098-06-04",
            "part": "whole",
        },
    ),
    Door(
        "post",
        "request-list",
        "staff",
        {
            "request_type": "overtime",
            "starts_at": "2098-06-03T18:00",
            "ends_at": "2098-06-03T20:00",
        },
    ),
    Door(
        "post",
        "request-list",
        "staff",
        {"request_type": "late_early", "first": "2098-06-03", "side": "late", "minutes": "30"},
    ),
    Door(
        "post",
        "request-list",
        "staff",
        {"request_type": "raise", "amount": "12.000.000", "amount_before": "10000000"},
    ),
    Door(
        "post",
        "request-list",
        "staff",
        {
            "request_type": "shift_change",
            "assignment_id": "PLANNED",
            "colleague_id": "COLLEAGUE",
        },
    ),
    Door(
        "post",
        "request-review",
        "manager",
        {
            "status": "approved",
            "note": "Được em",
            "first": "2098-06-03",
            "last": "2098-06-03",
            "part": "whole",
            "leave_type_id": "LEAVE_TYPE",
            "amount_granted": "5",
            "covers": {},
        },
    ),
    Door(
        "post",
        "kpi-record",
        "admin",
        {
            "user_id": "COLLEAGUE",
            "metric": "manual:csat",
            "period": "2021-04",
            "value": 4.5,
            "note": "38 đánh giá",
        },
    ),
    Door("post", "request-answer", "colleague", {"agrees": True, "note": "Được"}),
    Door("post", "request-comments", "staff", {"text": "Chị ơi"}),
]
DOORS_WITHOUT_BODY = {
    ("post", "message-complete"),
    ("post", "conversation-undo-resolve"),
    ("post", "conversation-take"),
    ("post", "checkin"),
    ("post", "checkout"),
    ("post", "break-end"),
    ("post", "request-cancel"),
}
LISTS = {
    "message-list",
    "conversation-list",
    "conversation-messages",
    "keyword-list",
    "shift-list",
    "department-list",
    "user-list",
    "people-options",
    "notification-list",
    "request-list",
    "request-pending",
}
each_door = pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door.method} {door.name}")


def api_doors() -> Iterator[tuple[str, str]]:
    """Every method of every address of the API, from the routes themselves."""
    for pattern in routes.urlpatterns:
        view = pattern.callback
        methods = getattr(view, "actions", None) or [
            method
            for method in ("get", "post", "put", "patch", "delete")
            if hasattr(view.view_class, method)
        ]
        yield from ((method, pattern.name) for method in methods if method != "head")


class Knock:
    """Sends bodies to one door as the person who may use it."""

    def __init__(self, client, door: Door, people, ids) -> None:
        self.path = reverse(f"api:{door.name}", kwargs=ids.get(door.name))
        self.method = door.method.upper()
        self.client = client
        self.headers = ApiClient(client, people.get(door.who)).headers
        refresh = issue_tokens(people["staff"])["refresh_token"]
        known = {
            "REFRESH": refresh,
            "DEPARTMENT": people["manager"].department_id,
            "COLLEAGUE": str(people["colleague"].public_id),
            "SHIFT": ids["SHIFT"],
            "CHANNEL": ids["CHANNEL"],
            "PLANNED": ids["PLANNED"],
            "LEAVE_TYPE": LeaveType.objects.get(symbol="P").pk,
        }
        self.body = {
            name: known.get(value, value) if isinstance(value, str) else value
            for name, value in door.body.items()
        }

    def send(self, body: object, content_type: str = "application/json", **headers):
        cache.clear()  # registrations are counted in it
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.generic(
            self.method, self.path, raw, content_type, headers=self.headers | headers
        )

    def try_out(self, body: object, **headers):
        """Send, and take back what it did: the next body finds everything as it was."""
        with transaction.atomic():
            response = self.send(body, **headers)
            transaction.set_rollback(True)
        return response
