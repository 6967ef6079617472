"""Pages of people: the team, one person, who asks to be let in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import services as accounts
from accounts.audit_words import action_words, change_words
from accounts.client_ip import client_ip
from accounts.models import AuditEntry, Department, User
from accounts.permissions import ADMINS, LEADS, role_required
from inbox.models import Conversation
from omnichat.lib.errors import DomainError
from omnichat.lib.htmx import render_page
from routing import services
from routing.models import Agent, AgentSkill
from routing.people.forms import (
    MAX_CAPACITY,
    AccountForm,
    CapacityForm,
    DayForm,
    DecisionForm,
    FilterForm,
    NewPasswordForm,
    NewPersonForm,
    PresenceForm,
    SkillForm,
    SkillRemovalForm,
)
from routing.people.policies import policies_in_words
from routing.people.team import count_by_department, in_list, member_of, members_of, narrow, summary
from workforce.availability_days import read_days, strips_of
from workforce.services import choose_presence

PAGE_SIZE = 50
SHOWN_DAYS = 7  # of availability on a person's page
SHOWN_CONVERSATIONS = 20
SHOWN_ENTRIES = 8  # of the audit
MAX_TABS = 4  # more departments become a select


@require_GET
@role_required(*LEADS)
def person_list(request: HttpRequest) -> HttpResponse:
    """The team: who takes work, how full they are; for administrators who waits to be let in."""
    return _list_page(request)


@require_http_methods(["GET", "POST"])
@role_required(*ADMINS)
@sensitive_post_parameters("password")
def person_new(request: HttpRequest) -> HttpResponse:
    """Add somebody who may sign in at once."""
    initial = {"language": request.organisation.language}
    form, status = NewPersonForm(user=request.user, person=None, initial=initial), 200
    if request.method == "POST":
        form, status = NewPersonForm(request.POST, user=request.user), 400

        def create() -> User:
            return accounts.create_user(
                **form.cleaned_data, actor=request.user, ip=client_ip(request)
            )

        if person := _try(form, create):
            text = _("%(person)s can sign in now as “%(name)s”.")
            messages.success(request, text % {"person": person, "name": person.username})
            return redirect("people:person_detail", public_id=person.public_id)
    return render(request, "people/person_new.html", {"form": form}, status=status)


@require_GET
@role_required(*LEADS)
def person_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _detail_page(request, _visible(request, public_id))


@require_POST
@role_required(*ADMINS)
def person_decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let a registered person in, or not."""
    person = _visible(request, public_id)
    form = DecisionForm(request.POST, user=request.user)
    by = {"user": person, "actor": request.user, "ip": client_ip(request)}

    def decide() -> str:
        if form.cleaned_data["decision"] == "refuse":
            accounts.refuse_registration(**by)
            return _("%(person)s is not let in.")
        accounts.approve_registration(department=form.cleaned_data["department"], **by)
        return _("%(person)s is let in and can sign in now.")

    if done := _try(form, decide):
        messages.success(request, done % {"person": person})
        return redirect("people:person_list")
    refusals = [text for texts in form.errors.values() for text in texts]
    return _list_page(request, refused=(person, refusals), status=400)


