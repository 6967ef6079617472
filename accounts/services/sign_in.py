"""Signing in: one rule for the page and the token endpoint."""

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate, login
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.client_ip import client_ip
from accounts.models import User
from accounts.names import MAX_NAME_CHARS, normalize_username
from accounts.services.audit import record
from omnichat.lib.errors import DomainError
from omnichat.lib.locks import lock_name

BACKEND = "accounts.backends.NameOrEmailBackend"  # reads the person of a session from then on


class TooManyFailures(DomainError):
    code = "too_many_failures"
    status = 429


class WrongCredentials(DomainError):
    code = "wrong_credentials"
    status = 401


def sign_in(request: HttpRequest, *, username: str, password: str) -> User:
    """Return the person these credentials belong to.

    Raises WrongCredentials with the tries that are left, and TooManyFailures after
    AXES_FAILURE_LIMIT failures of this name from this address. The answer is the same for
    unknown names, wrong passwords and closed accounts. Tries of one name from one address take
    turns, so that many at once are not counted as one.
    """
    name = _counted_name(username)
    with transaction.atomic():
        lock_name(f"sign-in:{name}:{client_ip(request)}")
        user, left = _try(request, name, password)
        if user is not None:
            record("signed_in", actor=user, target=user, ip=client_ip(request))
        elif left >= 0:
            named = {"name": username[:60]}
            record("sign_in_failed", actor=None, changes=named, ip=client_ip(request))
    if user is not None:
        return user
    if left < 0:
        raise TooManyFailures(_("Too many wrong tries. Wait 15 minutes, then try again."))
    raise WrongCredentials(
        ngettext(
            "The sign-in name or the password is not right. %(count)d try left.",
            "The sign-in name or the password is not right. %(count)d tries left.",
            left,
        )
        % {"count": left}
    )


def begin_session(request: HttpRequest, user: User) -> None:
    """Let this browser act for `user`, under a new session key."""
    login(request, user, backend=BACKEND)


def _try(request: HttpRequest, name: str, password: str) -> tuple[User | None, int]:
    """Return the person or None, and the tries left; below 0 the password was not looked at."""
    credentials = {"username": name}
    failures = AxesProxyHandler.get_failures(request, credentials)
    left = settings.AXES_FAILURE_LIMIT - failures - 1
    if left < 0:
        return None, left
    user = authenticate(request, password=password, **credentials)
    if user is not None:
        # axes itself forgets failures at a page only, not at the token endpoint.
        AxesProxyHandler.get_implementation().reset_user_attempts(request, credentials)
    return user, left


def _counted_name(typed: str) -> str:
    """The name failures are counted under: an account has one, also when its e-mail is typed."""
    # Folding may lengthen a name of another script; the counter's column takes no more.
    name = normalize_username(typed)[:MAX_NAME_CHARS]
    return User.objects.named(name).values_list("username", flat=True).first() or name
