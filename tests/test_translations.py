"""Every text has a whole Vietnamese translation, and the check that says so can fail."""

import gettext
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from omnichat.lib.messages_catalog import (
    build_catalog,
    catalog_files,
    extract_texts,
    find_faults,
    read_catalog,
    update_catalog,
)

HEADER = """\
msgid ""
msgstr ""
"Language: vi\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
VIEWS = """\
from django.utils.translation import gettext as _, ngettext as _n, pgettext, pgettext_lazy as _p

READY = _("Ready")
WAIT = _("Hello %(name)s, <b>wait</b> {minutes} minutes or %s")
COUNT = _n("One message", "%(count)s messages", 3)
MONTH = pgettext("month", "May")
MAYBE = _p("perhaps", "May")
LINE = _("A line\\n")
"""
TRANSLATED = {
    "Ready": 'msgid "Ready"\nmsgstr "Sẵn sàng"\n',
    "Hello": (
        'msgid "Hello %(name)s, <b>wait</b> {minutes} minutes or %s"\n'
        'msgstr "<b>Chờ</b> {minutes} phút hoặc %s nhé %(name)s"\n'
    ),
    "One message": (
        'msgid "One message"\nmsgid_plural "%(count)s messages"\nmsgstr[0] "%(count)s tin nhắn"\n'
    ),
    "month": 'msgctxt "month"\nmsgid "May"\nmsgstr "Tháng Năm"\n',
    "perhaps": 'msgctxt "perhaps"\nmsgid "May"\nmsgstr "Có thể"\n',
    "A line": 'msgid "A line\\n"\nmsgstr "Một dòng\\n"\n',
}


@pytest.fixture
def tree(tmp_path) -> Path:
    """A project of one module with a complete translation."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox/views.py").write_text(VIEWS)
    write_translations(tmp_path, TRANSLATED)
    return tmp_path


def po_file(root: Path) -> Path:
    return root / "locale/vi/LC_MESSAGES/django.po"


def write_translations(root: Path, entries: dict[str, str]) -> None:
    po_file(root).parent.mkdir(parents=True, exist_ok=True)
    po_file(root).write_text(HEADER + "\n".join(entries.values()))


def texts_of(root: Path) -> list[tuple[str, str | tuple[str, str]]]:
    found = extract_texts(root, "vi")
    return [(message.context or "", message.id) for message in found if message.id]


# --- The real tree ----------------------------------------------------------------------------
@pytest.mark.parametrize("code", [code for code, _ in settings.LANGUAGES if code != "en"])
def test_every_text_of_the_product_is_translated(code):
    path = settings.LOCALE_PATHS[0] / code / "LC_MESSAGES/django.po"
    assert len(list(extract_texts(settings.BASE_DIR, code))) > 100
    faults = find_faults(path, settings.BASE_DIR)
    assert len(faults) == 0, f"`manage.py translations check` lists them, as {faults[0]}"


def test_a_compiled_catalogue_stands_beside_every_po():
    files = catalog_files(settings.LOCALE_PATHS[0])
    assert files != []
    missing = [path for path in files if not path.with_suffix(".mo").exists()]
    assert missing == [], "run `manage.py translations build` (`make test` does)"


# --- Extraction -------------------------------------------------------------------------------
def test_finds_calls_under_any_name(tree):
    assert texts_of(tree) == [
        ("", "Ready"),
        ("", "Hello %(name)s, <b>wait</b> {minutes} minutes or %s"),
        ("", ("One message", "%(count)s messages")),
        ("month", "May"),
        ("perhaps", "May"),
        ("", "A line\n"),
    ]


@pytest.mark.parametrize(
    ("template", "texts"),
    [
        ('{% translate "Inbox" %}', [("", "Inbox")]),
        ("    {% trans 'Inbox' as title %}\n  <p>", [("", "Inbox")]),
        ('{% translate "May" context "month" %}', [("month", "May")]),
        ('{% translate "50% done" %}', [("", "50%% done")]),
        ("{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}", [("", "Hello %(name)s")]),
        (
            "  {% blocktranslate trimmed %}\n    One\n    sentence\n  {% endblocktranslate %}",
            [("", "One sentence")],
        ),
        (
            "{% blocktranslate count n=total %}One{% plural %}{{ n }} of them"
            "{% endblocktranslate %}",
            [("", ("One", "%(n)s of them"))],
        ),
        (
            '{% blocktranslate count n=total context "mail" %}One{% plural %}{{ n }}'
            "{% endblocktranslate %}",
            [("mail", ("One", "%(n)s"))],
        ),
        ('<p title="{{ value|default:_("nobody") }}">\u00a0(“x</p>', [("", "nobody")]),
        ('{% include "a.html" with label=_("Close") %}', [("", "Close")]),
        ('{# translate "no" #}{% if a %}it\'s "quoted{% endif %}', []),
    ],
)
def test_finds_texts_in_templates(tmp_path, template, texts):
    for folder in ("templates", "inbox/templates/inbox"):
        path = tmp_path / folder / "page.html"
        path.parent.mkdir(parents=True)
        path.write_text(template)
    assert texts_of(tmp_path) == texts


def test_leaves_other_folders_alone(tmp_path):
    for folder in ("tests", "inbox/tests", ".venv/lib", "node_modules/x", "var", "docs"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "module.py").write_text('_("no text of ours")')
    (tmp_path / "docs/page.html").write_text('{% translate "nor this" %}')
    assert texts_of(tmp_path) == []


