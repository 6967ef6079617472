"""Find what was not sent, and the newest reply of a conversation, by an index.

On PostgreSQL built beside the running product, a few seconds each on a million messages. The
release before may keep running. Reversible.
"""

from django.db import migrations, models

from omnichat.lib.migrations import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("inbox", "0005_drop_covered_indexes"),
    ]

    operations = [
        AddIndexBeside(
            model_name="message",
            index=models.Index(
                condition=models.Q(("direction", "outbound")),
                fields=["conversation", "-id"],
                name="inbox_message_replies",
            ),
        ),
        AddIndexBeside(
            model_name="outboundpart",
            index=models.Index(
                condition=models.Q(("state", "failed")),
                fields=["conversation"],
                name="inbox_part_failed",
            ),
        ),
    ]
