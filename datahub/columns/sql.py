"""The rules of columns as SQL, for rows by the million.

A staging table has one text column `c1`, `c2`, … for each column. `checked` gives each row's value
of each column as `v1`, `v2`, …, NULL for a blank and for what cannot be taken, and `is_good`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from datahub.columns.column import Column
from datahub.columns.numbers import ID_CHECKS, ID_WEIGHTS
from datahub.columns.patterns import plain
from datahub.columns.spellings import SPACES
from datahub.columns.validation import bound
from datahub.enums import ColumnType

T = ColumnType
TYPES = {
    T.TEXT: "text", T.CODE: "text", T.ID_NUMBER: "text", T.MOBILE: "text", T.USCC: "text",
    T.INTEGER: "bigint", T.DECIMAL: "numeric", T.DATE: "date", T.DATETIME: "timestamptz",
    T.BOOLEAN: "boolean", T.POINT: "geometry(Point, 4326)",
}  # fmt: skip
FUNCTIONS = {
    T.INTEGER: "integer_of", T.DECIMAL: "decimal_of", T.DATE: "date_of", T.DATETIME: "instant_of",
    T.BOOLEAN: "boolean_of", T.ID_NUMBER: "id_number_of", T.MOBILE: "mobile_of",
    T.USCC: "uscc_of", T.POINT: "point_of",
}  # fmt: skip
# Every day of the years but 29 February, which the functions know about.
CENTURY = "(?:18|19|20|21)[0-9]{2}"
DAYS = (
    "(?:(?:0[13578]|1[02]){0}(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11){0}(?:0[1-9]|[12][0-9]|30)"
    "|02{0}(?:0[1-9]|1[0-9]|2[0-8]))"
)
DAY = f"{CENTURY}-{DAYS.format('-')}"
PLAIN_ID_NUMBER = f"^[0-9]{{6}}{CENTURY}{DAYS.format('')}[0-9]{{3}}[0-9X]$"
# What nearly every value looks like is read without a call; the functions read the rest.
PLAINLY = {
    T.INTEGER: (r"^[+-]?[0-9]{1,18}$", "{t}::bigint"),
    T.DECIMAL: (r"^[+-]?[0-9]{1,18}(?:\.[0-9]{1,12})?$", "{t}::numeric"),
    T.DATE: (f"^{DAY}$", "{t}::date"),
    T.DATETIME: (
        f"^{DAY}[ T](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?$",
        "({t} || '+08')::timestamptz",
    ),
    T.MOBILE: ("^1[3-9][0-9]{9}$", "{t}"),
}
CONTROL = r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]"


@dataclass(frozen=True)
class Staged:
    """A staging table: its name, and the column of it that has converted points, by place."""

    table: str
    points: str = ""  # a table (_row, v1, …) with the points of columns, already in WGS-84


def literal(text: str) -> str:
    """Write a text as SQL; backslashes are plain in standard strings."""
    return "'" + text.replace("'", "''") + "'"


def name(column: Column) -> str:
    """Write a column's name; `find_flaws` has let nothing pass but [a-z0-9_]."""
    return f'"{column.name}"'


def checked(columns: Sequence[Column], staged: Staged) -> str:
    """Write the query of all staged rows: `_row`, `is_good`, and the values `v1`, `v2`, …"""
    places = range(1, len(columns) + 1)
    texts = ", ".join(f"nullif(btrim(c{i}, {literal(SPACES)}), '') AS t{i}" for i in places)
    values = ", ".join(
        f"{_value(column, i, staged)} AS v{i}" for i, column in zip(places, columns, strict=True)
    )
    rules = " AND ".join(_rule(column, i) for i, column in zip(places, columns, strict=True))
    shown = ", ".join(f"v{i}" for i in places)
    joined = f" LEFT JOIN {staged.points} points USING (_row)" if staged.points else ""
    # OFFSET 0 keeps the planner from writing each expression out wherever it is used.
    stripped = f"SELECT _row, _shape, {texts} FROM {staged.table} OFFSET 0"
    if bodies := _bodies(columns):
        stripped = f"SELECT stripped.*, {bodies} FROM ({stripped}) stripped OFFSET 0"
    read = f"SELECT texts.*, {values} FROM ({stripped}) texts{joined} OFFSET 0"
    is_good = f"coalesce(_shape IS NULL AND {rules}, false) AS is_good"
    return f"SELECT _row, {is_good}, {shown} FROM ({read}) rows"


def _bodies(columns: Sequence[Column]) -> str:
    """Write the first 17 digits of plainly written identity numbers as `k1`, …: one cast each."""
    return ", ".join(
        f"CASE WHEN t{i} ~ {literal(PLAIN_ID_NUMBER)} THEN left(t{i}, 17)::bigint END AS k{i}"
        for i, column in enumerate(columns, 1)
        if column.type == T.ID_NUMBER
    )


def _id_number(place: int) -> str:
    text, body = f"t{place}", f"k{place}"
    total = " + ".join(
        f"{body} / {10 ** (16 - at)} % 10 * {weight}" for at, weight in enumerate(ID_WEIGHTS)
    )
    check = f"substr({literal(ID_CHECKS)}, (({total}) % 11)::int + 1, 1)"
    return (
        f"CASE WHEN {body} IS NOT NULL AND right({text}, 1) = {check} THEN {text}"
        f" WHEN {text} IS NOT NULL THEN datahub.id_number_of({text}) END"
    )


def _value(column: Column, place: int, staged: Staged) -> str:
    text = f"t{place}"
    if column.type in (T.TEXT, T.CODE):
        return f"CASE WHEN {text} !~ {literal(CONTROL)} THEN {text} END"
    if column.type == T.POINT and staged.points:
        return f"points.v{place}"
    if column.type == T.ID_NUMBER:
        return _id_number(place)
    call = f"datahub.{FUNCTIONS[column.type]}({text})"
    if column.type not in PLAINLY:
        return call
    pattern, cast = PLAINLY[column.type]
    spelled = cast.format(t=text)
    return (
        f"CASE WHEN {text} ~ {literal(pattern)} THEN {spelled}"
        f" WHEN {text} IS NOT NULL THEN {call} END"
    )


def _rule(column: Column, place: int) -> str:
    text, value = f"t{place}", f"v{place}"
    rules = [f"{value} IS NOT NULL"]
    if column.pattern:
        rules.append(f"{text} ~ {literal(f'^(?:{plain(column.pattern)})$')}")
    if column.code_list:
        codes = ", ".join(literal(code) for code in column.codes)
        rules.append(f"{value} = ANY(ARRAY[{codes}]::text[])")
    measure = f"length({value})" if column.type == T.TEXT else value
    for limit, sign in ((column.minimum, ">="), (column.maximum, "<=")):
        if limit:
            kind = "bigint" if column.type == T.TEXT else TYPES[column.type]
            rules.append(f"{measure} {sign} {literal(str(bound(column, limit)))}::{kind}")
    good = " AND ".join(rules)
    return f"({good})" if column.is_required else f"({text} IS NULL OR ({good}))"
