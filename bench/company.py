"""A company of ten departments with many customers: `python -m bench.company <messages>`.

Run in the environment of the installation. The first run creates departments, people at work and
1,000 keywords; a number above 0 fills in so many messages, once, with a few set-based statements,
and prints as JSON what a caller needs: secret, cookies, tokens, addresses.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import django
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "omnichat.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Department, Organisation, User  # noqa: E402
from accounts.tokens import issue_tokens  # noqa: E402
from inbox.models import Channel, Conversation  # noqa: E402
from routing.models import Agent, Keyword, KeywordVersion  # noqa: E402
from workforce.models import TimeEntry  # noqa: E402

DEPARTMENTS, STAFF_EACH, KEYWORDS = 10, 5, 1_000
CAPACITY = 32_000  # everybody always has room, as in the ceiling
MESSAGES_EACH = 5  # of a conversation: three of the customer's, two of ours
SECRET = "whsec_bench_0123456789abcdef0123456789abcdef"  # noqa: S105 - opens a scratch database
FILL_SQL = Path(__file__).with_name("fill.sql")


def found_company() -> None:
    """Departments, people at work, keywords and the channel."""
    Organisation.objects.get_or_create(pk=1, defaults={"name": "Sao Mai"})
    departments = Department.objects.bulk_create(
        Department(name=f"Phòng {n}", staff_can_claim=n % 2 == 0) for n in range(DEPARTMENTS)
    )
    now = timezone.now()
    active = {"is_active": True, "approved_at": now, "password": "!"}
    people = [User(username="admin", display_name="Admin", role="admin", **active)]
    for department in departments:
        lead = {"username": f"lead{department.pk}", "display_name": f"Trưởng {department}"}
        people.append(User(role="manager", department=department, **lead, **active))
        for number in range(STAFF_EACH):
            name = {
                "username": f"staff{department.pk}.{number}",
                "display_name": f"Nhân viên {department.pk}.{number}",
            }
            at_work = {"presence": User.Presence.AVAILABLE, "presence_since": now}
            people.append(User(role="staff", department=department, **name, **at_work, **active))
    people = User.objects.bulk_create(people)
    staff = [person for person in people if person.role == User.Role.STAFF]
    TimeEntry.objects.bulk_create(TimeEntry(user=person, checked_in_at=now) for person in staff)
    Agent.objects.bulk_create(
        Agent(user=p, capacity=CAPACITY, is_routable=True, reason="taking_work", since=now)
        for p in staff
    )
    Keyword.objects.bulk_create(
        Keyword(word=f"mẫu {n}", folded=f"mau {n}", department=departments[n % DEPARTMENTS])
        for n in range(KEYWORDS)
    )
    KeywordVersion.objects.update_or_create(pk=1, defaults={"version": 2})
    Channel.objects.create(name="Bench", secret=SECRET, default_department=departments[0])


def fill(messages: int) -> None:
    """Fill in conversations of five messages, and one long one."""
    values = {"conversations": messages // MESSAGES_EACH, "long_messages": messages // 50}
    with connection.cursor() as cursor:
        cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
        if cursor.fetchone()[0]:  # the rows are known to fit; looking each up takes minutes
            cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET synchronous_commit = off")
        for statement in FILL_SQL.read_text().split(";\n"):
            if statement.strip():
                cursor.execute(statement, values)
        cursor.execute("RESET session_replication_role")
        cursor.execute("VACUUM ANALYZE")


def cookie_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def tell() -> dict:
    """What a caller needs to sign in, to sign and to find."""
    who = {
        "admin": User.objects.get(role="admin"),
        "manager": User.objects.filter(role="manager").earliest("pk"),
        "staff": User.objects.filter(role="staff").earliest("pk"),
    }
    threads = Conversation.objects.exclude(contact__name="Dài").order_by("-pk")
    department = who["manager"].department_id
    mine = threads.filter(status="open", assignee=who["staff"]).first()
    return {
        "secret": SECRET,
        "cookies": {name: cookie_of(user) for name, user in who.items()},
        "tokens": {name: issue_tokens(user)["access_token"] for name, user in who.items()},
        "thread": str(mine.public_id),
        "resolved": str(threads.filter(status="resolved", department=department)[0].public_id),
        "long_thread": str(Conversation.objects.get(contact__name="Dài").public_id),
    }


if __name__ == "__main__":
    if not Organisation.objects.exists():
        found_company()
    if wanted := int(sys.argv[1]):
        fill(wanted)
        print(json.dumps(tell()))
