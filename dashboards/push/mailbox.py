"""What one socket has yet to send, and what it listens to."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from websockets.frames import Frame as WireFrame
from websockets.frames import Opcode

MAILBOX_LIMIT = 128  # frames that a slow socket may lag behind; fewer than a topic keeps
OVERFLOW = 4408


@dataclass(frozen=True)
class Granted:
    """What a credential may hear.

    `listener` names whose it is, `mine` is heard by whoever names no topic, `topics` are those
    that were asked for and may be heard.
    """

    listener: str
    mine: frozenset[str]
    topics: frozenset[str] = field(default=frozenset())

    def allows(self, topic: str) -> bool:
        return topic in self.mine or topic in self.topics


@dataclass(frozen=True)
class Written:
    """A frame as text, and as it goes over the wire: made once for all who hear it."""

    text: str

    @cached_property
    def wire(self) -> bytes:
        return WireFrame(Opcode.TEXT, self.text.encode()).serialize(mask=False)


class Mailbox:
    """The way to one socket: straight to the wire, else a short queue that closes when it is full.

    `write` hands over a frame's bytes and says whether the peer keeps up; a server without it is
    served by the queue alone.
    """

    def __init__(self, write: Callable[[bytes], bool] | None = None) -> None:
        self.topics: frozenset[str] = frozenset()
        self.granted: Granted | None = None
        self.rights_changed = asyncio.Event()
        self.closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._write = write
        self._waiting: deque[Written] = deque()
        self._filled = asyncio.Event()
        self._is_sending = False

    def put(self, frame: Written) -> None:
        if len(self._waiting) >= MAILBOX_LIMIT:
            self.close(OVERFLOW)
        else:
            self.put_answer(frame)

    def put_answer(self, frame: Written) -> None:
        """Add what the page itself has asked for; it may be more than may lag behind."""
        is_first = not (self._waiting or self._is_sending)
        if is_first and self._write is not None and self._write(frame.wire):
            return
        self._waiting.append(frame)
        self._filled.set()

    def close(self, code: int) -> None:
        if not self.closed.done():
            self.closed.set_result(code)

    async def take(self) -> str:
        """Give the next frame of the queue; asking for it says that the last one is on its way."""
        self._is_sending = False
        while not self._waiting:
            self._filled.clear()
            await self._filled.wait()
        self._is_sending = True
        return self._waiting.popleft().text
