"""Insert the one row that counts keyword changes. Instant. Reverse: removes it."""

from django.db import migrations


def add_row(apps, schema_editor):
    apps.get_model("routing", "KeywordVersion").objects.get_or_create(pk=1)


def remove_row(apps, schema_editor):
    apps.get_model("routing", "KeywordVersion").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("routing", "0001_initial")]

    operations = [migrations.RunPython(add_row, remove_row)]
