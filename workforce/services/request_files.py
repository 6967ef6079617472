"""Papers and words that go with a request."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from omnichat.lib.errors import DomainError
from workforce.models import Request, RequestComment, RequestFile
from workforce.services.request_notices import deciders_of, tell_request

MAX_FILES = 3  # of one request; together less than a request may be large
MAX_BYTES = 5 * 1024 * 1024  # of one file
# What a paper is, by how its bytes begin; the name and the browser's word for it prove nothing.
KINDS_OF_FILE = (
    ("application/pdf", b"%PDF-"),
    ("image/jpeg", b"\xff\xd8\xff"),
    ("image/png", b"\x89PNG\r\n\x1a\n"),
    ("image/webp", b"RIFF"),
)


class BadFile(DomainError):
    code = "bad_file"
    status = 400


class TalkIsOver(DomainError):
    code = "talk_is_over"


class NotYourTalk(DomainError):
    code = "not_your_talk"
    status = 403


@dataclass(frozen=True, slots=True)
class NewFile:
    """What was sent, before anything is believed of it."""

    name: str
    content: bytes


@transaction.atomic
def comment_on(*, request: Request, author: User, text: str) -> RequestComment:
    """Write something about a request; the other side is told. Call for who may see it.

    Raises NotYourTalk for a colleague who is only asked to swap.
    """
    is_asked_only = request.colleague_id == author.pk and request.user_id != author.pk
    if is_asked_only and not Request.objects.in_charge_of(author).filter(pk=request.pk).exists():
        raise NotYourTalk(_("Answer the request instead: comments are for those who decide."))
    comment = RequestComment.objects.create(request=request, author=author, text=text)
    people = {request.user_id, *request.comments.values_list("author", flat=True)}
    people |= {request.decided_by_id} if request.decided_by_id else {*deciders_of(request)}
    tell_request(
        request, "commented", sorted(people), person=author, actor=author, occasion=comment.pk
    )
    return comment


@transaction.atomic
def hand_in(*, request: Request, files: Collection[NewFile], actor: User) -> list[RequestFile]:
    """Add papers to a request that waits. Raises TalkIsOver, BadFile."""
    locked = Request.objects.select_for_update(no_key=True).get(pk=request.pk)
    if not locked.is_pending:
        raise TalkIsOver(_("This request is decided. Send a new one with the paper."))
    if locked.user_id != actor.pk:
        raise TalkIsOver(_("Only the person who asked hands in papers."))
    return add_files(request=locked, files=files, actor=actor)


def add_files(*, request: Request, files: Collection[NewFile], actor: User) -> list[RequestFile]:
    """Store papers of a request; call in a transaction. Raises BadFile, naming the file."""
    if len(files) + request.files.count() > MAX_FILES:
        text = _("At most %(most)d files.") % {"most": MAX_FILES}
        raise BadFile(text, field="files")
    rows = [
        RequestFile(
            request=request,
            uploaded_by=actor,
            name=clean_name(file.name),
            content_type=_type_of(file),
            size=len(file.content),
            content=file.content,
            created_at=timezone.now(),
        )
        for file in files
    ]
    return RequestFile.objects.bulk_create(rows)


def clean_name(name: str) -> str:
    """A name to save under: the last part of a path, without control and direction marks."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip()
    return kept[-120:] or "file"


def _type_of(file: NewFile) -> str:
    words = {"name": clean_name(file.name)}
    if not file.content:
        raise BadFile(_("%(name)s is empty.") % words, field="files")
    if len(file.content) > MAX_BYTES:
        words["most"] = MAX_BYTES // (1024 * 1024)
        raise BadFile(_("%(name)s is larger than %(most)d MB.") % words, field="files")
    for content_type, start in KINDS_OF_FILE:
        is_webp = content_type != "image/webp" or file.content[8:12] == b"WEBP"
        if file.content.startswith(start) and is_webp:
            return content_type
    text = _("%(name)s is no PDF and no picture (JPEG, PNG, WebP).")
    raise BadFile(text % words, field="files")
