"""A cross-check as SQL: every name is a column of the catalogue, every value is quoted."""

from datetime import date

from datahub.columns import Column
from datahub.columns.conditions import condition_sql
from datahub.columns.sql import name
from datahub.enums import CheckKind, ColumnType
from datahub.selectors.definitions import Definition, Side
from datahub.services.tables import table_of

KEPT_ROWS = 20  # of each side, the first ones


def matching(definition: Definition, *, today: date) -> str:
    """Write the query of all findings: `key`, `rows`, `label`, `place`, one row for each key."""
    first = definition.present[0]
    ids = ", ".join(f"'{one.position}', {_ids(one)}" for one in definition.present)
    return (
        f"SELECT {_of(first, first.key)}::text AS key, jsonb_build_object({ids}) AS rows,"
        f" {_first(definition, definition.label)} AS label, {_place(definition)} AS place"
        f" FROM {_tables(definition)} WHERE {' AND '.join(_wanted(definition, today))}"
        f" GROUP BY {_of(first, first.key)}"
    )


def _of(side: Side, column: Column) -> str:
    return f"s{side.position}.{name(column)}"


def _ids(side: Side) -> str:
    own = f"s{side.position}._id"
    return f"to_jsonb((array_agg(DISTINCT {own} ORDER BY {own}))[1:{KEPT_ROWS}])"


def _tables(definition: Definition) -> str:
    first, *others = definition.present
    joined = [f"{table_of(first.resource)} s{first.position}"]
    for one in others:
        same = f"{_of(one, one.key)} = {_of(first, first.key)}"
        joined.append(f"JOIN {table_of(one.resource)} s{one.position} ON {same}")
    return " ".join(joined)


def _wanted(definition: Definition, today: date) -> list[str]:
    first = definition.present[0]
    wanted = [f"{_of(first, first.key)} IS NOT NULL"]
    for side in definition.present:
        wanted += _conditions(definition, side, today)
    if definition.kind == CheckKind.DIFFER:
        valued = [_of(side, side.value) for side in definition.present if side.value]
        wanted.append(f"({' OR '.join(f'{valued[0]} <> {one}' for one in valued[1:])})")
    return wanted + [_none(definition, side, today) for side in definition.sides if side.is_absent]


def _conditions(definition: Definition, side: Side, today: date) -> list[str]:
    sides, place = definition.columns, side.position
    return [condition_sql(one, position=place, sides=sides, today=today) for one in side.conditions]


def _none(definition: Definition, side: Side, today: date) -> str:
    first = definition.present[0]
    same = f"{_of(side, side.key)} = {_of(first, first.key)}"
    wanted = " AND ".join([same, *_conditions(definition, side, today)])
    return f"NOT EXISTS (SELECT FROM {table_of(side.resource)} s{side.position} WHERE {wanted})"


def _first(definition: Definition, column: Column | None) -> str:
    """Take a column's first value that is not empty, by the order of the rows."""
    side = next((one for one in definition.present if column and one.label is column), None)
    if side is None or column is None:
        return "NULL::text"
    return _taken(side, f"{_of(side, column)}::text", _of(side, column))


def _place(definition: Definition) -> str:
    place = definition.place
    if place is None:
        return "NULL::text"
    side, column = place
    value = _of(side, column)
    if column.type == ColumnType.POINT:
        return _taken(side, f"(ST_X({value})::text || ',' || ST_Y({value})::text)", value)
    return _taken(side, f"{value}::text", value)


def _taken(side: Side, shown: str, value: str) -> str:
    order = f"ORDER BY s{side.position}._id"
    return f"(array_agg({shown} {order}) FILTER (WHERE {value} IS NOT NULL))[1]"
