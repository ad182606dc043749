"""Taking staged rows into a resource's table: checked, deduplicated, merged; all or nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import IntegrityError, connection, transaction

from datahub.columns import Column, check_row, key_of
from datahub.columns.sql import Staged, checked, name
from datahub.enums import Fault, LoadMode, LoadState
from datahub.models import BadRow, Load, Resource
from datahub.services.freshness import settle_due
from datahub.services.quality import measure_load
from datahub.services.staging import point_places, staging
from datahub.services.tables import (
    KEPT,
    SHIFT,
    before_of,
    forget,
    index_table,
    make_table,
    run,
    table_of,
)
from grids.enums import Crs

# Of a full replacement: beyond this share of bad rows the file is wrong, not the rows.
TOLERATED_SHARE = 0.1
KEPT_BAD_ROWS = 100_000
BATCH = 2000
Marks = dict[int, str]  # whole rows at fault, by their number


def merge(*, load: Load, resource: Resource, columns: Sequence[Column], at: datetime) -> None:
    """Do all that makes a load, inside the caller's transaction; the counters go on `load`.

    A full replacement that would lose too much is refused, and so is what has no good row: else
    data would count as current that nobody has renewed. What an append brings again is good. The
    state of `load` says so.
    """
    fresh = f"datahub.n{load.pk}"
    run(f"DROP TABLE IF EXISTS {fresh}")
    make_table(fresh, columns)
    taken = _take(load, columns, fresh)
    marks = _index(load, columns, fresh)
    load.rows_same = sum(1 for mark in marks.values() if not mark)
    marks = {row: mark for row, mark in marks.items() if mark}
    known: Marks = {}
    if load.mode == LoadMode.APPEND:
        known = _drop_known(load, columns, fresh, table_of(resource))
    marks |= known
    load.rows_loaded = taken - load.rows_same - len(marks)
    load.rows_bad = load.rows_read - load.rows_loaded - load.rows_same
    if load.rows_bad:
        _quarantine(load, columns, marks)
    _refuse_ruin(load, has_known=bool(known))
    _swap_or_add(load, resource, columns, fresh)
    measure_load(load=load, resource=resource, columns=columns)
    if load.state == LoadState.REFUSED:
        return
    resource.rows = resource.rows + load.rows_loaded - load.rows_replaced
    # The day it was handed in counts, not how long it had to wait for a worker.
    resource.loaded_at, resource.changed_at = load.asked_at, at
    resource.save(update_fields=["rows", "loaded_at", "changed_at", "measures"])
    settle_due(resource=resource)


def _take(load: Load, columns: Sequence[Column], fresh: str) -> int:
    """Write the good rows; their order in the file is their order on disk."""
    places = range(1, len(columns) + 1)
    values = ", ".join(f"v{place}" for place in places)
    is_shifted = load.crs == Crs.GCJ02 and point_places(columns)
    staged = Staged(staging(load), f"datahub.p{load.pk}" if is_shifted else "")
    run("SET LOCAL synchronize_seqscans = off")
    return run(
        f"INSERT INTO {fresh} SELECT {load.pk << SHIFT}::bigint | _row, {values}"
        f" FROM ({checked(columns, staged)}) checked WHERE is_good"
    )


def _index(load: Load, columns: Sequence[Column], fresh: str) -> Marks:
    """Index the rows; of rows with one key the first stays, and each other is marked.

    An empty mark says that the row repeats the first in every column.
    """
    label = f"n{load.pk}"
    try:
        with transaction.atomic():
            index_table(fresh, columns, label=label)
    except IntegrityError:
        marks = _drop_repeated(columns, fresh)
        index_table(fresh, columns, label=label)
        return marks
    return {}


def _drop_repeated(columns: Sequence[Column], fresh: str) -> Marks:
    keys = ", ".join(f'"{one}"' for one in key_of(columns))
    whole = ", ".join(f"rows.{name(column)}" for column in columns)
    first = whole.replace("rows.", "first.")
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE repeated ON COMMIT DROP AS SELECT _id, first_id FROM"
            f" (SELECT _id, min(_id) OVER (PARTITION BY {keys}) AS first_id FROM {fresh}) found"
            " WHERE _id <> first_id"
        )
        cursor.execute(
            f"SELECT rows._id & {2**SHIFT - 1}, ROW({whole}) IS NOT DISTINCT FROM ROW({first})"
            f" FROM repeated JOIN {fresh} rows USING (_id)"
            f" JOIN {fresh} first ON first._id = first_id"
        )
        marks = {row: "" if is_same else Fault.DUPLICATE.value for row, is_same in cursor}
        cursor.execute(f"DELETE FROM {fresh} USING repeated WHERE repeated._id = {fresh}._id")
        cursor.execute("DROP TABLE repeated")
    return marks


def _drop_known(load: Load, columns: Sequence[Column], fresh: str, table: str) -> Marks:
    """Leave out rows whose key the table has already: appending changes nothing."""
    keys = ", ".join(f'"{one}"' for one in key_of(columns))
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {fresh} WHERE ({keys}) IN (SELECT {keys} FROM {table})"
            f" RETURNING _id & {2**SHIFT - 1}"
        )
        return {row: Fault.EXISTS.value for (row,) in cursor}


def _refuse_ruin(load: Load, *, has_known: bool) -> None:
    if not load.rows_loaded and not has_known:
        load.state = LoadState.REFUSED
        load.detail = f"{load.rows_read} 行中没有一行可以写入，原有数据没有变化。"
    elif load.mode == LoadMode.FULL and load.rows_bad > TOLERATED_SHARE * load.rows_read:
        load.state = LoadState.REFUSED
        load.detail = (
            f"{load.rows_read} 行中有 {load.rows_bad} 行有问题，"
            "全量替换会丢失过多数据，原有数据没有变化。"
        )


def _swap_or_add(load: Load, resource: Resource, columns: Sequence[Column], fresh: str) -> None:
    table, before = table_of(resource), before_of(load)
    if load.state == LoadState.REFUSED:
        run(f"DROP TABLE {fresh}")
        load.rows_loaded = 0
        return
    if load.mode == LoadMode.FULL:
        load.rows_replaced = resource.rows
        run(f"ALTER TABLE {table} RENAME TO {before.partition('.')[2]}")
        run(f"ALTER TABLE {fresh} RENAME TO {table.partition('.')[2]}")
    else:
        if load.mode == LoadMode.UPSERT:
            load.rows_replaced = _move_old(columns, fresh, table, before)
        fields = ", ".join(["_id", *(name(column) for column in columns)])
        run(f"INSERT INTO {table} ({fields}) SELECT {fields} FROM {fresh}")
        run(f"DROP TABLE {fresh}")
    load.is_undoable = True
    older = Load.objects.filter(resource=resource, is_undoable=True).exclude(pk=load.pk)
    for one in older.order_by("-id")[KEPT - 1 :]:
        forget(one)


def _move_old(columns: Sequence[Column], fresh: str, table: str, before: str) -> int:
    """Put the rows that new ones replace aside."""
    keys = ", ".join(f'"{one}"' for one in key_of(columns))
    run(f"CREATE TABLE {before} (LIKE {table})")
    return run(
        f"WITH old AS (DELETE FROM {table} WHERE ({keys}) IN (SELECT {keys} FROM {fresh})"
        f" RETURNING *) INSERT INTO {before} SELECT * FROM old"
    )


def _quarantine(load: Load, columns: Sequence[Column], marks: Marks) -> None:
    """Keep the bad rows with the reason for each column, in the words of the plain rules."""
    load.bad_rows.all().delete()
    counts: Counter[str] = Counter()
    rows = islice(_bad_rows(load, columns, marks), KEPT_BAD_ROWS)
    while batch := list(islice(rows, BATCH)):
        BadRow.objects.bulk_create(batch)
        for row in batch:
            counts.update(f"{column}:{fault}" for column, fault in row.faults.items())
    load.faults = dict(counts)


def _bad_rows(load: Load, columns: Sequence[Column], marks: Marks) -> Iterator[BadRow]:
    texts = ", ".join(f"c{place}" for place in range(1, len(columns) + 1))
    judged = checked(columns, Staged(staging(load)))
    bad = f"SELECT _row FROM ({judged}) checked WHERE NOT is_good"
    marked = ", ".join(str(row) for row in sorted(marks)[:KEPT_BAD_ROWS]) or "0"
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT _row, _shape, {texts} FROM {staging(load)} WHERE _row IN ({marked})"
            f" OR _row IN ({bad}) ORDER BY _row"
        )
        for row, shape, *cells in cursor:
            content = dict(zip((column.name for column in columns), cells, strict=True))
            mark = shape or marks.get(row, "")
            faults = {"": mark} if mark else _faults(columns, content)
            yield BadRow(load=load, row=row, content=content, faults=faults)


def _faults(columns: Sequence[Column], content: dict[str, Any]) -> dict[str, str]:
    found = check_row(columns, content)
    return {one: checked.fault.value for one, checked in found.items() if checked.fault}
