"""The page of keywords that are in each other's way, or do little good."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.client_ip import client_ip
from accounts.models import Department
from accounts.permissions import EVERYONE, LEADS, role_required
from routing.extraction import KeywordEntry
from routing.forms import SwitchOffForm
from routing.keyword_conflicts import Covered, Double, Swallowed
from routing.keyword_index import Dictionary
from routing.models import Keyword
from routing.services import conflicts, switch_off_keywords
from routing.services.conflicts import Numbers

PAGE_SIZE = 20
SWALLOWED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Claim:
    """One department's claim on a word that another one claims too."""

    entry: KeywordEntry
    department: str
    numbers: Numbers
    is_winner: bool
    is_advised: bool  # more conversations stayed by it than by any other claim
    is_editable: bool
    others: str  # ids to switch off, so that this one stays; empty where one may not


@require_http_methods(["GET", "POST"])
@role_required(*EVERYONE)
def keyword_conflicts(request: HttpRequest) -> HttpResponse:
    """Words of two departments, covered and weak ones; a POST switches some of them off."""
    if request.method == "GET":
        return render(request, "routing/keyword_conflicts.html", _context(request))
    if request.user.role not in LEADS:
        raise PermissionDenied
    form = SwitchOffForm(request.POST)
    if not form.is_valid():
        return render(request, "routing/keyword_conflicts.html", _context(request), status=400)
    wanted = form.cleaned_data["off"]
    rows = Keyword.objects.editable_by(request.user).filter(pk__in=wanted).order_by("pk")
    if len(rows) != len(wanted):
        raise Http404
    switched = switch_off_keywords(keywords=rows, actor=request.user, ip=client_ip(request))
    words = ", ".join(f"“{keyword.word}”" for keyword in switched)
    text = ngettext("%(words)s is switched off.", "%(words)s are switched off.", len(switched))
    messages.success(request, text % {"words": words})
    return redirect("routing:keyword_conflicts")


def _context(request: HttpRequest) -> dict:
    found = conflicts.current_conflicts()
    doubles = Paginator(found.doubles, PAGE_SIZE).get_page(request.GET.get("page"))
    covered = Paginator(found.covered, PAGE_SIZE).get_page(request.GET.get("covered"))
    shown = [entry for double in doubles for entry in double.entries]
    shown += [entry for row in covered for entry in (row.entry, *row.covers)]
    numbers = conflicts.numbers_of(shown)
    managed, dictionary = _managed(request), conflicts.dictionary_now()
    return {
        "found": found,
        "doubles": [_double(double, dictionary, numbers, managed) for double in doubles],
        "double_page": doubles,
        "covered": [_covered(row, dictionary, numbers, managed) for row in covered],
        "covered_page": covered,
        "swallowed": _swallowed(request, dictionary, found.swallowed[:SWALLOWED_SHOWN]),
        "weak": [
            (keyword, row, keyword.department_id in managed)
            for keyword, row in conflicts.weak_keywords()
        ],
        "may_edit": request.user.role in LEADS,
    }


def _managed(request: HttpRequest) -> set[int]:
    if request.user.role not in LEADS:
        return set()
    return set(Department.objects.managed_by(request.user).values_list("pk", flat=True))


def _double(
    double: Double, dictionary: Dictionary, numbers: dict[int, Numbers], managed: set[int]
) -> dict:
    winner, is_tie = conflicts.winner_of(double, dictionary)
    advised = conflicts.advised_of(double, numbers)
    ids = [entry.id for entry in double.entries]
    editable = {entry.id for entry in double.entries if entry.department_id in managed}
    claims = []
    for entry in double.entries:
        others = [pk for pk in ids if pk != entry.id]
        claims.append(
            Claim(
                entry=entry,
                department=dictionary.names.get(entry.department_id, ""),
                numbers=numbers.get(entry.id, Numbers()),
                is_winner=entry.department_id == winner,
                is_advised=entry.id == advised,
                is_editable=entry.id in editable,
                others=",".join(map(str, others)) if editable.issuperset(others) else "",
            )
        )
    winning = next((claim for claim in claims if claim.is_winner), claims[0])
    return {"text": double.text, "claims": claims, "is_tie": is_tie, "winning": winning}


def _covered(
    row: Covered, dictionary: Dictionary, numbers: dict[int, Numbers], managed: set[int]
) -> dict:
    return {
        "entry": row.entry,
        "department": dictionary.names.get(row.entry.department_id, ""),
        "covers": [entry.word for entry in row.covers],
        "more": row.cover_count - len(row.covers),
        "covered": sum(numbers.get(entry.id, Numbers()).hits for entry in row.covers),
        "own": numbers.get(row.entry.id, Numbers()).hits,
        "is_editable": row.entry.department_id in managed,
    }


def _swallowed(
    request: HttpRequest, dictionary: Dictionary, rows: tuple[Swallowed, ...]
) -> list[dict]:
    names = dictionary.names
    seen = conflicts.ignored_in_messages([row.phrase for row in rows], request.user)
    return [
        {
            "phrase": row.phrase,
            "keywords": [(entry.word, names.get(entry.department_id, "")) for entry in row.entries],
            "count": seen.get(row.phrase, (0, ""))[0],
            "example": seen.get(row.phrase, (0, ""))[1],
        }
        for row in rows
    ]
