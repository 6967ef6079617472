"""Secrets in the database: encrypted at rest, never searched."""

import base64
import hashlib
from functools import lru_cache
from typing import NoReturn

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.utils.translation import gettext_lazy as _

from omnichat.lib.errors import DomainError


class SecretUnreadable(DomainError):
    code = "secret_unreadable"
    status = 503


class _Unreadable(str):
    """The text is public, so it must never become a signing key: `encode` refuses."""

    __slots__ = ()

    def encode(self, *args, **kwargs) -> NoReturn:
        raise SecretUnreadable(
            _("This secret cannot be read. Restore the encryption key or enter the secret again.")
        )


# What a field holds when no key opens the stored value; compare with `==`.
UNREADABLE = _Unreadable("\N{REPLACEMENT CHARACTER}unreadable\N{REPLACEMENT CHARACTER}")


@lru_cache(maxsize=8)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    """Derive one Fernet key of 32 bytes from each secret, however long it is."""
    digests = [hashlib.sha256(key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def decrypt(stored: str | None) -> str | None:
    """Read what an EncryptedField stored; UNREADABLE when no key opens it."""
    return _decrypt(tuple(settings.FIELD_KEYS), stored) if stored else stored


@lru_cache(maxsize=256)  # each webhook reads its channel's secret
def _decrypt(keys: tuple[str, ...], stored: str) -> str:
    try:
        return _fernet(keys).decrypt(stored.encode()).decode()
    except InvalidToken:
        return UNREADABLE


class EncryptedField(models.TextField):
    """Text that is encrypted in the column and plain on the instance.

    Written with the first of `settings.FIELD_KEYS`, read with any of them; saving a row again
    therefore moves it to the newest key. None and "" are stored as they are. A value that no key
    opens reads as `UNREADABLE`, so one lost key does not break a list; saving such an instance
    leaves the stored value alone. Every lookup but `isnull` raises FieldError, because the same
    text is stored differently each time.
    """

    def get_lookup(self, lookup_name: str):
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted and cannot be searched ({lookup_name}).")
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> NoReturn:
        raise FieldError(f"{self.name} is encrypted and cannot be searched ({lookup_name}).")

    def from_db_value(self, value: str | None, expression, connection) -> str | None:
        return decrypt(value)

    def pre_save(self, model_instance: models.Model, add: bool):
        value = super().pre_save(model_instance, add)
        if value == UNREADABLE and not add:
            return models.F(self.attname)
        return value

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        if not value:
            return value
        if value == UNREADABLE:
            raise ValueError(f"{self.name}: the marker of an unreadable value cannot be stored.")
        return _fernet(tuple(settings.FIELD_KEYS)).encrypt(value.encode()).decode()
