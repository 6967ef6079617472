"""Calls of each address that are in order: where they go, what they carry, who makes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace

from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.tokens import issue_tokens
from reporting.models import KpiDefinition, KpiScore
from tests.factories import PASSWORD
from tests.permissions.world import session_of
from workforce.calendar_file import token_of

LOGIN = "login"

# Answers to guest, staff, colleague, manager, other manager, admin, leaver.
EVERYBODY = (401, 200, 200, 200, 200, 200, 401)
EVERY_PAGE = (LOGIN, 200, 200, 200, 200, 200, LOGIN)
EVERY_POST = (LOGIN, 302, 302, 302, 302, 302, LOGIN)
OPEN = (200,) * 7
ADMINS_PAGE = (LOGIN, 403, 403, 403, 403, 200, LOGIN)
ADMINS_POST = (LOGIN, 403, 403, 403, 403, 302, LOGIN)
LEADS_PAGE = (LOGIN, 403, 403, 200, 404, 200, LOGIN)
# Everybody's own part of it, so nobody's is foreign.
REPORTS = (LOGIN, 403, 403, 200, 200, 200, LOGIN)
LEADS_POST = (LOGIN, 403, 403, 302, 404, 302, LOGIN)
# What is `staff`'s, for those who may see it.
OWN = (401, 200, 404, 200, 404, 200, 401)
OWN_PAGE = (LOGIN, 200, 404, 200, 404, 200, LOGIN)
OWN_POST = (LOGIN, 302, 404, 302, 404, 302, LOGIN)


@dataclass(frozen=True)
class Row:
    """What each of WHO is answered; `send` makes the body of a call that is in order."""

    statuses: tuple
    send: Callable[[SimpleNamespace, str], dict] = lambda world, who: {}
    path: Callable[[SimpleNamespace], dict] = lambda world: {}


def conversation(world) -> dict:
    return {"public_id": world.conversation.public_id}


def waiting(world) -> dict:
    return {"public_id": world.waiting.public_id}


def done(world) -> dict:
    return {"public_id": world.done.public_id}


def done_cycle(world) -> dict:
    return done(world) | {"cycle_number": 1}


def reply(world) -> dict:
    return conversation(world) | {"message_id": world.reply.pk}


def message(world) -> dict:
    return {"pk": world.message.pk}


def keyword(world) -> dict:
    return {"pk": world.keyword.pk}


def person(world) -> dict:
    return {"public_id": world.people["staff"].public_id}


def credentials(world, who: str) -> dict:
    return {"username": "staff" if who == "guest" else who, "password": PASSWORD}


def refresh_token(world, who: str) -> dict:
    return {"refresh_token": tokens_of(world, who)["refresh_token"] if who != "guest" else "x.y.z"}


def registration(world, who: str) -> dict:
    return {"username": f"new-{who}", "password": "a horse of her own"}


def new_person(world, who: str) -> dict:
    named = {"display_name": "Mai", "department_id": world.sales.pk}
    return registration(world, "person") | named


def new_keyword(world, who: str) -> dict:
    return {"word": "bảo hành", "department_id": world.sales.pk}


def keyword_form(world, who: str) -> dict:
    return {"word": "bảo hành", "department": world.sales.pk, "weight": "1", "is_active": "on"}


def prepared(world) -> dict:
    return {"import_id": world.prepared.public_id}


def keyword_file(world, who: str) -> dict:
    return {"text": "word,department\nbảo hành,Sales\n"}


def canned(world) -> dict:
    return {"pk": world.canned.pk}


def canned_form(world, who: str) -> dict:
    text = {"shortcut": "gia", "title": "Báo giá", "text": "Dạ giá là"}
    return text | {"department": world.sales.pk, "is_active": "on"}


def assignee(world, who: str) -> dict:
    return {"assignee": str(world.people["colleague"].public_id)}


def new_password(world, who: str) -> dict:
    new = "another horse battery"
    return {"part": "password", "current": PASSWORD, "new": new, "repeat": new}


def applicant(world) -> dict:
    return {"public_id": world.applicant.public_id}


def account_form(world, who: str) -> dict:
    staff = world.people["staff"]
    return {"display_name": "Lan", "role": "staff", "department": staff.department_id}


def skill_form(world, who: str) -> dict:
    return {"department": world.people["other_staff"].department_id, "level": "3"}


def new_person_form(world, who: str) -> dict:
    named = {"username": "mai", "language": "vi", "password": "a horse of her own"}
    return account_form(world, who) | named


def notification(world) -> dict:
    return {"pk": world.notification.pk}


def time_entry(world) -> dict:
    return {"pk": world.entry.pk}


def pause(world) -> dict:
    return {"pk": world.entry.breaks.get().pk}


def break_form(world, who: str) -> dict:
    return {"began": "2021-03-01T12:00", "ended": "2021-03-01T12:30", "note": "Quên bấm về"}


def new_entry(world, who: str) -> dict:
    return {"began": "2021-03-02T08:00", "ended": "2021-03-02T17:00", "note": "Máy hỏng"}


def correction(world, who: str) -> dict:
    return {"began": "2021-03-01T08:00", "ended": "2021-03-01T17:00", "note": "Quên bấm ra"}


def month_of_staff(world, who: str) -> dict:
    return {"month": "2021-03", "person": str(world.people["staff"].public_id)}


def locked_month(world, who: str) -> dict:
    return {"month": "2021-04", "person": str(world.people["staff"].public_id)}


def kpi_figure(world, who: str) -> dict:
    KpiDefinition.objects.get_or_create(code="manual:csat", name="CSAT", weight=20)
    person = str(world.people["staff"].public_id)
    return {"user_id": person, "metric": "manual:csat", "period": "2021-04", "value": 4.5}


def kpi_doubt(world, who: str) -> dict:
    for person in world.people.values():
        KpiScore.objects.get_or_create(
            user=person, period=date(2021, 4, 1), definition=None, defaults={"value": 80}
        )
    return {"period": "2021-04", "note": "Em đúng giờ"}


def shift(world) -> dict:
    return {"pk": world.shift.pk}


def planned(world) -> dict:
    return {"pk": world.planned.pk}


def calendar_token(world) -> dict:
    return {"token": token_of(world.calendar)}


def leave_of_staff(world) -> dict:
    return {"pk": world.leave.pk}


def leave_form(world, who: str) -> dict:
    about = {"user": world.people["staff"].public_id, "type": world.leave.type_id}
    return about | {"first": "2021-06-21", "part": "whole"}


def delegation(world) -> dict:
    return {"pk": world.delegation.pk}


def deputy_form(world, who: str) -> dict:
    names = {"user": world.people["manager"].public_id, "deputy": world.people["admin"].public_id}
    return names | {"first": "2098-06-02", "last": "2098-06-03"}


def adjustment(world, who: str) -> dict:
    return {"type": world.leave.type_id, "days": "1,5", "note": "đi công tác ngày nghỉ"}


def opening_table(world, who: str) -> dict:
    return {"text": "username;type;days;date\nstaff;P;7,5;2021-05-31", "confirm": "on"}


def week_form(world, who: str) -> dict:
    return {"week": "2021-06-09"}


def plan_form(world, who: str) -> dict:
    staff = world.people["staff"]
    return {"user": staff.public_id, "shift": world.shift.pk, "date": "2021-06-10"}


def rotation_form(world, who: str) -> dict:
    people = [world.people["staff"].public_id]
    pattern = {"department": world.sales.pk, "length": "7", "day_0": world.shift.pk}
    when = {"first": "2021-06-07", "weeks": "1", "step_days": "0"}
    return pattern | when | {"people": people, "step": "write"}


def new_plan(world, who: str) -> dict:
    staff = world.people["staff"]
    return {"user_id": str(staff.public_id), "shift_id": world.shift.pk, "date": "2021-06-10"}


def new_shift(world, who: str) -> dict:
    times = {"starts_at": "08:00", "ends_at": "17:00"}
    return times | {"name": "Ca sáng", "department_id": world.sales.pk}


def shift_form(world, who: str) -> dict:
    times = {"starts_at": "08:00", "ends_at": "17:00"}
    names = ("paid_break", "unpaid_break", "grace_in", "grace_out", "handover")
    minutes = {f"{name}_minutes": "5" for name in names}
    about = {"name": "Ca sáng", "department": world.sales.pk, "minimum_staff": "1"}
    return times | minutes | about | {"color": "ok", "is_active": "on"}


def tokens_of(world, who: str) -> dict:
    if who == "leaver":
        return world.keys[who][0]
    return issue_tokens(world.people[who])


def client_of(world, who: str) -> Client:
    """A browser in which this person has signed in."""
    client = Client(headers={"accept": "text/html", "accept-language": "en"})
    if who != "guest":
        key = world.keys[who][1] if who == "leaver" else session_of(world.people[who])
        client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def call(world, who: str, method: str, name: str, row: Row):
    """Call an address as one person: API by token, pages by session."""
    cache.clear()  # throttle counters
    address, data = reverse(name, kwargs=row.path(world)), row.send(world, who)
    if name.startswith("api:") or name == "webhook":
        token = tokens_of(world, who)["access_token"] if who != "guest" else ""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        body = json.dumps(data) if data else b""
        return Client().generic(
            method.upper(), address, body, content_type="application/json", headers=headers
        )
    client = client_of(world, who)
    return getattr(client, method)(address, **({"data": data} if method == "post" else {}))


def status_of(response) -> int | str:
    is_redirect = response.status_code == 302
    return LOGIN if is_redirect and "/login?next=" in response["Location"] else response.status_code
