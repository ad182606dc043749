"""Rows of workbooks and of JSON lines, as texts."""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, BinaryIO

from datahub.columns import Column
from datahub.columns.column import STRINGS
from datahub.columns.spellings import strip
from datahub.intake.files import Record, lay_out, names_of
from datahub.intake.workbooks import BadFileError, merged_ranges, open_workbook

# A spreadsheet keeps 15 digits of a number.
LOST_FROM = 10**15
LINE_BYTES_LIMIT = 1024 * 1024
MARKED = {"f": "\x01formula", "e": "\x01error"}


def read_workbook(file: BinaryIO, columns: Sequence[Column]) -> Iterator[Record]:
    """Read the first sheet of a workbook; raise BadFileError for merged cells."""
    with open_workbook(file) as workbook:
        sheet = workbook.worksheets[0]
        if merged := merged_ranges(file, sheet):
            raise BadFileError(f"有合并单元格 {'、'.join(merged)}，请取消合并后再提交。")
        lines = sheet.iter_rows()
        head = ["" if cell.value is None else str(cell.value) for cell in next(lines, ())]
        layout = lay_out(head, columns)
        for number, cells in enumerate(lines, start=2):
            texts = [
                "" if place is None else cell_text(cell, columns[place])
                for place, cell in zip(layout.places, cells, strict=False)
            ]
            if any(texts):
                yield Record(number, layout.ordered(texts, len(columns)))


def cell_text(cell: Any, column: Column) -> str:
    """Give a cell as text; a formula, an error and a number that has lost digits are marked."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type in MARKED:
        return MARKED[cell.data_type]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value, column)
    # Dates and times as ISO 8601 writes them.
    return str(value).replace("\x00", "\x01")


def _number(value: float, column: Column) -> str:
    if column.type in STRINGS and abs(value) >= LOST_FROM:
        return "\x01lost"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return format(Decimal(repr(value)), "f")


def read_json_lines(file: BinaryIO, columns: Sequence[Column]) -> Iterator[Record]:
    """Read one JSON object a line, keyed by name or label; numbers keep all their digits."""
    known = {strip(text).lower(): place for place, text in names_of(columns)}
    file.seek(0)
    number = 0
    while line := file.readline(LINE_BYTES_LIMIT):
        number += 1
        if len(line) == LINE_BYTES_LIMIT:
            raise BadFileError(f"第 {number} 行过长。")
        text = line.decode("utf-8-sig", "replace").strip()
        if text:
            yield _record(number, text, known, len(columns))


def _record(number: int, text: str, known: Mapping[str, int], width: int) -> Record:
    row = [""] * width
    try:
        found = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return Record(number, row, "json")
    if not isinstance(found, dict):
        return Record(number, row, "json")
    for name, value in found.items():
        place = known.get(strip(name).lower())
        if place is not None:
            row[place] = _json_text(value)
    return Record(number, row, "" if any(row) else "json")


def _json_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return "\x01nested"
    text = str(value).replace("\x00", "\x01")
    return text.encode("utf-8", "replace").decode()
