"""Requests to swap a shift with a colleague, to hand it over, or to work another one that day."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import User
from workforce.models import Request, Shift, ShiftAssignment
from workforce.services.request_kinds.base import BadRequest, RequestKind
from workforce.services.roster_moves import Move, change_shift, move_shifts, moved

ANSWER_WITHIN = timedelta(hours=48)


class ShiftChange(RequestKind):
    """One's own published shift against a colleague's, to a colleague, or for another shift."""

    details = ("assignment", "colleague_assignment", "colleague", "wanted_shift")
    needed = ("assignment",)
    changes_roster = True

    def prepare(self, request: Request, at: datetime) -> None:
        """A colleague is asked first, until two days have passed or a shift begins."""
        if request.assignment is None:
            return
        request.first = request.assignment.date
        request.effect = {"agreed": _rows(request)}
        if request.colleague_assignment is not None:
            request.colleague = request.colleague or request.colleague_assignment.user
            request.last = max(request.first, request.colleague_assignment.date)
            request.first = min(request.first, request.colleague_assignment.date)
        if request.colleague is not None:
            request.consent = Request.Consent.ASKED
            request.consent_until = min(at + ANSWER_WITHIN, *_starts(request))

    def check(self, request: Request, at: datetime) -> None:
        own, theirs = request.assignment, request.colleague_assignment
        if own is None and request.pk:
            raise moved()
        if own is None:
            if request.colleague or theirs or request.wanted_shift:
                self.require_complete(request)
            return
        if request.pk and _rows(request) != request.effect.get("agreed"):
            raise moved()
        if own.user_id != request.user_id or own.published_at is None:
            raise BadRequest(_("Choose one of your shifts."), field="assignment")
        if min(_starts(request)) <= at:
            raise BadRequest(_("This shift has begun already."), field="assignment")
        wanted = [request.colleague, request.wanted_shift]
        if sum(one is not None for one in wanted) != 1:
            text = _("Choose a colleague's shift, a colleague, or another shift: one of them.")
            raise BadRequest(text, field="colleague_assignment")
        if request.colleague is not None:
            self._check_colleague(request)
        elif request.wanted_shift.pk == own.shift_id:
            raise BadRequest(_("This is the shift you have."), field="wanted_shift")
        elif request.wanted_shift.department_id != own.shift.department_id:
            raise BadRequest(_("This shift is not one of the department."), field="wanted_shift")

    def _check_colleague(self, request: Request) -> None:
        colleague, theirs = request.colleague, request.colleague_assignment
        field = "colleague" if theirs is None else "colleague_assignment"
        if theirs and theirs.user_id != colleague.pk:
            text = _("Choose a colleague's shift, a colleague, or another shift: one of them.")
            raise BadRequest(text, field="colleague")
        is_theirs = theirs is None or theirs.published_at is not None
        is_same = colleague.department_id == request.assignment.shift.department_id
        is_other = colleague.pk != request.user_id
        if not (is_same and is_other and is_theirs and colleague.is_active):
            raise BadRequest(_("Choose a colleague of your department."), field=field)
        own = request.assignment
        if theirs and (theirs.date, theirs.shift_id) == (own.date, own.shift_id):
            raise BadRequest(_("Both have the same shift on that day."), field=field)

    def apply(self, request: Request, actor: User, at: datetime, ip: str | None) -> dict:
        if request.wanted_shift is not None:
            before = request.assignment.shift_id
            change_shift(
                assignment_id=request.assignment_id,
                was=(request.user_id, before),
                shift=request.wanted_shift,
                actor=actor,
                ip=ip,
                at=at,
            )
            return {"assignment": request.assignment_id, "shift": before}
        own, theirs = request.assignment, request.colleague_assignment
        moves = [Move(own.pk, request.user_id, request.colleague_id, own.shift_id)]
        if theirs is not None:
            moves.append(Move(theirs.pk, request.colleague_id, request.user_id, theirs.shift_id))
        move_shifts(moves=moves, actor=actor, ip=ip, at=at)
        return {"moves": [[m.assignment_id, m.from_id, m.to_id, m.shift_id] for m in moves]}

    def undo(self, request: Request, actor: User, at: datetime, ip: str | None) -> None:
        if moves := request.effect.get("moves"):
            backs = [Move(*move).back for move in moves]
            move_shifts(moves=backs, actor=actor, ip=ip, at=at)
            return
        shift = Shift.objects.get(pk=request.effect["shift"])
        change_shift(
            assignment_id=request.effect["assignment"],
            was=(request.user_id, request.wanted_shift_id),
            shift=shift,
            actor=actor,
            ip=ip,
            at=at,
        )

    def begins_at(self, request: Request) -> datetime | None:
        return min(_starts(request), default=None)


def _rows(request: Request) -> list[list]:
    """The shifts it is about, as they are now: [planned shift, whose, which, date]."""
    rows = (request.assignment, request.colleague_assignment)
    return [[row.pk, row.user_id, row.shift_id, row.date.isoformat()] for row in rows if row]


def _starts(request: Request) -> list[datetime]:
    rows: list[ShiftAssignment | None] = [request.assignment, request.colleague_assignment]
    return [row.starts_at for row in rows if row is not None]