# --- Faults -----------------------------------------------------------------------------------
def test_a_complete_translation_has_no_faults(tree):
    assert find_faults(po_file(tree), tree) == []


@pytest.mark.parametrize(
    ("entry", "replaced", "by", "faults"),
    [
        ("Ready", None, "", ["missing: 'Ready' in inbox/views.py"]),
        ("Ready", "Sẵn sàng", "", ["empty: 'Ready'"]),
        ("Ready", "msgid", "#, fuzzy\nmsgid", ["fuzzy: 'Ready'"]),
        ("One message", "%(count)s tin nhắn", "", ["empty: 'One message'"]),
        ("One message", "%(count)s tin", "Một tin", ["placeholders differ: 'One message'"]),
        ("One message", "%(count)s tin", "%(count) tin", ["placeholders differ: 'One message'"]),
        (
            "One message",
            'msgid_plural "%(count)s messages"\nmsgstr[0]',
            "msgstr",
            ["missing: 'One message' in inbox/views.py"],
        ),
        ("month", None, "", ["missing: 'May' (context 'month') in inbox/views.py"]),
        ("A line", 'dòng\\n"', 'dòng"', ["newline at the start or end differs: 'A line\\n'"]),
        ("A line", '"Một', '"\\nMột', ["newline at the start or end differs: 'A line\\n'"]),
    ],
)
def test_finds_a_fault(tree, entry, replaced, by, faults):
    entries = dict(TRANSLATED)
    if replaced is None:
        del entries[entry]
    else:
        assert replaced in entries[entry]
        entries[entry] = entries[entry].replace(replaced, by)
    write_translations(tree, entries)
    assert find_faults(po_file(tree), tree) == faults


@pytest.mark.parametrize(
    ("replaced", "by", "kind"),
    [
        ("nhé %(name)s", "nhé %(ten)s", "placeholders differ"),
        ("nhé %(name)s", "nhé", "placeholders differ"),
        ("<b>Chờ</b> {minutes}", "<b>Chờ</b> {phut}", "placeholders differ"),
        ("hoặc %s", "hoặc", "placeholders differ"),
        ("hoặc %s", "hoặc %s %s", "placeholders differ"),
        ("<b>Chờ</b> {minutes}", "Chờ {minutes}", "tags differ"),
        ("<b>Chờ</b> {minutes}", "<b>Chờ<b> {minutes}", "tags differ"),
    ],
)
def test_finds_a_wrong_placeholder_or_tag(tree, replaced, by, kind):
    entries = dict(TRANSLATED)
    before, translation = entries["Hello"].split("msgstr")
    assert replaced in translation
    entries["Hello"] = before + "msgstr" + translation.replace(replaced, by)
    write_translations(tree, entries)
    assert [fault.split(":")[0] for fault in find_faults(po_file(tree), tree)] == [kind]


def test_finds_texts_that_left_the_source(tree):
    left = {"left": 'msgid "Left"\nmsgstr "Rời"\n', "gone": '#~ msgid "Gone"\n#~ msgstr "Mất"\n'}
    write_translations(tree, TRANSLATED | left)
    assert find_faults(po_file(tree), tree) == ["obsolete: 'Left'", "obsolete: 'Gone'"]


def test_the_command_fails_and_lists_the_faults(tree, settings, capsys):
    settings.BASE_DIR = tree
    settings.LOCALE_PATHS = [tree / "locale"]
    call_command("translations", "check")
    write_translations(tree, {})
    capsys.readouterr()
    with pytest.raises(CommandError, match="vi: 6 faults"):
        call_command("translations", "check")
    assert "missing: 'Ready' in inbox/views.py" in capsys.readouterr().out


# --- Update and build -------------------------------------------------------------------------
def test_update_keeps_translations_and_guesses_nothing(tree):
    source = tree / "inbox/views.py"
    source.write_text(VIEWS.replace('"Ready"', '"Ready!"'))
    catalog = update_catalog(po_file(tree), tree)
    assert not catalog.get("Ready!").string
    assert catalog.get("May", "month").string == "Tháng Năm"
    assert [message.id for message in read_catalog(po_file(tree)).obsolete.values()] == ["Ready"]
    assert find_faults(po_file(tree), tree) == [
        "empty: 'Ready!' in inbox/views.py",
        "obsolete: 'Ready'",
    ]

    source.write_text(VIEWS)  # the text comes back, and its translation with it
    update_catalog(po_file(tree), tree)
    assert read_catalog(po_file(tree)).get("Ready").string == "Sẵn sàng"
    update_catalog(po_file(tree), tree, prune=True)
    assert find_faults(po_file(tree), tree) == []


def test_update_changes_nothing_without_a_reason(tree):
    update_catalog(po_file(tree), tree)
    first = po_file(tree).read_text()
    (tree / "inbox/views.py").write_text("\n\n" + VIEWS)  # other lines, same texts
    update_catalog(po_file(tree), tree)
    assert po_file(tree).read_text() == first
    assert "Date" not in first
    assert "#: inbox/views.py\n" in first


def test_build_compiles_what_is_newer(tree):
    mo_file = po_file(tree).with_suffix(".mo")
    assert build_catalog(po_file(tree))
    with mo_file.open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert compiled.gettext("Ready") == "Sẵn sàng"
    assert compiled.pgettext("month", "May") == "Tháng Năm"
    assert compiled.ngettext("One message", "%(count)s messages", 1) == "%(count)s tin nhắn"
    assert not build_catalog(po_file(tree))
    later = mo_file.stat().st_mtime + 10
    os.utime(po_file(tree), (later, later))
    assert build_catalog(po_file(tree))
