"""Telling people what happened while they looked elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Notification, User
from accounts.services.live import tell_people
from omnichat.lib.sql import Json, Of, Step, run

# News of the same kind about the same page replaces what is this young and not read.
REPLACED_WITHIN = timedelta(minutes=30)
KEEP_READ = timedelta(days=30)
KEEP = timedelta(days=90)
# Who is asked, what they want and what they were told before are one statement: nothing can
# change between a question and its answer, and a webhook pays one statement for it. In the order
# of ids, so that two steps that tell the same people never wait for each other.
INSERT = """INSERT INTO accounts_notification (user_id, kind, params, path, dedup_key, created_at)
SELECT id, %s, %s, %s, %s, %s
FROM accounts_user
WHERE id IN ({ids})
  AND is_active
  AND CASE %s
      WHEN 'assigned' THEN notify_assigned
      WHEN 'mentioned' THEN notify_mentioned
      WHEN 'waiting' THEN notify_waiting
      WHEN 'failed' THEN notify_failed
      WHEN 'queue' THEN notify_queue
      WHEN 'roster' THEN notify_shifts
      WHEN 'forgotten' THEN notify_shifts
      WHEN 'request' THEN notify_requests
      END
ORDER BY id
ON CONFLICT (user_id, dedup_key) DO NOTHING
RETURNING user_id AS id
"""


def notify(
    *,
    user_ids: Iterable[int],
    kind: str,
    path: str,
    dedup_key: str,
    params: dict,
    actor_id: int | None = None,
    at: datetime | None = None,
    is_told: bool = False,
    replaces: bool = False,
) -> list[int]:
    """Write one notification for each of these people who wants to know; returns their ids.

    Call inside the transaction of what happened. Nobody hears of their own act (`actor_id`),
    inactive people hear nothing, and one occasion (`dedup_key`, at most 80 characters) is told a
    person once, however often and by however many this is called. Open pages are told too, unless
    the caller did that (`is_told`). With `replaces` it takes the place of unread ones of the same
    kind and `path` of the last REPLACED_WITHIN: three lines about one customer say no more than
    the last of them. `accounts.notifications` names the `params` of each kind.
    """
    wanted = sorted({pk for pk in user_ids if pk is not None and pk != actor_id})
    if not wanted:
        return []
    at = at or timezone.now()
    step = notice_step(
        user_ids=wanted, kind=kind, path=path, dedup_key=dedup_key, params=params, at=at
    )
    told = [user_id for (user_id,) in run(step.sql, step.values)]
    if replaces and told:
        about = Notification.objects.unread().filter(user__in=told, kind=kind, path=path)
        older = about.filter(created_at__gt=at - REPLACED_WITHIN).exclude(dedup_key=dedup_key)
        # One that is being read at this moment is nobody's to take away.
        locked = older.select_for_update(skip_locked=True).values_list("pk", flat=True)
        Notification.objects.filter(pk__in=list(locked)).delete()
    if not is_told:
        tell_people(told)
    return told


def notice_step(
    *, user_ids: list[int], kind: str, path: str, dedup_key: str | Of, params: dict, at: datetime
) -> Step:
    """To write the same together with what happened. It tells no open page."""
    sql = INSERT.format(ids=", ".join(["%s"] * len(user_ids)))
    values = [str(kind), Json(params), path, dedup_key, at, *user_ids, str(kind)]
    return Step("notified", sql, values)


def mark_notifications_read(
    *, user: User, ids: Iterable[int] | None = None, path: str | None = None
) -> int:
    """Mark a person's own as read: these, those that lead to `path`, or all; returns how many.

    A `path` is asked for first, for whoever opens a page mostly has nothing there to mark.
    """
    rows = Notification.objects.visible_to(user).unread()
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    if path is not None:
        rows = rows.filter(path=path)
        if not rows.exists():
            return 0
    with transaction.atomic():
        count = rows.update(read_at=timezone.now())
        if count:
            tell_people([user.pk])
    return count


def prune_notifications(*, at: datetime | None = None) -> int:
    """Forget read ones after KEEP_READ and all after KEEP; returns how many."""
    at = at or timezone.now()
    old = Q(read_at__lt=at - KEEP_READ) | Q(created_at__lt=at - KEEP)
    return Notification.objects.filter(old).delete()[0]
