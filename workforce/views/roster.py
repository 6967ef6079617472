"""Pages of the roster: the week, adding and removing a shift, copying and publishing."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.client_ip import client_ip
from accounts.permissions import EVERYONE, LEADS, role_required
from omnichat.lib.errors import DomainError
from workforce import services
from workforce.models import ShiftAssignment
from workforce.roster_forms import PlanForm, WeekForm
from workforce.roster_page import read_week
from workforce.roster_plan import WEEK, monday_of
from workforce.roster_words import week_words

PAGE_SIZE = 50
MAX_TABS = 4  # more departments become a select
SHOWN_PROBLEMS = 8


@require_GET
@role_required(*EVERYONE)
def roster(request: HttpRequest) -> HttpResponse:
    """The week of one's department; leads plan in it, staff read what is published."""
    form = WeekForm(request.GET, user=request.user)
    if not form.is_valid():
        return render(request, "workforce/roster_refused.html", {"form": form}, status=400)
    return _week_page(request, form)


@require_http_methods(["GET", "POST"])
@role_required(*LEADS)
def roster_assign(request: HttpRequest) -> HttpResponse:
    """Plan somebody for a shift; the address may name the person and the date."""
    initial = {"user": request.GET.get("person"), "date": request.GET.get("date")}
    form, status = PlanForm(initial=initial, user=request.user), 200
    if request.method == "POST":
        form, status = PlanForm(request.POST, user=request.user), 400
        if form.is_valid():
            person, on = form.cleaned_data["user"], form.cleaned_data["date"]
            try:
                services.assign_shift(
                    user=person,
                    shift=form.cleaned_data["shift"],
                    on=on,
                    actor=request.user,
                    ip=client_ip(request),
                )
            except DomainError as error:
                name = {"user_id": "user", "shift_id": "shift"}.get(error.field, error.field)
                form.add_error(name if name in form.fields else None, str(error))
                status = error.status
            else:
                text = _("%(person)s is planned. It counts once the week is published.")
                messages.success(request, text % {"person": person})
                return redirect(_back(request, on))
    back = _back(request, _day_of(form))
    context = {"form": form, "back": back, "has_shifts": form.fields["shift"].queryset.exists()}
    return render(request, "workforce/roster_assign.html", context, status=status)


@require_http_methods(["GET", "POST"])
@role_required(*LEADS)
def roster_planned(request: HttpRequest, pk: int) -> HttpResponse:
    """One planned shift; sending the form takes it out."""
    rows = ShiftAssignment.objects.visible_to(request.user)
    row = get_object_or_404(rows.select_related("user", "shift", "assigned_by"), pk=pk)
    context = {"row": row, "back": _back(request, row.date)}
    if request.method == "GET":
        return render(request, "workforce/roster_planned.html", context)
    try:
        services.remove_shift(assignment=row, actor=request.user, ip=client_ip(request))
    except DomainError as error:
        context["refusal"] = str(error)
        return render(request, "workforce/roster_planned.html", context, status=error.status)
    text = _("%(shift)s is taken out of the week of %(person)s.")
    messages.success(request, text % {"shift": row.shift, "person": row.user})
    return redirect(context["back"])


@require_POST
@role_required(*LEADS)
def roster_copy(request: HttpRequest) -> HttpResponse:
    """Plan this week as the one before."""

    def copy(**about) -> str:
        copied = services.copy_week(**about)
        added = ngettext(
            "%(count)d shift is added as a draft.",
            "%(count)d shifts are added as drafts.",
            copied.added,
        ) % {"count": copied.added}
        if not copied.skipped:
            return added
        skipped = ngettext(
            "%(count)d is left out: the day is taken already.",
            "%(count)d are left out: the days are taken already.",
            copied.skipped,
        ) % {"count": copied.skipped}
        return f"{added} {skipped}"

    return _change_week(request, copy)


@require_POST
@role_required(*LEADS)
def roster_publish(request: HttpRequest) -> HttpResponse:
    """Let the drafts of a week count and be seen."""

    def publish(**about) -> str:
        count = services.publish_week(**about)
        return ngettext(
            "%(count)d shift is published.", "%(count)d shifts are published.", count
        ) % {"count": count}

    return _change_week(request, publish)


def _change_week(request: HttpRequest, change) -> HttpResponse:
    """Do something to the week a form names; a refusal is shown on the week's page."""
    form = WeekForm(request.POST, user=request.user)
    if not form.is_valid():
        return render(request, "workforce/roster_refused.html", {"form": form}, status=400)
    about = {"departments": form.departments, "week": form.cleaned_data["week"]}
    try:
        told = change(**about, actor=request.user, ip=client_ip(request))
    except DomainError as error:
        return _week_page(request, form, refusal=str(error), status=error.status)
    messages.success(request, told)
    chosen = form.cleaned_data["department"]
    return redirect(_address(about["week"], chosen.pk if chosen else None))


def _week_page(
    request: HttpRequest, form: WeekForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    week, chosen = form.cleaned_data["week"], form.cleaned_data["department"]
    zone = timezone.get_current_timezone()
    plan = read_week(request.user, form.departments, week, zone)
    choices = list(form.fields["department"].queryset)
    pk = chosen.pk if chosen else None
    page = Paginator(plan.rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "plan": plan,
        "page": page,
        "problems": plan.problems[:SHOWN_PROBLEMS],
        "more_problems": max(0, len(plan.problems) - SHOWN_PROBLEMS),
        "week": week,
        "week_words": week_words(week),
        "today": timezone.localdate(),
        "department": chosen,
        "departments": choices,
        "has_tabs": 1 < len(choices) <= MAX_TABS,
        "has_select": len(choices) > MAX_TABS,
        "may_plan": request.user.role in LEADS,
        "before": _address(week - WEEK, pk),
        "this_week": _address(None, pk),
        "after": _address(week + WEEK, pk),
        "here": _address(week, pk),
        "all_departments": _address(week, None),
        "filter": f"&department={pk}" if pk else "",
        "refusal": refusal,
    }
    return render(request, "workforce/roster.html", context, status=status)


def _day_of(form: PlanForm) -> date:
    """The date a form is about, as far as it says one."""
    try:
        on = form.fields["date"].to_python(form["date"].value())
    except ValidationError:
        on = None
    return on or timezone.localdate()


def _back(request: HttpRequest, on: date) -> str:
    """The week of a date, with the department the page was narrowed to."""
    pk = request.GET.get("department", "")
    return _address(monday_of(on), int(pk) if pk.isascii() and pk.isdigit() else None)


def _address(week: date | None, department: int | None) -> str:
    query = {"week": week.isoformat()} if week else {}
    query |= {"department": department} if department else {}
    return reverse("workforce:roster") + (f"?{urlencode(query)}" if query else "")
