"""Who is signed in, and which groups they are in: a few queries for everybody at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User
from accounts.services import live
from inbox.models import Mention


@dataclass(frozen=True, slots=True)
class Rights:
    """What an active person may hear, and what they signed in with."""

    role: str
    credentials: int  # another number after a new password or epoch
    groups: frozenset[str]


def sign_in(session_keys: Collection[str]) -> dict[str, tuple[int, Rights]]:
    """Person and rights for each session that is alive; the others are missing."""
    claimed: dict[str, tuple[int, str]] = {}
    store = SessionStore()
    rows = _alive(session_keys).values_list("session_key", "session_data")
    for key, data in rows:
        content = store.decode(data)
        user_id = str(content.get(SESSION_KEY, ""))
        if user_id.isdecimal() and content.get(BACKEND_SESSION_KEY) in (
            settings.AUTHENTICATION_BACKENDS
        ):
            claimed[key] = int(user_id), content.get(HASH_SESSION_KEY) or ""
    users = _active({user_id for user_id, _hash in claimed.values()})
    mentions = _mentions(users.values())
    return {
        key: (user_id, _rights(users[user_id], mentions))
        for key, (user_id, session_hash) in claimed.items()
        if user_id in users
        and constant_time_compare(session_hash, users[user_id].get_session_auth_hash())
    }


def call(
    user_ids: Collection[int], session_keys: Collection[str]
) -> tuple[dict[int, Rights], set[str]]:
    """Rights of those who are still active, and the sessions that are still alive."""
    users = _active(user_ids)
    mentions = _mentions(users.values())
    alive = set(_alive(session_keys).values_list("session_key", flat=True))
    return {user.pk: _rights(user, mentions) for user in users.values()}, alive


def groups_of(user: User, mentioned_in: Collection[int]) -> frozenset[str]:
    """Groups of a person: `Conversation.objects.visible_to` as `inbox.live.audience_of` asks it.

    `mentioned_in` holds ids of conversations.
    """
    groups = {live.person(user.pk)}
    if user.is_admin:
        groups |= {live.ADMINS, live.assigned_to(user.pk)}
    elif user.is_manager:
        groups |= {live.COMMON, live.leads_of(user.department_id)}
    else:
        groups.add(live.assigned_to(user.pk))
        groups |= {live.mentioned_in(conversation_id) for conversation_id in mentioned_in}
        if user.department and user.department.staff_can_claim:
            groups.add(live.claimers_of(user.department_id))
    return frozenset(groups)


def _alive(session_keys: Collection[str]):
    return Session.objects.filter(session_key__in=session_keys, expire_date__gt=timezone.now())


def _active(user_ids: Collection[int]) -> dict[int, User]:
    found = User.objects.filter(pk__in=user_ids, is_active=True).select_related("department")
    return found.in_bulk()


def _mentions(users: Collection[User]) -> dict[int, set[int]]:
    staff = [user.pk for user in users if user.role == User.Role.STAFF]
    mentions: dict[int, set[int]] = {}
    if staff:
        rows = Mention.objects.filter(user__in=staff).values_list("user_id", "conversation_id")
        for user_id, conversation_id in rows:
            mentions.setdefault(user_id, set()).add(conversation_id)
    return mentions


def _rights(user: User, mentions: dict[int, set[int]]) -> Rights:
    credentials = hash((user.password, user.credentials_epoch))
    return Rights(user.role, credentials, groups_of(user, mentions.get(user.pk, ())))
