"""What the law and custom say about the kinds of leave the product came with; all can be edited.

Labour Code 45/2019, articles 113-115: 12 days a year, one more for each five years, personal leave
with pay on an occasion. Sick and maternity leave are paid by the insurance and count from nothing.
Carrying over is the company's own; the law lets it be agreed.
"""

from django.db import migrations

POLICIES = {
    "P": {
        "is_paid": True,
        "is_counted": True,
        "days_per_year": 12,
        "seniority_years": 5,
        "carry_over_days": 5,
        "carry_over_months": 3,
    },
    "NB": {"is_paid": True, "is_counted": True},
    "Ô": {"is_restricted": False},
    "TS": {"is_restricted": False},
    "CT": {"is_paid": True, "is_restricted": False},
    "R": {"is_paid": True, "is_restricted": False},
}
PERSONAL = {
    "name": "Personal leave with pay",
    "kind": "away",
    "is_paid": True,
    "needs_attachment": True,
    "is_restricted": False,
}


def add_policies(apps, schema_editor) -> None:
    LeaveType = apps.get_model("workforce", "LeaveType")
    for symbol, policy in POLICIES.items():
        LeaveType.objects.filter(symbol=symbol).update(**policy)
    if not LeaveType.objects.filter(name=PERSONAL["name"]).exists():
        LeaveType.objects.get_or_create(symbol="VR", defaults=PERSONAL)


class Migration(migrations.Migration):
    dependencies = [("workforce", "0006_requests")]

    operations = [migrations.RunPython(add_policies, migrations.RunPython.noop)]
