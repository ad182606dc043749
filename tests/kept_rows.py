"""What a fixture has built once, put back into later tests: its rows by COPY, its objects as made.

On top of the same migrated database, which every test leaves behind: it rolls back, or is cleared.
The sequences have moved on since, so that no later row can take the place of one that is put back.
"""

import io
import pickle
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

Made = TypeVar("Made")

_kept: dict[Callable[[], Any], tuple[dict[type[Model], bytes], bytes]] = {}


def built_once(build: Callable[[], Made], *, by_triggers: Sequence[type[Model]] = ()) -> Made:
    """Build something, or put back what it wrote and give a copy of what it made.

    Rows of the models `by_triggers` are left to the triggers that write them.
    """
    if build not in _kept:
        before = {model: _keys(model) for model in _models() if model not in by_triggers}
        made = build()
        rows = {model: _copied(model, keys) for model, keys in before.items()}
        _kept[build] = ({model: row for model, row in rows.items() if row}, pickle.dumps(made))
        return made
    rows, kept = _kept[build]
    with transaction.atomic(), connection.cursor() as cursor:
        for model, content in rows.items():
            cursor.copy_expert(f"COPY {_table(model)} FROM STDIN", io.BytesIO(content))
    copy: Made = pickle.loads(kept)  # written above
    return copy


def _models() -> list[type[Model]]:
    models = apps.get_models(include_auto_created=True)
    return [model for model in models if model._meta.managed and not model._meta.proxy]


def _keys(model: type[Model]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_key(model)} FROM {model._meta.db_table}")
        return [key for (key,) in cursor.fetchall()]


def _copied(model: type[Model], known: list[Any]) -> bytes:
    """Copy the rows of a table that were not there before."""
    content = io.BytesIO()
    with connection.cursor() as cursor:
        source = f"SELECT {_columns(model)} FROM {model._meta.db_table}"
        wanted = cursor.mogrify(f"{source} WHERE NOT ({_key(model)} = ANY(%s))", [known])
        cursor.copy_expert(f"COPY ({wanted.decode()}) TO STDOUT", content)
    return content.getvalue()


def _key(model: type[Model]) -> str:
    return f'"{model._meta.pk.column}"' if model._meta.pk else ""


def _columns(model: type[Model]) -> str:
    fields = model._meta.concrete_fields
    return ", ".join(f'"{field.column}"' for field in fields if not field.generated)


def _table(model: type[Model]) -> str:
    return f'"{model._meta.db_table}" ({_columns(model)})'
