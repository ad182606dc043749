"""Many listeners in one process, as cheap as Python allows: WebSockets, and bare Redis beside them.

What they cost would otherwise be measured instead of the server. Both are asyncio protocols over
plain sockets that hand each message to `on_text` with the time at which it came.
"""

import asyncio
import struct
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

RAW_CHANNEL = "bench:raw"
OnText = Callable[[bytes, int], None]
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class WebSocket(asyncio.Protocol):
    """A client's side of RFC 6455: no extensions, no fragments, a mask of zeros."""

    def __init__(
        self, *, path: str, headers: dict[str, str], on_text: OnText,
        on_open: Callable[["WebSocket"], None], on_lost: Callable[[int], None],
    ) -> None:  # fmt: skip
        self._path, self._headers = path, headers
        self._on_text, self._on_open, self._on_lost = on_text, on_open, on_lost
        self._buffer, self._is_open, self.code = b"", False, 1006

    def connection_made(self, transport: Any) -> None:
        self._transport: asyncio.Transport = transport
        fixed = {
            "Upgrade": "websocket", "Connection": "Upgrade",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Version": "13",
        }  # fmt: skip
        lines = [f"{name}: {value}" for name, value in {**fixed, **self._headers}.items()]
        request = [f"GET {self._path} HTTP/1.1", *lines, "", ""]
        transport.write("\r\n".join(request).encode())

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        if not self._is_open:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                self._transport.abort()
                return
            self._buffer, self._is_open = rest, True
            self._on_open(self)
        self._read_frames(time.monotonic_ns())

    def _read_frames(self, at: int) -> None:
        buffer, start = self._buffer, 0
        while len(buffer) - start >= 2:
            length, begin = buffer[start + 1], start + 2
            if length == 126:
                if len(buffer) < start + 4:
                    break
                (length,), begin = struct.unpack_from("!H", buffer, start + 2), start + 4
            elif length == 127:
                if len(buffer) < start + 10:
                    break
                (length,), begin = struct.unpack_from("!Q", buffer, start + 2), start + 10
            if len(buffer) < begin + length:
                break
            self._take(buffer[start] & 15, buffer[begin : begin + length], at)
            start = begin + length
        self._buffer = buffer[start:]

    def _take(self, kind: int, payload: bytes, at: int) -> None:
        if kind == TEXT:
            self._on_text(payload, at)
        elif kind == PING:
            self._write(PONG, payload)
        elif kind == CLOSE:
            self.code = struct.unpack_from("!H", payload)[0] if payload else 1005
            self._write(CLOSE, payload[:2])
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self._on_lost(self.code)

    def say(self, text: str) -> None:
        self._write(TEXT, text.encode())

    def _write(self, kind: int, payload: bytes) -> None:
        size = len(payload)
        length = bytes([128 | size]) if size < 126 else b"\xfe" + struct.pack("!H", size)
        self._transport.write(bytes([128 | kind]) + length + bytes(4) + payload)

    def close(self) -> None:
        self._transport.abort()


class Subscription(asyncio.Protocol):
    """A bare subscriber of one Redis channel; it hands over each message that is published."""

    def __init__(
        self, *, url: str, channel: str, on_text: OnText, on_ready: Callable[[], None]
    ) -> None:
        self._password, self._channel = urlsplit(url).password, channel
        self._on_text, self._on_ready = on_text, on_ready
        self._buffer, self._is_ready = b"", False
        self._mark = b"$7\r\nmessage\r\n$%d\r\n%s\r\n$" % (len(channel), channel.encode())

    def connection_made(self, transport: Any) -> None:
        self._transport: asyncio.Transport = transport
        if self._password:
            transport.write(f"AUTH {self._password}\r\n".encode())
        transport.write(f"SUBSCRIBE {self._channel}\r\n".encode())

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        if not self._is_ready:
            self._is_ready = self._buffer.endswith(b":1\r\n")
            if self._is_ready:
                self._buffer = b""
                self._on_ready()
            return
        at = time.monotonic_ns()
        while (begin := self._buffer.find(self._mark)) >= 0:
            size, end, rest = self._buffer[begin + len(self._mark) :].partition(b"\r\n")
            if not end or len(rest) < int(size) + 2:
                return
            self._on_text(rest[: int(size)], at)
            self._buffer = rest[int(size) + 2 :]

    def close(self) -> None:
        self._transport.abort()
