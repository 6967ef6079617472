"""Roles at the door: the only role checks. Rows are scoped by `visible_to`."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission

from accounts.models import User

STAFF, MANAGER, ADMIN = User.Role.STAFF, User.Role.MANAGER, User.Role.ADMIN
EVERYONE = (STAFF, MANAGER, ADMIN)
LEADS = (MANAGER, ADMIN)
ADMINS = (ADMIN,)


def role_required(*roles: str) -> Callable:
    """Let only these roles into a page; LoginRequiredMiddleware has asked who it is before."""

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if request.user.role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


class HasRole(BasePermission):
    """Let only the roles in the view's `roles_by_action` in; an action not listed is refused."""

    def has_permission(self, request, view) -> bool:
        user = request.user
        if not user.is_authenticated:
            return False
        if getattr(view, "action", "") is None:  # the address exists, with other methods
            raise MethodNotAllowed(request.method)
        action = getattr(view, "action", None) or request.method.lower()
        return user.role in view.roles_by_action.get(action, ())
