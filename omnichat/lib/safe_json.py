"""JSON from outside: one object, or a refusal that says what to do."""

import json
import math
import re
from itertools import accumulate
from typing import NoReturn

from django.utils.translation import gettext as _

from omnichat.lib.errors import DomainError

# PostgreSQL refuses NUL in text, and a lone surrogate cannot be encoded as UTF-8.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

_OPENING, _CLOSING = b"[{", b"]}"
_NOT_BRACKETS = bytes(set(range(256)) - set(_OPENING + _CLOSING))
# Each bracket becomes its step in depth, as a signed byte: 0x01 is +1, 0xff is -1.
_TO_STEPS = bytes.maketrans(_OPENING + _CLOSING, b"\x01\x01\xff\xff")


class BadJSON(DomainError):
    """The bytes are not one JSON object we accept; `code` says which rule refused."""

    def __init__(self, code: str, detail: str, *, status: int = 400) -> None:
        super().__init__(detail)
        self.code = code
        self.status = status


def clean_text(text: str) -> str:
    """Replace what a database cannot store (NUL, lone surrogates) by U+FFFD."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def parse_object(raw: bytes, *, max_bytes: int, max_depth: int = 64) -> dict:
    """Parse one JSON object whose strings and keys are safe to store.

    A UTF-8 byte order mark is accepted; of equal keys the last wins.
    Raises BadJSON, and nothing else, for any bytes.
    """
    if len(raw) > max_bytes:
        raise BadJSON(
            "too_large",
            _("The data is too large. Send at most %(limit)s bytes.") % {"limit": max_bytes},
            status=413,
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadJSON(
            "bad_encoding", _("The data is not UTF-8 text. Encode it as UTF-8 and send it again.")
        ) from error
    if _is_deeper(raw, max_depth):
        raise _too_deep(max_depth)
    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite_float)
    except RecursionError as error:
        raise _too_deep(max_depth) from error
    # Also an integer of more digits than the interpreter converts.
    except ValueError as error:
        raise BadJSON(
            "bad_json", _("The data is not valid JSON. Correct it and send it again.")
        ) from error
    if not isinstance(value, dict):
        raise BadJSON(
            "not_an_object", _("The data must be one JSON object. Put it between { and }.")
        )
    _clean(value)
    return value


def _too_deep(max_depth: int) -> BadJSON:
    return BadJSON(
        "too_deep",
        _("The data is nested too deeply. Use at most %(limit)s levels.") % {"limit": max_depth},
    )


def _is_deeper(raw: bytes, max_depth: int) -> bool:
    """Tell whether brackets outside of strings nest deeper than `max_depth`.

    Runs before the parser, which recurses. Escaped backslashes go first, then escaped quotes: each
    quote left opens or closes a string, and every second piece between quotes is outside.
    """
    unescaped = raw.replace(rb"\\", b"").replace(rb"\"", b"")
    outside = b"".join(unescaped.split(b'"')[::2])
    steps = memoryview(outside.translate(_TO_STEPS, delete=_NOT_BRACKETS)).cast("b")
    return any(map(max_depth.__lt__, accumulate(steps)))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite_float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("number out of range")
    return number


def _clean(top: dict) -> None:
    """Clean every string and key in place, without recursion."""
    todo: list[dict | list] = [top]
    while todo:
        node = todo.pop()
        is_dict = isinstance(node, dict)
        for key, item in node.items() if is_dict else enumerate(node):
            if isinstance(item, str):
                node[key] = clean_text(item)
            elif item and isinstance(item, (dict, list)):
                todo.append(item)
        if is_dict:
            for key in [key for key in node if _UNSTORABLE.search(key)]:
                node[clean_text(key)] = node.pop(key)
