"""What one socket has yet to send, and what it listens to."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

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


class Mailbox:
    """The way to one socket; it closes with a code instead of growing."""

    def __init__(self) -> None:
        self.topics: frozenset[str] = frozenset()
        self.granted: Granted | None = None
        self.rights_changed = asyncio.Event()
        self.closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting: deque[str] = deque()
        self._filled = asyncio.Event()

    def put(self, text: str) -> None:
        if len(self._waiting) >= MAILBOX_LIMIT:
            self.close(OVERFLOW)
        else:
            self.put_answer(text)

    def put_answer(self, text: str) -> None:
        """Add what the page itself has asked for; it may be more than may lag behind."""
        self._waiting.append(text)
        self._filled.set()

    def close(self, code: int) -> None:
        if not self.closed.done():
            self.closed.set_result(code)

    async def take(self) -> str:
        while not self._waiting:
            self._filled.clear()
            await self._filled.wait()
        return self._waiting.popleft()
