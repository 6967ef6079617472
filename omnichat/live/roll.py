"""Who is signed in, and which groups they are in: a few queries for everybody at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User
from accounts.services import live
from inbox.models import Mention


class Rights(NamedTuple):
    """What an active person may hear, and what they signed in with."""

    role: str
    credentials: int  # another number after a new password or epoch
    groups: frozenset[str]


class Member(NamedTuple):
    """What rights follow from; plain columns, because a thousand people are asked for at a time."""

    id: int
    role: str
    department_id: int | None
    staff_can_claim: bool | None
    password: str
    credentials_epoch: int


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
    members = active({user_id for user_id, _hash in claimed.values()})
    mentions = _mentions(members.values())
    return {
        key: (user_id, _rights(members[user_id], mentions))
        for key, (user_id, session_hash) in claimed.items()
        if user_id in members
        and constant_time_compare(session_hash, _session_hash(members[user_id]))
    }


def call(
    user_ids: Collection[int], session_keys: Collection[str]
) -> tuple[dict[int, Rights], set[str]]:
    """Rights of those who are still active, and the sessions that are still alive."""
    members = active(user_ids)
    mentions = _mentions(members.values())
    alive = set(_alive(session_keys).values_list("session_key", flat=True))
    return {pk: _rights(member, mentions) for pk, member in members.items()}, alive


def active(user_ids: Collection[int]) -> dict[int, Member]:
    """The columns of those who may work at all, in the order of `Member`."""
    rows = User.objects.filter(pk__in=user_ids, is_active=True).values_list(
        "pk",
        "role",
        "department_id",
        "department__staff_can_claim",
        "password",
        "credentials_epoch",
    )
    return {row[0]: Member(*row) for row in rows}


def groups_of(member: Member, mentioned_in: Collection[int]) -> frozenset[str]:
    """Groups of a person: `Conversation.objects.visible_to` as `inbox.live.audience_of` asks it.

    `mentioned_in` holds ids of conversations.
    """
    groups = {live.person(member.id)}
    if member.role == User.Role.ADMIN:
        groups |= {live.ADMINS, live.assigned_to(member.id)}
    elif member.role == User.Role.MANAGER:
        groups |= {live.COMMON, live.leads_of(member.department_id)}
    else:
        groups.add(live.assigned_to(member.id))
        groups |= {live.mentioned_in(conversation_id) for conversation_id in mentioned_in}
        if member.staff_can_claim:
            groups.add(live.claimers_of(member.department_id))
    return frozenset(groups)


def _alive(session_keys: Collection[str]) -> QuerySet[Session]:
    return Session.objects.filter(session_key__in=session_keys, expire_date__gt=timezone.now())


def _mentions(members: Iterable[Member]) -> dict[int, set[int]]:
    staff = [member.id for member in members if member.role == User.Role.STAFF]
    mentions: dict[int, set[int]] = {}
    if staff:
        rows = Mention.objects.filter(user__in=staff).values_list("user_id", "conversation_id")
        for user_id, conversation_id in rows:
            mentions.setdefault(user_id, set()).add(conversation_id)
    return mentions


def _rights(member: Member, mentions: dict[int, set[int]]) -> Rights:
    credentials = hash((member.password, member.credentials_epoch))
    return Rights(member.role, credentials, groups_of(member, mentions.get(member.id, ())))


def _session_hash(member: Member) -> str:
    user = User(password=member.password, credentials_epoch=member.credentials_epoch)
    return user.get_session_auth_hash()
