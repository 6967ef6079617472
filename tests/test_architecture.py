"""The house rules, read from the source itself: see docs/architecture.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "inbox", "workforce", "routing", "reporting")
# Who may import whom; everybody may import omnichat.lib, and omnichat may import everybody.
MAY_IMPORT = {
    "omnichat.lib": set(),
    "accounts": set(),
    "inbox": {"accounts"},
    "workforce": {"accounts"},
    "routing": {"accounts", "inbox", "workforce"},
    "reporting": {"accounts", "inbox", "workforce", "routing"},
}
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
MAX_SIGNALS = 9
KWARGS = re.compile(r"# kwargs: \w+: [\w\[\] |]+(, \w+: [\w\[\] |]+)*\. \S")
# The first call on a manager in a view or a form: each narrows to what the caller may touch.
SCOPES = {"visible_to", "options_for", "editable_by", "managed_by", "decidable_by", "none"}


# --- Reading the source -------------------------------------------------------------------------
def part_of(path: Path) -> str:
    """The part of the house a file stands in."""
    first, *rest = path.relative_to(ROOT).parts
    return "omnichat.lib" if first == "omnichat" and rest[:1] == ["lib"] else first


@cache
def sources() -> dict[Path, ast.Module]:
    """Every module of the product; migrations are history."""
    files = [f for top in (*APPS, "omnichat") for f in (ROOT / top).rglob("*.py")]
    product = [f for f in files if "migrations" not in f.parts]
    assert len(product) > 90
    return {f: ast.parse(f.read_text()) for f in sorted(product)}


@cache
def templates() -> dict[Path, str]:
    folders = [ROOT / "templates", *(ROOT / app / "templates" for app in APPS)]
    found = [f for folder in folders for f in folder.rglob("*") if f.is_file()]
    assert len(found) > 20
    return {f: f.read_text() for f in sorted(found)}


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every imported module, wherever the import stands; `import_module("x")` too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Call) and "import" in name_of(node.func):
            yield from (
                (arg.value, node.lineno)
                for arg in node.args
                if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            )


def name_of(node: ast.AST) -> str:
    """`a.b.c` of an expression made of names and dots."""
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def forbidden_imports(path: Path, tree: ast.AST) -> list[str]:
    part, wrong = part_of(path), []
    if part == "omnichat":
        return wrong
    for module, line in imports(tree):
        top = module.split(".")[0]
        if top == "omnichat":
            is_lib = module == "omnichat" or f"{module}.".startswith("omnichat.lib.")
            wrong += [] if is_lib else [f"{place(path, line)} {module}"]
        elif ".templatetags" in module and "templatetags" not in path.parts:
            wrong.append(f"{place(path, line)} {module}")  # the page stands above what it shows
        elif top in APPS and top != part and top not in MAY_IMPORT[part]:
            wrong.append(f"{place(path, line)} {module}")
    return wrong


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def local_imports(path: Path, tree: ast.AST) -> list[str]:
    """Imports inside functions, except in the one method made for them."""
    return [
        place(path, node.lineno)
        for function in functions(tree)
        if not (path.name == "apps.py" and function.name == "ready")
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


# --- Who may import whom ------------------------------------------------------------------------
def test_imports_go_down_only():
    wrong = [found for path, tree in sources().items() for found in forbidden_imports(path, tree)]
    assert wrong == []


def test_no_import_hides_in_a_function():
    wrong = [found for path, tree in sources().items() for found in local_imports(path, tree)]
    assert wrong == []


def test_every_app_has_its_place():
    found = {f.parent.name for f in ROOT.glob("*/apps.py")}
    assert found == {*APPS, "omnichat"}


@pytest.mark.parametrize(
    ("path", "code", "is_wrong"),
    [
        ("accounts/x.py", "from inbox.models import Message", True),
        ("accounts/x.py", "import inbox.models", True),
        ("accounts/x.py", "def f():\n    from routing import services", True),
        ("accounts/x.py", "import_module('routing.services')", True),
        ("accounts/x.py", "from omnichat.lib.errors import DomainError", False),
        ("accounts/x.py", "from omnichat.lib import http", False),
        ("accounts/x.py", "from omnichat import lib", False),
        ("accounts/x.py", "from omnichat import middleware", True),
        ("accounts/x.py", "from omnichat.middleware import API_PREFIX", True),
        ("inbox/x.py", "from accounts.models import User", False),
        ("inbox/x.py", "from workforce.models import TimeEntry", True),
        ("workforce/x.py", "from inbox.models import Message", True),
        ("workforce/x.py", "from routing import models", True),
        ("routing/x.py", "from inbox import services", False),
        ("routing/x.py", "from routing.templatetags.keyword_ui import marks", True),
        ("routing/templatetags/x.py", "from routing.templatetags.keyword_ui import marks", False),
        ("routing/x.py", "from reporting import models", True),
        ("omnichat/lib/x.py", "from accounts.models import User", True),
        ("omnichat/lib/x.py", "from omnichat.models import PeriodicJob", True),
        ("omnichat/lib/x.py", "from omnichat.lib.errors import DomainError", False),
        ("omnichat/worker.py", "from routing import services", False),
        ("omnichat/libs.py", "from routing import services", False),
    ],
)
def test_the_check_of_imports_can_fail(path, code, is_wrong):
    assert bool(forbidden_imports(ROOT / path, ast.parse(code))) is is_wrong


@pytest.mark.parametrize(
    ("path", "is_wrong"), [("apps.py", False), ("views.py", True), ("receivers.py", True)]
)
def test_the_check_of_local_imports_can_fail(path, is_wrong):
    code = "class C:\n    def ready(self):\n        from routing import receivers"
    assert bool(local_imports(ROOT / "routing" / path, ast.parse(code))) is is_wrong


# --- Signals ------------------------------------------------------------------------------------
def test_nobody_listens_to_rows_being_saved():
    """save() has no ears here: update() would be deaf to it, and it knows no transaction."""
    banned = ("django.db.models.signals", "post_save", "pre_save", "post_delete", "m2m_changed")
    wrong = [
        f"{place(path, line)} {module}"
        for path, tree in sources().items()
        for module, line in imports(tree)
        if any(word in module for word in banned)
    ]
    assert wrong == []


def signals() -> dict[str, tuple[Path, int]]:
    return {
        node.targets[0].id: (path, node.lineno)
        for path, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and name_of(node.value.func).endswith("Signal")
    }


def test_signals_are_few_and_stand_in_signals_py():
    assert 0 < len(signals()) <= MAX_SIGNALS
    assert {path.name for path, _line in signals().values()} == {"signals.py"}


def test_every_signal_says_its_kwargs_above():
    for name, (path, line) in signals().items():
        above = path.read_text().splitlines()[: line - 1]
        comment = []
        while above and above[-1].startswith("#"):
            comment.insert(0, above.pop())
        assert KWARGS.match(" ".join(comment)), name


def test_signals_are_sent_after_the_commit_and_cannot_undo_it():
    """`send_robust` inside `partial`, for transaction.on_commit."""
    wrong = []
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Attribute) or node.attr not in ("send", "send_robust"):
                continue
            if name_of(node.value) not in signals():
                continue
            is_partial = any(
                isinstance(call, ast.Call)
                and name_of(call.func) == "partial"
                and call.args[:1] == [node]
                for call in ast.walk(tree)
            )
            if node.attr == "send" or not is_partial:
                wrong.append(place(path, node.lineno))
    assert wrong == []


# --- Scope --------------------------------------------------------------------------------------
def unscoped(path: Path, tree: ast.AST) -> list[str]:
    """Uses of `Model.objects` that do not begin with a scope."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    return [
        place(path, node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("objects", "_default_manager", "_base_manager")
        and getattr(parents[node], "attr", "") not in SCOPES
    ]


