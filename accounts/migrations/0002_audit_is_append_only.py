"""Let the database itself refuse to change an audit entry.

One trigger, instant. Reverse: drops it. Deleting is not refused: the test database is emptied
by it, and retention may need it one day.
"""

from django.db import migrations

SQLITE = """
CREATE TRIGGER accounts_audit_append_only BEFORE UPDATE ON accounts_auditentry
BEGIN SELECT RAISE(ABORT, 'audit entries cannot be changed'); END
"""
POSTGRESQL_FUNCTION = """
CREATE FUNCTION accounts_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'audit entries cannot be changed'; END $$
"""
POSTGRESQL = """
CREATE TRIGGER accounts_audit_append_only BEFORE UPDATE ON accounts_auditentry
FOR EACH ROW EXECUTE FUNCTION accounts_refuse_audit_change()
"""


def add_trigger(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(SQLITE)
    else:
        schema_editor.execute(POSTGRESQL_FUNCTION)
        schema_editor.execute(POSTGRESQL)


def drop_trigger(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER accounts_audit_append_only")
    else:
        schema_editor.execute("DROP TRIGGER accounts_audit_append_only ON accounts_auditentry")
        schema_editor.execute("DROP FUNCTION accounts_refuse_audit_change()")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(add_trigger, drop_trigger)]
