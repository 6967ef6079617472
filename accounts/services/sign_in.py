"""Signing in: one rule for the page and the token endpoint."""

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.client_ip import client_ip
from accounts.models import User
from accounts.names import MAX_NAME_CHARS, normalize_username
from accounts.services.audit import record
from omnichat.lib.errors import DomainError


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
    unknown names, wrong passwords and closed accounts.
    """
    # Folding may lengthen a name of another script; the counter's column takes no more.
    credentials = {"username": normalize_username(username)[:MAX_NAME_CHARS]}
    failures = AxesProxyHandler.get_failures(request, credentials)
    left = settings.AXES_FAILURE_LIMIT - failures
    if left <= 0:
        raise TooManyFailures(_("Too many wrong tries. Wait 15 minutes, then try again."))
    user = authenticate(request, password=password, **credentials)
    if user is None:
        record("sign_in_failed", actor=None, changes={"name": username[:60]}, ip=client_ip(request))
        left -= 1
        raise WrongCredentials(
            ngettext(
                "The sign-in name or the password is not right. %(count)d try left.",
                "The sign-in name or the password is not right. %(count)d tries left.",
                left,
            )
            % {"count": left}
        )
    # axes itself forgets failures of the sign-in name at a page only, not of the e-mail address.
    AxesProxyHandler.get_implementation().reset_user_attempts(request, credentials)
    record("signed_in", actor=user, target=user, ip=client_ip(request))
    return user
