"""Operations of migrations that PostgreSQL does beside the running product.

`CREATE INDEX CONCURRENTLY` lets writers go on; SQLite has one process anyway and gets a plain
index. A migration that uses these stands alone and says `atomic = False`. Each may be repeated:
one that was ended half way leaves an index that is of no use, which the next try takes away.
"""

from collections.abc import Iterator
from contextlib import contextmanager

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
        with _patience(schema_editor):
            name = schema_editor.quote_name(index.name)
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            schema_editor.add_index(model, index, concurrently=True)
    else:
        schema_editor.add_index(model, index)


def _remove(schema_editor, model: type[models.Model], index: models.Index) -> None:
    if schema_editor.connection.vendor == "postgresql":
        with _patience(schema_editor):
            schema_editor.remove_index(model, index, concurrently=True)
    else:
        schema_editor.remove_index(model, index)


@contextmanager
def _patience(schema_editor) -> Iterator[None]:
    """Without the product's time limits: these wait for every older transaction to end."""
    limits = ("statement_timeout", "lock_timeout")
    for name in limits:
        schema_editor.execute(f"SET {name} = 0")
    try:
        yield
    finally:
        for name in limits:
            schema_editor.execute(f"RESET {name}")


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
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        for name in set(names) - set(declared):
            quoted = schema_editor.quote_name(name)
            if is_postgresql:
                with _patience(schema_editor):
                    schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {quoted}")
            else:
                schema_editor.execute(f"DROP INDEX IF EXISTS {quoted}")

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:
        model, field = self._model_and_field(app_label, schema_editor, to_state)
        if model is None:
            return
        if schema_editor.connection.vendor == "postgresql":
            with _patience(schema_editor):
                schema_editor.execute(
                    schema_editor._create_index_sql(model, fields=[field], concurrently=True)
                )
        else:
            schema_editor.execute(schema_editor._create_index_sql(model, fields=[field]))

    def _model_and_field(self, app_label, schema_editor, state):
        model = state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return None, None
        return model, model._meta.get_field(self.name)


class RunOnPostgreSQL(migrations.RunSQL):
    """RunSQL for what SQLite does not know; there it does nothing."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
