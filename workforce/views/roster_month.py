"""The month of the roster."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.models import Department
from accounts.permissions import EVERYONE, LEADS, role_required
from workforce.roster_month import read_roster_month
from workforce.roster_plan import monday_of
from workforce.timesheet_forms import LAST_MONTH, MonthForm

PAGE_SIZE = 200


class RosterMonthForm(MonthForm):
    """A month of a department, or of all one may see."""

    department = forms.ModelChoiceField(label=_("Department"), queryset=None, required=False)

    def __init__(self, *args, user, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        departments = Department.objects.visible_to(user).active()
        if not user.is_admin:
            departments = departments.filter(pk=user.department_id)
        self.fields["department"].queryset = departments


@require_GET
@role_required(*EVERYONE)
def roster_month(request: HttpRequest) -> HttpResponse:
    """The month of one's department; leads see drafts, staff what is published."""
    form = RosterMonthForm(request.GET, user=request.user)
    if not form.is_valid():
        return render(request, "workforce/roster_refused.html", {"form": form}, status=400)
    month, chosen = form.cleaned_data["month"], form.cleaned_data["department"]
    choices = list(form.fields["department"].queryset)
    today = timezone.localdate()
    plan = read_roster_month(
        request.user,
        [chosen] if chosen else choices,
        month,
        today=today,
    )
    only = {"department": chosen.pk} if chosen else {}
    before, after = (month - timedelta(days=1)).replace(day=1), month + timedelta(days=31)
    week = monday_of(today if month == today.replace(day=1) else month)
    context = {
        "plan": plan,
        "page": Paginator(plan.lines, PAGE_SIZE).get_page(request.GET.get("page")),
        "month": month,
        "department": chosen,
        "departments": choices,
        "may_plan": request.user.role in LEADS,
        "before": urlencode({"month": f"{before:%Y-%m}"} | only),
        "after": urlencode({"month": f"{after:%Y-%m}"} | only) if month < LAST_MONTH else "",
        "here": urlencode({"month": f"{month:%Y-%m}"} | only),
        "week_query": urlencode({"week": week.isoformat()} | only),
        "only": f"&department={chosen.pk}" if chosen else "",
    }
    return render(request, "workforce/roster_month.html", context)
