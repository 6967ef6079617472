"""Any bytes give one clean object or one BadJSON, never anything else."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnichat.lib.safe_json import BadJSON, clean_text, parse_object

MAX_BYTES = 4_194_304

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # Characters that fool a scanner for brackets, and those a database refuses.
    | st.text(alphabet=st.sampled_from('[]{}"\\/ua0\x00\ud800é😀')),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(alphabet='[{"\\\x00\udfffk', max_size=4), inner, max_size=4)
    ),
    max_leaves=20,
)


def refusal(raw: bytes, **limits) -> tuple[str, int]:
    with pytest.raises(BadJSON) as caught:
        parse_object(raw, **{"max_bytes": MAX_BYTES} | limits)
    assert str(caught.value) != ""
    return caught.value.code, caught.value.status


def depth_of(value) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth_of, value), default=0)
    return 0


def cleaned(value):
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(key): cleaned(item) for key, item in value.items()}
    return [cleaned(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"[" * 20_000 + b"]" * 20_000, "too_deep"),
        (b"[" * 100_000 + b"]" * 100_000, "too_deep"),
        (b"[" * 100_000, "too_deep"),
        (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, "too_deep"),
        (b'{"a":' * 100_000, "too_deep"),
        (b'{"a":"\\\\",' + b'"b":[' * 100_000, "too_deep"),
        (b'{"a": 1e400}', "bad_json"),
        (b'{"a": -1e400}', "bad_json"),
        (b'{"a": NaN}', "bad_json"),
        (b'{"a": Infinity}', "bad_json"),
        (b'{"a": -Infinity}', "bad_json"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "bad_json"),
        (b'{"a": "b', "bad_json"),
        (b'{"a": 1', "bad_json"),
        (b'{"a": 1} {}', "bad_json"),
        (b'{"a": "\x00"}', "bad_json"),
        (b"{'a': 1}", "bad_json"),
        (b"", "bad_json"),
        (b"   ", "bad_json"),
        (b"null", "not_an_object"),
        (b"[]", "not_an_object"),
        (b'[{"a": 1}]', "not_an_object"),
        (b'"x"', "not_an_object"),
        (b"1", "not_an_object"),
        (b'{"a": "\xff"}', "bad_encoding"),
        (b'{"a": "\xed\xa0\x80"}', "bad_encoding"),
        ('{"a": 1}'.encode("utf-16"), "bad_encoding"),
        ('{"a": "é"}'.encode("latin-1"), "bad_encoding"),
    ],
)
def test_refused_bytes_say_why(raw, code):
    assert refusal(raw) == (code, 400)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"{}", {}),
        (b"\xef\xbb\xbf{}", {}),
        (b' {"a": [1, -2.5, true, null]}\n', {"a": [1, -2.5, True, None]}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'{"a": 9007199254740993}', {"a": 9007199254740993}),
        ('{"a": "Xin chào 😀"}'.encode(), {"a": "Xin chào 😀"}),
        (b'{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
        (b'{"a": "b\\u0000c"}', {"a": "b\ufffdc"}),
        (b'{"a": ["\\ud83d", {"b": "\\ude00\\ud83d"}]}', {"a": ["\ufffd", {"b": "\ufffd\ufffd"}]}),
        (b'{"a\\u0000": {"\\udfff": "c"}}', {"a\ufffd": {"\ufffd": "c"}}),
        # Brackets inside strings are text, also behind escaped quotes and backslashes.
        (b'{"a": "' + b"[" * 100 + b'"}', {"a": "[" * 100}),
        (b'{"a": "\\"' + b"{" * 100 + b'"}', {"a": '"' + "{" * 100}),
        (b'{"a\\\\": "\\\\\\"' + b"[" * 100 + b'"}', {"a\\": '\\"' + "[" * 100}),
    ],
)
def test_accepted_bytes_are_parsed_and_cleaned(raw, value):
    assert parse_object(raw, max_bytes=MAX_BYTES) == value


def test_the_size_is_judged_first():
    assert parse_object(b'{"a":1}', max_bytes=7) == {"a": 1}
    assert refusal(b"\xff" * 8, max_bytes=7) == ("too_large", 413)


def test_the_sixty_fifth_level_is_refused():
    assert parse_object(b'{"a":' + b"[" * 63 + b"]" * 63 + b"}", max_bytes=MAX_BYTES) != {}
    assert refusal(b'{"a":' + b"[" * 64 + b"]" * 64 + b"}") == ("too_deep", 400)


def test_siblings_do_not_add_to_the_depth():
    raw = b'{"a":[' + b"[]," * 100_000 + b"[]]}"
    assert len(parse_object(raw, max_bytes=MAX_BYTES)["a"]) == 100_001


def test_a_limit_beyond_the_interpreter_is_still_a_refusal():
    assert refusal(b'{"a":' * 100_000, max_depth=10**6) == ("too_deep", 400)


@settings(deadline=None, max_examples=500)
@given(
    raw=st.binary()
    | st.text(alphabet='{}[]":,\\u01eE.-nNa \ud800', max_size=40).map(
        lambda text: text.encode("utf-8", "surrogatepass")
    )
)
def test_no_bytes_raise_anything_else(raw):
    try:
        value = parse_object(raw, max_bytes=100, max_depth=3)
    except BadJSON:
        return
    assert isinstance(value, dict)


@settings(deadline=None, max_examples=300)
@given(value=json_values)
def test_every_object_is_judged_by_its_true_depth(value):
    body = {"v": value}
    raw = json.dumps(body).encode()
    if depth_of(body) > 3:
        assert refusal(raw, max_depth=3) == ("too_deep", 400)
    else:
        assert parse_object(raw, max_bytes=MAX_BYTES, max_depth=3) == cleaned(body)


@pytest.mark.parametrize(
    ("text", "clean"),
    [("", ""), ("chào 😀\n", "chào 😀\n"), ("\x00a\ud800\udc00", "\ufffda\ufffd\ufffd")],
)
def test_clean_text_keeps_everything_storable(text, clean):
    assert clean_text(text) == clean
    assert clean.encode() != b"" or text == ""
