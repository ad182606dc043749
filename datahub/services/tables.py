"""The PostgreSQL tables behind resources: made, changed with their schema, swapped, taken back.

`r<resource>` has the rows, `s<load>` the texts of a file, `n<load>` the values about to come in,
`b<load>` what a load has replaced. `_id` says where a row comes from: the load above 32 bits, the
row of its file below; so a load that is done twice gives the same rows twice.
"""

from collections.abc import Sequence

from django.db import IntegrityError, connection, transaction

from datahub.columns import Column, Flaw, key_of
from datahub.columns.sql import TYPES, name
from datahub.enums import ColumnType
from datahub.models import Load, Resource

T = ColumnType
SHIFT = 32
KEPT = 3  # loads of a resource that can be taken back
# What a column with values may become.
WIDER = {(T.INTEGER, T.DECIMAL), (T.INTEGER, T.TEXT), (T.DECIMAL, T.TEXT), (T.DATE, T.TEXT),
         (T.BOOLEAN, T.TEXT), (T.CODE, T.TEXT), (T.TEXT, T.CODE), (T.ID_NUMBER, T.TEXT),
         (T.MOBILE, T.TEXT), (T.USCC, T.TEXT)}  # fmt: skip


def run(sql: str) -> int:
    """Run a statement; count its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.rowcount)


def scalar(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int((cursor.fetchone() or (0,))[0])


def table_of(resource: Resource) -> str:
    return f"datahub.r{resource.pk}"


def before_of(load: Load) -> str:
    return f"datahub.b{load.pk}"


def exists(table: str) -> bool:
    return bool(scalar(f"SELECT (to_regclass('{table}') IS NOT NULL)::int"))


def make_table(table: str, columns: Sequence[Column]) -> None:
    """Make an empty table without indexes: rows come in faster so."""
    fields = ", ".join(f"{name(column)} {TYPES[column.type]}" for column in columns)
    run(f"CREATE TABLE {table} (_id bigint NOT NULL, {fields})")


def index_table(table: str, columns: Sequence[Column], *, label: str) -> None:
    """Index by `_id`, and uniquely by the key; raise IntegrityError where the key repeats."""
    run(f"ALTER TABLE {table} ADD CONSTRAINT {label}_id PRIMARY KEY (_id)")
    if key := key_of(columns):
        fields = ", ".join(f'"{one}"' for one in key)
        run(f"CREATE UNIQUE INDEX {label}_key ON {table} ({fields})")


def bring_table(
    *, resource: Resource, before: Sequence[Column], after: Sequence[Column]
) -> list[Flaw]:
    """Bring a resource's table to its columns; say what stands in the way instead of guessing.

    A column that is gone keeps its values under a name that nothing shows, until the next full
    load. What earlier loads have replaced no longer fits and is dropped.
    """
    table = table_of(resource)
    if not exists(table):
        make_table(table, after)
        index_table(table, after, label=f"r{resource.pk}")
        return []
    is_empty = not scalar(f"SELECT count(*) FROM (SELECT FROM {table} LIMIT 1) one")
    if is_empty:
        run(f"DROP TABLE {table}")
        _forget(resource)
        return bring_table(resource=resource, before=before, after=after)
    former = {column.name: column for column in before}
    if flaws := _narrower(former, after):
        return flaws
    _alter(table, former, after, resource)
    if key_of(before) != key_of(after):
        return _new_key(table, before, after, resource)
    return []


def _narrower(former: dict[str, Column], after: Sequence[Column]) -> list[Flaw]:
    return [
        Flaw(place, "type", _no_way(former[column.name].type, column.type))
        for place, column in enumerate(after)
        if column.name in former
        and former[column.name].type != column.type
        and (former[column.name].type, column.type) not in WIDER
    ]


def _no_way(old: ColumnType, new: ColumnType) -> str:
    return f"已有数据，不能由{old.label}改为{new.label}"


def _alter(
    table: str, former: dict[str, Column], after: Sequence[Column], resource: Resource
) -> None:
    version = resource.schema.number if resource.schema else 0
    acts = []
    for column in after:
        kind = TYPES[column.type]
        if column.name not in former:
            acts.append(f"ADD COLUMN {name(column)} {kind}")
        elif TYPES[former[column.name].type] != kind:
            acts.append(f"ALTER COLUMN {name(column)} TYPE {kind} USING {name(column)}::{kind}")
    gone = former.keys() - {column.name for column in after}
    for one in sorted(gone):
        run(f'ALTER TABLE {table} RENAME COLUMN "{one}" TO "_gone_{version}_{one}"')
    if acts:
        run(f"ALTER TABLE {table} {', '.join(acts)}")
    if acts or gone:
        _forget(resource)


def _new_key(
    table: str, before: Sequence[Column], after: Sequence[Column], resource: Resource
) -> list[Flaw]:
    version = resource.schema.number if resource.schema else 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text FROM pg_index"
            " WHERE indrelid = %s::regclass AND indisunique AND NOT indisprimary",
            [table],
        )
        for (index,) in cursor.fetchall():
            run(f"DROP INDEX {index}")
    fields = ", ".join(f'"{one}"' for one in key_of(after))
    if not fields:
        return []
    try:
        with transaction.atomic():
            run(f"CREATE UNIQUE INDEX r{resource.pk}_{version + 1}_key ON {table} ({fields})")
    except IntegrityError:
        return [Flaw(None, "is_key", "现有数据中主键有重复")]
    return []


def _forget(resource: Resource) -> None:
    for load in Load.objects.filter(resource=resource, is_undoable=True):
        forget(load)


def forget(load: Load) -> None:
    """Drop what a load has replaced: it cannot be taken back any more."""
    run(f"DROP TABLE IF EXISTS {before_of(load)}")
    load.is_undoable = False
    load.save(update_fields=["is_undoable"])
