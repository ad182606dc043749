"""The catalogue as a workbook: sheets 资源, 列 and 代码表, in and out."""

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from openpyxl import Workbook

from datahub.columns import Column, find_flaws
from datahub.columns.spellings import CONTROL, UnreadableError, read_boolean, strip
from datahub.enums import ColumnType, Frequency, PersonalClass, Sharing
from datahub.intake.entries import Book, Entry, ListEntry, Problem
from datahub.intake.workbooks import BadFileError, merged_ranges, open_workbook

RESOURCES, COLUMNS, LISTS = "资源", "列", "代码表"
ROWS_LIMIT = 200_000
HEADS: dict[str, dict[str, str]] = {
    RESOURCES: {
        "编码": "code", "名称": "name", "提供部门编码": "department", "摘要": "description",
        "更新周期": "frequency", "共享属性": "sharing", "共享条件": "sharing_terms",
        "向社会开放": "is_open", "联系岗位": "contact", "联系电话": "telephone",
    },
    COLUMNS: {
        "资源编码": "resource", "列名": "name", "中文名": "label", "类型": "type", "单位": "unit",
        "必填": "is_required", "主键": "is_key", "格式": "pattern", "代码表": "code_list",
        "下限": "minimum", "上限": "maximum", "个人信息": "personal",
    },
    LISTS: {
        "代码表编码": "list", "名称": "name", "依据": "source", "代码": "code", "含义": "label",
    },
}  # fmt: skip
LENGTHS = {
    RESOURCES: {"code": 60, "name": 80, "department": 40, "description": 400,
                "sharing_terms": 200, "contact": 60, "telephone": 30},
    COLUMNS: {},
    LISTS: {"list": 40, "name": 80, "source": 200, "code": 40, "label": 80},
}  # fmt: skip
NEEDED = {
    RESOURCES: ("code", "name", "department", "frequency", "sharing"),
    COLUMNS: ("resource", "name", "label", "type"),
    LISTS: ("list", "code", "label"),
}
CHOICES: dict[str, Any] = {
    "frequency": Frequency, "sharing": Sharing, "type": ColumnType, "personal": PersonalClass,
}  # fmt: skip
FLAGS = ("is_open", "is_required", "is_key")
Row = dict[str, Any]


def read_book(file: BinaryIO) -> Book:
    """Read a catalogue; what is wrong is told by sheet, row and column. Raises BadFileError."""
    book = Book()
    with open_workbook(file) as workbook:
        rows = {sheet: list(_rows(file, workbook, sheet, book)) for sheet in HEADS}
    columns: dict[str, list[tuple[int, Row]]] = defaultdict(list)
    for number, row in rows[COLUMNS]:
        columns[row["resource"]].append((number, row))
    book.lists = _lists(rows[LISTS], book)
    codes = {one.code: tuple(code for code, _ in one.items) for one in book.lists}
    for number, row in rows[RESOURCES]:
        made = _columns(columns.pop(row["code"], []), codes, book)
        book.entries.append(Entry(**row, columns=made, row=number))
    for orphan, found in columns.items() if not book.problems else ():
        message = f"资源表中没有 {orphan}"
        book.problems += [Problem(COLUMNS, number, "资源编码", message) for number, _ in found]
    return book


def _rows(file: BinaryIO, workbook: Any, name: str, book: Book) -> Iterator[tuple[int, Row]]:
    if name not in workbook.sheetnames:
        if name != LISTS:
            raise BadFileError(f"缺少工作表“{name}”。")
        return
    sheet = workbook[name]
    if merged := merged_ranges(file, sheet):
        raise BadFileError(f"工作表“{name}”有合并单元格 {'、'.join(merged)}，请取消合并。")
    lines = sheet.iter_rows()
    places = _head(next(lines, ()), name)
    for number, cells in enumerate(lines, start=2):
        if number > ROWS_LIMIT:
            raise BadFileError(f"工作表“{name}”超过 {ROWS_LIMIT} 行。")
        texts = {field: _text(cells, place) for field, place in places.items()}
        if any(text for text, _ in texts.values()):
            yield from _row(name, number, texts, book)


