"""Remember which departments the keyword version knows. One column, instant. Reversible."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("routing", "0002_keyword_version_row"),
    ]

    operations = [
        migrations.AddField(
            model_name="keywordversion",
            name="departments_mark",
            field=models.CharField(blank=True, max_length=64),
        ),
    ]
