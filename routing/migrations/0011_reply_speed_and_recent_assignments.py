"""When somebody answered last, and their latest assignments by an index.

On PostgreSQL the index is built beside the running product, and takes over from the one of the
foreign key. The release before may keep running. Reversible.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from omnichat.lib.migrations import AddIndexBeside, DropIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("routing", "0010_starter_word_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="agent",
            name="last_reply_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        AddIndexBeside(
            model_name="assignment",
            index=models.Index(
                fields=["assignee", "-assigned_at"], name="routing_assignment_recent"
            ),
        ),
        DropIndexBeside(
            model_name="assignment",
            name="assignee",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