def is_door(path: Path) -> bool:
    """Views and forms, also where they are several files or a folder."""
    return "views" in path.parts or path.stem.endswith(("views", "forms"))


def test_pages_and_api_start_from_a_scope():
    doors = {
        path: tree
        for path, tree in sources().items()
        if is_door(path) and part_of(path) in (*APPS, "omnichat")
    }
    assert len(doors) >= 10
    assert [found for path, tree in doors.items() for found in unscoped(path, tree)] == []


@pytest.mark.parametrize(
    ("code", "is_wrong"),
    [
        ("Message.objects.visible_to(user).filter(pk=1)", False),
        ("Message.objects.none()", False),
        ("Message.objects.filter(pk=1)", True),
        ("Message.objects.all()", True),
        ("Message.objects.get(pk=1)", True),
        ("rows = Message.objects", True),
        ("get_object_or_404(Message.objects, pk=1)", True),
        ("Message._default_manager.all()", True),
    ],
)
def test_the_check_of_scopes_can_fail(code, is_wrong):
    assert bool(unscoped(ROOT / "inbox/views.py", ast.parse(code))) is is_wrong


def test_views_hand_no_model_class_to_a_shortcut():
    """get_object_or_404(Model, …) would look among all rows."""
    wrong = []
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and name_of(node.func).endswith("_or_404"):
                first = node.args[0]
                if isinstance(first, ast.Name) and first.id[:1].isupper():
                    wrong.append(place(path, node.lineno))
    assert wrong == []


def test_serializers_name_their_fields():
    """`__all__` and `exclude` would show a column that is added later."""
    wrong = []
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name == "Meta":
                for statement in node.body:
                    text = ast.unparse(statement)
                    if text.startswith(("exclude", "fields = '__all__'")):
                        wrong.append(place(path, statement.lineno))
    assert wrong == []


