"""Rows of people and departments, and who may see them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Q, Subquery
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from accounts.models import User


class UserQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> UserQuerySet:
        """People this user may read in full.

        Admin: all. Manager: the members of the own department. Staff: themselves.
        """
        if user.is_admin:
            return self
        if user.is_manager:
            return self.filter(department=user.department_id)
        return self.filter(pk=user.pk)

    def options_for(self, user: User) -> UserQuerySet:
        """Active people whose name and presence this user may know, to hand work to them.

        Admin: all. Others: the own department.
        """
        active = self.filter(is_active=True)
        return active if user.is_admin else active.filter(department=user.department_id)

    def named(self, name: str) -> UserQuerySet:
        """People whose sign-in name or e-mail address is `name` (already normalised)."""
        return self.filter(Q(username=name) | (Q(email__iexact=name) & ~Q(email="")))

    def admitted(self) -> UserQuerySet:
        """Everybody who was let in once, also if they have left: no registrations."""
        return self.filter(Q(is_active=True) | ~Q(approved_at=None))

    def pending(self) -> UserQuerySet:
        """Registrations no administrator has decided, the oldest first."""
        waiting = self.filter(is_active=False, approved_at=None, deactivated_at=None)
        return waiting.order_by("created_at", "pk")

    def active_admins(self) -> UserQuerySet:
        return self.filter(is_active=True, role="admin")


class DepartmentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> DepartmentQuerySet:
        """Departments are no secret: everybody may name them."""
        return self

    def active(self) -> DepartmentQuerySet:
        return self.filter(is_active=True)

    def managed_by(self, user: User) -> DepartmentQuerySet:
        """Departments whose keywords and people this user may change."""
        if user.is_admin:
            return self
        if user.is_manager:
            return self.filter(pk=user.department_id)
        return self.none()


class AuditEntryQuerySet(models.QuerySet):
    """Entries can be added and read; a trigger (migration 0002) refuses a change too."""

    def visible_to(self, user: User) -> AuditEntryQuerySet:
        return self if user.is_admin else self.none()


class NotificationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> NotificationQuerySet:
        """Everybody their own, administrators too."""
        return self.filter(user=user)

    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at=None)

    def with_unread_count(self, user: User, working_time: Collection[str]) -> NotificationQuerySet:
        """Each with `unread_count`, how many of the person's are unread: no question of its own.

        `unread_time_count` is how many of them are of the kinds `working_time`.
        """
        unread = self.model.objects.visible_to(user).unread().order_by().values("user")
        count = unread.annotate(count=Count("pk")).values("count")
        time_count = unread.filter(kind__in=working_time).annotate(count=Count("pk"))
        return self.annotate(
            unread_count=Coalesce(Subquery(count), 0),
            unread_time_count=Coalesce(Subquery(time_count.values("count")), 0),
        )
