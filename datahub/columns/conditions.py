"""Conditions of a cross-check: a column beside a value or beside a column of another side.

    grade = A
    valid_until >= 今天-30
    paid_on > 2.died_on
    closed_on 为空

Nothing else is read, so that no text of a rule ever becomes SQL unread.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from datahub.columns.column import Column
from datahub.columns.spellings import UnreadableError, read, strip
from datahub.columns.sql import TYPES, literal, name
from datahub.enums import ColumnType

T = ColumnType
EMPTY, FILLED = "为空", "不为空"
SIGNS = {"=": "=", "≠": "<>", "!=": "<>", "<>": "<>", ">": ">", "<": "<", ">=": ">=", "≥": ">=",
         "<=": "<=", "≤": "<="}  # fmt: skip
SHOWN = {"<>": "≠", ">=": "≥", "<=": "≤"}
LINE = re.compile(
    r"([a-z][a-z0-9_]*)\s*(?:(不?为空)|(=|≠|!=|<>|>=|≥|<=|≤|>|<)\s*(\S.*?))", re.DOTALL
)
OTHER = re.compile(r"([1-9])\.([a-z][a-z0-9_]*)")
TODAY = re.compile(r"今天(?:\s*([+-])\s*([0-9]{1,5}))?")
# Types whose values tell one thing from another, and are written alike everywhere.
KEYS = frozenset({T.TEXT, T.CODE, T.ID_NUMBER, T.MOBILE, T.USCC, T.INTEGER, T.DATE})
EQUAL_ONLY = frozenset({T.BOOLEAN})

Sides = Mapping[int, Mapping[str, Column]]


class ConditionError(ValueError):
    """A line that says nothing which can be looked at; the message is for people."""


@dataclass(frozen=True)
class Condition:
    """`column sign value`, where the value is a text, a column of another side, or nothing."""

    column: str
    sign: str
    value: str = ""
    side: int = 0
    other: str = ""


def read_conditions(text: str) -> list[Condition]:
    """Read a text line by line; raise ConditionError naming the line."""
    return [_read_line(line.strip()) for line in text.splitlines() if line.strip()]


def _read_line(line: str) -> Condition:
    found = LINE.fullmatch(line)
    if found is None:
        raise ConditionError(f"看不懂“{line[:60]}”，请写作“列名 = 值”。")
    column, emptiness, sign, value = found.groups()
    if emptiness:
        return Condition(column, emptiness)
    if other := OTHER.fullmatch(value):
        return Condition(column, SIGNS[sign], side=int(other[1]), other=other[2])
    return Condition(column, SIGNS[sign], value=value)


def check_condition(condition: Condition, *, position: int, sides: Sides) -> None:
    """Hold a condition of one side against the columns that there are; raise ConditionError."""
    column = _column(sides[position], condition.column)
    if condition.sign in (EMPTY, FILLED):
        return
    if column.type == T.POINT:
        raise ConditionError(f"坐标列 {column.name} 只能问是否为空。")
    if column.type in EQUAL_ONLY and condition.sign not in ("=", "<>"):
        raise ConditionError(f"{column.name} 只能用 = 或 ≠。")
    if not condition.side:
        constant(condition, column, today=date(2000, 1, 1))
        return
    if condition.side == position or condition.side not in sides:
        raise ConditionError(f"没有另外的第 {condition.side} 方。")
    other = _column(sides[condition.side], condition.other)
    if TYPES[other.type] != TYPES[column.type]:
        raise ConditionError(f"{column.name} 与 {condition.side}.{other.name} 的类型不同。")


def _column(columns: Mapping[str, Column], wanted: str) -> Column:
    if wanted not in columns:
        raise ConditionError(f"没有列 {wanted}；有 {'、'.join(columns)}")
    return columns[wanted]


def constant(condition: Condition, column: Column, *, today: date) -> object:
    """Give the value that a column is held against; 今天 is the day of the run."""
    text = strip(condition.value)
    if column.type in (T.DATE, T.DATETIME) and (found := TODAY.fullmatch(text)):
        days = int(found[2] or 0)
        return today + timedelta(days=-days if found[1] == "-" else days)
    try:
        return read(column.type, text)
    except UnreadableError as error:
        raise ConditionError(f"{column.name} 的值“{text[:40]}”{error.fault.label}。") from error


def condition_sql(condition: Condition, *, position: int, sides: Sides, today: date) -> str:
    """Write a checked condition; side n is `s<n>`. An empty value meets none but 为空."""
    column = sides[position][condition.column]
    value = f"s{position}.{name(column)}"
    if condition.sign in (EMPTY, FILLED):
        return f"{value} IS {'NOT ' if condition.sign == FILLED else ''}NULL"
    if condition.side:
        other = name(sides[condition.side][condition.other])
        return f"{value} {condition.sign} s{condition.side}.{other}"
    known = constant(condition, column, today=today)
    # A day names its first moment in Beijing, as in files.
    zone = " +08" if column.type == T.DATETIME and not hasattr(known, "hour") else ""
    return f"{value} {condition.sign} {literal(f'{known}{zone}')}::{TYPES[column.type]}"


def describe_condition(condition: Condition, *, position: int, sides: Sides) -> str:
    """Say a condition in labels."""
    label = sides[position][condition.column].label
    if condition.sign in (EMPTY, FILLED):
        return f"{label}{condition.sign}"
    value = condition.value
    if condition.side:
        value = f"第{condition.side}方的{sides[condition.side][condition.other].label}"
    return f"{label} {SHOWN.get(condition.sign, condition.sign)} {value}"
