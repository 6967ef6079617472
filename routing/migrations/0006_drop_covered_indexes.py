"""Drop indexes that another index begins with; each cost every message a write.

On PostgreSQL beside the running product, in moments. The release before may keep running.
Reversible.
"""

import django.db.models.deletion
from django.db import migrations, models

from omnichat.lib.migrations import DropIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("inbox", "0005_drop_covered_indexes"),
        ("routing", "0005_keyword_hits_and_imports"),
    ]

    operations = [
        DropIndexBeside(
            model_name="assignment",
            name="conversation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to="inbox.conversation",
            ),
        ),
    ]
