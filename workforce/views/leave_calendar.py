"""The calendar of a team's leave."""

from __future__ import annotations

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from accounts.permissions import EVERYONE, LEADS, role_required
from workforce.leave_calendar import read_leave_calendar
from workforce.timesheet_forms import LAST_MONTH
from workforce.views.roster_month import PAGE_SIZE, RosterMonthForm


@require_GET
@role_required(*EVERYONE)
def leave_calendar(request: HttpRequest) -> HttpResponse:
    """The month of one's department, or of the one an administrator chooses."""
    form = RosterMonthForm(request.GET, user=request.user)
    if not form.is_valid():
        return render(request, "workforce/roster_refused.html", {"form": form}, status=400)
    month = form.cleaned_data["month"]
    choices = list(form.fields["department"].queryset)
    department = form.cleaned_data["department"] or next(iter(choices), None)
    today = timezone.localdate()
    plan = department and read_leave_calendar(request.user, department, month, today=today)
    only = {"department": department.pk} if department and request.user.is_admin else {}
    before, after = (month - timedelta(days=1)).replace(day=1), month + timedelta(days=31)
    context = {
        "plan": plan,
        "page": Paginator(plan.lines if plan else [], PAGE_SIZE).get_page(request.GET.get("page")),
        "month": month,
        "department": department,
        "departments": choices,
        "is_lead": request.user.role in LEADS,
        "before": urlencode({"month": f"{before:%Y-%m}"} | only),
        "after": urlencode({"month": f"{after:%Y-%m}"} | only) if month < LAST_MONTH else "",
        "here": urlencode({"month": f"{month:%Y-%m}"} | only),
        "now": urlencode({"month": f"{today:%Y-%m}"} | only),
    }
    return render(request, "workforce/leave_calendar.html", context)
