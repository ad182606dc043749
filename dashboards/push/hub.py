"""One subscriber per server process: it encodes each frame once and hands it to the sockets."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable

import redis.asyncio
from django.conf import settings
from django.utils import timezone
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from dashboards.push import frames
from dashboards.push.bus import Message, channel, new_epoch

logger = logging.getLogger(__name__)
MAILBOX_LIMIT = 256  # frames that a slow socket may lag behind
GRACE_SECONDS = 2  # how long Redis may be away before the sockets are told
RETRY_SECONDS = 0.2
TRY_AGAIN = 1013
OVERFLOW = 4408


class Mailbox:
    """What one socket has yet to send; it closes with a code instead of growing."""

    def __init__(self) -> None:
        self.topics: frozenset[str] = frozenset()
        self.closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting: deque[str] = deque()
        self._filled = asyncio.Event()

    def put(self, text: str) -> None:
        if len(self._waiting) >= MAILBOX_LIMIT:
            self.close(OVERFLOW)
        else:
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


class Hub:
    """The process's listeners by topic, and its place in the numbered stream of messages."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.epoch, self.sequence = "", 0
        self._mailboxes: dict[str, set[Mailbox]] = {}
        self._all: set[Mailbox] = set()
        self._listening = asyncio.Event()
        self._lost_at = self.loop.time()
        self._task = self.loop.create_task(self._run())

    async def join(self, mailbox: Mailbox, topics: frozenset[str]) -> bool:
        """Register a socket and greet it; False while Redis cannot be reached."""
        try:
            await asyncio.wait_for(self._listening.wait(), GRACE_SECONDS)
        except TimeoutError:
            return False
        self._all.add(mailbox)
        self._put_under(mailbox, topics)
        hello = frames.hello_frame(at=timezone.now(), epoch=self.epoch, sequence=self.sequence)
        mailbox.put(frames.encode(hello))
        return True

    def move(self, mailbox: Mailbox, topics: frozenset[str]) -> None:
        """Change what a socket hears; its page reads again with the new rights."""
        self._take_out(mailbox)
        self._put_under(mailbox, topics)
        mailbox.put(frames.encode(frames.resync_frame()))

    def leave(self, mailbox: Mailbox) -> None:
        self._all.discard(mailbox)
        self._take_out(mailbox)

    def _put_under(self, mailbox: Mailbox, topics: frozenset[str]) -> None:
        mailbox.topics = topics
        for topic in topics:
            self._mailboxes.setdefault(topic, set()).add(mailbox)

    def _take_out(self, mailbox: Mailbox) -> None:
        for topic in mailbox.topics:
            listeners = self._mailboxes[topic]
            listeners.discard(mailbox)
            if not listeners:
                del self._mailboxes[topic]
        mailbox.topics = frozenset()

    def _listeners(self, topics: Iterable[str]) -> set[Mailbox]:
        return set().union(*(self._mailboxes.get(topic, ()) for topic in topics))

    def _broadcast(self, frame: frames.Frame) -> None:
        text = frames.encode(frame)
        for mailbox in self._all:
            mailbox.put(text)

    def _deliver(self, text: str) -> None:
        epoch, number, body = text.split(" ", 2)
        sequence, message = int(number), Message.decode(body)
        self._advance(epoch, sequence)
        reached = self._listeners(message.topics)
        _put_all(reached, {**message.frame, "seq": sequence})
        if message.gone:
            gone = self._listeners(message.gone) - reached
            _put_all(gone, {**frames.gone_frame(message.frame), "seq": sequence})

    def _advance(self, epoch: str, sequence: int) -> None:
        """Move on in the stream; where a number is missing, every page must read again."""
        if epoch != self.epoch or sequence > self.sequence + 1:
            self._broadcast(frames.resync_frame())
        if epoch != self.epoch or sequence > self.sequence:
            self.epoch, self.sequence = epoch, sequence

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except Exception as error:  # whatever it was, the next try begins afresh
                self._lose(error)
            await asyncio.sleep(RETRY_SECONDS)

    def _lose(self, error: Exception) -> None:
        now = self.loop.time()
        if self._listening.is_set():
            logger.warning("live pushes are interrupted: %s", error)
            self._listening.clear()
            self._lost_at = now
        if now - self._lost_at > GRACE_SECONDS:
            for mailbox in self._all:
                mailbox.close(TRY_AGAIN)

    async def _listen(self) -> None:
        connection = redis.asyncio.Redis.from_url(
            settings.REDIS_URL,
            decode_responses=True,
            socket_connect_timeout=1,
            retry=Retry(NoBackoff(), 0),
        )
        async with connection, connection.pubsub() as subscription:
            await subscription.subscribe(channel())
            await subscription.get_message(timeout=1)  # the confirmation
            await self._catch_up(connection)
            self._listening.set()
            next_ping = self.loop.time() + settings.LIVE_PING_SECONDS
            while True:
                wait = max(0.0, next_ping - self.loop.time())
                message = await subscription.get_message(
                    ignore_subscribe_messages=True, timeout=wait
                )
                if message is not None:
                    self._deliver(message["data"])
                if self.loop.time() >= next_ping:
                    next_ping += settings.LIVE_PING_SECONDS
                    # A line that died in silence shows here: messages passed that never came.
                    await asyncio.wait_for(self._catch_up(connection), GRACE_SECONDS)
                    self._ping()

    async def _catch_up(self, connection: "redis.asyncio.Redis") -> None:
        """Find one's place in the stream again; what passed meanwhile, pages read anew."""
        await connection.hsetnx(channel(), "epoch", new_epoch())
        epoch, sequence = await connection.hmget(channel(), ["epoch", "sequence"])
        place = (str(epoch), int(sequence or 0))
        if place != (self.epoch, self.sequence):
            self.epoch, self.sequence = place
            self._broadcast(frames.resync_frame())

    def _ping(self) -> None:
        ping = frames.ping_frame(at=timezone.now(), epoch=self.epoch, sequence=self.sequence)
        self._broadcast(ping)


def _put_all(mailboxes: set[Mailbox], frame: frames.Frame) -> None:
    if mailboxes:
        text = frames.encode(frame)
        for mailbox in mailboxes:
            mailbox.put(text)


_hub: Hub | None = None


def current_hub() -> Hub:
    """Give the hub of the running event loop, started at the first socket."""
    global _hub  # noqa: PLW0603
    if _hub is None or _hub.loop is not asyncio.get_running_loop():
        _hub = Hub()
    return _hub
