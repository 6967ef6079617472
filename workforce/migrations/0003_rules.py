"""The rules of the Labour Code 45/2019, in force since 2021, as rows everybody may change."""

from datetime import date, time

from django.db import migrations

SINCE = date(2021, 1, 1)
PERCENTS = {
    "normal_day": 100,
    "normal_night": 130,
    "overtime_day": 150,
    "overtime_night": 200,
    "overtime_night_after_day": 210,
    "rest_day": 200,
    "rest_night": 270,
    "holiday_day": 300,
    "holiday_night": 390,
}
# kind, minutes, severity, source, split_day_minutes
LIMITS = (
    ("overlap", 0, "refusal", "", 0),
    ("short_rest", 720, "warning", "Bộ luật Lao động 2019, Điều 110", 480),
    ("weekly_hours", 2880, "warning", "Bộ luật Lao động 2019, Điều 105", 0),
    ("weekly_rest", 1440, "warning", "Bộ luật Lao động 2019, Điều 111", 0),
)


def add_rules(apps, schema_editor) -> None:
    apps.get_model("workforce", "TimeRules").objects.create(
        effective_from=SINCE,
        night_from=time(22),
        night_until=time(6),
        rest_weekdays=[6],
        percents=PERCENTS,
    )
    RosterRule = apps.get_model("workforce", "RosterRule")
    for kind, minutes, severity, source, split_day_minutes in LIMITS:
        RosterRule.objects.create(
            kind=kind,
            minutes=minutes,
            severity=severity,
            source=source,
            split_day_minutes=split_day_minutes,
            effective_from=SINCE,
        )


class Migration(migrations.Migration):
    dependencies = [("workforce", "0002_shifts")]

    operations = [migrations.RunPython(add_rules, migrations.RunPython.noop)]
