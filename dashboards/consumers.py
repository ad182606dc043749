"""The live socket of every signed-in page."""

import asyncio
import contextlib
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from dashboards.push import Mailbox, current_hub
from dashboards.push.hub import TRY_AGAIN
from dashboards.services import read_topics

SIGNED_OUT = 4401
CLOSE_SECONDS = 5


class LiveConsumer(AsyncWebsocketConsumer):
    """Send what the person may hear; look at the rights again and again."""

    mailbox: Mailbox | None = None
    serving: "asyncio.Task[None] | None" = None

    async def connect(self) -> None:
        await self.accept()
        topics = await self._read_topics()
        if topics is None:
            await self.close(code=SIGNED_OUT)
            return
        self.mailbox = Mailbox()
        if await current_hub().join(self.mailbox, topics):
            self.serving = asyncio.create_task(self._serve(self.mailbox))
        else:
            await self.close(code=TRY_AGAIN)

    async def disconnect(self, code: int) -> None:
        if self.mailbox is not None:
            current_hub().leave(self.mailbox)
        if self.serving is not None:
            self.serving.cancel()

    async def receive(self, **kwargs: Any) -> None:
        """Ignore what a page says: it acts through HTTP only."""

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
        code = mailbox.closed.result() if mailbox.closed.done() else TRY_AGAIN
        with contextlib.suppress(TimeoutError, RuntimeError):  # the page may be gone already
            await asyncio.wait_for(self.close(code=code), CLOSE_SECONDS)

    async def _send_frames(self, mailbox: Mailbox) -> None:
        while True:
            await self.send(text_data=await mailbox.take())

    async def _watch_rights(self, mailbox: Mailbox) -> None:
        topics: frozenset[str] | None = mailbox.topics
        while topics is not None:
            await asyncio.sleep(settings.LIVE_RECHECK_SECONDS)
            topics = await self._read_topics()
            if topics is not None and topics != mailbox.topics:
                current_hub().move(mailbox, topics)
        mailbox.close(SIGNED_OUT)
        await asyncio.Event().wait()  # until `_serve` has closed the socket

    async def _read_topics(self) -> frozenset[str] | None:
        key = self.scope["session"].session_key
        return await database_sync_to_async(read_topics)(session_key=key)
