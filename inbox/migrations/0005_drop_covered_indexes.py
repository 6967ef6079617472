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
        ("accounts", "0004_drop_covered_indexes"),
        ("inbox", "0004_list_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        DropIndexBeside(
            model_name="contactidentity",
            name="channel",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="identities",
                to="inbox.channel",
            ),
        ),
        DropIndexBeside(
            model_name="conversation",
            name="assignee",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="assignee",
            ),
        ),
        DropIndexBeside(
            model_name="conversation",
            name="department",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.department",
                verbose_name="department",
            ),
        ),
        DropIndexBeside(
            model_name="cycle",
            name="conversation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cycles",
                to="inbox.conversation",
            ),
        ),
        DropIndexBeside(
            model_name="message",
            name="channel",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="inbox.channel",
            ),
        ),
        DropIndexBeside(
            model_name="webhookevent",
            name="channel",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="inbox.channel",
            ),
        ),
    ]
