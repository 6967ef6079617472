"""Pages of the timesheet: one month, the team's; correct, approve, lock, export."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.client_ip import client_ip
from accounts.models import Department, User
from accounts.permissions import ADMINS, EVERYONE, LEADS, role_required
from omnichat.lib.csv_files import write_csv
from omnichat.lib.errors import DomainError
from omnichat.lib.workbooks import XLSX, workbook_of
from workforce import services
from workforce.models import LeaveType
from workforce.services.months import days_words, is_over
from workforce.timesheet_days import (
    dates_of,
    first_counted_month,
    read_month,
    read_months,
)
from workforce.timesheet_export import sheet_rows
from workforce.timesheet_forms import LAST_MONTH, MonthForm, SettleForm, TeamForm
from workforce.timesheet_team import (
    classes_of,
    columns_of,
    planned_days,
    planned_until,
    team_of,
    team_totals,
)

PAGE_SIZE = 50


@require_GET
@role_required(*EVERYONE)
def timesheet(request: HttpRequest) -> HttpResponse:
    """One's own month."""
    return _month_page(request, request.user)


@require_GET
@role_required(*LEADS)
def timesheet_person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The month of somebody one looks after."""
    return _month_page(request, _visible(request, public_id))


@require_GET
@role_required(*LEADS)
def timesheet_team(request: HttpRequest) -> HttpResponse:
    """The month of a department: symbols by day, sums, what is to settle."""
    form = TeamForm(request.GET, user=request.user)
    if not form.is_valid():
        return _refused(request, form)
    return _team_page(request, **form.cleaned_data)


@require_GET
@role_required(*LEADS)
def timesheet_export(request: HttpRequest) -> HttpResponse:
    """The same month as a file, all people of it: `format` is csv, else it is a workbook."""
    form = TeamForm(request.GET, user=request.user)
    if not form.is_valid():
        return _refused(request, form)
    month = form.cleaned_data["month"]
    months = read_months(list(team_of(request.user, form.cleaned_data["department"], month)), month)
    rows = list(sheet_rows(months, dates_of(month)))
    name = f"timesheet-{month:%Y-%m}"
    if request.GET.get("format") == "csv":
        response = StreamingHttpResponse(
            write_csv(rows[1:], heading=rows[0]), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return response
    return FileResponse(
        workbook_of(rows, f"{month:%Y-%m}"),
        as_attachment=True,
        filename=f"{name}.xlsx",
        content_type=XLSX,
    )


@require_POST
@role_required(*LEADS)
def timesheet_approve(request: HttpRequest) -> HttpResponse:
    """Approve one person's month, or everybody's that has nothing to settle."""

    def approve(people: list[User], month: date, **by) -> str:
        ready = people
        if len(people) > 1:
            counted = read_months(people, month)
            ready = [m.person for m in counted if m.totals.can_be_locked]
        count = services.approve_months(people=ready or people, month=month, **by)
        return ngettext("%(count)d month is approved.", "%(count)d months are approved.", count) % {
            "count": count
        }

    return _settle(request, approve)


@require_POST
@role_required(*LEADS)
def timesheet_lock(request: HttpRequest) -> HttpResponse:
    """Lock the month of a person or of the team; nothing of it changes any more."""

    def lock(people: list[User], month: date, **by) -> str:
        count = services.lock_months_of(people=people, month=month, **by)
        return ngettext("%(count)d month is locked.", "%(count)d months are locked.", count) % {
            "count": count
        }

    return _settle(request, lock)


@require_POST
@role_required(*ADMINS)
def timesheet_unlock(request: HttpRequest) -> HttpResponse:
    """Open a locked month again."""

    def unlock(people: list[User], month: date, **by) -> str:
        count = services.unlock_months_of(people=people, month=month, **by)
        return ngettext(
            "%(count)d month is open again.", "%(count)d months are open again.", count
        ) % {"count": count}

    return _settle(request, unlock)


# --- What they share ----------------------------------------------------------------------------
def _visible(request: HttpRequest, public_id: UUID) -> User:
    people = User.objects.visible_to(request.user).select_related("department")
    return get_object_or_404(people, public_id=public_id)


def address_of(person: User, viewer: User, month: date) -> str:
    query = urlencode({"month": f"{month:%Y-%m}"})
    if person.pk == viewer.pk:
        return f"{reverse('workforce:timesheet')}?{query}"
    address = reverse("workforce:timesheet_person", kwargs={"public_id": person.public_id})
    return f"{address}?{query}"


def _refused(request: HttpRequest, form: MonthForm) -> HttpResponse:
    """A month or department that is none: the reason, and a form to choose another."""
    return render(request, "workforce/timesheet_refused.html", {"form": form}, status=400)


def _of_every_page(request: HttpRequest, month: date) -> dict:
    """The neighbours of a month, none where nothing can be counted, and the kinds of leave."""
    before = (month - timedelta(days=1)).replace(day=1)
    after = (month + timedelta(days=31)).replace(day=1)
    first = first_counted_month()
    return {
        "leave_types": LeaveType.objects.visible_to(request.user).active(),
        "month": month,
        "before": before if first and before >= first else None,
        "after": after if month < LAST_MONTH else None,
    }


def _month_page(
    request: HttpRequest, person: User, *, month: date | None = None, refusal="", status: int = 200
) -> HttpResponse:
    if month is None:
        form = MonthForm(request.GET)
        if not form.is_valid():
            return _refused(request, form)
        month = form.cleaned_data["month"]
    now = timezone.now()
    today = timezone.localdate(now)
    counted = read_month(person, month, at=now)
    past = [row for row in counted.rows if row.day.date <= today]
    context = _of_every_page(request, month) | {
        "person": person,
        "is_own": person.pk == request.user.pk,
        "counted": counted,
        "totals": counted.totals,
        "rows": [row for row in reversed(past) if not row.is_empty],
        "planned_days": planned_days(counted),
        "planned_minutes": planned_until(counted, today),
        "today": next((row for row in past if row.day.date == today), None),
        "now": now,
        "is_over": is_over(month, now),
        "may_settle": services.may_settle(actor=request.user, user=person),
        "unresolved": counted.totals.unresolved,
        "refusal": refusal,
    }
    return render(request, "workforce/timesheet.html", context, status=status)


def _team_page(
    request: HttpRequest, month: date, department: Department | None, refusal="", status: int = 200
) -> HttpResponse:
    now = timezone.now()
    people = list(team_of(request.user, department, month))
    months = read_months(people, month, at=now)
    mine = [m for m in months if services.may_settle(actor=request.user, user=m.person)]
    page = Paginator(months, PAGE_SIZE).get_page(request.GET.get("page"))
    departments = list(Department.objects.managed_by(request.user).active())
    unresolved = [m for m in months if m.totals.unresolved]
    today = timezone.localdate(now)
    totals = team_totals(months, today)
    query = {"month": f"{month:%Y-%m}"} | ({"department": department.pk} if department else {})
    context = _of_every_page(request, month) | {
        "department": department or request.user.is_manager and request.user.department,
        "departments": departments,
        "columns": columns_of(months, today),
        "today": today,
        "page": page,
        "totals": totals,
        "late_or_early": totals.late_minutes + totals.early_minutes,
        "late_or_early_times": totals.late_times + totals.early_times,
        "classes": classes_of(totals, month),
        "department_query": f"&department={department.pk}" if department else "",
        "count": len(months),
        "unresolved": days_words((m.person, m.totals.unresolved) for m in unresolved),
        "unresolved_people": len(unresolved),
        "to_approve": sum(not m.is_approved and m.totals.can_be_locked for m in mine),
        "to_lock": sum(not m.is_locked for m in mine),
        "locked": sum(m.is_locked for m in months),
        "is_over": is_over(month, now),
        "query": urlencode(query),
        "refusal": refusal,
    }
    return render(request, "workforce/timesheet_team.html", context, status=status)


def _settle(request: HttpRequest, act: Callable[..., str]) -> HttpResponse:
    """Do it to one person's month or to the team's, and go back to the page it was asked on."""
    form = SettleForm(request.POST, user=request.user)
    if not form.is_valid():
        return _refused(request, form)
    month, department = form.cleaned_data["month"], form.cleaned_data["department"]
    if person := form.cleaned_data["person"]:
        people = [person]
        again = partial(_month_page, request, person, month=month)
        address = address_of(person, request.user, month)
    else:
        team = team_of(request.user, department, month)
        people = [p for p in team if services.may_settle(actor=request.user, user=p)]
        again = partial(_team_page, request, month, department)
        query = {"month": f"{month:%Y-%m}"} | ({"department": department.pk} if department else {})
        address = f"{reverse('workforce:timesheet_team')}?{urlencode(query)}"
    try:
        done = act(people, month, actor=request.user, ip=client_ip(request))
    except DomainError as error:
        return again(refusal=str(error), status=error.status)
    messages.success(request, done)
    return redirect(address)
