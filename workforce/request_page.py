"""What the pages of requests show: rows of a list, and everything about one request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from workforce.cover_choices import There, planned_people, short_words
from workforce.leave_cost import calendar_of
from workforce.models import Leave, Request, RequestComment, RequestFile, ShiftAssignment
from workforce.request_consequence import MAX_DAYS, Consequence, Line, consequence_of, is_away
from workforce.request_forms import RequestForm
from workforce.request_words import days_words, headline, planned_words, summary
from workforce.services import may_cancel
from workforce.services.leave_ledger import day_words
from workforce.services.request_evidence import evidence_of
from workforce.services.request_kinds import KINDS
from workforce.services.request_notices import deciders_of
from workforce.shift_times import DAY

PAGE_SIZE = 30
MAX_NAMES = 3  # of those a request waits for
YEAR = timedelta(days=365)


@dataclass(slots=True)
class Row:
    """One request of a list, with the consequence that matters most."""

    request: Request
    headline: str
    summary: str
    line: Line | None = None

    @property
    def is_plain(self) -> bool:
        """Can it be decided from the list? Not what is final, incomplete, or leaves a gap."""
        is_final = self.request.kind in (Request.Kind.RAISE, Request.Kind.TRANSFER)
        is_gap = self.line is not None and self.line.tone == "warn"
        return not (is_final or is_gap or KINDS[self.request.kind].missing(self.request))


@dataclass(slots=True)
class Step:
    """One line of a request's history."""

    text: str
    who: str
    at: datetime


@dataclass(slots=True)
class Detail:
    """One request as somebody sees it; what they may do says which parts there are."""

    request: Request
    headline: str
    summary: str
    facts: list[tuple[str, str]]
    steps: list[Step]
    may_decide: bool
    may_cancel: bool
    may_talk: bool
    may_hand_in: bool
    consequence: Consequence | None = None
    missing: RequestForm | None = None
    evidence: dict[str, list[dict]] = field(default_factory=dict)
    comments: list[RequestComment] = field(default_factory=list)
    files: list[RequestFile] = field(default_factory=list)

    @property
    def has_choices(self) -> bool:
        """Is there a colleague who could be chosen as a cover?"""
        covers = self.consequence.covers if self.consequence else []
        return any(choice.is_possible for one in covers for choice in one.choices)


def rows_of(requests: Sequence[Request], *, with_lines: bool = False) -> list[Row]:
    """Return the rows of a list; `with_lines` adds shortages in three statements for all."""
    lines = shortage_lines(requests) if with_lines else {}
    dated = [one for one in requests if one.first is not None]
    calendar = None
    if dated:
        first = min(one.first for one in dated)
        calendar = calendar_of(first, max(one.last or one.first for one in dated))
    return [Row(one, headline(one), summary(one, calendar), lines.get(one.pk)) for one in requests]


def shortage_lines(requests: Iterable[Request]) -> dict[int, Line]:
    """Return by request whether a shift would lack somebody, or that there are enough."""
    wanted = [one for one in requests if is_away(one) and one.first is not None]
    if not wanted:
        return {}
    first = min(one.first for one in wanted)
    last = max(_last_looked_at(one) for one in wanted)
    there = planned_people({one.user.department_id for one in wanted}, first, last)
    rows = ShiftAssignment.objects.filter(user__in={one.user_id for one in wanted})
    rows = rows.between(first, last).select_related("shift").order_by("date", "starts_at")
    own: dict[int, list[ShiftAssignment]] = defaultdict(list)
    for row in rows:
        own[row.user_id].append(row)
    found = {request.pk: _shortage(request, own[request.user_id], there) for request in wanted}
    return {pk: line for pk, line in found.items() if line is not None}


def missing_form(request: Request, data: dict | None = None) -> RequestForm | None:
    """Return the form of what the person left open and the decision needs."""
    missing = [name for name in KINDS[request.kind].details if _is_open(request, name)]
    if not missing:
        return None
    about = {"kind": request.kind, "owner": request.user}
    return RequestForm(data, **about, is_strict=False, only=missing)


def detail_of(request: Request, viewer: User) -> Detail:
    """Return everything about a request that this person may see."""
    may_decide = Request.objects.decidable_by(viewer).filter(pk=request.pk).exists()
    is_own = request.user_id == viewer.pk
    is_asked_only = request.colleague_id == viewer.pk and not (is_own or viewer.is_admin)
    may_talk = not is_asked_only or may_decide
    detail = Detail(
        request=request,
        headline=headline(request),
        summary=summary(request),
        facts=_facts(request, may_decide=may_decide),
        steps=_steps(request),
        may_decide=may_decide,
        may_cancel=may_cancel(request=request, actor=viewer),
        may_talk=may_talk,
        may_hand_in=is_own and request.is_pending,
    )
    if may_talk:
        comments = RequestComment.objects.visible_to(viewer).filter(request=request)
        detail.comments = list(comments.select_related("author"))
        files = RequestFile.objects.visible_to(viewer).filter(request=request)
        detail.files = list(files.defer("content"))
    if may_decide:
        detail.consequence = consequence_of(request)
        detail.missing = missing_form(request)
    if request.kind == Request.Kind.RAISE and (may_decide or not is_own):
        detail.evidence = request.evidence or evidence_of(request.user, timezone.now())
    return detail


