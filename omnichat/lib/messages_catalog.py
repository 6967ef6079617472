"""Texts and their translations: extract, merge into a .po file, find faults, compile.

Does what `makemessages` and `compilemessages` do, without the gettext tools: Python is enough.
"""

import ast
import io
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

DOMAIN = "django"
# Folders without texts for readers; strings in tests and benches stay as they are.
SKIPPED_FOLDERS = {"bench", "docs", "locale", "node_modules", "static", "tests", "var", "venv"}

# Which arguments are texts, in Babel's notation; `(1, "c")` is the context.
_SIGNATURES = {
    "gettext": (1,),
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
KEYWORDS = {
    "_": (1,),
    "gettext_noop": (1,),
    **_SIGNATURES,
    **{f"{name}_lazy": signature for name, signature in _SIGNATURES.items()},
}

_NAMED = re.compile(r"%\((\w+)\)[#0+-]*\d*(?:\.\d+)?[a-zA-Z]")
_POSITIONAL = re.compile(r"%[#0+-]*\d*(?:\.\d+)?[sdrif]")
_BRACES = re.compile(r"\{(\w*)(?:![rsa])?(?::[^{}]*)?\}")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


# --- Extract ----------------------------------------------------------------------------------
def source_files(root: Path) -> Iterator[Path]:
    """Yield our own *.py files and templates under `root`, in a stable order."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(
            name for name in folders if name not in SKIPPED_FOLDERS and not name.startswith(".")
        )
        in_templates = "templates" in Path(folder).relative_to(root).parts
        for name in sorted(names):
            if name.endswith(".py") or (in_templates and name.endswith((".html", ".txt"))):
                yield Path(folder, name)


def extract_texts(root: Path, locale: str) -> Catalog:
    """Return a catalogue of every translatable text under `root`, without translations."""
    texts = Catalog(locale=locale, domain=DOMAIN)
    for path in source_files(root):
        source = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            keywords = KEYWORDS | _aliases(source)
        else:
            keywords = KEYWORDS
            # Templates become calls between blanked-out words. Their indentation and their hard
            # spaces mean nothing there and would not tokenize as Python.
            lines = templatize(source, origin=str(path)).splitlines()
            source = "".join(re.sub(r"\s", " ", line.strip()) + "\n" for line in lines)
        found = extract(
            "python",
            io.BytesIO(source.encode()),
            keywords=keywords,
            comment_tags=["Translators:"],
            options={"encoding": "utf-8"},
        )
        where = path.relative_to(root).as_posix()
        for line, text, comments, context in found:
            texts.add(text, locations=[(where, line)], auto_comments=comments, context=context)
    return texts


def _aliases(source: str) -> dict[str, tuple]:
    """Return the local names of gettext functions, as in `from … import ngettext as _n`."""
    return {
        name.asname: KEYWORDS[name.name]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.asname and name.name in KEYWORDS
    }


# --- Read, merge, write -----------------------------------------------------------------------
def catalog_files(locale_folder: Path) -> list[Path]:
    """Return the .po files of all languages."""
    return sorted(locale_folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def language_of(po_file: Path) -> str:
    return po_file.parent.parent.name


def read_catalog(po_file: Path) -> Catalog:
    locale = language_of(po_file)
    if not po_file.exists():
        return Catalog(locale=locale, domain=DOMAIN)
    with po_file.open("rb") as file:
        return read_po(file, locale=locale, domain=DOMAIN, abort_invalid=True)


def write_catalog(po_file: Path, catalog: Catalog) -> None:
    """Write `catalog` so that only real changes show in a diff: no dates, no line numbers."""
    header = (
        f"# {catalog.locale.english_name} texts of OmniChat.\n"
        'msgid ""\n'
        'msgstr ""\n'
        '"Project-Id-Version: OmniChat\\n"\n'
        f'"Language: {catalog.locale_identifier}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    body = io.BytesIO()
    write_po(body, catalog, width=0, omit_header=True, sort_output=True, include_lineno=False)
    _replace(po_file, header.encode() + body.getvalue().strip() + b"\n")


def update_catalog(po_file: Path, root: Path, *, prune: bool = False) -> Catalog:
    """Merge the texts of the source into `po_file` and return the merged catalogue.

    Nothing is guessed: a changed text is a new one with an empty translation. Texts that left the
    source stay as obsolete entries, so that one that comes back has its translation, unless
    `prune` drops them.
    """
    texts = extract_texts(root, language_of(po_file))
    catalog = read_catalog(po_file)
    for message in catalog.obsolete.values():
        if catalog.get(message.id, message.context) is None:
            catalog[message.id] = message
    catalog.obsolete.clear()
    catalog.update(texts, no_fuzzy_matching=True)
    if prune:
        catalog.obsolete.clear()
    write_catalog(po_file, catalog)
    return catalog


def build_catalog(po_file: Path) -> bool:
    """Compile `po_file` to the .mo beside it; False when that is not older."""
    mo_file = po_file.with_suffix(".mo")
    if mo_file.exists() and mo_file.stat().st_mtime_ns >= po_file.stat().st_mtime_ns:
        return False
    compiled = io.BytesIO()
    write_mo(compiled, read_catalog(po_file))
    _replace(mo_file, compiled.getvalue())
    return True


def _replace(path: Path, content: bytes) -> None:
    """Write in one step: another process sees the old file or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.chmod(name, 0o644)  # noqa: S103 - mkstemp makes it private; other accounts read it too
    os.replace(name, path)


# --- Find faults ------------------------------------------------------------------------------
def find_faults(po_file: Path, root: Path) -> list[str]:
    """Return a line for everything that would show a reader a wrong or a foreign text."""
    texts = extract_texts(root, language_of(po_file))
    catalog = read_catalog(po_file)
    faults = []
    for text in texts:
        if not text.id:
            continue
        message = catalog.get(text.id, text.context)
        if message is None or (text.pluralizable and not message.pluralizable):
            faults.append(_fault("missing", text))
        else:
            faults += [_fault(kind, message) for kind in message_faults(message, catalog)]
    unused = [
        message
        for message in catalog
        if message.id and texts.get(message.id, message.context) is None
    ]
    faults += [_fault("obsolete", message) for message in [*unused, *catalog.obsolete.values()]]
    return faults


def message_faults(message: Message, catalog: Catalog) -> list[str]:
    """Return the kinds of faults in one translation."""
    if message.fuzzy:
        return ["fuzzy"]
    originals = message.id if message.pluralizable else (message.id,)
    translations = message.string if message.pluralizable else (message.string,)
    if not all(translations) or (message.pluralizable and len(translations) != catalog.num_plurals):
        return ["empty"]
    faults = []
    # The last form counts many. An earlier one may leave the number out, as "one message" does.
    for position, translation in enumerate(translations, start=1):
        models = originals[-1:] if position == len(translations) else originals
        if placeholders(translation) not in [placeholders(model) for model in models]:
            faults.append("placeholders differ")
        if tags(translation) not in [tags(model) for model in models]:
            faults.append("tags differ")
        if _newlines(translation) not in [_newlines(model) for model in models]:
            faults.append("newline at the start or end differs")
    return list(dict.fromkeys(faults))


def placeholders(text: str) -> tuple[set[str], list[str], set[str]]:
    """Return the `%(name)s`, `%s` and `{name}` of `text`; only `%s` has an order to keep."""
    text = text.replace("%%", "")
    return set(_NAMED.findall(text)), _POSITIONAL.findall(text), set(_BRACES.findall(text))


def tags(text: str) -> Counter[str]:
    """Return the HTML tags of `text` and how often each stands there."""
    return Counter(" ".join(tag.split()) for tag in _TAG.findall(text))


def _newlines(text: str) -> tuple[bool, bool]:
    return text.startswith("\n"), text.endswith("\n")


def _fault(kind: str, message: Message) -> str:
    text = message.id[0] if message.pluralizable else message.id
    context = f" (context {message.context!r})" if message.context else ""
    places = ", ".join(dict.fromkeys(str(name) for name, _ in message.locations))
    return f"{kind}: {text!r}{context}" + (f" in {places}" if places else "")
