"""Open pages hear of changed keywords. Only the list of kinds, no change of the table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_request_notices"),
    ]

    operations = [
        migrations.AlterField(
            model_name="liveevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("message.created", "Message Created"),
                    ("message.status", "Message Status"),
                    ("conversation.changed", "Conversation Changed"),
                    ("conversation.viewers", "Conversation Viewers"),
                    ("queue.changed", "Queue Changed"),
                    ("me.changed", "Me Changed"),
                    ("keywords.changed", "Keywords Changed"),
                ],
                max_length=24,
            ),
        ),
    ]