@require_POST
@role_required(*LEADS)
def person_capacity(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How many open conversations a person may be given."""
    person = _visible(request, public_id)
    agent = _agent_of(request, person)
    form = CapacityForm(request.POST)

    def save() -> bool:
        services.set_capacity(
            agent=agent, actor=request.user, ip=client_ip(request), **form.cleaned_data
        )
        return True

    return _after(request, person, form, save, lambda done: _("Saved."), name="capacity_form")


@require_POST
@role_required(*LEADS)
def person_skill(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Another department that a person can answer for, and how well."""
    person = _visible(request, public_id)
    agent = _agent_of(request, person)
    form = SkillForm(request.POST, user=request.user, person=person)

    def save() -> AgentSkill:
        return services.set_skill(
            agent=agent, actor=request.user, ip=client_ip(request), **form.cleaned_data
        )

    return _after(request, person, form, save, lambda done: _("Saved."), name="skill_form")


@require_POST
@role_required(*LEADS)
def person_skill_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A department they no longer answer for."""
    person = _visible(request, public_id)
    agent = _agent_of(request, person)
    form = SkillRemovalForm(request.POST, user=request.user, agent=agent)

    def remove() -> bool:
        services.remove_skill(
            agent=agent, actor=request.user, ip=client_ip(request), **form.cleaned_data
        )
        return True

    return _after(request, person, form, remove, lambda done: _("Removed."), name="removal_form")


@require_POST
@role_required(*LEADS)
def person_presence(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say for somebody whether they take work."""
    person = _visible(request, public_id)
    form = PresenceForm(request.POST)

    def save() -> User:
        return choose_presence(
            user=person, actor=request.user, ip=client_ip(request), **form.cleaned_data
        )

    def told(saved: User) -> str:
        words = {"person": person, "presence": saved.get_presence_display()}
        return _("%(person)s: %(presence)s.") % words

    return _after(request, person, form, save, told, name="presence_form")


@require_POST
@role_required(*LEADS)
def person_give_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everything open of a person goes back into the queue."""
    person = _visible(request, public_id)
    form = forms.Form(request.POST)

    def give_back() -> list[int]:
        return [services.give_back_all(user=person, actor=request.user, ip=client_ip(request))]

    if done := _try(form, give_back):
        text = ngettext(
            "%(count)d conversation is back in the queue. %(person)s gets no new ones for now.",
            "%(count)d conversations are back in the queue. %(person)s gets no new ones for now.",
            done[0],
        )
        messages.success(request, text % {"count": done[0], "person": person})
    for refusal in form.non_field_errors():
        messages.error(request, refusal)
    return redirect("people:person_detail", public_id=public_id)


@require_POST
@role_required(*ADMINS)
def person_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Name, e-mail, role and department."""
    person = _visible(request, public_id)
    form = AccountForm(request.POST, user=request.user, person=person)

    def save() -> User:
        return _update(request, person, form.changes())

    return _after(request, person, form, save, lambda done: _("Saved."), name="account_form")


@require_POST
@role_required(*ADMINS)
def person_activity(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Close an account, or open it again."""
    person = _visible(request, public_id)
    if (active := request.POST.get("active")) not in ("yes", "no"):
        raise BadRequest
    is_active = active == "yes"
    try:
        _update(request, person, {"is_active": is_active})
    except DomainError as error:
        messages.error(request, str(error))
    else:
        text = _("%(person)s can sign in again.") if is_active else _("%(person)s is deactivated.")
        messages.success(request, text % {"person": person})
    return redirect("people:person_detail", public_id=public_id)


@require_POST
@role_required(*ADMINS)
@sensitive_post_parameters("password")
def person_password(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give somebody a new password; they are signed out everywhere."""
    person = _visible(request, public_id)
    form = NewPasswordForm(request.POST)

    def save() -> User:
        changed = accounts.change_password(
            user=person, actor=request.user, ip=client_ip(request), **form.cleaned_data
        )
        if changed == request.user:
            update_session_auth_hash(request, changed)
        return changed

    def told(changed: User) -> str:
        return _("%(person)s has a new password and is signed out everywhere.") % {
            "person": changed
        }

    return _after(request, person, form, save, told, name="password_form")


# --- What they share ----------------------------------------------------------------------------
def _visible(request: HttpRequest, public_id: UUID) -> User:
    people = User.objects.visible_to(request.user).select_related("department", "agent")
    return get_object_or_404(people, public_id=public_id)


def _agent_of(request: HttpRequest, person: User) -> Agent:
    return get_object_or_404(Agent.objects.visible_to(request.user), user=person)


def _update(request: HttpRequest, person: User, changes: dict) -> User:
    return accounts.update_user(
        user=person, actor=request.user, changes=changes, ip=client_ip(request)
    )


def _try(form: forms.Form, act: Callable) -> object:
    """Do what a valid form asks for; a refusal is shown at its field. Returns what `act` did.

    The forms of what the reader may not do at all are not shown, so that is a 403.
    """
    if not form.is_valid():
        return None
    try:
        return act()
    except DomainError as error:
        if error.status == HTTPStatus.FORBIDDEN:
            raise PermissionDenied from error
        name = (error.field or "").removesuffix("_id")
        form.add_error(name if name in form.fields else None, str(error))
        return None


def _after(
    request: HttpRequest,
    person: User,
    form: forms.Form,
    act: Callable,
    told: Callable[[object], str],
    *,
    name: str,
) -> HttpResponse:
    """Do it and show the person's page; a refused form comes back as `name` in it."""
    if done := _try(form, act):
        messages.success(request, told(done))
        return redirect("people:person_detail", public_id=person.public_id)
    return _detail_page(request, person, status=400, extra={name: form})


def _list_page(
    request: HttpRequest, refused: tuple[User, list[str]] | None = None, status: int = 200
) -> HttpResponse:
    user = request.user
    people = User.objects.visible_to(user).admitted()
    form = FilterForm(request.GET, user=user)
    chosen = form.chosen()
    rows = Paginator(in_list(narrow(people, **chosen)), PAGE_SIZE)
    page = rows.get_page(request.GET.get("page"))
    departments = list(form.fields["department"].queryset)
    counts = count_by_department(people) if departments else {}
    for department in departments:
        department.count = counts.get(department.pk, 0)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "chosen": chosen,
        "is_narrowed": any(chosen.values()),
        "departments": departments,
        "has_tabs": 0 < len(departments) < MAX_TABS,
        "page": page,
        "members": members_of(page.object_list),
        "query": query.urlencode(),
        "summary": summary(people),
        "pending": list(User.objects.visible_to(user).pending()) if user.is_admin else [],
        "refused": refused,
        "policies": partial(policies_in_words, user),  # the rows alone do not ask for them
    }
    return render_page(
        request, "people/person_list.html", "people/_people.html", context, status=status
    )


def _detail_page(
    request: HttpRequest, person: User, status: int = 200, extra: dict | None = None
) -> HttpResponse:
    user = request.user
    if status != 200:
        person = _visible(request, person.public_id)  # as it is, not as it was typed
    agent = Agent.objects.visible_to(user).filter(user=person).first()
    mine = Conversation.objects.visible_to(user).open_of(person.pk)
    now = timezone.now()
    log = AuditEntry.objects.visible_to(user).filter(
        target_type="user", target_id=str(person.public_id)
    )
    log = log.exclude(action="signed_in")[:SHOWN_ENTRIES] if user.is_admin else []
    context = {
        "person": person,
        "member": member_of(person),
        "agent": agent if person.is_active else None,
        "max_capacity": MAX_CAPACITY,
        "may_lead": person.is_active and accounts.may_lead(actor=user, user=person),
        "conversations": mine.for_list().order_by("waiting_since", "pk")[:SHOWN_CONVERSATIONS],
        "open_count": mine.count(),
        **_availability(request, person, now),
        "log": [(e, action_words(e.action), list(change_words(e))) for e in log],
        "now": now,
        "capacity_form": CapacityForm(initial={"capacity": agent.capacity if agent else 0}),
        "presence_form": PresenceForm(),
        "skills": list(agent.skills.select_related("department")) if agent else [],
        "skill_form": SkillForm(user=user, person=person),
        "account_form": AccountForm(user=user, person=person),
        "password_form": NewPasswordForm(),
        "departments": Department.objects.visible_to(user).active() if person.is_pending else [],
    }
    return render(request, "people/person_detail.html", context | (extra or {}), status=status)


def _availability(request: HttpRequest, person: User, now: datetime) -> dict:
    """The last days as bars, and one of them, which the address may name, line by line."""
    form, zone = DayForm(request.GET), timezone.get_current_timezone()
    today = timezone.localdate()
    chosen = form.cleaned_data["day"] if form.is_valid() else None
    days = [today - timedelta(days=n) for n in range(SHOWN_DAYS)]
    lines = read_days(request.user, [person], days, zone, at=now)
    of_day = read_days(request.user, [person], [chosen or today], zone, at=now)[0]
    return {"strips": strips_of(lines, zone), "day": of_day, "today": today}