def test_every_set_of_rows_with_people_has_one_scope():
    """Each queryset of ours that a door reads knows `visible_to`."""
    classes = {
        node.name: {f.name for f in node.body if isinstance(f, ast.FunctionDef)}
        for tree in sources().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.name.endswith("QuerySet")
    }
    of_the_machine = {"ChannelQuerySet", "OutboundPartQuerySet"}  # no person reads their rows
    assert {name for name, methods in classes.items() if "visible_to" not in methods} <= (
        of_the_machine
    )
    assert len(classes) >= 8


# --- Size ---------------------------------------------------------------------------------------
def test_no_file_is_two_ideas():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources()
        if (lines := len(path.read_text().splitlines())) > MAX_FILE_LINES
    }
    assert long == {}


def test_no_function_is_longer_than_a_screen():
    long = {
        f"{place(path, function.lineno)} {function.name}": length
        for path, tree in sources().items()
        for function in functions(tree)
        if (length := function.end_lineno - function.lineno + 1) > MAX_FUNCTION_LINES
    }
    assert long == {}


def test_every_module_but_the_empty_says_what_it_is():
    undocumented = [
        str(path.relative_to(ROOT))
        for path, tree in sources().items()
        if tree.body and not ast.get_docstring(tree)
        if path.name not in ("urls.py", "apps.py", "wsgi.py", "asgi.py")
        and "commands" not in path.parts
    ]
    assert undocumented == []


# --- What reaches the browser -------------------------------------------------------------------
INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an on… attribute": re.compile(r"<[^>]*\s(?:on[a-z]+|hx-on[:a-z-]*)\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style[\s>]", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "a script without src": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "a filter that trusts": re.compile(r"\|\s*(?:safe|safeseq)\b"),
    "a block that trusts": re.compile(r"{%-?\s*autoescape\s+off"),
    "an address elsewhere": re.compile(r"(?:src|href|action)\s*=\s*[\"']?(?:https?:)?//", re.I),
    "htmx's eval": re.compile(r"hx-(?:vals|headers)\s*=\s*[\"']js:|hx-vars|hx-trigger=[^>]*\["),
}


@pytest.mark.parametrize("what", INLINE)
def test_templates_hold_no(what):
    pattern = INLINE[what]
    wrong = [
        place(path, text[: found.start()].count("\n") + 1)
        for path, text in templates().items()
        if path.suffix == ".html"
        for found in pattern.finditer(without_comments(text))
    ]
    assert wrong == []


def without_comments(text: str) -> str:
    """Blank what the browser never gets; line numbers stay."""
    return re.sub(r"{#.*?#}", "", text)


@pytest.mark.parametrize(
    ("what", "html"),
    [
        ("a style attribute", '<p class="x" style="color:red">'),
        ("an on… attribute", '<button type="button" onclick="x()">'),
        ("an on… attribute", '<div hx-on:click="x()">'),
        ("a style element", "<style>p{}</style>"),
        ("a javascript: address", '<a href="javascript:x()">'),
        ("a script without src", "<script>x()</script>"),
        ("a script without src", '<script type="module">x()</script>'),
        ("a filter that trusts", "{{ message.text|safe }}"),
        ("a block that trusts", "{% autoescape off %}"),
        ("an address elsewhere", '<script src="https://cdn.example/x.js">'),
        ("an address elsewhere", '<img src="//cdn.example/x.png">'),
        ("htmx's eval", "<div hx-vals='js:{a: 1}'>"),
        ("htmx's eval", '<div hx-trigger="click[ctrlKey]">'),
    ],
)
def test_the_checks_of_templates_can_fail(what, html):
    assert INLINE[what].search(html)


def test_forms_that_change_something_carry_their_token():
    wrong = []
    for path, text in templates().items():
        for form in re.finditer(r"<form\b.*?</form>", text, re.DOTALL | re.IGNORECASE):
            is_post = re.search(r"method\s*=\s*[\"']?post|hx-post", form.group(), re.IGNORECASE)
            if is_post and "{% csrf_token %}" not in form.group():
                wrong.append(place(path, text[: form.start()].count("\n") + 1))
    assert wrong == []


def test_no_code_marks_data_as_safe():
    """format_html escapes its arguments; mark_safe of anything but a literal trusts data."""
    wrong = []
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = name_of(node.func).rpartition(".")[2]
            argument = node.args[0] if node.args else None
            if name in ("mark_safe", "SafeString", "SafeText"):
                trusts_data = not isinstance(argument, ast.Constant)
            else:
                is_glued = isinstance(argument, ast.JoinedStr | ast.BinOp)
                trusts_data = name == "format_html" and is_glued
            if trusts_data:
                wrong.append(place(path, node.lineno))
    assert wrong == []


def test_scripts_evaluate_nothing():
    banned = re.compile(
        r"\beval\(|new Function\(|\.innerHTML\s*=|document\.write|insertAdjacentHTML"
    )
    scripts = list((ROOT / "static/js").glob("*.js"))
    assert scripts
    wrong = [
        place(path, number)
        for path in scripts
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if banned.search(line)
    ]
    assert wrong == []
