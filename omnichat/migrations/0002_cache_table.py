"""Create the table of the shared cache (throttle counters). Instant. Reverse: drops it."""

from django.core.management import call_command
from django.db import migrations


def create_table(apps, schema_editor):
    call_command("createcachetable", "omnichat_cache", database=schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("omnichat", "0001_initial")]

    operations = [
        migrations.RunPython(
            create_table,
            lambda apps, schema_editor: schema_editor.execute("DROP TABLE omnichat_cache"),
        )
    ]
