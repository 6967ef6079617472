"""Word lists: phrases to ignore and abbreviations. Each change is in force like a keyword's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import record
from omnichat.lib.errors import DomainError
from omnichat.lib.text import tokenize
from routing.extraction.words import (
    MAX_ABBREVIATION_WORDS,
    MAX_MEANING_WORDS,
    MAX_READINGS,
)
from routing.keyword_rules import MAX_WORD_CHARS, key_of, tidy
from routing.models import ListedWord
from routing.services.keywords import bump_keyword_version, lock_dictionary


class ListedWordExists(DomainError):
    code = "listed_word_exists"


class ListedWordRefused(DomainError):
    code = "listed_word_refused"
    status = 400


@transaction.atomic
def create_listed_word(
    *,
    kind: str,
    word: str,
    actor: User,
    meaning: str = "",
    is_active: bool = True,
    ip: str | None = None,
) -> ListedWord:
    """Add a word to a list. Raises ListedWordRefused, ListedWordExists."""
    lock_dictionary()
    listed = ListedWord(kind=kind, word=word, meaning=meaning, is_active=is_active)
    _settle(listed)
    _save(partial(listed.save, force_insert=True))
    changes = {name: [None, value] for name, value in _facts(listed).items() if value != ""}
    record("listed_word_created", actor=actor, target=listed, changes=changes, ip=ip)
    return listed


@transaction.atomic
def update_listed_word(
    *, listed: ListedWord, actor: User, changes: dict, ip: str | None = None
) -> ListedWord:
    """Change what `changes` names. Raises ListedWordRefused, ListedWordExists."""
    lock_dictionary()
    listed = ListedWord.objects.select_for_update(no_key=True).get(pk=listed.pk)
    before = _facts(listed)
    for name, value in changes.items():
        setattr(listed, name, value)
    _settle(listed)
    after = _facts(listed)
    if after == before:
        return listed
    _save(listed.save)
    told = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    record("listed_word_changed", actor=actor, target=listed, changes=told, ip=ip)
    return listed


@transaction.atomic
def delete_listed_word(*, listed: ListedWord, actor: User, ip: str | None = None) -> None:
    """Remove a word from its list."""
    lock_dictionary()
    changes = {name: [value, None] for name, value in _facts(listed).items() if value != ""}
    record("listed_word_deleted", actor=actor, target=listed, changes=changes, ip=ip)
    ListedWord.objects.filter(pk=listed.pk).delete()
    bump_keyword_version()


def _settle(listed: ListedWord) -> None:
    """Tidy what was typed, and refuse what matching could not use."""
    listed.word, listed.meaning = tidy(listed.word), tidy(listed.meaning)
    listed.key = key_of(listed.word)
    if listed.kind not in ListedWord.Kind.values:
        raise ListedWordRefused(_("There is no such list."), field="kind")
    for name, text in (("word", listed.word), ("meaning", listed.meaning)):
        if len(text) > MAX_WORD_CHARS:
            told = _("Write %(limit)d characters at most.") % {"limit": MAX_WORD_CHARS}
            raise ListedWordRefused(told, field=name)
    if not listed.key:
        raise ListedWordRefused(_("Write at least one letter or digit."), field="word")
    if listed.kind == ListedWord.Kind.IGNORE:
        if listed.meaning:
            text = _("A phrase to ignore is not read as anything. Leave this empty.")
            raise ListedWordRefused(text, field="meaning")
    else:
        _require_usable(listed)


def _require_usable(listed: ListedWord) -> None:
    """Refuse an abbreviation without another meaning, or beyond what a message may cost."""
    meant = tokenize(listed.meaning)
    if not meant:
        raise ListedWordRefused(_("Write what it is short for."), field="meaning")
    if listed.key == key_of(listed.meaning):
        raise ListedWordRefused(_("That is the word itself."), field="meaning")
    if len(meant) > MAX_MEANING_WORDS:
        told = _("Write %(limit)d words at most.") % {"limit": MAX_MEANING_WORDS}
        raise ListedWordRefused(told, field="meaning")
    words = tokenize(listed.word)
    if len(words) > MAX_ABBREVIATION_WORDS:
        told = _("Write %(limit)d words at most.") % {"limit": MAX_ABBREVIATION_WORDS}
        raise ListedWordRefused(told, field="word")
    others = ListedWord.objects.active().filter(kind=listed.kind, key=listed.key)
    if listed.is_active and others.exclude(pk=listed.pk).count() >= MAX_READINGS:
        told = _("This abbreviation has %(limit)d meanings already.") % {"limit": MAX_READINGS}
        raise ListedWordRefused(told, field="word")


def _save(save: Callable[[], object]) -> None:
    """Store an entry; the unique columns decide between two who want the same one."""
    try:
        with transaction.atomic():
            save()
    except IntegrityError as error:
        raise ListedWordExists(_("This list has it already."), field="word") from error
    bump_keyword_version()


def _facts(listed: ListedWord) -> dict:
    return {
        "list": listed.kind,
        "word": listed.word,
        "meaning": listed.meaning,
        "is_active": listed.is_active,
    }
