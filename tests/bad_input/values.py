"""Bodies no door takes, values no field takes, and values some fields do."""

from tests.bad_input.doors import UNKNOWN_ID

LARGE = b"x" * 10_485_760


# --- Bodies no door takes ----------------------------------------------------------------------
NOT_JSON = {
    "truncated": b'{"text": "abc',
    "half": b'{"text": ',
    "open": b"{",
    "single quotes": b"{'text': 'abc'}",
    "two": b"{} {}",
    "trailing": b'{"text": "a"} x',
    "comma": b'{"text": "a",}',
    "spaces": b"  \n ",
    "form": b"text=abc&word=abc",
    "NaN": b'{"text": "a", "extra": NaN}',
    "Infinity": b'{"extra": Infinity}',
    "-Infinity": b'{"extra": [-Infinity]}',
    "1e400": b'{"extra": 1e400}',
    "-1e400": b'{"extra": {"deep": [-1e400]}}',
    "5000 digits": b'{"extra": ' + b"9" * 5000 + b"}",
    "UTF-16 LE": '{"text": "a"}'.encode("utf-16-le"),
    "NUL outside of a string": b'{"text": "a"}\0',
    "raw NUL inside a string": b'{"text": "a\0b"}',
}
BAD_ENCODING = {
    "binary": bytes(range(256)),
    "Latin-1": '{"text": "é"}'.encode("latin-1"),
    "UTF-16 with mark": '{"text": "a"}'.encode("utf-16"),
    "UTF-32 with mark": '{"text": "a"}'.encode("utf-32"),
    "surrogate bytes": b'{"text": "\xed\xa0\x80"}',
    "overlong": b'{"text": "\xc0\x80"}',
    "cut": '{"text": "ơ"}'.encode()[:-3],
}
TOO_DEEP = {
    "65 lists": b'{"text": ' + b"[" * 64 + b"]" * 64 + b"}",
    "20 000 lists": b'{"text": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "100 000 lists": b"[" * 100_000,
    "100 000 objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
}
NO_OBJECT = {
    "list": b"[]",
    "list of one": b'[{"text": "a"}]',
    "null": b"null",
    "text": b'"text"',
    "number": b"5",
    "true": b"true",
}
REFUSED = (
    {name: (raw, 400, "bad_json") for name, raw in NOT_JSON.items()}
    | {name: (raw, 400, "bad_encoding") for name, raw in BAD_ENCODING.items()}
    | {name: (raw, 400, "too_deep") for name, raw in TOO_DEEP.items()}
    | {name: (raw, 400, "not_an_object") for name, raw in NO_OBJECT.items()}
    | {
        "10 MB": (b'{"text": "' + LARGE + b'"}', 413, "too_large"),
        "1 MB and a byte": (b'{"text": "' + b"x" * (1_048_577 - 12) + b'"}', 413, "too_large"),
    }
)


# --- Values no field takes ---------------------------------------------------------------------
NEVER_GOOD = {
    "list": [1],
    "empty list": [],
    "object": {"a": 1},
    "deep": [[[{"a": [None]}]]],
}
SOMETIMES_GOOD = {
    "null": None,
    "true": True,
    "0": 0,
    "-1": -1,
    "1.5": 1.5,
    "1e308": 1e308,
    "2^31": 2**31,
    "2^63": 2**63,
    "10^30": 10**30,
    "4000 digits": int("9" * 4000),
    "empty": "",
    "space": " ",
    "NUL": "\0",
    "NUL inside": "a\0b",
    "surrogate": "\ud800",
    "pair the wrong way round": "\udc00\ud800",
    "100 000 characters": "ơ" * 100_000,
    "digits": "9" * 5000,
    "1e400": "1e400",
    "-1e400": "-1e400",
    "NaN": "NaN",
    "Infinity": "Infinity",
    "1E+9999999": "1E+9999999",
    "0e-9999999": "0e-9999999",
    "bidi": "\u202eabc",
    "zero width": "\u200b",
    "emoji": "👨‍👩‍👧‍👦",
    "uuid": UNKNOWN_ID,
    "nul uuid": "\0" * 32,
    "arabic digits": "٣٤",
    "percent": "%s %d {0} %(a)s",
    "markup": "<script>alert(1)</script>",
    "quote": "'; DROP TABLE accounts_user; --",
}
