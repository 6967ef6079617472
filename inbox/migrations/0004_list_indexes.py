"""Serve every order of the lists from an index.

Three indexes, on PostgreSQL built beside the running product, a few seconds each on a million
messages. The release before may keep running. Reversible.
"""

from django.db import migrations, models

from omnichat.lib.migrations import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("inbox", "0003_live_desk")]

    operations = [
        AddIndexBeside(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("status", "open")),
                fields=["waiting_since", "id"],
                name="inbox_open_list",
            ),
        ),
        AddIndexBeside(
            model_name="message",
            index=models.Index(
                condition=models.Q(("completed_at", None), ("direction", "inbound")),
                fields=["-id"],
                name="inbox_message_undone",
            ),
        ),
        AddIndexBeside(
            model_name="message",
            index=models.Index(
                condition=models.Q(("direction", "inbound")),
                fields=["received_at"],
                name="inbox_message_received",
            ),
        ),
    ]
