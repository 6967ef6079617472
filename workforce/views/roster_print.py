"""The week of the roster on paper."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.permissions import EVERYONE, role_required
from workforce.roster_forms import WeekForm
from workforce.roster_page import read_week
from workforce.roster_words import week_words


@require_GET
@role_required(*EVERYONE)
def roster_print(request: HttpRequest) -> HttpResponse:
    """What counts of a week: the published shifts and who is away, for everybody alike."""
    form = WeekForm(request.GET, user=request.user)
    if not form.is_valid():
        return render(request, "workforce/roster_refused.html", {"form": form}, status=400)
    week, chosen = form.cleaned_data["week"], form.cleaned_data["department"]
    zone = timezone.get_current_timezone()
    plan = read_week(request.user, form.departments, week, zone)
    context = {
        "plan": plan,
        "department": chosen,
        "departments": form.departments,
        "week": week,
        "week_words": week_words(week),
        "zone": zone,
        "now": timezone.now(),
    }
    return render(request, "workforce/roster_print.html", context)
