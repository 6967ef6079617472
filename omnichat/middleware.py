"""What happens to every request before a view sees it."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote, unquote_to_bytes

from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts.cookies import LANGUAGE_COOKIE, THEME_COOKIE
from accounts.models import Organisation, User
from omnichat.error_pages import bad_request

API_PREFIX = "/api/v1"
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# The brief's addresses (and those beside them under /auth and /users) also answer without the
# prefix; nothing else does.
SHORT_ADDRESSES = re.compile(
    r"/(?:auth/(?:token|refresh|logout|register)"
    r"|messages(?:/\d+/complete)?"
    r"|keywords(?:/\d+)?"
    r"|departments"
    rf"|users(?:/{UUID}(?:/status)?)?"
    r"|people/options"
    r"|requests(?:/pending|/\d+/review)?"
    r"|shifts(?:/(?:assign|checkin|checkout|timesheet))?"
    r"|reports/summary"
    r"|kpi/(?:user|department|record))",
)
# Django writes a byte of the path that is no UTF-8 like this; no address of ours has such a text.
BROKEN_UTF8 = re.compile("%[89A-F][0-9A-F]")
# Never redirected or answered in a language: programs call them.
MACHINE_PATHS = ("/api/", "/healthz/", "/static/")
# Where channels deliver. They sign what they send; nobody is signed in there.
DOORS = re.compile(r"/webhook|/integrations/.+")
# Where people hand in files.
UPLOADS = re.compile(r"/requests/(?:new|\d+/files)")
MAX_DISCARDED_BYTES = 33_554_432


class ContentPolicyMiddleware:
    """What a browser may load and do with an answer of ours: the same for every answer.

    django-csp's own middleware writes the same text anew for each of them.
    """

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response
        self.policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        return response


class RequestGuardMiddleware:
    """Refuse what no view should have to think of: broken addresses and bodies too large.

    NUL and invalid UTF-8 in path or query are 400; a body over the door's limit is 413.
    """

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_clean(request):
            return bad_request(request)
        length = request.META.get("CONTENT_LENGTH") or "0"
        limit = _body_limit(request.path_info)
        if not (length.isascii() and length.isdigit() and len(length) <= 12):
            return bad_request(request)
        if int(length) > limit:
            _discard(request, int(length))
            detail = _("The body is larger than %(limit)d bytes.") % {"limit": limit}
            return JsonResponse({"code": "too_large", "detail": detail}, status=413)
        return self.get_response(request)


class DoorMiddleware:
    """Lead a channel's delivery straight to its view: no session, account, form or page is there.

    Everything behind this in the settings would be done for nothing, a tenth of a webhook's time.
    """

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not DOORS.fullmatch(request.path_info):
            return self.get_response(request)
        try:
            match = request.resolver_match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        with translation.override(get_language_from_request(request)):
            return match.func(request, *match.args, **match.kwargs)


class AddressAliasMiddleware:
    """Send the brief's short addresses to the API or to the page of the same name.

    A Bearer header means the API; else htmx or a wish for HTML means the page; else the API.
    Where only one of the two exists, that one answers.
    """

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not SHORT_ADDRESSES.fullmatch(request.path_info):
            return self.get_response(request)
        if not (_wants_page(request) and _is_page(request.path_info)):
            request.path_info = API_PREFIX + request.path_info
        response = self.get_response(request)
        patch_vary_headers(response, ["Accept", "Authorization", "HX-Request"])
        return response


class PreferencesMiddleware:
    """Language, theme and time zone: the account's, before sign-in the browser's cookie."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(MACHINE_PATHS):
            translation.activate(get_language_from_request(request))
            response = self.get_response(request)
            translation.deactivate()
            return response
        request.organisation = Organisation.objects.first() or Organisation(name="OmniChat")
        language, theme = self._preferences(request)
        request.theme = theme
        translation.activate(language)
        request.LANGUAGE_CODE = language
        with timezone.override(request.organisation.zone):
            response = self.get_response(request)
        # The sign-in page may have switched it.
        response.headers.setdefault("Content-Language", translation.get_language() or language)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        translation.deactivate()
        return response

    @staticmethod
    def _preferences(request: HttpRequest) -> tuple[str, str]:
        if request.user.is_authenticated:
            return request.user.language, request.user.theme
        language = request.COOKIES.get(LANGUAGE_COOKIE, "")
        if language not in User.Language.values:
            language = request.organisation.language
            if not request.organisation.pk:  # before the first run nobody has chosen one
                language = get_language_from_request(request)
        theme = request.COOKIES.get(THEME_COOKIE, "")
        return language, theme if theme in User.Theme.values else User.Theme.AUTO


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every page needs a signed-in person unless its view says otherwise."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable) -> HttpResponse:
        """A refresh by htmx must open the sign-in page, not draw it into a pane."""
        if not request.htmx:
            return super().handle_no_permission(request, view_func)
        address = (
            f"{reverse(settings.LOGIN_URL)}?next={quote(request.htmx.current_url_abs_path or '/')}"
        )
        return HttpResponseClientRedirect(address)


def _is_clean(request: HttpRequest) -> bool:
    """True when path and query are UTF-8 without NUL."""
    if "\0" in request.path_info or BROKEN_UTF8.search(request.path_info):
        return False
    query = unquote_to_bytes(request.META.get("QUERY_STRING", "").encode("latin-1", "replace"))
    if b"\0" in query:
        return False
    try:
        query.decode()
    except UnicodeDecodeError:
        return False
    return True


def _body_limit(path: str) -> int:
    if DOORS.fullmatch(path):
        return settings.WEBHOOK_MAX_BYTES
    if UPLOADS.fullmatch(path):
        return settings.UPLOAD_MAX_BYTES
    if path.startswith(API_PREFIX) or SHORT_ADDRESSES.fullmatch(path):
        return settings.API_MAX_BYTES
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _discard(request: HttpRequest, length: int) -> None:
    """Read the refused body: a connection closed on unread data loses the answer."""
    left = min(length, MAX_DISCARDED_BYTES)
    while left > 0 and (chunk := request.read(min(left, 65_536))):
        left -= len(chunk)


def _wants_page(request: HttpRequest) -> bool:
    if request.headers.get("Authorization", "").lower().startswith("bearer"):
        return False
    return "HX-Request" in request.headers or "text/html" in request.headers.get("Accept", "")


def _is_page(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
