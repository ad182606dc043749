"""Rows written by statements that are built once: the ORM would build each anew for every act."""

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.contrib.gis.db.models import PointField
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models


class Statement(NamedTuple):
    sql: str
    values: list[Any]


class Column(NamedTuple):
    """How the values of a field travel: one array of them, its type, and what packs a value.

    `read` is what makes the column of a packed value.
    """

    name: str
    attribute: str
    type: str
    pack: Callable[[Any], Any] | None
    read: str

    def values(self, rows: Sequence[models.Model]) -> list[Any]:
        found = [getattr(row, self.attribute) for row in rows]
        if self.pack is None:
            return found
        return [None if value is None else self.pack(value) for value in found]


PACKING: dict[type["models.Field[Any, Any]"], Callable[[Any], Any]] = {
    models.JSONField: json.dumps,
    models.BinaryField: bytes,
    PointField: lambda point: point.hexewkb.decode(),
    # Of numbers, as text: arrays within an array would be unnested as one.
    ArrayField: lambda numbers: f"{{{','.join(map(str, numbers))}}}",
}


@cache
def _columns(model: type[models.Model]) -> tuple[Column, ...]:
    return tuple(_column(field) for field in model._meta.concrete_fields if not field.generated)


def _column(field: "models.Field[Any, Any]") -> Column:
    name, pack = str(field.column), PACKING.get(type(field))
    read = f'"{name}"::{field.db_type(connection)}' if type(field) is ArrayField else f'"{name}"'
    return Column(name, field.attname, _type(field), pack, read)


def _type(field: "models.Field[Any, Any]") -> str:
    # A cast to varchar(n) would cut what is too long without a word; the column refuses it.
    is_text = isinstance(field, models.CharField | ArrayField)
    return "text" if is_text else str(field.db_type(connection))


@cache
def _insert(model: type[models.Model], has_id: bool) -> tuple[str, tuple[Column, ...]]:
    own = model._meta.auto_field
    columns = tuple(
        column
        for column in _columns(model)
        if has_id or own is None or column.attribute != own.attname
    )
    names = ", ".join(f'"{column.name}"' for column in columns)
    arrays = ", ".join(f"%s::{column.type}[]" for column in columns)
    read = ", ".join(column.read for column in columns)
    given = f"unnest({arrays}) given({names})"
    sql = f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {read} FROM {given}'  # noqa: S608
    return sql, columns


def insert(rows: Sequence[models.Model]) -> Statement:
    """Write the INSERT of one or more rows of a model, with their ids where they have them."""
    sql, columns = _insert(type(rows[0]), rows[0].pk is not None)
    return Statement(sql, [column.values(rows) for column in columns])


def insert_plain(model: type[models.Model], rows: Sequence[Sequence[Any]]) -> list[Statement]:
    """Write the INSERT of rows without ids, given as values in the order of the model's fields.

    For rows that nobody reads again: making an instance costs more than writing it.
    """
    sql, _ = _insert(model, has_id=False)
    return [Statement(sql, [list(values) for values in zip(*rows, strict=True)])] if rows else []


def update(row: models.Model, attributes: Sequence[str]) -> Statement:
    """Write the UPDATE of some columns of one row."""
    by_name = {column.attribute: column for column in _columns(type(row))}
    changed = [by_name[attribute] for attribute in attributes]
    sets = ", ".join(f'"{column.name}" = %s' for column in changed)
    values = [column.values([row])[0] for column in changed]
    table = row._meta.db_table
    return Statement(f'UPDATE "{table}" SET {sets} WHERE id = %s', [*values, row.pk])  # noqa: S608


def insert_all(*groups: Sequence[models.Model]) -> list[Statement]:
    """Write an INSERT for each group of rows that is not empty."""
    return [insert(rows) for rows in groups if rows]


def append(rows: Sequence[models.Model], *, after: Sequence[Statement] = ()) -> None:
    """Insert rows of a model, after other statements, and give them their ids."""
    if not rows:
        run(after)
        return
    sql, values = insert(rows)
    ids = run([*after, Statement(f"{sql} RETURNING id", values)])
    for row, (pk,) in zip(rows, ids, strict=True):
        row.pk = pk


def run(statements: Sequence[Statement]) -> list[tuple[Any, ...]]:
    """Send statements together, one way to the database instead of one each; read the last."""
    if not statements:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            ";\n".join(statement.sql for statement in statements),
            [value for statement in statements for value in statement.values],
        )
        return cursor.fetchall() if cursor.description else []
