"""Reading a department's file: which columns it has, and its rows as texts.

A plain CSV goes to PostgreSQL as it is, at the speed of COPY. Everything else (quotes, which
PostgreSQL and spreadsheets read differently where they are wrong, workbooks, JSON lines, rows of
the wrong length, broken encodings) is read here, row by row.
"""

import codecs
import csv
import difflib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from datahub.columns import Column
from datahub.columns.spellings import strip
from datahub.intake.workbooks import BadFileError

DELIMITERS = ",;\t|，"
HEAD_BYTES = 256 * 1024
CHUNK = 4 * 1024 * 1024
ZIP = b"PK\x03\x04"
BOM = codecs.BOM_UTF8
FIELD_LIMIT = 1024 * 1024
# How files begin that people send instead of a table, and what they are.
FOREIGN = {
    b"\xd0\xcf\x11\xe0": "旧版 Excel（.xls）或其他旧版 Office 文件",
    b"%PDF": "PDF",
    b"\xff\xd8\xff": "图片",
    b"\x89PNG": "图片",
    b"Rar!": "RAR 压缩包",
    b"7z\xbc\xaf": "7z 压缩包",
    b"\x1f\x8b": "gzip 压缩包",
    b"<!doctype": "网页",
    b"<html": "网页",
    b"<table": "网页",
    b"<?xml": "XML 文件",
}


@dataclass(frozen=True)
class Record:
    """One row of a file: its number as a spreadsheet counts, and a text for each column."""

    number: int
    cells: Sequence[str]
    shape: str = ""  # why the row as a whole cannot be taken


@dataclass(frozen=True)
class Layout:
    """Which column of the schema each column of the file is; None for one that is passed over."""

    places: tuple[int | None, ...]

    def ordered(self, cells: Sequence[str], width: int) -> list[str]:
        row = [""] * width
        for place, cell in zip(self.places, cells, strict=False):
            if place is not None:
                row[place] = cell
        return row


@dataclass(frozen=True)
class PlainCsv:
    """A CSV that PostgreSQL reads as we would: from `start`, in `encoding`."""

    start: int
    encoding: str  # as PostgreSQL names it
    delimiter: str
    layout: Layout


@dataclass(frozen=True)
class CsvTraits:
    encoding: str
    is_plain: bool


def lay_out(head: Sequence[str], columns: Sequence[Column]) -> Layout:
    """Find the columns by name or label; raise BadFileError naming those that are missing."""
    known = {strip(text).lower(): place for place, text in names_of(columns)}
    places = tuple(known.get(strip(text).lower()) for text in head)
    found = [place for place in places if place is not None]
    if twice := [columns[place].label for place in set(found) if found.count(place) > 1]:
        raise BadFileError(f"表头中 {'、'.join(sorted(twice))} 出现多次。")
    missing = [column for place, column in enumerate(columns) if place not in found]
    if missing:
        spare = [strip(text) for text, place in zip(head, places, strict=True) if place is None]
        words = "、".join(_missing(column, spare) for column in missing)
        raise BadFileError(f"表头缺少列：{words}。"[:390])
    return Layout(places)


def names_of(columns: Sequence[Column]) -> Iterator[tuple[int, str]]:
    for place, column in enumerate(columns):
        yield place, column.label
    for place, column in enumerate(columns):
        yield place, column.name


def _missing(column: Column, spare: list[str]) -> str:
    near = difflib.get_close_matches(column.label, spare, n=1, cutoff=0.5)
    return f"{column.label}（{column.name}）" + (f"，是否为“{near[0]}”" if near else "")


def scan_csv(file: BinaryIO) -> CsvTraits:
    """Look through a whole file: how it is encoded, and whether PostgreSQL may read it itself."""
    file.seek(0)
    start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return CsvTraits("utf-16", False)
    decoders = {name: codecs.getincrementaldecoder(name)() for name in ("utf-8", "gb18030")}
    is_plain, tail = True, b""
    file.seek(0)
    while chunk := file.read(CHUNK):
        _feed(decoders, chunk)
        joined = tail + chunk
        is_plain = is_plain and not (
            b'"' in chunk or b"\x00" in chunk or b"\n\\." in joined or b"\r\\." in joined
        )
        tail = joined[-2:]
    _feed(decoders, b"", is_last=True)
    return CsvTraits(next(iter(decoders), "broken"), is_plain and bool(decoders))


