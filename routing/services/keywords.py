"""Keywords: adding, changing, removing. Each change raises the version all processes watch."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.services import record, require_managed
from omnichat.lib.errors import DomainError
from omnichat.lib.text import fold
from routing.models import Keyword, KeywordVersion


class KeywordExists(DomainError):
    code = "keyword_exists"


class KeywordEmpty(DomainError):
    code = "keyword_empty"
    status = 400


@transaction.atomic
def create_keyword(
    *,
    word: str,
    department: Department,
    actor: User,
    weight: Decimal = Decimal(1),
    is_active: bool = True,
    ip: str | None = None,
) -> Keyword:
    """Add a keyword. Raises NotYourDepartment, KeywordEmpty, KeywordExists."""
    lock_dictionary()
    _require_managed(department.pk, actor)
    keyword = Keyword(
        word=_tidy(word),
        folded=_folded(word),
        department=department,
        weight=weight,
        is_active=is_active,
    )
    _save(partial(keyword.save, force_insert=True))
    changes = {name: [None, value] for name, value in _facts(keyword).items()}
    record("keyword_created", actor=actor, target=keyword, changes=changes, ip=ip)
    return keyword


@transaction.atomic
def update_keyword(
    *, keyword: Keyword, actor: User, changes: dict, ip: str | None = None
) -> Keyword:
    """Change word, department, weight or activity. Source and target must be the actor's.

    Raises NotYourDepartment, KeywordEmpty, KeywordExists.
    """
    lock_dictionary()
    keyword = Keyword.objects.select_for_update(no_key=True).get(pk=keyword.pk)
    _require_managed(keyword.department_id, actor)
    before = _facts(keyword)
    for name, value in changes.items():
        setattr(keyword, name, value)
    _require_managed(keyword.department_id, actor)
    keyword.word, keyword.folded = _tidy(keyword.word), _folded(keyword.word)
    after = _facts(keyword)
    if after == before:
        return keyword
    _save(keyword.save)
    told = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    record("keyword_changed", actor=actor, target=keyword, changes=told, ip=ip)
    return keyword


@transaction.atomic
def delete_keyword(*, keyword: Keyword, actor: User, ip: str | None = None) -> None:
    """Remove a keyword; messages that matched it keep their marks. Raises NotYourDepartment."""
    lock_dictionary()
    _require_managed(keyword.department_id, actor)
    changes = {name: [value, None] for name, value in _facts(keyword).items()}
    record("keyword_deleted", actor=actor, target=keyword, changes=changes, ip=ip)
    Keyword.objects.filter(pk=keyword.pk).delete()
    bump_keyword_version()


def lock_dictionary() -> int:
    """Let one change of keywords happen after the other; return the version. Before other locks."""
    locked = KeywordVersion.objects.select_for_update(no_key=True)
    return locked.values_list("version", flat=True).get(pk=1)


def bump_keyword_version() -> None:
    """Make every process load the keywords again at its next message."""
    KeywordVersion.objects.filter(pk=1).update(
        version=F("version") + 1, departments_mark=_departments_mark()
    )


def repair_keyword_version() -> bool:
    """Bump the version when departments changed and the news of it was lost; True if so."""
    is_known = KeywordVersion.objects.filter(pk=1, departments_mark=_departments_mark()).exists()
    if not is_known:
        bump_keyword_version()
    return not is_known


def _departments_mark() -> str:
    """What the dictionaries hold of departments, in short."""
    facts = list(Department.objects.active().order_by("pk").values_list("pk", "name", "priority"))
    return sha256(repr(facts).encode()).hexdigest()


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


def _tidy(word: str) -> str:
    return " ".join(word.split())


def _folded(word: str) -> str:
    folded = fold(word)
    if not folded:
        raise KeywordEmpty(_("A keyword needs at least one letter or digit."), field="word")
    return folded


def _facts(keyword: Keyword) -> dict:
    return {
        "word": keyword.word,
        "department": keyword.department.name,
        "weight": str(keyword.weight),
        "is_active": keyword.is_active,
    }
