"""Telling people that their published shifts changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse

from accounts.models import Notification, User
from accounts.services import notify
from workforce.models import ShiftAssignment
from workforce.roster_plan import monday_of


def notify_published(
    user_ids: Iterable[int], week: date, published_at: datetime, actor: User
) -> None:
    """Tell each person how many shifts they have got; `user_ids` has an id for each shift.

    One statement for all who have got the same number. `follow_roster` has told the open pages.
    """
    people_by_count: dict[int, list[int]] = defaultdict(list)
    for user_id, count in Counter(user_ids).items():
        people_by_count[count].append(user_id)
    for count, people in people_by_count.items():
        notify(
            user_ids=people,
            kind=Notification.Kind.ROSTER,
            path=_path_of(week),
            dedup_key=f"roster:{week.isoformat()}:{published_at.isoformat()}",
            params={"week": week.isoformat(), "count": count},
            actor_id=actor.pk,
            is_told=True,
        )


def notify_removed(pk: int, row: ShiftAssignment, actor: User) -> None:
    week = monday_of(row.date)
    words = {"shift": row.shift.name, "date": row.date.isoformat()}
    notify(
        user_ids=[row.user_id],
        kind=Notification.Kind.ROSTER,
        path=_path_of(week),
        dedup_key=f"roster:removed:{pk}",
        params={"week": week.isoformat()} | words,
        actor_id=actor.pk,
        is_told=True,
    )


def _path_of(week: date) -> str:
    return f"{reverse('workforce:roster')}?week={week.isoformat()}"
