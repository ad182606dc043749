"""The live socket of every page: who may hear what, and what the page asks for."""

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from dashboards.push import (
    TRY_AGAIN,
    BadWishError,
    Granted,
    Mailbox,
    Wish,
    Written,
    current_hub,
    kind_of,
    read_wish,
    write,
)
from dashboards.push.frames import refused_frame
from dashboards.services import read_topics

logger = logging.getLogger(__name__)
SHARED_FRAME = "yiwang.shared_frame"  # what `governance.sockets` offers beside ASGI
SIGNED_OUT = 4401
TOO_MUCH = 4429
CLOSE_SECONDS = 5
SILENT_SECONDS = 3  # a page that has said nothing by then hears what is its person's
PATIENCE = 60  # messages that a page may send in a minute


class LiveConsumer(AsyncWebsocketConsumer):
    """Send what the connection may hear; look at its rights again and again."""

    mailbox: Mailbox | None = None
    serving: "asyncio.Task[None] | None" = None

    async def connect(self) -> None:
        await self.accept()
        shared = self.scope.get("extensions", {}).get(SHARED_FRAME, {})
        self.mailbox = Mailbox(shared.get("write"))
        self.wish: Wish | None = None
        self.turn = asyncio.Lock()
        self.patience, self.patience_since = PATIENCE, 0.0
        self.serving = asyncio.create_task(self._serve(self.mailbox))

    async def disconnect(self, code: int) -> None:
        if self.mailbox is not None:
            current_hub().leave(self.mailbox)
        if self.serving is not None:
            self.serving.cancel()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take what a page says: it subscribes; all else it does through HTTP."""
        mailbox = self.mailbox
        if mailbox is None or mailbox.closed.done():
            return
        if self._is_too_much():
            mailbox.close(TOO_MUCH)
            return
        try:
            wish = read_wish(text_data)
        except BadWishError as refusal:
            mailbox.put(Written(write(refused_frame(code=refusal.code))))
            return
        await self._subscribe(mailbox, wish)

    def _is_too_much(self) -> bool:
        now = asyncio.get_running_loop().time()
        if now - self.patience_since > 60:
            self.patience, self.patience_since = PATIENCE, now
        self.patience -= 1
        return self.patience < 0

    async def _serve(self, mailbox: Mailbox) -> None:
        sender = asyncio.create_task(self._send_frames(mailbox))
        watcher = asyncio.create_task(self._watch_rights(mailbox))
        try:
            ends: list[asyncio.Future[Any]] = [sender, watcher, mailbox.closed]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sender.cancel()
            watcher.cancel()
            current_hub().leave(mailbox)
        await asyncio.gather(sender, watcher, return_exceptions=True)
        code = mailbox.closed.result() if mailbox.closed.done() else TRY_AGAIN
        with contextlib.suppress(OSError, RuntimeError):  # the page may be gone, or stuck
            await asyncio.wait_for(self.close(code=code), CLOSE_SECONDS)

    async def _send_frames(self, mailbox: Mailbox) -> None:
        while True:
            await self.send(text_data=await mailbox.take())

    async def _watch_rights(self, mailbox: Mailbox) -> None:
        """Greet a page that says nothing; then look at the rights when told to, or in time."""
        await asyncio.sleep(SILENT_SECONDS)
        if self.wish is None:
            await self._subscribe(mailbox, Wish())
        while not mailbox.closed.done():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(mailbox.rights_changed.wait(), _recheck_seconds())
            mailbox.rights_changed.clear()
            await self._look_at_rights(mailbox)

    async def _subscribe(self, mailbox: Mailbox, wish: Wish) -> None:
        async with self._in_turn(mailbox):
            granted = _still_granted(mailbox.granted, wish) or await self._read_topics(wish)
            if granted is None:
                mailbox.close(SIGNED_OUT)
                return
            self.wish = wish
            self._refuse(mailbox, [topic for topic in wish.topics if not granted.allows(topic)])
            await self._hear(mailbox, granted, wish)

    @contextlib.asynccontextmanager
    async def _in_turn(self, mailbox: Mailbox) -> AsyncIterator[None]:
        """Let one change of the socket's topics end before the next; one that fails ends it."""
        async with self.turn:
            try:
                yield
            except Exception as error:  # Redis, the database, a snapshot: the page comes again
                logger.warning("a live socket is sent away: %r", error)
                mailbox.close(TRY_AGAIN)

    async def _look_at_rights(self, mailbox: Mailbox) -> None:
        """Read the rights again; where they have changed, the page hears and reads anew."""
        async with self._in_turn(mailbox):
            wish, before = self.wish, mailbox.granted
            if wish is None or before is None:
                return
            granted = await self._read_topics(wish)
            if granted is None:
                mailbox.close(SIGNED_OUT)
            elif granted != before:
                lost = [topic for topic in mailbox.topics if not granted.allows(topic)]
                self._refuse(mailbox, lost)
                await self._hear(mailbox, granted, wish, is_anew=True)

    def _refuse(self, mailbox: Mailbox, topics: Collection[str]) -> None:
        for topic in sorted(topics):
            mailbox.put(Written(write(refused_frame(code="no_right", topic=topic))))

    async def _hear(
        self, mailbox: Mailbox, granted: Granted, wish: Wish, *, is_anew: bool = False
    ) -> None:
        """Subscribe to what is granted of a wish; `is_anew` goes on from where the socket is."""
        wanted = {topic: place for topic, place in wish.topics.items() if granted.allows(topic)}
        if wish.mine is not None:
            wanted |= {topic: wish.mine.get(topic) for topic in granted.mine}
        changed = mailbox.topics ^ frozenset(wanted) if is_anew else frozenset()
        hub = current_hub()
        if is_anew:
            wanted = {
                topic: hub.place_of(topic) if topic in mailbox.topics else None for topic in wanted
            }
        await hub.subscribe(mailbox, granted=granted, wanted=wanted, reread=changed)

    async def _read_topics(self, wish: Wish) -> Granted | None:
        return await database_sync_to_async(read_topics)(self.scope, list(wish.topics))


def _recheck_seconds() -> float:
    """Spread the looks: pages that came together must not look together for ever."""
    return settings.LIVE_RECHECK_SECONDS * random.uniform(0.75, 1.0)  # noqa: S311


def _still_granted(granted: Granted | None, wish: Wish) -> Granted | None:
    """Keep what was granted before, which is looked at again in time; an order may move any time.

    A thousand pages that come back to their places after a fault thus read nothing.
    """
    if granted is None or any(
        not granted.allows(topic) or kind_of(topic) == "order" for topic in wish.topics
    ):
        return None
    return replace(granted, topics=frozenset(wish.topics))
