"""Rows of a resource, page by page, as a reader may see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from datahub.columns import Column
from datahub.columns.masking import mask
from datahub.columns.spellings import UnreadableError, read, strip
from datahub.columns.sql import name
from datahub.enums import ColumnType
from datahub.models import Resource
from datahub.querysets import Delivery, Reader
from datahub.selectors.areas import words_of_areas
from datahub.selectors.catalogue import kept_columns_of
from datahub.selectors.sharing import refuse_rows
from governance.lib.errors import InvalidError

COUNT_LIMIT = 10_000
SIGNS = {"": "=", "gte": ">=", "lte": "<="}
ID = "_id"
T = ColumnType
# An order among the values of these means nothing.
UNORDERED = frozenset({T.BOOLEAN, T.POINT})
UNFILTERED = frozenset({T.POINT})


@dataclass(frozen=True)
class RowsQuery:
    """Which columns of which rows: read once, for page, API, reveal and count alike."""

    resource: Resource
    columns: tuple[Column, ...]
    conditions: tuple[tuple[Column, str, Any], ...]
    is_masked: bool
    # Of whom only an area's rows may be read: any of these columns must have one of the words.
    cut: tuple[tuple[Column, list[str]], ...] | None = None
    delivered_to: tuple[int, ...] = ()
    within: tuple[str, tuple[Any, ...]] = ("true", ())  # what else holds, in SQL of our own


@dataclass(frozen=True)
class RowsPage:
    columns: tuple[Column, ...]
    rows: list[dict[str, Any]]
    next_cursor: str


def rows_query(
    *, resource: Resource, reader: Reader, given: Mapping[str, str], fields: str = ""
) -> RowsQuery:
    """Ask for rows with personal columns masked; those cannot be filtered by either.

    `given` has conditions like `{"grade": "A", "capital__gte": "5"}`. Raises ForbiddenError for
    readers without a right to the rows, InvalidError naming a column or value at fault.
    """
    if not reader.reads_some(resource):
        detail = "此资源的数据须经提供部门授权后才能查看。"
        raise refuse_rows(resource=resource, reader=reader, detail=detail)
    return _query(resource, given, fields, reader.received(resource), is_masked=True)


def revealing_query(
    *, resource: Resource, reader: Reader, given: Mapping[str, str], fields: str = ""
) -> RowsQuery:
    """Ask for rows as they are; whoever runs it records who, what and for which purpose."""
    if not reader.reveals_some(resource):
        detail = "您没有查看此资源中个人信息的权限。"
        raise refuse_rows(resource=resource, reader=reader, detail=detail)
    received = reader.received(resource, is_personal=True)
    return _query(resource, given, fields, received, is_masked=False)


def _query(
    resource: Resource,
    given: Mapping[str, str],
    fields: str,
    received: Sequence[Delivery],
    *,
    is_masked: bool,
) -> RowsQuery:
    """Put a query together; of what is `received` only those rows and columns are known at all."""
    columns = {column.name: column for column in kept_columns_of(resource.schema)}
    known = {name: one for name, one in columns.items() if is_delivered(name, received)}
    wanted = [one for one in fields.split(",") if one] or list(known)
    if unknown := sorted(set(wanted) - known.keys()):
        raise InvalidError(fields={"fields": [f"没有列 {'、'.join(unknown)}"]})
    conditions = tuple(_condition(key, text, known, is_masked) for key, text in given.items())
    chosen = tuple(column for column in known.values() if column.name in wanted)
    cut = _cut(received, columns) if received else None
    areas = tuple(one.area for one in received)
    return RowsQuery(resource, chosen, conditions, is_masked, cut, areas)


def is_delivered(name: str, received: Sequence[Delivery]) -> bool:
    """Tell whether a column is among those of every delivery; without any all columns are."""
    return all(name in one.columns for one in received if one.columns)


def _cut(
    received: Sequence[Delivery], columns: Mapping[str, Column]
) -> tuple[tuple[Column, list[str]], ...]:
    """Name the areas' words for each column; a column that is gone lets nothing through."""
    return tuple(
        (columns[one.area_column], words_of_areas([one.area]))
        for one in received
        if one.area_column in columns
    )


