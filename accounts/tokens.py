"""Bearer tokens: a short access token and a refresh token that is good for one use."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken, Token

from accounts.models import User
from omnichat.lib.errors import DomainError

EPOCH_CLAIM = "epoch"


class TokenRefused(DomainError):
    """The refresh token is unknown, used, expired, or its owner may no longer sign in."""

    code = "token_not_valid"
    status = 401


class BearerAuthentication(JWTAuthentication):
    """Read `Authorization: Bearer …`; role and department come from the row, never the token."""

    def authenticate(self, request) -> tuple[User, Token] | None:
        found = super().authenticate(request)
        if found and "HTTP_ACCEPT_LANGUAGE" not in request.META:
            translation.activate(found[0].language)
        return found

    def get_user(self, validated_token: Token) -> User:
        """Return the person behind the token.

        Refuses the unknown and the deactivated (by the base class, as a changed password) and
        everybody whose role changed or who was deactivated since the token was made.
        """
        try:
            user = super().get_user(validated_token)
        except ValidationError as error:  # an id that is no UUID
            raise AuthenticationFailed(_("Sign in again."), code="token_not_valid") from error
        if validated_token.get(EPOCH_CLAIM) != user.credentials_epoch:
            raise AuthenticationFailed(_("Sign in again."), code="token_not_valid")
        return user


def issue_tokens(user: User) -> dict:
    """Return the answer to a sign-in: both tokens and the access token's life in seconds."""
    refresh = RefreshToken.for_user(user)
    refresh[EPOCH_CLAIM] = user.credentials_epoch
    return {
        "access_token": str(refresh.access_token),
        "token_type": "bearer",
        "refresh_token": str(refresh),
        "expires_in": int(api_settings.ACCESS_TOKEN_LIFETIME.total_seconds()),
    }


def rotate_tokens(refresh_token: str) -> dict:
    """Exchange a refresh token for a new pair; the old one is spent.

    Raises TokenRefused. Of two simultaneous calls with one token only one is served.
    """
    with transaction.atomic():
        user = _spend(refresh_token)
    return issue_tokens(user)


def end_refresh_token(refresh_token: str) -> None:
    """Spend a refresh token without a new one. Raises TokenRefused."""
    with transaction.atomic():
        _spend(refresh_token)


def end_all_tokens(user: User) -> None:
    """Spend every refresh token of a person; call inside a transaction."""
    spent = BlacklistedToken.objects.values("token_id")
    for token in OutstandingToken.objects.filter(user=user).exclude(pk__in=spent):
        BlacklistedToken.objects.get_or_create(token=token)


def _spend(refresh_token: str) -> User:
    refused = TokenRefused(_("Sign in again."))
    try:
        token = RefreshToken(refresh_token)
        user = BearerAuthentication().get_user(token)
        _blacklisted, is_first = token.blacklist()
    except (TokenError, AuthenticationFailed, KeyError) as error:
        raise refused from error
    if not is_first:
        raise refused
    return user
