"""Files that come in pieces: each says from which byte on, and none is taken twice or beside."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from governance.lib.errors import ConflictError, InvalidError

PIECE_BYTES_LIMIT = 1024 * 1024
DIGITS = 13
OFFSET_PARAMETER = OpenApiParameter(
    "Upload-Offset", int, OpenApiParameter.HEADER, required=True,
    description="这一段从第几个字节开始；与服务器已收的不符则返回 409 和正确的 offset",
)  # fmt: skip


class OffsetError(ConflictError):
    code = "offset_differs"

    def __init__(self, offset: int) -> None:
        words = f"服务器已收到 {offset} 字节，请从那里继续。"
        super().__init__(words, fields={"Upload-Offset": [words]}, extra={"offset": offset})


class WrongHashError(InvalidError):
    code = "wrong_hash"
    detail = "文件在传输中损坏，请重新上传。"


class UploadDiffersError(ConflictError):
    code = "upload_differs"
    detail = "这个编号的文件内容不同。"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, fields={"uuid": ["内容不同"]})


def check_piece(*, offset: int, content: bytes, received: int, size: int) -> None:
    """Raise OffsetError for bytes that do not follow, InvalidError for too many of them."""
    if offset != received:
        raise OffsetError(received)
    if len(content) > PIECE_BYTES_LIMIT:
        raise InvalidError(
            code="piece_too_large", fields={"body": [f"一段最多 {PIECE_BYTES_LIMIT} 字节"]}
        )
    if offset + len(content) > size:
        raise InvalidError(code="beyond_size", fields={"body": ["超出文件的大小"]})


def uuid_taken() -> InvalidError:
    return InvalidError("编号已被使用。", code="uuid_taken", fields={"uuid": ["已被使用"]})


def read_offset(request: Request) -> int:
    """Read from which byte on a piece is; raise InvalidError for what is no number."""
    raw = request.headers.get("Upload-Offset", "")
    if not (raw.isascii() and raw.isdecimal()) or len(raw) > DIGITS:
        raise InvalidError(fields={"Upload-Offset": ["须为不小于 0 的整数"]})
    return int(raw)


def offset_headers(*, offset: int, size: int) -> dict[str, Any]:
    return {
        "Upload-Offset": str(offset),
        "Upload-Length": str(size),
        "Cache-Control": "no-store",
    }