def _condition(
    key: str, text: str, known: Mapping[str, Column], is_masked: bool
) -> tuple[Column, str, Any]:
    column_name, _, sign = key.partition("__")
    column = known.get(column_name)
    if column is None or sign not in SIGNS or (sign and column.type in UNORDERED):
        raise InvalidError(fields={key: ["没有这样的筛选条件"]})
    if column.type in UNFILTERED:
        raise InvalidError(fields={key: ["坐标点不能筛选"]})
    if is_masked and column.is_personal:
        # Else an answer would tell whether somebody is among the rows.
        raise InvalidError(fields={key: ["个人信息列不能作为筛选条件"]})
    try:
        return column, SIGNS[sign], read(column.type, strip(text))
    except UnreadableError as error:
        raise InvalidError(fields={key: [str(error.fault.label)]}) from error


def read_rows(
    query: RowsQuery, *, cursor: str = "", size: int, ids: Sequence[int] | None = None
) -> RowsPage:
    """Read one page in the order of `_id`, of the rows with given `ids` where they are named."""
    if not query.columns:
        return RowsPage((), [], "")
    where, values = where_of(query)
    if ids is not None:
        where, values = f"{where} AND {ID} = ANY(%s)", [*values, list(ids)]
    values.append(_after(cursor))
    shown = ", ".join([ID, *(_shown(column) for column in query.columns)])
    sql = (
        f"SELECT {shown} FROM datahub.r{query.resource.pk} WHERE {where} AND {ID} > %s"  # noqa: S608
        f" ORDER BY {ID} LIMIT {size + 1:d}"
    )
    with connection.cursor() as found:
        found.execute(sql, values)
        rows = found.fetchall()
    page = [_row(query, row) for row in rows[:size]]
    return RowsPage(query.columns, page, page[-1][ID] if len(rows) > size else "")


def count_rows(query: RowsQuery, *, limit: int = COUNT_LIMIT) -> int:
    """Count the rows, up to `limit` + 1."""
    if not query.columns:
        return 0
    where, values = where_of(query)
    sql = f"SELECT FROM datahub.r{query.resource.pk} WHERE {where} LIMIT {limit + 1:d}"
    with connection.cursor() as found:
        found.execute(f"SELECT count(*) FROM ({sql}) found", values)  # noqa: S608
        return int(found.fetchone()[0])


def where_of(query: RowsQuery) -> tuple[str, list[Any]]:
    """Write which rows a query may see, and the values that stand in it."""
    parts = [f"{name(column)} {sign} %s" for column, sign, _ in query.conditions]
    values = [value for _, _, value in query.conditions]
    if query.cut is not None:
        cut = [f"{name(column)} = ANY(%s)" for column, _ in query.cut]
        parts.append(f"({' OR '.join(cut) or 'false'})")
        values += [words for _, words in query.cut]
    sql, more = query.within
    return " AND ".join([*parts, sql]), [*values, *more]


def _after(cursor: str) -> int:
    if not cursor:
        return -1
    if not (cursor.isascii() and cursor.isdigit() and int(cursor) < 2**63):
        raise InvalidError("翻页标记无效。", fields={"cursor": ["无效"]})
    return int(cursor)


def _shown(column: Column) -> str:
    if column.type == T.POINT:
        return f"ARRAY[ST_X({name(column)}), ST_Y({name(column)})]"
    return name(column)


def _row(query: RowsQuery, values: Sequence[Any]) -> dict[str, Any]:
    # As text: JavaScript has no whole numbers of 64 bits.
    row = {ID: str(values[0])}
    for column, value in zip(query.columns, values[1:], strict=True):
        row[column.name] = _seen(column, value, query.is_masked)
    return row


def _seen(column: Column, value: Any, is_masked: bool) -> Any:
    if column.type == T.POINT and (value is None or value[0] is None):
        return None
    if value is not None and column.type == T.DECIMAL:
        value = str(value)
    if not (is_masked and column.is_personal):
        return value
    return mask(column, None if value is None else str(value))
