"""Give an installation the lists it begins with: phrases to ignore and abbreviations.

Data only; some 90 rows, well under a second. The code of the release before may keep running: it
does not look at the table. Entries that are there already stay as they are. Reverse: those that
still are as they came go, what people added or changed stays.
"""

import json
from pathlib import Path

from django.db import migrations

from omnichat.lib.text import tokenize

DATA = Path(__file__).parent.parent / "data"


def key_of(text):
    return " ".join(token.key for token in tokenize(text))


def starter_rows():
    """Kind, word, key and meaning of each entry; those that mean themselves are left out."""
    for word in json.loads((DATA / "vi_ignore_phrases.json").read_text(encoding="utf-8")):
        yield "ignore", word, key_of(word), ""
    pairs = json.loads((DATA / "vi_abbreviations.json").read_text(encoding="utf-8"))
    for word, meaning in pairs.items():
        if key_of(word) != key_of(meaning):
            yield "abbreviation", word, key_of(word), meaning


def add(apps, schema_editor):
    listed = apps.get_model("routing", "ListedWord")
    there = set(listed.objects.values_list("kind", "key", "meaning"))
    listed.objects.bulk_create(
        listed(kind=kind, word=word, key=key, meaning=meaning)
        for kind, word, key, meaning in starter_rows()
        if (kind, key, meaning) not in there
    )


def remove(apps, schema_editor):
    listed = apps.get_model("routing", "ListedWord")
    for kind, word, key, meaning in starter_rows():
        rows = listed.objects.filter(kind=kind, key=key, meaning=meaning, word=word)
        rows.filter(is_active=True).delete()


class Migration(migrations.Migration):
    dependencies = [("routing", "0009_right_person")]

    operations = [migrations.RunPython(add, remove)]
