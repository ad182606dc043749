"""Whether a list of columns makes a table."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datahub.columns.column import ALWAYS_PERSONAL, BOUNDED, STRINGS, Column
from datahub.columns.patterns import PatternError, check_pattern
from datahub.columns.spellings import UnreadableError
from datahub.columns.validation import bound
from datahub.enums import ColumnType

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
COLUMNS_LIMIT = 200
LABEL_LENGTH, UNIT_LENGTH = 60, 20
T = ColumnType
KEY_TYPES = frozenset(T) - {T.POINT, T.BOOLEAN, T.DECIMAL}


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a column; `place` counts from 0, and is None for the table as a whole."""

    place: int | None
    field: str
    message: str

    def __str__(self) -> str:
        where = "" if self.place is None else f"第 {self.place + 1} 列 "
        return f"{where}{self.field}：{self.message}"


def find_flaws(columns: Sequence[Column]) -> list[Flaw]:
    """Name everything that keeps a list of columns from being a schema."""
    return [*_table_flaws(columns), *(flaw for found in _each(columns) for flaw in found)]


def _each(columns: Sequence[Column]) -> Iterator[Iterator[Flaw]]:
    for place, column in enumerate(columns):
        yield (Flaw(place, field, message) for field, message in _column_flaws(column))


def _table_flaws(columns: Sequence[Column]) -> Iterator[Flaw]:
    if not columns:
        yield Flaw(None, "columns", "至少要有一列")
    if len(columns) > COLUMNS_LIMIT:
        yield Flaw(None, "columns", f"最多 {COLUMNS_LIMIT} 列")
    for field in ("name", "label"):
        counts = Counter(getattr(column, field) for column in columns)
        for value, count in counts.items():
            if count > 1:
                yield Flaw(None, field, f"“{value}”出现 {count} 次")


def _column_flaws(column: Column) -> Iterator[tuple[str, str]]:
    if not NAME.fullmatch(column.name):
        yield "name", "须以小写字母开头，只含小写字母、数字和下划线，最长 40 个字符"
    if not column.label or len(column.label) > LABEL_LENGTH:
        yield "label", f"必填，最长 {LABEL_LENGTH} 个字符"
    if len(column.unit) > UNIT_LENGTH:
        yield "unit", f"最长 {UNIT_LENGTH} 个字符"
    yield from _rule_flaws(column)
    yield from _kind_flaws(column)


def _kind_flaws(column: Column) -> Iterator[tuple[str, str]]:
    if column.is_key and column.type not in KEY_TYPES:
        yield "is_key", f"{column.type.label}不能作主键"
    if column.is_key and not column.is_required:
        yield "is_required", "主键须为必填"
    if (column.type == T.CODE) != bool(column.code_list):
        yield "code_list", "代码列须指定代码表，其他列不能指定"
    if column.type in ALWAYS_PERSONAL and not column.is_personal:
        yield "personal", f"{column.type.label}是个人信息，须标明类别"


def _rule_flaws(column: Column) -> Iterator[tuple[str, str]]:
    if column.pattern and column.type not in STRINGS:
        yield "pattern", f"{column.type.label}不用格式，可用上下限"
    elif column.pattern:
        try:
            check_pattern(column.pattern)
        except PatternError as error:
            yield "pattern", str(error)
    yield from _limit_flaws(column)


def _limit_flaws(column: Column) -> Iterator[tuple[str, str]]:
    limits = []
    for field in ("minimum", "maximum"):
        text = getattr(column, field)
        if text and column.type not in BOUNDED:
            yield field, f"{column.type.label}没有上下限"
        elif text:
            try:
                limits.append(bound(column, text))
            except UnreadableError:
                yield field, "不是该类型的值（文本填长度）"
    if len(limits) == 2 and limits[0] > limits[1]:
        yield "minimum", "大于上限"
