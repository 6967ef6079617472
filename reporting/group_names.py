"""What the lines of a report are called, and in which order they stand."""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Department, User
from inbox.models import Channel
from reporting.slices import GroupBy
from workforce.models import Request


def names_of(group_by: GroupBy, keys: Collection[str], *, using: str) -> dict[str, str]:
    """Return the name of each key, in the order of the lines; what belongs to none comes last."""
    names = NAMES[group_by]([key for key in keys if key], using)
    if "" in keys:
        names[""] = str(NOBODY[group_by]())
    return names


def _departments(keys: list[str], using: str) -> dict[str, str]:
    found = Department.objects.using(using).filter(pk__in=keys)
    return {str(one.pk): one.name for one in found.order_by("priority", "name")}


def _people(keys: list[str], using: str) -> dict[str, str]:
    found = User.objects.using(using).filter(pk__in=keys)
    return {str(one.pk): one.display_name for one in found.order_by("display_name", "pk")}


def _channels(keys: list[str], using: str) -> dict[str, str]:
    found = Channel.objects.using(using).filter(pk__in=keys)
    return {str(one.pk): str(one) for one in found.order_by("name", "pk")}


def _hours(keys: list[str], using: str) -> dict[str, str]:
    return {str(hour): f"{hour:02}:00" for hour in sorted(map(int, keys))}


def _keywords(keys: list[str], using: str) -> dict[str, str]:
    return {word: word for word in sorted(keys)}


def _kinds_of_request(keys: list[str], using: str) -> dict[str, str]:
    labels = dict(Request.Kind.choices)
    found = {key: str(labels.get(key, key)) for key in keys}
    return dict(sorted(found.items(), key=lambda item: item[1]))


NAMES: dict[GroupBy, Callable[[list[str], str], dict[str, str]]] = {
    GroupBy.DEPARTMENT: _departments,
    GroupBy.USER: _people,
    GroupBy.CHANNEL: _channels,
    GroupBy.HOUR: _hours,
    GroupBy.KEYWORD: _keywords,
    GroupBy.REQUEST_TYPE: _kinds_of_request,
}
NOBODY: dict[GroupBy, Callable[[], str]] = {
    GroupBy.DEPARTMENT: lambda: _("No department"),
    GroupBy.USER: lambda: _("Nobody"),
    GroupBy.CHANNEL: lambda: _("No channel"),
    GroupBy.HOUR: lambda: "—",
    GroupBy.KEYWORD: lambda: pgettext("report", "No keyword decided"),
    GroupBy.REQUEST_TYPE: lambda: "—",
}
