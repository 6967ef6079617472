"""400, 403, 404 and 500: no navigation, no database, no session needed."""

import logging
import secrets

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 400, "bad_request", _("This request cannot be read."))


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 403, "permission_denied", _("Your role does not allow this."))


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 404, "not_found", _("There is nothing at this address."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Show a code that stands in the log beside the trace."""
    code = secrets.token_hex(4)
    logger.error("error code %s at %s", code, request.path)
    detail = _("Something went wrong on our side. Try again in a few minutes.")
    return _answer(request, 500, "server_error", detail, {"error_code": code})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    detail = _("This form is no longer valid. Load the page again and repeat what you did.")
    return _answer(request, 403, "csrf_failed", detail, {"csrf": True})


def _answer(
    request: HttpRequest, status: int, code: str, detail: str, context: dict | None = None
) -> HttpResponse:
    """HTML for people, JSON for programs."""
    wants_html = "text/html" in request.headers.get("Accept", "")
    if request.path_info.startswith(("/api/", "/webhook")) or not wants_html:
        return JsonResponse({"code": code, "detail": detail}, status=status)
    return render(request, f"{status}.html", context or {}, status=status)
