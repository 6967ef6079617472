"""What the lines of a report are called, in which order they stand, and what a link calls them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Department, User
from inbox.models import Channel
from reporting.slices import GroupBy
from workforce.models import Request


class Named(NamedTuple):
    """How a line is called on the page, and in addresses: people there by their UUID."""

    name: str
    key: str


def names_of(group_by: GroupBy, keys: Collection[str], *, using: str) -> dict[str, Named]:
    """Return the names of each key, in the order of the lines; what belongs to none comes last."""
    found = NAMES[group_by]([key for key in keys if key], using)
    names = {key: one if isinstance(one, Named) else Named(one, key) for key, one in found.items()}
    if "" in keys:
        names[""] = Named(str(NOBODY[group_by]()), "")
    return names


def name_of_line(group_by: GroupBy, key: str, *, using: str) -> str:
    """What a line is called that an address names."""
    if group_by == GroupBy.DAY:
        return f"{date.fromisoformat(key):%d/%m/%Y}"
    if group_by == GroupBy.USER and key:
        return str(User.objects.using(using).filter(public_id=key).first() or key)
    named = names_of(group_by, [key], using=using).get(key)
    return named.name if named else key


def _departments(keys: list[str], using: str) -> dict[str, str]:
    found = Department.objects.using(using).filter(pk__in=keys)
    return {str(one.pk): one.name for one in found.order_by("priority", "name")}


def _people(keys: list[str], using: str) -> dict[str, Named]:
    found = User.objects.using(using).filter(pk__in=keys).order_by("display_name", "pk")
    return {str(one.pk): Named(one.display_name, str(one.public_id)) for one in found}


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


NAMES: dict[GroupBy, Callable[[list[str], str], Mapping[str, str | Named]]] = {
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
