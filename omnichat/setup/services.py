"""Founding an installation: once, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.services import create_department, create_user, is_first_run, record
from inbox.models import Channel
from inbox.services import rotate_secret, save_channel
from omnichat.lib.errors import DomainError
from omnichat.lib.locks import lock_name
from routing.services.starter import import_starter_keywords


class AlreadySetUp(DomainError):
    code = "already_set_up"


@dataclass(frozen=True, slots=True)
class Founded:
    """What there is afterwards. `secret` is shown once and not known to anybody later."""

    admin: User
    channel: Channel | None
    secret: str


@transaction.atomic
def set_up(
    *,
    organisation: str,
    time_zone: str,
    language: str,
    display_name: str,
    username: str,
    password: str,
    department: str,
    starter_keywords: bool = False,
    channel: str = "",
    reply_url: str = "",
    ip: str | None = None,
) -> Founded:
    """Create organisation, administrator, first department and, if wanted, words and a channel.

    Who comes second waits for the first and finds that it is done: AlreadySetUp.
    Also raises WeakPassword, PersonExists (a registration has the name) and AddressRefused.
    """
    lock_name("set up")
    if not is_first_run():
        raise AlreadySetUp(_("This installation is set up already. Sign in instead."))
    known = {"name": organisation, "time_zone": time_zone, "language": language}
    company, _is_new = Organisation.objects.update_or_create(pk=1, defaults=known)
    admin = create_user(
        username=username,
        password=password,
        display_name=display_name,
        role=User.Role.ADMIN,
        department=None,
        actor=None,
        language=language,
        ip=ip,
    )
    record("set_up", actor=admin, target=company, changes=known, ip=ip)
    first = create_department(name=department, actor=admin, ip=ip)
    if starter_keywords:
        import_starter_keywords(department=first, actor=admin, ip=ip)
    connected, secret = None, ""
    if channel:
        changes = {"name": channel, "reply_url": reply_url, "default_department": first}
        connected = save_channel(channel=None, actor=admin, changes=changes, ip=ip)
        secret = rotate_secret(channel=connected, actor=admin, ip=ip)
    return Founded(admin, connected, secret)
