"""Files that people hand in."""

import json

from django.core.files.uploadedfile import UploadedFile

from datahub.intake import BadFileError, Book, read_book, read_dcat
from governance.lib.parsers import refuse_constant

ARCHIVE = b"PK\x03\x04"
DOCUMENT_BYTES_LIMIT = 32 * 1024 * 1024


def read_catalogue(file: UploadedFile) -> Book:
    """Read a catalogue from a workbook or a DCAT document; raise BadFileError."""
    start = file.read(len(ARCHIVE))
    file.seek(0)
    if start == ARCHIVE:
        return read_book(file)  # type: ignore[arg-type]
    if (file.size or 0) > DOCUMENT_BYTES_LIMIT:
        raise BadFileError("文件过大。")
    try:
        document = json.loads(file.read().decode("utf-8-sig"), parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadFileError("须为 xlsx 工作簿或 DCAT（JSON-LD）文件。") from error
    return read_dcat(document)
