"""Opening an xlsx file that a stranger has made: how large it unpacks, and what its cells are."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from governance.lib.errors import InvalidError

UNPACKED_BYTES_LIMIT = 1024**3
RATIO_LIMIT = 200  # spreadsheets pack to about a tenth; zeros to a thousandth
PARTS_LIMIT = 2000
MERGED_SHOWN = 5
CHUNK = 1024 * 1024
MERGED = re.compile(rb'<mergeCell\s[^>]*?ref="([A-Z0-9:]{1,40})"')


class BadFileError(InvalidError):
    """A file that cannot be read as what it says it is."""

    code = "bad_file"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, fields={"file": [detail]})


@contextmanager
def open_workbook(file: BinaryIO) -> Iterator[Any]:
    """Open a workbook for reading row by row; raise BadFileError for what is none or a bomb."""
    check_archive(file)
    try:
        book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
    except Exception as error:
        # Broken parts raise whatever the parser stumbles over.
        raise BadFileError("不是可以读取的 xlsx 文件。") from error
    try:
        yield book
    finally:
        book.close()


def check_archive(file: BinaryIO) -> None:
    """Refuse what unpacks to more than any table; zipfile itself stops at the size declared."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, InvalidFileException, OSError, ValueError) as error:
        raise BadFileError("不是可以读取的 xlsx 或 zip 文件。") from error
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    is_bomb = unpacked > UNPACKED_BYTES_LIMIT or unpacked > RATIO_LIMIT * max(packed, CHUNK)
    if is_bomb or len(parts) > PARTS_LIMIT:
        raise BadFileError("文件解压后过大，请拆分，或改用 CSV。")
    file.seek(0)


def merged_ranges(file: BinaryIO, sheet: Any) -> list[str]:
    """Name the first merged ranges of a sheet, such as A3:A5."""
    found: list[str] = []
    with zipfile.ZipFile(file) as archive, archive.open(sheet._worksheet_path.lstrip("/")) as part:
        rest = b""
        while len(found) < MERGED_SHOWN and (chunk := part.read(CHUNK)):
            text = rest + chunk
            matches = list(MERGED.finditer(text))
            found += [one[1].decode() for one in matches]
            rest = text[matches[-1].end() if matches else -200 :][-200:]
    file.seek(0)
    return found[:MERGED_SHOWN]
