"""Who is told what about a request."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification, User
from accounts.services import notify
from accounts.services.live import tell_people
from workforce.models import Delegation, Request


def deciders_of(request: Request) -> list[int]:
    """Return who is asked to decide: the managers and their deputies, else the administrators.

    It names people; who may decide is said by `Request.objects.decidable_by`.
    """
    user = request.user
    is_managers = user.role == User.Role.STAFF and request.kind != Request.Kind.TRANSFER
    if is_managers:
        lead = Q(role=User.Role.MANAGER, department=user.department_id)
        if request.kind != Request.Kind.RAISE:
            given = Delegation.objects.in_force().filter(
                user__department=user.department_id, user__is_active=True, user__role="manager"
            )
            lead |= Q(pk__in=given.values("deputy"), role__in=("manager", "admin"))
        people = User.objects.filter(lead, is_active=True)
        people = people.exclude(pk__in=[user.pk, request.colleague_id or user.pk])
        if found := list(people.values_list("pk", flat=True)):
            return found
    admins = User.objects.active_admins()
    others = list(admins.exclude(pk=user.pk).values_list("pk", flat=True))
    return others or list(admins.values_list("pk", flat=True))


def tell_request(
    request: Request,
    what: str,
    people: list[int],
    *,
    person: User | None,
    actor: User | None = None,
    occasion: object = "",
    at: datetime | None = None,
) -> None:
    """Notify these people; `what` is a key of accounts.notifications.REQUEST_SENTENCES.

    Only those of them who may read the request now: a manager of before hears no more of it.
    Their open pages, and the owner's, are told as well.
    """
    people = _readers(request, people)
    notify(
        user_ids=people,
        kind=Notification.Kind.REQUEST,
        path=reverse("workforce:request_detail", args=[request.pk]),
        dedup_key=f"request:{request.pk}:{what}:{occasion}"[:80],
        params={
            "what": what,
            "request": request.kind,
            "person": str(person) if person else "",
            "first": request.first.isoformat() if request.first else "",
            "last": request.last.isoformat() if request.last else "",
        },
        actor_id=actor.pk if actor else None,
        at=at or timezone.now(),
        is_told=True,
    )
    tell_people(sorted({*people, request.user_id}))


def _readers(request: Request, people: list[int]) -> list[int]:
    rows = Request.objects.filter(pk=request.pk)
    found = User.objects.filter(pk__in=people).select_related("department").order_by("pk")
    return [person.pk for person in found if rows.visible_to(person).exists()]
