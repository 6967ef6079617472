"""Find at once whether somebody has been told of a conversation's wait.

On PostgreSQL the index is built beside the running product. The release before may keep running.
Reversible.
"""

from django.db import migrations, models

from omnichat.lib.migrations import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0007_keyword_news"),
    ]

    operations = [
        AddIndexBeside(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("kind", "waiting")),
                fields=["user", "path"],
                name="accounts_notification_waits",
            ),
        ),
    ]
