"""The words for what an import found: codes are kept, sentences are made for the reader."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from omnichat.lib.csv_files import BadTable
from routing.keyword_sentences import ENDS_EARLY, fault_sentence
from routing.models import MAX_WEIGHT, MIN_WEIGHT

COLUMN_NAMES: dict[str, Promise] = {
    "word": gettext_lazy("Keyword"),
    "department": gettext_lazy("Department"),
    "weight": gettext_lazy("Weight"),
    "active": gettext_lazy("In use"),
    "synonyms": gettext_lazy("Synonyms"),
    "valid_from": gettext_lazy("Counts from"),
    "valid_to": gettext_lazy("Counts until"),
    "channel": gettext_lazy("Only on the channel"),
    "priority": gettext_lazy("Sets the priority"),
    "note": gettext_lazy("Note"),
}
ERRORS: dict[str, Promise] = {
    "no_letters": gettext_lazy("The keyword has no letter and no digit."),
    "too_long": gettext_lazy("The keyword is longer than {limit} characters."),
    "no_department": gettext_lazy("The department is missing."),
    "unknown_department": gettext_lazy("There is no department “{name}”. There are: {known}."),
    "not_yours": gettext_lazy("“{name}” is not yours. You can change keywords of: {known}."),
    "weight_range": gettext_lazy(
        "The weight must be from {least} to {most}, or from -{most} to -{least}."
    ),
    "weight_places": gettext_lazy("The weight may have two decimals at most."),
    "active_unknown": gettext_lazy("Write yes or no."),
    "double": gettext_lazy("The same keyword stands in row {row} already."),
    "no_date": gettext_lazy("Write the day as 2026-11-28 or 28/11/2026."),
    "ends_early": ENDS_EARLY,
    "unknown_channel": gettext_lazy("There is no channel “{name}”."),
    "channel_name_twice": gettext_lazy("There are several channels “{name}”. Set it on the page."),
    "no_priority": gettext_lazy("Write urgent, high, normal or low."),
    "note_too_long": gettext_lazy("The note is longer than {limit} characters."),
}
FILE_ERRORS: dict[str, Promise] = {
    "too_large": gettext_lazy("The file is larger than {limit} MB. Split it."),
    "not_utf8": gettext_lazy("The file is not UTF-8. Save it as “CSV UTF-8” and choose it again."),
    "not_csv": gettext_lazy("The file is no CSV table. Save it as “CSV UTF-8” and try again."),
    "empty": gettext_lazy("There is no row below the headings."),
    "no_column": gettext_lazy("The first row has no column “{column}”."),
    "too_many_rows": gettext_lazy("The file has more than {limit} rows. Split it."),
}


def describe_row(row: dict) -> list[str]:
    """Return what the page says of a checked row: its errors, or what will change."""
    if row["errors"]:
        return [_error(error) for error in row["errors"]]
    if row["result"] != "changed":
        return []
    told = []
    word, weight, is_active, *others = row["before"]
    if word != row["word"]:
        told.append(_("Written “%(word)s” until now") % {"word": word})
    if Decimal(weight) != Decimal(row["weight"]):
        told.append(_("Weight %(weight)s until now") % {"weight": _number(Decimal(weight))})
    if is_active != row["is_active"]:
        told.append(_("Will be switched on") if row["is_active"] else _("Will be switched off"))
    before = others[0] if others else row.get("others", {})
    changed = [name for name, value in row.get("others", {}).items() if before[name] != value]
    if changed:
        names = ", ".join(str(COLUMN_NAMES[name]) for name in changed)
        told.append(_("Changed: %(columns)s") % {"columns": names})
    return told


def file_error(error: BadTable) -> str:
    """Return why a file cannot be read."""
    params = dict(error.params)
    if "column" in params:
        params["column"] = COLUMN_NAMES[params["column"]]
    return str(FILE_ERRORS[error.code]).format(**params)


def _error(error: dict) -> str:
    limits = {"least": _number(MIN_WEIGHT), "most": _number(MAX_WEIGHT)}
    code = error["code"]
    if code.startswith("synonym_"):
        sentence = fault_sentence(code.removeprefix("synonym_"), error["params"]["synonym"])
    else:
        sentence = str(ERRORS[code]).format(**error["params"], **limits)
    values = {"column": COLUMN_NAMES[error["column"]], "error": sentence}
    return _("%(column)s: %(error)s") % values


def _number(value: Decimal) -> str:
    return number_format(value.normalize())
