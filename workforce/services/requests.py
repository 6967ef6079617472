"""Asking, answering, deciding and cancelling: each happens once, with all it changes.

A decision is one conditional UPDATE; whoever comes second finds nothing left to decide. What it
changes happens in the same transaction, so a refusal there leaves the request as it was.

Lock order: the request, the departments whose roster it changes, the person, then months and the
rest, as everything else in workforce takes them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import record
from omnichat.lib.errors import DomainError
from omnichat.lib.retry import retry_on_conflict
from workforce.models import Request
from workforce.services import request_kinds
from workforce.services.leave import PersonLeft
from workforce.services.leave_ledger import lock_account
from workforce.services.request_covers import plan_covers, undo_covers
from workforce.services.request_evidence import evidence_of
from workforce.services.request_files import NewFile, add_files
from workforce.services.request_kinds.base import BadRequest
from workforce.services.request_kinds.days import LEAVE_KINDS
from workforce.services.request_notices import deciders_of, tell_request
from workforce.services.roster import lock_departments

Status, Consent = Request.Status, Request.Consent


class AlreadyDecided(DomainError):
    code = "already_decided"


class NotYoursToDecide(DomainError):
    code = "not_yours_to_decide"
    status = 403


class ConsentMissing(DomainError):
    code = "consent_missing"


class NotCancellable(DomainError):
    code = "not_cancellable"


class AlreadyAsked(DomainError):
    code = "already_asked"


@transaction.atomic
def submit_request(
    *,
    user: User,
    kind: str,
    description: str = "",
    details: Mapping[str, object] | None = None,
    files: Collection[NewFile] = (),
    ip: str | None = None,
    at: datetime | None = None,
) -> Request:
    """Send a request to whoever decides it; `details` are columns of its kind.

    Without any details a description is enough: the decider fills in what is missing. Locks the
    person. Raises PersonLeft, BadRequest and what the kind refuses, each with its field;
    AlreadyAsked for the same thing asked twice.
    """
    at = at or timezone.now()
    _hold(user)
    given = {name: value for name, value in (details or {}).items() if value not in (None, "")}
    request = Request(user=user, kind=kind, description=description, created_at=at, **given)
    known = request_kinds.of(request)
    if not description.strip() and not given:
        raise BadRequest(_("Say what you ask for."), field="description")
    known.prepare(request, at)
    if given.keys() - {"part"} or not description.strip():
        known.require_complete(request)
    known.check(request, at)
    _refuse_twice(request)
    request.save()
    add_files(request=request, files=files, actor=user)
    _record("request_sent", request, user, ip)
    if request.consent == Consent.ASKED:
        tell_request(request, "asked", [request.colleague_id], person=user, actor=user, at=at)
    else:
        tell_request(request, "waiting", deciders_of(request), person=user, actor=user, at=at)
    return request


@transaction.atomic
def answer_swap(
    *,
    request: Request,
    actor: User,
    agrees: bool,
    note: str = "",
    ip: str | None = None,
    at: datetime | None = None,
) -> Request:
    """Let the colleague agree to a change of shifts, or not; once.

    Raises NotYoursToDecide for anybody else, AlreadyDecided.
    """
    at = at or timezone.now()
    if request.colleague_id != actor.pk:
        raise NotYoursToDecide(_("Only the colleague who is asked can answer."))
    asked = Request.objects.waiting().filter(pk=request.pk, consent=Consent.ASKED)
    asked = asked.exclude(consent_until__lte=at)
    answered = {"consent_at": at, "consent_note": note}
    if agrees:
        count = asked.update(consent=Consent.GIVEN, **answered)
    else:
        count = asked.update(consent=Consent.REFUSED, status=Status.CLOSED, **answered)
    if not count:
        raise AlreadyDecided(_("This is answered or closed already."))
    request = _read(request.pk)
    _record("swap_agreed" if agrees else "swap_declined", request, actor, ip)
    told = "agreed" if agrees else "declined"
    tell_request(request, told, [request.user_id], person=actor, actor=actor, at=at)
    if agrees:
        deciders = deciders_of(request)
        tell_request(request, "waiting", deciders, person=request.user, actor=actor, at=at)
    return request


@retry_on_conflict
@transaction.atomic
def approve_request(
    *,
    request: Request,
    actor: User,
    note: str = "",
    details: Mapping[str, object] | None = None,
    covers: Mapping[int, UUID] | None = None,
    ip: str | None = None,
    at: datetime | None = None,
) -> Request:
    """Approve a request and carry it out, all or nothing.

    `details` fill in what the person left open, and `amount_granted` of a raise; what was asked
    is not changed. `covers`: who takes which planned shift of somebody on leave, by the id of
    the planned shift and the colleague's public id. Raises AlreadyDecided, NotYoursToDecide,
    ConsentMissing, Incomplete, and what the kind and the roster refuse.
    """
    at = at or timezone.now()
    _claim(request, actor, Status.APPROVED, note, at)
    request = _read(request.pk)
    known = request_kinds.of(request)
    if covers or known.changes_roster:
        lock_departments([request.user.department_id, request.to_department_id])
    _hold(request.user)
    _fill_in(request, known, details or {}, at)
    known.require_complete(request)
    known.check(request, at)
    effect = known.apply(request, actor, at, ip)
    if covers:
        effect["covers"] = plan_covers(request=request, covers=covers, actor=actor, ip=ip, at=at)
    request.effect = effect
    if request.kind == Request.Kind.RAISE:
        request.evidence = evidence_of(request.user, at)
        request.amount_granted = (details or {}).get("amount_granted") or request.amount
    request.save(update_fields=["effect", "evidence", "amount_granted"])
    _tell_decision("approved", request, actor, ip, at)
    return request


@transaction.atomic
def reject_request(
    *, request: Request, actor: User, note: str, ip: str | None = None, at: datetime | None = None
) -> Request:
    """Reject a request and say why. Raises AlreadyDecided, NotYoursToDecide, BadRequest."""
    at = at or timezone.now()
    if not note.strip():
        raise BadRequest(_("Say why, so that the person can understand it."), field="note")
    _claim(request, actor, Status.REJECTED, note, at)
    request = _read(request.pk)
    if request.kind == Request.Kind.RAISE:
        request.evidence = evidence_of(request.user, at)
        request.save(update_fields=["evidence"])
    _tell_decision("rejected", request, actor, ip, at)
    return request


@retry_on_conflict
@transaction.atomic
def cancel_request(
    *, request: Request, actor: User, ip: str | None = None, at: datetime | None = None
) -> Request:
    """Cancel a request; what was approved is taken back with all it changed.

    Before the decision its owner may. After it the owner may until it begins, where the kind
    allows that, and whoever may decide it at any time. Raises NotCancellable, AlreadyDecided,
    and what the effect cannot take back (a locked month, a roster that has changed).
    """
    at = at or timezone.now()
    list(Request.objects.filter(pk=request.pk).select_for_update(no_key=True).values_list("pk"))
    request = _read(request.pk)
    was, known = request.status, request_kinds.of(request)
    _require_may_cancel(request, actor, at)
    rows = Request.objects.filter(pk=request.pk, status=was)
    if not rows.update(status=Status.CANCELLED, cancelled_at=at, cancelled_by=actor):
        raise AlreadyDecided(_("This request is decided or cancelled already."))
    if was == Status.APPROVED and request.effect:
        if request.effect.get("covers") or known.changes_roster:
            lock_departments([request.user.department_id])
        lock_account(request.user)
        known.undo(request, actor, at, ip)
        undo_covers(request=request, actor=actor, ip=ip, at=at)
    request = _read(request.pk)
    _record("request_cancelled", request, actor, ip)
    people = {request.user_id, request.colleague_id} - {None}
    if request.decided_by_id is not None:
        people.add(request.decided_by_id)
    elif request.consent != Consent.ASKED:
        people |= {*deciders_of(request)}
    people = sorted(people)
    tell_request(request, "cancelled", people, person=actor, actor=actor, at=at)
    return request


def may_cancel(*, request: Request, actor: User, at: datetime | None = None) -> bool:
    """Would `cancel_request` let this person?"""
    try:
        _require_may_cancel(request, actor, at or timezone.now())
    except DomainError:
        return False
    return True


def _claim(request: Request, actor: User, status: str, note: str, at: datetime) -> None:
    """Decide it, if it is this person's to decide and nobody did before."""
    # The state stands in the UPDATE itself: PostgreSQL looks at it again when it had to wait.
    rows = Request.objects.waiting().filter(pk=request.pk).exclude(consent=Consent.ASKED)
    rows = rows.filter(pk__in=Request.objects.decidable_by(actor).values("pk"))
    decided = {"decided_at": at, "decided_by": actor, "decision_note": note}
    if rows.update(status=status, **decided):
        return
    now = Request.objects.get(pk=request.pk)
    if not now.is_pending:
        text = _("This request is no longer open: it is %(status)s.")
        raise AlreadyDecided(text % {"status": now.get_status_display()})
    if now.consent == Consent.ASKED:
        raise ConsentMissing(_("The colleague has not answered yet."))
    if now.user_id == actor.pk:
        raise NotYoursToDecide(_("Nobody decides their own request."))
    raise NotYoursToDecide(_("An administrator decides this request."))


