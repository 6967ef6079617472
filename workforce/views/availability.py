"""The page of who could be given work when, on one day."""

from __future__ import annotations

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.models import Department, User
from accounts.permissions import EVERYONE, role_required
from workforce.availability_days import read_days, strips_of
from workforce.roster_forms import DayField
from workforce.shift_times import DAY

PAGE_SIZE = 50


class AvailabilityDayForm(forms.Form):
    """A day, of a department or of everybody one may see."""

    date = DayField(label=_("Date"), required=False)
    department = forms.ModelChoiceField(
        label=_("Department"), queryset=None, required=False, empty_label=_("All departments")
    )

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        departments = Department.objects.managed_by(user).active()
        self.fields["department"].queryset = departments


@require_GET
@role_required(*EVERYONE)
def availability_day(request: HttpRequest) -> HttpResponse:
    """Leads see their people, everybody else themself."""
    form = AvailabilityDayForm(request.GET, user=request.user)
    status = 200 if form.is_valid() else 400
    on = form.cleaned_data.get("date") or timezone.localdate()
    chosen = form.cleaned_data.get("department")
    people = User.objects.visible_to(request.user).filter(is_active=True)
    people = people.exclude(department=None).select_related("department")
    if chosen:
        people = people.filter(department=chosen)
    page = Paginator(people.order_by("department", "display_name", "pk"), PAGE_SIZE)
    page = page.get_page(request.GET.get("page"))
    zone, now = timezone.get_current_timezone(), timezone.now()
    lines = read_days(request.user, list(page), [on], zone, at=now)
    query = f"&department={chosen.pk}" if chosen else ""
    context = {
        "form": form,
        "on_date": on,
        "is_today": on == timezone.localdate(),
        "strips": strips_of(lines, zone),
        "lines": lines,
        "page": page,
        "department": chosen,
        "departments": list(form.fields["department"].queryset),
        "before": f"?date={on - DAY}{query}",
        "after": f"?date={on + DAY}{query}",
        "query": f"date={on}{query}",
        "is_lead": request.user.role != User.Role.STAFF,
    }
    return render(request, "workforce/availability_day.html", context, status=status)