def _feed(
    decoders: dict[str, codecs.IncrementalDecoder], chunk: bytes, is_last: bool = False
) -> None:
    for name, decoder in list(decoders.items()):
        try:
            decoder.decode(chunk, is_last)
        except UnicodeDecodeError:
            del decoders[name]


def plain_csv(file: BinaryIO, columns: Sequence[Column], traits: CsvTraits) -> PlainCsv | None:
    """Say how PostgreSQL may read the file itself; None where it may not."""
    if not traits.is_plain:
        return None
    file.seek(0)
    raw = file.read(HEAD_BYTES)
    end = raw.find(b"\n")
    if end < 0:
        return None
    line = raw[: end + 1].removeprefix(BOM).decode(traits.encoding).rstrip("\r\n")
    delimiter = _delimiter(line, columns)
    if len(delimiter.encode()) != 1:
        return None
    head = lay_out(line.split(delimiter), columns)
    return PlainCsv(end + 1, {"utf-8": "UTF8"}.get(traits.encoding, "GB18030"), delimiter, head)


def _delimiter(line: str, columns: Sequence[Column]) -> str:
    """Choose the sign that gives the most columns known to the schema."""
    known = {text.lower() for _, text in names_of(columns)}

    def hits(delimiter: str) -> int:
        cells = next(csv.reader([line], delimiter=delimiter), [])
        return sum(strip(cell).lower() in known for cell in cells)

    return max(DELIMITERS, key=hits)


def read_csv(file: BinaryIO, columns: Sequence[Column], traits: CsvTraits) -> Iterator[Record]:
    """Read a CSV row by row; rows of the wrong length or with unreadable bytes are marked."""
    encoding = "utf-8" if traits.encoding in ("utf-8", "broken") else traits.encoding
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, errors="surrogateescape", newline="")
    csv.field_size_limit(FIELD_LIMIT)
    try:
        first = text.readline().removeprefix("\ufeff")
        delimiter = _delimiter(first, columns)
        rows = csv.reader(_chain(first, text), delimiter=delimiter)
        try:
            layout = lay_out(next(rows, []), columns)
            yield from _records(rows, layout, len(columns))
        except csv.Error as error:
            raise BadFileError(f"第 {rows.line_num} 行附近不是 CSV：{error}") from error
        except UnicodeError as error:
            raise BadFileError("文件编码有误，请存为 UTF-8。") from error
    finally:
        text.detach()


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    for line in rest:
        yield line.replace("\x00", "\x01")


def _records(rows: Iterator[list[str]], layout: Layout, width: int) -> Iterator[Record]:
    for number, cells in enumerate(rows, start=2):
        if not cells:
            continue
        shape = "" if len(cells) == len(layout.places) else "shape"
        if any("\udc80" <= sign <= "\udcff" for cell in cells for sign in cell):
            readable = [_readable(one) for one in cells]
            yield Record(number, layout.ordered(readable, width), "encoding")
        else:
            yield Record(number, layout.ordered(cells, width), shape)


def _readable(cell: str) -> str:
    return cell.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def check_kind(file: BinaryIO) -> None:
    """Raise BadFileError for an empty file, and for one that is plainly something else."""
    file.seek(0)
    start = file.read(64).removeprefix(BOM).lstrip().lower()
    file.seek(0)
    if not start:
        raise BadFileError("文件是空的。")
    for mark, kind in FOREIGN.items():
        if start.startswith(mark.lower()):
            raise BadFileError(f"文件是{kind}，请另存为 xlsx 或 CSV 再提交。")


def is_archive(file: BinaryIO) -> bool:
    file.seek(0)
    start = file.read(len(ZIP))
    file.seek(0)
    return start == ZIP