def _fill_in(
    request: Request, known: request_kinds.RequestKind, details: Mapping, at: datetime
) -> None:
    """Take over what the person left open; nothing that they said is changed."""
    is_empty = request.first is None
    given = {
        name: value
        for name, value in details.items()
        if name in known.details
        and value not in (None, "")
        and (getattr(request, name) in (None, "") or (name == "part" and is_empty))
    }
    if not given:
        return
    for name, value in given.items():
        setattr(request, name, value)
    known.prepare(request, at)
    if request.consent == Consent.ASKED:
        raise ConsentMissing(_("The colleague must be asked first: the person sends it anew."))
    names = {*known.details, "first", "last", "time_entry"}
    request.save(update_fields=sorted(names))


def _refuse_twice(request: Request) -> None:
    """The same thing, sent by a second press of the button, is one request."""
    waiting = Request.objects.waiting().filter(user=request.user)
    names = (*request_kinds.of(request).details, "description")
    same = waiting.filter(kind=request.kind, **{name: getattr(request, name) for name in names})
    text = _("You have asked for this already: request #%(number)d waits for a decision.")
    if other := same.first():
        raise AlreadyAsked(text % {"number": other.pk})
    if request.kind in LEAVE_KINDS and request.first is not None:
        days = waiting.filter(kind__in=LEAVE_KINDS, first__lte=request.last)
        if other := days.filter(last__gte=request.first).first():
            raise AlreadyAsked(text % {"number": other.pk}, field="first")


