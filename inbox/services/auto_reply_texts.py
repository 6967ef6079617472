"""The texts a channel says by itself: writing and changing them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import record
from inbox.models import AutoReply, Channel
from omnichat.lib.errors import DomainError

TEXTS = ("text_vi", "text_en")
BLANK = re.compile(r"\{[^}]*\}")
MINUTES = "{minutes}"  # the only one, and only where a wait is told


class AutoReplyExists(DomainError):
    code = "auto_reply_exists"


class EmptyText(DomainError):
    code = "empty_text"
    status = 400


class UnknownBlank(DomainError):
    code = "unknown_blank"
    status = 400


@transaction.atomic
def create_auto_reply(
    *,
    actor: User,
    channel: Channel,
    trigger: str,
    text_vi: str,
    text_en: str,
    is_active: bool = True,
    ip: str | None = None,
) -> AutoReply:
    """Let a channel say something on an occasion.

    Raises EmptyText, UnknownBlank, AutoReplyExists.
    """
    given = {"trigger": trigger, "text_vi": text_vi, "text_en": text_en, "is_active": is_active}
    _require_sayable(trigger, given)
    with _once():
        row = AutoReply.objects.create(channel=channel, **given)
    told = {name: [None, value] for name, value in given.items()}
    record("auto_reply_created", actor=actor, target=channel, changes=told, ip=ip)
    return row


@transaction.atomic
def update_auto_reply(
    *, auto_reply: AutoReply, actor: User, ip: str | None = None, **changes
) -> AutoReply:
    """Change one. Locks it. Raises EmptyText, UnknownBlank, AutoReplyExists."""
    row = AutoReply.objects.select_for_update(no_key=True).get(pk=auto_reply.pk)
    told = {
        name: [_plain(getattr(row, name)), _plain(value)]
        for name, value in changes.items()
        if getattr(row, name) != value
    }
    if not told:
        return row
    for name, value in changes.items():
        setattr(row, name, value)
    _require_sayable(row.trigger, {name: getattr(row, name) for name in TEXTS})
    with _once():
        row.save(update_fields=list(told))
    record("auto_reply_changed", actor=actor, target=row.channel, changes=told, ip=ip)
    return row


@transaction.atomic
def delete_auto_reply(*, auto_reply: AutoReply, actor: User, ip: str | None = None) -> None:
    """Say nothing on this occasion any more; what was said stays."""
    told = {name: [getattr(auto_reply, name), None] for name in ("trigger", *TEXTS)}
    record("auto_reply_deleted", actor=actor, target=auto_reply.channel, changes=told, ip=ip)
    AutoReply.objects.filter(pk=auto_reply.pk).delete()


def _require_sayable(trigger: str, texts: dict) -> None:
    allowed = {MINUTES} if trigger == AutoReply.Trigger.WAIT else set()
    for name in TEXTS:
        text = texts[name]
        if not text.strip():
            raise EmptyText(_("Write the text in both languages."), field=name)
        if unknown := set(BLANK.findall(text)) - allowed:
            raise UnknownBlank(
                _("Nothing can be filled in for %(blank)s.") % {"blank": min(unknown)}, field=name
            )


@contextmanager
def _once() -> Iterator[None]:
    """Say in words what the constraint refuses."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise AutoReplyExists(
            _("This channel has a text for this occasion already."), field="trigger"
        ) from error


def _plain(value: object) -> object:
    return value.name if isinstance(value, Channel) else value
