from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from routing.evaluation import (
    NOBODY,
    VARIANTS,
    BadLine,
    Report,
    evaluate,
    read_keywords,
    read_messages,
)
from routing.extraction import WordLists, starter_lists
from routing.keyword_index import word_lists

LISTS: dict[str, Callable[[], WordLists]] = {
    "starter": starter_lists,
    "installed": word_lists,
    "none": WordLists,
}


class Command(BaseCommand):
    help = (
        "Judge a list of keywords on labelled messages: how often the right department is chosen. "
        "Reads the two files, writes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("messages", type=Path, help='lines of {"text": …, "dept": …}')
        parser.add_argument(
            "--keywords",
            type=Path,
            required=True,
            help="table with tabs: department, keyword, weight",
        )
        parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
        parser.add_argument("--variant", choices=(*VARIANTS, "all"), default="plain")
        parser.add_argument(
            "--lists", choices=tuple(LISTS), default="starter", help="word lists to match with"
        )

    def handle(self, *args, messages: Path, keywords: Path, variant: str, lists: str, **options):
        labelled = _read(messages, read_messages)
        judged = _read(keywords, read_keywords)
        with_lists = LISTS[lists]()
        reports = [
            evaluate(labelled, judged, variant=name, lists=with_lists)
            for name in (VARIANTS if variant == "all" else (variant,))
        ]
        if options["json"]:
            told = [report.as_json() for report in reports]
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
            return
        self.stdout.write(
            f"{len(labelled)} messages, {len(judged.entries)} keywords of "
            f"{len(judged.departments)} departments"
        )
        self.stdout.write(_table(reports))
        for report in reports:
            if report.confusions:
                self.stdout.write(f"\nWorst confusions, {report.variant}:")
            for label, name, count in report.confusions:
                chosen = "no department" if name == NOBODY else name
                self.stdout.write(f"  {count:4}  {label} → {chosen}")


def _read(path: Path, read: Callable):
    """Read a file, or refuse it with the line that is wrong."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return read(lines)
    except BadLine as error:
        raise CommandError(f"{path}, {error}.") from error
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is not UTF-8.") from error


def _table(reports: list[Report]) -> str:
    head = ("", "accuracy", "macro-F1", "coverage", "precision", "µs a message")
    lines = [f"{head[0]:12}" + "".join(f"{name:>14}" for name in head[1:])]
    for report in reports:
        shares = (report.accuracy, report.macro_f1, report.coverage, report.precision)
        cells = ["–" if share is None else f"{100 * share:.1f} %" for share in shares]
        cells.append(f"{report.microseconds:.1f}")
        lines.append(f"{report.variant:12}" + "".join(f"{cell:>14}" for cell in cells))
    return "\n".join(lines)
