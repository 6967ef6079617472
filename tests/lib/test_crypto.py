"""Secrets are unreadable in the table, readable on the instance, and never searched."""

import pytest
from django.core.exceptions import FieldError
from django.db import connection, models, transaction
from django.db.migrations.writer import MigrationWriter
from django.db.models.functions import Length
from django.test.utils import register_lookup

from omnichat.lib.crypto import UNREADABLE, EncryptedField, SecretUnreadable

NEW, OLD, LOST = ("new-" + "n" * 50, "old-" + "o" * 50, "lost-" + "l" * 50)


class Safe(models.Model):
    """One row with a secret, in a table that only these tests make."""

    id = models.BigIntegerField(primary_key=True)
    name = models.TextField(default="")
    secret = EncryptedField(null=True)

    class Meta:
        app_label = "tests_lib"  # no installed app: migrations do not see it

    def __str__(self) -> str:
        return self.name


@pytest.fixture
def table(db, settings):
    settings.FIELD_KEYS = [NEW, OLD]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE tests_lib_safe (id bigint PRIMARY KEY, name text NOT NULL, secret text)"
        )


def stored(pk: int = 1) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM tests_lib_safe WHERE id = %s", [pk])
        return cursor.fetchone()[0]


def store(token: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tests_lib_safe SET secret = %s WHERE id = 1", [token])


@pytest.mark.parametrize("text", ["token", "mật khẩu 😀", " ", "x" * 100_000])
def test_the_column_holds_no_plain_text(table, text):
    Safe.objects.create(id=1, secret=text)
    assert stored().startswith("gAAAA")
    assert text.strip() == "" or text not in stored()
    assert Safe.objects.get().secret == text
    assert list(Safe.objects.values_list("secret", flat=True)) == [text]


@pytest.mark.parametrize("text", ["", None])
def test_nothing_stays_nothing(table, text):
    Safe.objects.create(id=1, secret=text)
    assert stored() == text
    assert Safe.objects.get().secret == text


def test_update_and_bulk_create_encrypt_too(table):
    Safe.objects.bulk_create([Safe(id=1, secret="a"), Safe(id=2, secret="a")])
    assert stored(1) != stored(2)
    Safe.objects.filter(pk=2).update(secret="b")
    assert stored(2).startswith("gAAAA")
    assert list(Safe.objects.order_by("pk").values_list("secret", flat=True)) == ["a", "b"]


def test_an_old_key_still_opens_and_saving_moves_to_the_first_key(table, settings):
    settings.FIELD_KEYS = [OLD]
    Safe.objects.create(id=1, secret="token")
    settings.FIELD_KEYS = [NEW, OLD]
    Safe.objects.get().save(update_fields=["secret"])
    settings.FIELD_KEYS = [NEW]
    assert Safe.objects.get().secret == "token"


def test_a_lost_key_gives_the_marker_and_no_error(table, settings):
    settings.FIELD_KEYS = [LOST]
    Safe.objects.create(id=1, secret="token")
    settings.FIELD_KEYS = [NEW, OLD]
    Safe.objects.create(id=2, secret="other")
    assert [row.secret for row in Safe.objects.order_by("pk")] == [UNREADABLE, "other"]


@pytest.mark.parametrize("garbage", ["token", "gAAAAA", "không phải mã", "=" * 99, "\n"])
def test_a_value_that_is_no_cipher_gives_the_marker(table, garbage):
    Safe.objects.create(id=1, secret="token")
    store(garbage)
    assert Safe.objects.get().secret == UNREADABLE


def test_saving_an_unreadable_row_keeps_the_stored_value(table, settings):
    settings.FIELD_KEYS = [LOST]
    Safe.objects.create(id=1, secret="token")
    before = stored()
    settings.FIELD_KEYS = [NEW]
    row = Safe.objects.get()
    row.name = "renamed"
    row.save()
    assert stored() == before
    settings.FIELD_KEYS = [LOST]
    assert (Safe.objects.get().name, Safe.objects.get().secret) == ("renamed", "token")


def test_the_marker_itself_is_never_stored(table):
    with pytest.raises(ValueError, match="marker"), transaction.atomic():
        Safe.objects.create(id=1, secret=UNREADABLE)
    Safe.objects.create(id=1, secret="token")
    with pytest.raises(ValueError, match="marker"), transaction.atomic():
        Safe.objects.update(secret=str(UNREADABLE))
    assert Safe.objects.get().secret == "token"


def test_the_marker_cannot_be_used_as_a_signing_key():
    with pytest.raises(SecretUnreadable) as caught:
        UNREADABLE.encode()
    assert (caught.value.code, caught.value.status) == ("secret_unreadable", 503)


@pytest.mark.parametrize(
    "lookup",
    [
        "secret",
        "secret__exact",
        "secret__in",
        "secret__contains",
        "secret__gt",
        "secret__length__gt",
    ],
)
def test_every_lookup_but_isnull_is_refused(lookup):
    with register_lookup(models.TextField, Length), pytest.raises(FieldError, match="encrypted"):
        Safe.objects.filter(**{lookup: "1"})


def test_isnull_is_answered(table):
    Safe.objects.create(id=1, secret=None)
    Safe.objects.create(id=2, secret="")
    assert Safe.objects.get(secret__isnull=True).pk == 1
    assert Safe.objects.get(secret__isnull=False).pk == 2


def test_a_migration_names_the_field_and_no_key():
    field = EncryptedField("secret", blank=True)
    assert field.deconstruct() == (
        None,
        "omnichat.lib.crypto.EncryptedField",
        [],
        {"verbose_name": "secret", "blank": True},
    )
    text, imports = MigrationWriter.serialize(field)
    assert text == "omnichat.lib.crypto.EncryptedField(blank=True, verbose_name='secret')"
    assert imports == {"import omnichat.lib.crypto"}
