"""What every API view shares: the body parser, the page shapes and the form of a refusal."""

import logging

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DataError, OperationalError
from django.http import Http404, UnreadablePostError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ErrorDetail, NotFound
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.pagination import CursorPagination, PageNumberPagination
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import exception_handler as drf_exception_handler

from omnichat.lib.errors import RETRY_AFTER_SECONDS, DomainError
from omnichat.lib.safe_json import BadJSON, parse_object

logger = logging.getLogger(__name__)

PAGE_SIZE = 50
MAX_PAGE_SIZE = 200

# Data that no field or column takes; the faults of a caller, not of the program.
_BAD_INPUT = (DataError, RecursionError, UnicodeError, OverflowError, UnreadablePostError)


class Refusal(APIException):
    """An answer of `{"code", "detail"}`, with "field" when one input is at fault.

    `wait` (seconds) becomes the Retry-After header.
    """

    def __init__(
        self,
        *,
        status: int,
        code: str,
        detail: str | Promise,
        field: str | None = None,
        wait: int | None = None,
    ) -> None:
        body = {"code": code, "detail": detail}
        if field:
            body["field"] = field
        super().__init__(body)
        self.status_code = status
        self.wait = wait


class SafeJSONParser(BaseParser):
    """Read one JSON object of at most `settings.API_MAX_BYTES`; no body at all reads as {}."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None) -> dict:
        raw = stream.read(settings.API_MAX_BYTES + 1)
        if not raw:
            return {}
        try:
            return parse_object(raw, max_bytes=settings.API_MAX_BYTES)
        except BadJSON as error:
            raise _refusal_of(error) from error


class JSONOnlyNegotiation(DefaultContentNegotiation):
    """Answer with the first renderer whatever Accept says: a browser must not get a 406."""

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class SmallListPagination(PageNumberPagination):
    """Pages by number: `{count, next, previous, results}`."""

    page_size = PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE_SIZE


class NewestFirstCursorPagination(CursorPagination):
    """Pages by position, for lists that grow while one reads: `{next, previous, results}`."""

    page_size = PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE_SIZE
    ordering = "-id"

    def paginate_queryset(self, queryset, request, view=None):
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, ValidationError) as error:
            # A cursor is only base64: anybody can put a position into it that is no id.
            if self.cursor_query_param not in request.query_params:
                raise
            raise NotFound(self.invalid_cursor_message) from error


def exception_handler(exc: Exception, context: dict) -> Response | None:
    """Turn what a view raises into an answer; None (a 500) for mistakes of the program.

    DomainError keeps its code and status; data that nothing can store is a 400 `bad_input`; a
    database that does not answer in time is a 503 `try_again`. What DRF says in one sentence gets
    a "code" beside it; field errors keep DRF's shape.
    """
    view = type(context.get("view")).__name__
    if isinstance(exc, DomainError):
        exc = _refusal_of(exc)
    elif isinstance(exc, _BAD_INPUT):
        # The message of the error may quote the data, so the log names the class only.
        logger.warning("Refused input in %s: %s", view, type(exc).__name__)
        exc = Refusal(
            status=400,
            code="bad_input",
            detail=_("The data holds a value that cannot be stored. Correct it and send it again."),
        )
    elif isinstance(exc, Http404):
        # Django's own sentence names the table, in English.
        exc = NotFound()
    elif isinstance(exc, OperationalError):
        logger.warning("Database failed in %s: %s", view, type(exc.__cause__ or exc).__name__)
        exc = Refusal(
            status=503,
            code="try_again",
            detail=_("The server is busy. Try again in a few seconds."),
            wait=RETRY_AFTER_SECONDS,
        )
    response = drf_exception_handler(exc, context)
    if response is not None and isinstance(response.data, dict):
        detail = response.data.get("detail")
        if isinstance(detail, ErrorDetail) and set(response.data) == {"detail"}:
            response.data = {"code": detail.code, "detail": detail}
    return response


def _refusal_of(error: DomainError) -> Refusal:
    return Refusal(status=error.status, code=error.code, detail=error.detail, field=error.field)


def validated(serializer_class: type[Serializer], request: Request) -> dict:
    """Return what the body says, or raise DRF's 400 with a list of reasons per field."""
    serializer = serializer_class(data=request.data)
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data
