"""Keep the translations complete, with nothing but Python."""

from pathlib import Path

from babel.messages.pofile import PoFileError
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from omnichat.lib import messages_catalog


class Command(BaseCommand):
    help = "Build, update or check the translations in locale/. Needs no database and no keys."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("build", help="compile every .po that is newer than its .mo")
        update = actions.add_parser("update", help="merge the texts of the source into the .po")
        update.add_argument(
            "--prune", action="store_true", help="drop the entries that the source no longer has"
        )
        actions.add_parser("check", help="fail on every missing, empty, fuzzy or wrong translation")

    def handle(self, *args, action: str, **options) -> None:
        root, locale_folder = settings.BASE_DIR, settings.LOCALE_PATHS[0]
        if action == "build":
            self.build(locale_folder)
            return
        for code, _name in settings.LANGUAGES:
            if code.startswith("en"):  # the source is written in English
                continue
            po_file = locale_folder / code / "LC_MESSAGES" / f"{messages_catalog.DOMAIN}.po"
            try:
                if action == "update":
                    self.update(po_file, root, prune=options["prune"])
                else:
                    self.check_catalog(po_file, root)
            except PoFileError as error:
                raise CommandError(f"{po_file.relative_to(root)}: {error}") from error

    def build(self, locale_folder: Path) -> None:
        files = messages_catalog.catalog_files(locale_folder)
        built = sum(messages_catalog.build_catalog(po_file) for po_file in files)
        self.stdout.write(f"{built} of {len(files)} catalogues compiled")

    def update(self, po_file: Path, root: Path, *, prune: bool) -> None:
        catalog = messages_catalog.update_catalog(po_file, root, prune=prune)
        texts = [message for message in catalog if message.id]
        empty = sum("empty" in messages_catalog.message_faults(text, catalog) for text in texts)
        self.stdout.write(
            f"{messages_catalog.language_of(po_file)}: {len(texts)} texts, "
            f"{empty} without a translation, {len(catalog.obsolete)} obsolete"
        )

    def check_catalog(self, po_file: Path, root: Path) -> None:
        faults = messages_catalog.find_faults(po_file, root)
        for fault in faults:
            self.stdout.write(fault)
        language = messages_catalog.language_of(po_file)
        if faults:
            raise CommandError(f"{language}: {len(faults)} faults in {po_file.relative_to(root)}")
        self.stdout.write(self.style.SUCCESS(f"{language}: complete"))
