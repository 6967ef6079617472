"""Keywords: adding, changing, removing. Each change raises the version all processes watch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import partial
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Department, LiveEvent, User
from accounts.services import record, require_managed
from accounts.services.live import tell_leads
from accounts.workplace import workplace_zone
from inbox.models import Channel, Priority
from omnichat.lib.errors import DomainError
from omnichat.lib.text import fold
from routing.keyword_rules import (
    MAX_NOTE_CHARS,
    MAX_WORD_CHARS,
    ends_before_it_begins,
    tidy,
    tidy_synonyms,
)
from routing.keyword_sentences import ENDS_EARLY, synonym_sentence
from routing.models import Keyword, KeywordVersion, validate_weight


class KeywordExists(DomainError):
    code = "keyword_exists"


class KeywordEmpty(DomainError):
    code = "keyword_empty"
    status = 400


class KeywordRefused(DomainError):
    """A value that no door should have let through; the field says which."""

    code = "keyword_refused"
    status = 400


@transaction.atomic
def create_keyword(
    *,
    word: str,
    department: Department,
    actor: User,
    weight: Decimal = Decimal(1),
    is_active: bool = True,
    synonyms: list[str] | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    channel: Channel | None = None,
    sets_priority: int | None = None,
    note: str = "",
    ip: str | None = None,
) -> Keyword:
    """Add a keyword. Raises NotYourDepartment, KeywordEmpty, KeywordRefused, KeywordExists."""
    lock_dictionary()
    _require_managed(department.pk, actor)
    keyword = Keyword(
        word=word,
        department=department,
        weight=weight,
        is_active=is_active,
        synonyms=synonyms or [],
        valid_from=valid_from,
        valid_to=valid_to,
        channel=channel,
        sets_priority=sets_priority,
        note=note,
    )
    _settle(keyword)
    _save(partial(keyword.save, force_insert=True))
    changes = {name: [None, value] for name, value in _told(keyword).items()}
    record("keyword_created", actor=actor, target=keyword, changes=changes, ip=ip)
    return keyword


@transaction.atomic
def update_keyword(
    *, keyword: Keyword, actor: User, changes: dict, ip: str | None = None
) -> Keyword:
    """Change what `changes` names. Source and target department must be the actor's.

    Raises NotYourDepartment, KeywordEmpty, KeywordRefused, KeywordExists.
    """
    lock_dictionary()
    keyword = Keyword.objects.select_for_update(no_key=True).get(pk=keyword.pk)
    _require_managed(keyword.department_id, actor)
    before = _facts(keyword)
    for name, value in changes.items():
        setattr(keyword, name, value)
    _require_managed(keyword.department_id, actor)
    _settle(keyword)
    after = _facts(keyword)
    if after == before:
        return keyword
    _save(keyword.save)
    told = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    record("keyword_changed", actor=actor, target=keyword, changes=told, ip=ip)
    return keyword


@transaction.atomic
def switch_off_keywords(
    *, keywords: Iterable[Keyword], actor: User, ip: str | None = None
) -> list[Keyword]:
    """Switch several keywords off, all or none. Raises NotYourDepartment."""
    return [
        update_keyword(keyword=keyword, actor=actor, changes={"is_active": False}, ip=ip)
        for keyword in keywords
    ]


@transaction.atomic
def delete_keyword(*, keyword: Keyword, actor: User, ip: str | None = None) -> None:
    """Remove a keyword; messages that matched it keep their marks. Raises NotYourDepartment."""
    lock_dictionary()
    _require_managed(keyword.department_id, actor)
    changes = {name: [value, None] for name, value in _told(keyword).items()}
    record("keyword_deleted", actor=actor, target=keyword, changes=changes, ip=ip)
    Keyword.objects.filter(pk=keyword.pk).delete()
    bump_keyword_version()


def keyword_channels() -> list[Channel]:
    """The channels that a keyword may be limited to; one that is closed may be opened again."""
    return list(Channel.objects.order_by("name", "pk"))


def lock_dictionary() -> int:
    """Let one change of keywords happen after the other; return the version. Before other locks."""
    locked = KeywordVersion.objects.select_for_update(no_key=True)
    return locked.values_list("version", flat=True).get(pk=1)


def bump_keyword_version() -> None:
    """Make every process load the keywords again at its next message."""
    KeywordVersion.objects.filter(pk=1).update(
        version=F("version") + 1, departments_mark=_surroundings_mark()
    )
    tell_leads(LiveEvent.Kind.KEYWORDS_CHANGED)  # the box that tries a message tries it again


def hear_of_departments() -> None:
    """Make every process load keywords and policies again: a closed department helps nobody."""
    bump_keyword_version()
    KeywordVersion.objects.filter(pk=1).update(rules_version=F("rules_version") + 1)


def repair_keyword_version() -> bool:
    """Do so when what surrounds keywords changed and its news was lost; True if so."""
    is_known = KeywordVersion.objects.filter(pk=1, departments_mark=_surroundings_mark()).exists()
    if not is_known:
        hear_of_departments()
    return not is_known


def _surroundings_mark() -> str:
    """What the dictionaries hold of departments and of the organisation, in short."""
    facts = list(Department.objects.active().order_by("pk").values_list("pk", "name", "priority"))
    return sha256(repr((facts, workplace_zone().key)).encode()).hexdigest()


def _save(save: Callable[[], object]) -> None:
    """Store a keyword; the unique columns decide between two who want one word."""
    try:
        with transaction.atomic():
            save()
    except IntegrityError as error:
        raise KeywordExists(
            _("This department already has this keyword, or one that differs only in its marks."),
            field="word",
        ) from error
    bump_keyword_version()


def _require_managed(department_id: int, actor: User) -> None:
    text = _("You can change keywords of your own department only.")
    require_managed([department_id], actor, text)


def _settle(keyword: Keyword) -> None:
    """Tidy what people typed, and refuse what a keyword cannot be."""
    keyword.word, keyword.note = tidy(keyword.word), tidy(keyword.note)
    keyword.synonyms = tidy_synonyms(keyword.synonyms)
    keyword.folded = fold(keyword.word)
    if not keyword.folded:
        raise KeywordEmpty(_("A keyword needs at least one letter or digit."), field="word")
    if len(keyword.word) > MAX_WORD_CHARS:
        text = _("The keyword is longer than %(limit)d characters.") % {"limit": MAX_WORD_CHARS}
        raise KeywordRefused(text, field="word")
    try:
        validate_weight(keyword.weight)
    except ValidationError as error:
        raise KeywordRefused(error.messages[0], field="weight") from error
    if text := synonym_sentence(keyword.word, keyword.synonyms):
        raise KeywordRefused(text, field="synonyms")
    if ends_before_it_begins(keyword.valid_from, keyword.valid_to):
        raise KeywordRefused(str(ENDS_EARLY), field="valid_to")
    if keyword.sets_priority is not None and keyword.sets_priority not in Priority.values:
        raise KeywordRefused(_("There is no such priority."), field="sets_priority")
    if len(keyword.note) > MAX_NOTE_CHARS:
        text = _("The note is longer than %(limit)d characters.") % {"limit": MAX_NOTE_CHARS}
        raise KeywordRefused(text, field="note")


def _facts(keyword: Keyword) -> dict:
    """What the audit tells of a keyword; `remark` is its note."""
    priority = keyword.sets_priority
    return {
        "word": keyword.word,
        "department": keyword.department.name,
        "weight": str(keyword.weight),
        "is_active": keyword.is_active,
        "synonyms": ", ".join(keyword.synonyms),
        "valid_from": keyword.valid_from and keyword.valid_from.isoformat(),
        "valid_to": keyword.valid_to and keyword.valid_to.isoformat(),
        "channel": keyword.channel_id and str(keyword.channel),
        "sets_priority": priority and Priority(priority).name.lower(),
        "remark": keyword.note,
    }


def _told(keyword: Keyword) -> dict:
    """Its facts without those that are not set."""
    return {name: value for name, value in _facts(keyword).items() if value not in (None, "")}
