"""Pages that change what a day of the timesheet is counted from: entries and breaks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.client_ip import client_ip
from accounts.models import User
from accounts.permissions import LEADS, role_required
from omnichat.lib.errors import DomainError
from workforce import services
from workforce.models import Break, TimeEntry
from workforce.roster_forms import DayField
from workforce.timesheet_days import dates_of_work
from workforce.timesheet_forms import BreakForm, CorrectionForm, EntryForm
from workforce.timesheet_records import published_plans
from workforce.views.timesheet import address_of


@require_http_methods(["GET", "POST"])
@role_required(*LEADS)
def timesheet_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Let other times count than those recorded."""
    entry = _entry(request, pk)
    recorded = None if entry.is_auto_closed else entry.checked_out_at
    initial = {
        "began": entry.corrected_in_at or entry.checked_in_at,
        "ended": entry.corrected_out_at or recorded,
        "note": entry.correction_note,
    }
    on = _date_of(entry)
    context = {"entry": entry, "breaks": entry.breaks.order_by("started_at", "pk")}
    template = "workforce/timesheet_correct.html"

    def correct(**fields) -> None:
        services.correct_entry(entry=entry, **fields)

    form = CorrectionForm(_sent(request), initial=initial)
    return _page(request, template, entry.user, on, form, correct, context)


@require_http_methods(["GET", "POST"])
@role_required(*LEADS)
def timesheet_break(request: HttpRequest, pk: int) -> HttpResponse:
    """Let other times of a break count than those recorded."""
    taken = get_object_or_404(Break.objects.visible_to(request.user), pk=pk)
    entry = _entry(request, taken.entry_id)
    began = taken.corrected_start_at or taken.started_at
    ended = taken.corrected_end_at or taken.ended_at
    initial = {"began": began, "ended": ended, "is_none": began == ended}

    def correct(*, is_none: bool, **fields) -> None:
        services.correct_break(taken=taken, **fields)

    form = BreakForm(_sent(request), initial=initial)
    context = {"entry": entry, "taken": taken}
    on = _date_of(entry)
    return _page(request, "workforce/timesheet_break.html", entry.user, on, form, correct, context)


@require_http_methods(["GET", "POST"])
@role_required(*LEADS)
def timesheet_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Enter time at work that nobody recorded; the address names the date."""
    people = User.objects.visible_to(request.user).select_related("department")
    person = _settled_by(request, get_object_or_404(people, public_id=public_id))
    on = _day_of(request)
    planned = list(published_plans([person.pk], on, on))
    initial = {"began": planned[0].starts_at, "ended": planned[-1].ends_at} if planned else {}

    def add(**fields) -> None:
        services.add_entry(user=person, **fields)

    form = EntryForm(_sent(request), initial=initial)
    return _page(request, "workforce/timesheet_add.html", person, on, form, add, {})


@require_POST
@role_required(*LEADS)
def timesheet_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take out what a lead entered."""
    entry = _entry(request, pk)
    on, person = _date_of(entry), entry.user
    try:
        services.remove_added_entry(entry=entry, actor=request.user, ip=client_ip(request))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Taken out. The month is counted anew."))
    return redirect(address_of(person, request.user, on.replace(day=1)))


def _page(
    request: HttpRequest,
    template: str,
    person: User,
    on: date,
    form: CorrectionForm,
    change: Callable[..., None],
    context: dict,
) -> HttpResponse:
    """Show the form, or do what it says and go back to the month; a refusal stands on it."""
    back, status = address_of(person, request.user, on.replace(day=1)), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                change(actor=request.user, ip=client_ip(request), **form.cleaned_data)
            except DomainError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
                status = error.status
            else:
                messages.success(request, _("Saved. The month is counted anew."))
                return redirect(back)
    context |= {"form": form, "person": person, "date": on, "back": back}
    return render(request, template, context, status=status)


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _day_of(request: HttpRequest) -> date:
    """The date the address names; today where it names none."""
    try:
        on = DayField(required=False).clean(request.GET.get("date", ""))
    except ValidationError:
        on = None
    return on or timezone.localdate()


def _entry(request: HttpRequest, pk: int) -> TimeEntry:
    rows = TimeEntry.objects.visible_to(request.user).select_related("user")
    entry = get_object_or_404(rows, pk=pk)
    _settled_by(request, entry.user)
    return entry


def _settled_by(request: HttpRequest, person: User) -> User:
    if not services.may_settle(actor=request.user, user=person):
        raise PermissionDenied
    return person


def _date_of(entry: TimeEntry) -> date:
    return dates_of_work(entry.user_id, [entry.corrected_in_at or entry.checked_in_at])[0]
