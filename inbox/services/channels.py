"""Channels: connecting them, changing them, changing their secret."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.services import record
from inbox.models import Channel
from inbox.models.channel import LEAST_LOAD, MOST_LOAD
from omnichat.lib.crypto import UNREADABLE
from omnichat.lib.errors import DomainError
from omnichat.lib.http import AddressRefused, check_address

MIN_SECRET_CHARS = 16  # a shorter one can be found by trying
SECRET_BYTES = 32


class SecretTooShort(DomainError):
    code = "secret_too_short"
    status = 400


class LoadOutOfRange(DomainError):
    code = "load_out_of_range"
    status = 400


@transaction.atomic
def save_channel(
    *, channel: Channel | None, actor: User, changes: dict, ip: str | None = None
) -> Channel:
    """Connect a channel (`channel` is None) or change one.

    `changes` holds only what changes: name, kind, is_active, default_department, load_percent,
    reply_url. The secret has its own verb. What people hold is counted anew by routing's sweep
    when conversations take more or less of a place. Raises AddressRefused for a reply address we
    would never call, LoadOutOfRange.
    """
    _require_callable(changes.get("reply_url", ""))
    _require_load(changes.get("load_percent", LEAST_LOAD))
    if channel is None:
        channel = Channel.objects.create(**changes)
        told = {name: [None, _plain(value)] for name, value in changes.items()}
        record("channel_created", actor=actor, target=channel, changes=told, ip=ip)
        return channel
    before = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    told = {
        name: [_plain(getattr(before, name)), _plain(value)]
        for name, value in changes.items()
        if getattr(before, name) != value
    }
    if told:
        Channel.objects.filter(pk=before.pk).update(**{name: changes[name] for name in told})
        channel = Channel.objects.get(pk=before.pk)
        record("channel_changed", actor=actor, target=channel, changes=told, ip=ip)
    return channel


@transaction.atomic
def rotate_secret(*, channel: Channel, actor: User, secret: str = "", ip: str | None = None) -> str:
    """Give a channel a new secret, a random one unless told; return it.

    The one before is still accepted for OLD_SECRET_LIFE. The audit says that it changed, never
    to what. Locks the channel. Raises SecretTooShort.
    """
    secret = secret or secrets.token_urlsafe(SECRET_BYTES)
    if len(secret) < MIN_SECRET_CHARS:
        raise SecretTooShort(
            _("A secret needs at least %(count)d characters.") % {"count": MIN_SECRET_CHARS},
            field="secret",
        )
    channel = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    if secret == channel.secret:
        return secret
    Channel.objects.filter(pk=channel.pk).update(
        secret=secret,
        old_secret="" if channel.secret == UNREADABLE else channel.secret,
        secret_changed_at=timezone.now(),
    )
    record("channel_secret_changed", actor=actor, target=channel, ip=ip)
    return secret


def _require_callable(url: str) -> None:
    if not url:
        return
    try:
        check_address(url)
    except AddressRefused as error:
        error.field = "reply_url"
        raise


def _require_load(percent: int) -> None:
    if not LEAST_LOAD <= percent <= MOST_LOAD:
        text = _("A conversation takes from %(least)d to %(most)d percent of a place.")
        raise LoadOutOfRange(text % {"least": LEAST_LOAD, "most": MOST_LOAD}, field="load_percent")


def _plain(value: object) -> object:
    return value.name if isinstance(value, Department) else value
