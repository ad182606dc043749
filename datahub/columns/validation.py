"""Judging one value, or one row, by the rules of its columns. `sql` says the same to PostgreSQL."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from datahub.columns.column import Column
from datahub.columns.patterns import plain
from datahub.columns.spellings import Read, UnreadableError, read, strip
from datahub.enums import ColumnType, Fault


@dataclass(frozen=True)
class Checked:
    """What a text was read as, or why it was not; a blank is None without a fault."""

    value: Read = None
    fault: Fault | None = None


def check_value(column: Column, text: str | None) -> Checked:
    """Read a text by the rules of a column: its spelling first, then pattern, codes and bounds."""
    stripped = strip(text or "")
    if not stripped:
        return Checked(fault=Fault.MISSING if column.is_required else None)
    try:
        value = read(column.type, stripped)
    except UnreadableError as error:
        return Checked(fault=error.fault)
    fault = _rule_broken(column, stripped, value)
    return Checked(fault=fault) if fault else Checked(value)


def check_row(columns: Sequence[Column], row: Mapping[str, str | None]) -> dict[str, Checked]:
    """Judge every column of a row; what the row does not say is blank."""
    return {column.name: check_value(column, row.get(column.name)) for column in columns}


def _rule_broken(column: Column, text: str, value: Read) -> Fault | None:
    if column.pattern and not _compiled(column.pattern).fullmatch(text):
        return Fault.PATTERN
    if column.code_list and value not in column.codes:
        return Fault.CODE
    measure = len(value) if column.type == ColumnType.TEXT else value
    if column.minimum and measure < bound(column, column.minimum):
        return Fault.TOO_SMALL
    if column.maximum and measure > bound(column, column.maximum):
        return Fault.TOO_LARGE
    return None


def bound(column: Column, text: str) -> Read:
    """Read a minimum or maximum: of a text it is a length. Raises UnreadableError."""
    kind = ColumnType.INTEGER if column.type == ColumnType.TEXT else column.type
    return read(kind, strip(text))


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(plain(pattern), re.DOTALL)
