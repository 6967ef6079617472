"""Sending one form of the table as the person it is for, and finding every page that takes one."""

from collections.abc import Iterator
from copy import deepcopy

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.bad_forms.doors import IDS, Form

OUTSIDE = ("admin", "api/v1/", "webhook", "healthz/", "demo/")


def page_addresses(resolver=None, prefix: str = "", space: str = "") -> Iterator[tuple[str, set]]:
    """The name of every address of a page, with the names of what stands in it."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if path.startswith(OUTSIDE):
            continue
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from page_addresses(entry, path, inner)
        elif isinstance(entry, URLPattern) and entry.name:
            yield f"{space}{entry.name}", set(entry.pattern.converters)


def path_of(address: str, ids: dict) -> str:
    names = dict(page_addresses())[address]
    return reverse(address, kwargs={name: ids[IDS.get(address, name)] for name in names})


class Sender:
    """Sends one form as the person it is for."""

    def __init__(self, form: Form, people, ids, *, has_csrf: bool = False) -> None:
        self.path = path_of(form.name, ids)
        self.client = Client(enforce_csrf_checks=has_csrf, headers={"Accept": "text/html"})
        self.client.cookies[settings.CSRF_COOKIE_NAME] = "c" * 32
        if form.who:
            self.client.force_login(people[form.who])
        # Some forms have fields for each row, named by its id.
        self.data = {
            ids.get(name, name): ids.get(value, value) for name, value in form.data.items()
        }

    def send(self, data: dict | bytes, content_type: str | None = None):
        if content_type is None:
            return self.client.post(self.path, data)
        return self.client.generic("POST", self.path, data, content_type)

    def try_out(self, *args):
        """Send, and take back what it did, in the browser too."""
        cookies = deepcopy(self.client.cookies)
        with transaction.atomic():
            response = self.send(*args)
            transaction.set_rollback(True)
        self.client.cookies = cookies
        return response
