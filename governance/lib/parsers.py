"""JSON as strangers send it."""

import codecs
import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import BaseParser, JSONParser

from governance.lib.errors import DomainError


class UnreadableError(DomainError):
    code = "parse_error"
    detail = "JSON 格式不正确。"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, fields={"body": [detail or self.detail]})


class StrictJSONParser(JSONParser):
    """Read one JSON object of a bounded size, without NaN, lone surrogates or NUL."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = stream.read(settings.JSON_BYTES_LIMIT + 1)
        if len(raw) > settings.JSON_BYTES_LIMIT:
            raise UnreadableError("JSON 超过大小限制。")
        try:
            content = json.loads(codecs.decode(raw, "utf-8-sig"), parse_constant=refuse_constant)
            json.dumps(content, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise UnreadableError() from error
        if not isinstance(content, dict):
            raise UnreadableError("JSON 的最外层须为对象。")
        return content


class PieceParser(BaseParser):
    """Read the bytes of a piece of a file, up to where they end or the line was cut."""

    media_type = "application/offset+octet-stream"
    step = 64 * 1024

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        content = bytearray()
        while len(content) <= settings.JSON_BYTES_LIMIT:
            try:
                more = stream.read(self.step)
            except OSError:  # the sender is gone: what has come is kept
                break
            if not more:
                break
            content += more
        return bytes(content)


def refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
