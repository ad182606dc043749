"""uvicorn's WebSocket with one more way to send: bytes that are made once for many sockets.

What passes through ASGI is encoded, framed and awaited for each socket by itself. A consumer that
finds `SHARED` among the scope's extensions may hand over a whole frame instead. docs/decisions/ has
the figures.
"""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

SHARED = "yiwang.shared_frame"


class SharedFrameProtocol(WebSocketsSansIOProtocol):
    """A WebSocket that also takes frames as they go over the wire."""

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):  # not where the handshake was refused
            self.scope["extensions"][SHARED] = {"write": self.write_frame}

    def write_frame(self, frame: bytes) -> bool:
        """Write a whole unmasked frame; False where the peer lags behind or is going."""
        if self.close_sent or not self.writable.is_set() or self.transport.is_closing():
            return False
        self.transport.write(frame)
        return True
