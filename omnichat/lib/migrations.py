"""Operations of migrations that PostgreSQL does beside the running product.

`CREATE INDEX CONCURRENTLY` lets writers go on; SQLite has one process anyway and gets a plain
index. A migration that uses these stands alone and says `atomic = False`.
"""

from django.db import migrations, models


class AddIndexBeside(migrations.AddIndex):
    """AddIndex without holding up writers."""

    atomic = False

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            _add(schema_editor, model, self.index)

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            _remove(schema_editor, model, self.index)


def _add(schema_editor, model: type[models.Model], index: models.Index) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.add_index(model, index, concurrently=True)
    else:
        schema_editor.add_index(model, index)


def _remove(schema_editor, model: type[models.Model], index: models.Index) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.remove_index(model, index, concurrently=True)
    else:
        schema_editor.remove_index(model, index)


class DropIndexBeside(migrations.AlterField):
    """Take a foreign key's own index (`db_index=False`) without touching its constraint.

    Django's AlterField would make the constraint anew, which reads the whole table and locks it.
    """

    atomic = False

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        model, field = self._model_and_field(app_label, schema_editor, from_state)
        if model is None:
            return
        declared = [index.name for index in model._meta.indexes]
        names = schema_editor._constraint_names(
            model, [field.column], index=True, unique=False, type_=models.Index.suffix
        )
        beside = " CONCURRENTLY" if schema_editor.connection.vendor == "postgresql" else ""
        for name in set(names) - set(declared):
            quoted = schema_editor.quote_name(name)
            schema_editor.execute(f"DROP INDEX{beside} IF EXISTS {quoted}")

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:
        model, field = self._model_and_field(app_label, schema_editor, to_state)
        if model is not None:
            for statement in schema_editor._field_indexes_sql(model, field):
                schema_editor.execute(statement)

    def _model_and_field(self, app_label, schema_editor, state):
        model = state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return None, None
        return model, model._meta.get_field(self.name)