def _head(cells: Sequence[Any], name: str) -> dict[str, int]:
    given = [strip(str(cell.value or "")) for cell in cells]
    if missing := [head for head in HEADS[name] if head not in given]:
        raise BadFileError(f"工作表“{name}”第 1 行缺少列：{'、'.join(missing)}。")
    return {field: given.index(head) for head, field in HEADS[name].items()}


def _text(cells: Sequence[Any], place: int) -> tuple[str, str]:
    """Give a cell's text, or what is wrong with it."""
    cell = cells[place] if place < len(cells) else None
    value = None if cell is None else cell.value
    if value is None:
        return "", ""
    assert cell is not None  # noqa: S101  # for the type checker
    if cell.data_type in ("f", "e"):
        return "?", "单元格是公式，请粘贴为数值" if cell.data_type == "f" else "单元格是错误值"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = strip(str(value))
    return text, "含有不可见的控制字符" if CONTROL.search(text) else ""


def _row(
    sheet: str, number: int, texts: dict[str, tuple[str, str]], book: Book
) -> Iterator[tuple[int, Row]]:
    """Give a row that can be read; else tell everything that is wrong with it."""
    names = {field: head for head, field in HEADS[sheet].items()}
    row, faults = {}, []
    for field, (text, fault) in texts.items():
        row[field], more = _value(sheet, field, text)
        if fault or more:
            faults.append((names[field], fault or more))
    book.add(sheet, number, faults)
    if not faults:
        yield number, row


def _value(sheet: str, field: str, text: str) -> tuple[Any, str]:
    if not text and field in NEEDED[sheet]:
        return "", "必填"
    if field in FLAGS:
        try:
            return bool(text) and read_boolean(text), ""
        except UnreadableError:
            return False, "须为“是”或“否”"
    if field in CHOICES:
        return _choice(CHOICES[field], text)
    limit = LENGTHS[sheet].get(field, 400)
    return text, f"最长 {limit} 个字符" if len(text) > limit else ""


def _choice(choices: Any, text: str) -> tuple[Any, str]:
    if not text:
        return PersonalClass.NONE, ""
    for one in choices:
        if text in (one.value, one.label):
            return one, ""
    return "", f"须为 {'、'.join(str(one.label) for one in choices)} 之一"


def _lists(rows: Iterable[tuple[int, Row]], book: Book) -> list[ListEntry]:
    grouped: dict[str, list[tuple[int, Row]]] = defaultdict(list)
    for number, row in rows:
        if any(row["code"] == other["code"] for _, other in grouped[row["list"]]):
            book.add(LISTS, number, [("代码", f"{row['code']} 重复")])
        else:
            grouped[row["list"]].append((number, row))
    return [
        ListEntry(
            code,
            found[0][1]["name"] or code,
            found[0][1]["source"],
            tuple((row["code"], row["label"]) for _, row in found),
            row=found[0][0],
        )
        for code, found in grouped.items()
    ]


def _columns(
    rows: list[tuple[int, Row]], codes: dict[str, tuple[str, ...]], book: Book
) -> tuple[Column, ...]:
    fields = [{name: value for name, value in row.items() if name != "resource"} for _, row in rows]
    columns = [Column(**one, codes=codes.get(one["code_list"], ())) for one in fields]
    heads = {field: head for head, field in HEADS[COLUMNS].items()}
    for flaw in find_flaws(columns) if columns else []:
        number = rows[flaw.place or 0][0]
        book.add(COLUMNS, number, [(heads.get(flaw.field, flaw.field), flaw.message)])
    return tuple(columns)


def write_book(*, entries: Iterable[Entry], lists: Iterable[ListEntry]) -> bytes:
    """Write a catalogue as the workbook that `read_book` reads."""
    workbook = Workbook(write_only=True)
    resources, columns, codes = (workbook.create_sheet(name) for name in HEADS)
    for sheet, heads in zip((resources, columns, codes), HEADS.values(), strict=True):
        sheet.append(list(heads))
    for entry in entries:
        resources.append([_shown(getattr(entry, field)) for field in HEADS[RESOURCES].values()])
        for column in entry.columns:
            fields = list(HEADS[COLUMNS].values())[1:]
            columns.append([entry.code, *(_shown(getattr(column, field)) for field in fields)])
    for one in lists:
        for code, label in one.items:
            codes.append([one.code, one.name, one.source, code, label])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(getattr(value, "label", value))
