"""Drop indexes that another index begins with; each cost every message a write.

On PostgreSQL beside the running product, in moments. The release before may keep running.
Reversible.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from omnichat.lib.migrations import DropIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0003_live_desk"),
    ]

    operations = [
        DropIndexBeside(
            model_name="notification",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notifications",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
