"""The people of the demo company in the database: accounts, working time, how they stand now."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery

from accounts.models import Department, User
from accounts.services import create_department, create_user, register
from accounts.workplace import workplace_zone
from omnichat.demo.absences import away_dates
from omnichat.demo.choices import PACE_SECONDS
from omnichat.demo.common import CUSTOMER_SERVICE, SALES, TECHNICAL
from omnichat.demo.hours import DAY, Colleague
from omnichat.demo.people import EVERYBODY, JOINED_DAYS_AGO, PRESENT, REGISTRATIONS, ROSTER
from routing import services as routing
from routing.models import Agent
from workforce.models import TimeEntry
from workforce.services import check_in
from workforce.shift_times import local_date

DEPARTMENTS = (SALES, CUSTOMER_SERVICE, TECHNICAL)


def create_people(now: datetime) -> dict[str, User]:
    """Create departments, everybody with the documented password, and the registrations."""
    for number, name in enumerate(DEPARTMENTS, start=1):
        if not Department.objects.filter(name=name).exists():
            create_department(name=name, actor=None, priority=100 * number)
    departments = {d.name: d for d in Department.objects.all()}
    people: dict[str, User] = {}
    for username, password, display_name, role, department in EVERYBODY:
        joined = now - DAY * JOINED_DAYS_AGO[username]
        person = create_user(
            username=username,
            password=secrets.token_urlsafe(32),
            display_name=display_name,
            email=f"{username}@saomai.example",
            role=role,
            department=departments.get(department),
            actor=people.get("admin"),
        )
        # The documented passwords are too short for anybody else.
        person.set_password(password)
        person.created_at = person.approved_at = joined
        person.save(update_fields=["password", "created_at", "approved_at"])
        people[username] = person
    for username, display_name, hours in REGISTRATIONS:
        waiting = register(
            username=username,
            password=secrets.token_urlsafe(32),
            display_name=display_name,
            email=f"{username}@saomai.example",
        )
        asked_at = now - timedelta(hours=hours)
        User.objects.filter(pk=waiting.pk).update(created_at=asked_at)
    return people


def colleagues_of(people: dict[str, User], now: datetime) -> list[Colleague]:
    """Everybody who answers customers, as the history needs them."""
    zone = workplace_zone()
    today = local_date(now, zone)
    return [
        Colleague(
            username=username,
            user_id=people[username].pk,
            name=people[username].display_name,
            department=people[username].department.name,
            zone=zone,
            capacity=PRESENT[username].capacity if username in PRESENT else 8,
            away=away_dates(username, today),
        )
        for username in ROSTER
    ]


def bring_to_the_present(people: dict[str, User], now: datetime) -> None:
    """Check the colleagues in and out as they stand now, and count what they hold."""
    for username, state in PRESENT.items():
        person = people[username]
        if state.at_work is not None:
            since = now - state.at_work
            TimeEntry.objects.create(user=person, checked_in_at=since)
            presence = User.Presence.BUSY if state.busy else User.Presence.AVAILABLE
            User.objects.filter(pk=person.pk).update(
                presence=presence, presence_since=now - (state.busy or state.at_work)
            )
        Agent.objects.filter(user=person).update(
            last_assigned_at=now - timedelta(minutes=11 + 7 * person.pk % 23),
            reply_seconds=PACE_SECONDS.get(username),
            replies_timed=200 if username in PACE_SECONDS else 0,
        )
    ids = [people[username].pk for username in PRESENT]
    routing.recount_agents(ids)
    routing.refresh_agents(user_ids=ids)


def bring_back() -> int:
    """Check in again whom the rule checked out while the demo was left alone; how many."""
    latest = TimeEntry.objects.filter(user=OuterRef("pk")).order_by("-checked_in_at", "-pk")
    forgotten = User.objects.filter(username__in=ROSTER, is_active=True)
    forgotten = forgotten.annotate(is_forgotten=Subquery(latest.values("is_auto_closed")[:1]))
    people = list(forgotten.filter(is_forgotten=True))
    for person in people:
        check_in(user=person)
    return len(people)


def set_capacities(people: dict[str, User]) -> None:
    for username, state in PRESENT.items():
        Agent.objects.filter(user=people[username]).update(capacity=state.capacity)