def _require_may_cancel(request: Request, actor: User, at: datetime) -> None:
    known, is_own = request_kinds.of(request), request.user_id == actor.pk
    if request.is_pending:
        if not is_own:
            raise NotYoursToDecide(_("Only the person who asked can cancel it; you can reject it."))
        return
    if not request.is_approved:
        raise AlreadyDecided(_("This request is decided or cancelled already."))
    begins = known.begins_at(request)
    is_ahead = begins is not None and begins > at
    if not known.has_effect:
        raise NotCancellable(_("This decision is final: it changed nothing that could go back."))
    if request.kind == Request.Kind.TRANSFER and request.applied_at is not None:
        raise NotCancellable(_("The transfer is done. Ask for a new one to go back."))
    if Request.objects.in_charge_of(actor).filter(pk=request.pk).exists():
        return
    if not (is_own and known.owner_may_undo):
        raise NotYoursToDecide(_("Ask whoever decided it to cancel it."))
    if not is_ahead:
        raise NotCancellable(_("It has begun already. Ask whoever decided it to cancel it."))


def _hold(user: User) -> None:
    """Lock the person, who must still be here. Raises PersonLeft."""
    lock_account(user)
    if not User.objects.filter(pk=user.pk, is_active=True).exists():
        raise PersonLeft(_("This account is deactivated."))


def _read(pk: int) -> Request:
    return Request.objects.for_list().select_related("time_entry").get(pk=pk)


def _tell_decision(what: str, request: Request, actor: User, ip: str | None, at: datetime) -> None:
    _record(f"request_{what}", request, actor, ip)
    people = [request.user_id]
    if request.consent == Consent.GIVEN:
        people.append(request.colleague_id)
    tell_request(request, what, people, person=actor, actor=actor, at=at)


def _record(action: str, request: Request, actor: User, ip: str | None) -> None:
    changes = {"request": request.pk, "kind": str(request.kind)}
    for name in ("first", "last"):
        if value := getattr(request, name):
            changes[name] = value.isoformat()
    record(action, actor=actor, target=request.user, changes=changes, ip=ip)