def _is_open(request: Request, name: str) -> bool:
    """Did the person leave open what the decision needs?"""
    missing = KINDS[request.kind].missing(request)
    if not missing:
        return False
    return name in missing or (name in ("last", "part") and request.first is None)


def _last_looked_at(request: Request) -> date:
    return min(request.last or request.first, request.first + MAX_DAYS * DAY)


def _shortage(request: Request, own: Iterable[ShiftAssignment], there: There) -> Line | None:
    last, has_minimum = _last_looked_at(request), False
    for row in own:
        if not (request.first <= row.date <= last and row.shift.minimum_staff):
            continue
        has_minimum = True
        others = there.get((row.date, row.shift_id), {}).keys() - {request.user_id}
        lack = row.shift.minimum_staff - len(others)
        if lack > 0:
            return Line("alert", short_words(row.shift.name, row.date, lack), tone="warn")
    return Line("check", _("Enough people"), tone="ok") if has_minimum else None


def _facts(request: Request, *, may_decide: bool) -> list[tuple[str, str]]:
    facts = [
        (_("Number"), f"#{request.pk}"),
        (_("Kind"), request.get_kind_display()),
    ]
    if days := days_words(request):
        facts.append((_("Days"), days))
    if text := summary(request):
        facts.append((_("What"), text))
    if may_decide and is_away(request) and request.first:
        facts += _history_facts(request)
    if request.is_pending and not request.is_asked:
        people = User.objects.filter(pk__in=deciders_of(request)).order_by("display_name")
        facts.append((_("Waits for"), ", ".join(str(person) for person in people[:MAX_NAMES])))
    if request.is_approved:
        facts += _effect_facts(request)
    return facts


def _effect_facts(request: Request) -> list[tuple[str, str]]:
    """What the approval carried out beside what was asked: covers."""
    planned = {one["assignment"]: one for one in request.effect.get("covers", [])}
    rows = ShiftAssignment.objects.filter(pk__in=planned).select_related("shift", "user")
    words = [f"{row.user.display_name}, {planned_words(row)}" for row in rows.order_by("date")]
    return [(_("Covers"), "; ".join(words))] if words else []


def _history_facts(request: Request) -> list[tuple[str, str]]:
    """The shifts it touches, and what the person has had in the last twelve months."""
    last = request.last or request.first
    own = ShiftAssignment.objects.filter(user=request.user).between(request.first, last)
    shifts = [planned_words(row) for row in own.select_related("shift").order_by("date")[:3]]
    since = request.first - YEAR
    taken = Leave.objects.granted().filter(user=request.user, first__gte=since, first__lte=last)
    sums = taken.filter(type__kind="away").values("type__symbol").annotate(sum=Sum("days"))
    by_symbol = {row["type__symbol"]: row["sum"] or Decimal(0) for row in sums.order_by()}
    total = sum(by_symbol.values(), Decimal(0))
    each = ", ".join(f"{symbol} {day_words(days)}" for symbol, days in sorted(by_symbol.items()))
    words = _("%(days)s days") % {"days": day_words(total)}
    return [
        (_("Shifts touched"), ", ".join(shifts) or _("none")),
        (_("Leave in 12 months"), f"{words} ({each})" if each else words),
    ]


def _steps(request: Request) -> list[Step]:
    """What happened so far, in order."""
    steps = [Step(_("Sent"), str(request.user), request.created_at)]
    if request.consent_at:
        agreed = request.consent == Request.Consent.GIVEN
        text = _("Colleague agreed") if agreed else _("Colleague declined")
        steps.append(Step(text, str(request.colleague), request.consent_at))
    if request.reminded_at:
        steps.append(
            Step(_("Deciders reminded"), _("by rule, after 24 hours"), request.reminded_at)
        )
    if request.decided_at:
        approved = request.status in (Request.Status.APPROVED, Request.Status.CANCELLED)
        text = _("Approved") if approved else _("Rejected")
        steps.append(Step(text, str(request.decided_by), request.decided_at))
    if request.applied_at:
        steps.append(Step(_("Carried out"), _("by rule, on its day"), request.applied_at))
    if request.cancelled_at:
        steps.append(Step(_("Cancelled"), str(request.cancelled_by), request.cancelled_at))
    if request.is_asked and request.consent_until:
        text = _("Closes without an answer")
        steps.append(Step(text, str(request.colleague), request.consent_until))
    return sorted(steps, key=lambda step: step.at)


def waiting_words(request: Request, at: datetime) -> str:
    """`waiting for 17 hours`: how long somebody could have decided it."""
    waited = int((at - request.waits_since).total_seconds() // 3600)
    if waited < 1:
        return _("new")
    if waited < 48:
        text = ngettext("waiting for %(n)d hour", "waiting for %(n)d hours", waited)
        return text % {"n": waited}
    text = ngettext("waiting for %(n)d day", "waiting for %(n)d days", waited // 24)
    return text % {"n": waited // 24}
