"""One subscriber per server process: it hands each message, encoded once, to its sockets."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import redis.asyncio
from channels.db import database_sync_to_async
from django.conf import settings
from django.utils import timezone
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from dashboards.push import frames
from dashboards.push.bus import RIGHTS, Heard, channel, read_lines
from dashboards.push.lines import RING, Entry, Line, Place, compose, merge, write
from dashboards.push.mailbox import Granted, Mailbox, Written
from dashboards.push.snapshots import has_snapshot, provider_for
from dashboards.push.topics import kind_of

logger = logging.getLogger(__name__)
GRACE_SECONDS = 2  # how long Redis may be away before the sockets are told
RETRY_SECONDS = 0.2
SNAPSHOT_SECONDS = 10  # how long a snapshot may serve others who come, with the frames after it
TRY_AGAIN = 1013


@dataclass(eq=False)
class Audience:
    """The sockets that hear exactly the same: a message is written once for all of them."""

    topics: frozenset[str]
    mine: frozenset[str]
    mailboxes: set[Mailbox] = field(default_factory=set)

    def put(self, text: str) -> None:
        frame = Written(text)
        for mailbox in self.mailboxes:
            mailbox.put(frame)

    def may_follow(self, entries: Iterable[str], seeing: frozenset[str]) -> bool:
        """Tell whether these listeners may hear a message that these topics may see.

        Who follows an order by its number must still see it by a place or a department.
        """
        return not any(kind_of(topic) == "order" for topic in entries) or bool(self.mine & seeing)


@dataclass
class Snapshot:
    """A topic's state as it is being read: at this place or later."""

    place: Place
    begun_at: float
    text: "asyncio.Task[Written]"


class Hub:
    """The process's listeners by topic, and its place in the numbered stream of messages."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.mailboxes: set[Mailbox] = set()
        self._stand = Place("", 0)
        self._lines: dict[str, Line] = {}
        self._audiences: dict[tuple[frozenset[str], frozenset[str]], Audience] = {}
        self._by_topic: dict[str, set[Audience]] = {}
        self._snapshots: dict[str, Snapshot] = {}
        # A line is opened, or caught up with, while no message is being told.
        self._turn = asyncio.Lock()
        self._redis = _connect(socket_timeout=GRACE_SECONDS, tries=1)
        self._listening = asyncio.Event()
        self._lost_at = self.loop.time()
        self._heard_since_ping = 0
        self._task = self.loop.create_task(self._run())

    async def subscribe(
        self,
        mailbox: Mailbox,
        *,
        granted: Granted,
        wanted: Mapping[str, Place | None],
        reread: Iterable[str] = (),
    ) -> None:
        """Let a socket hear topics from its places on: greeting, snapshots, what it missed.

        Raises TimeoutError or BusError while Redis cannot be reached.
        """
        self._leave_audience(mailbox)
        self.mailboxes.add(mailbox)
        await asyncio.wait_for(self._listening.wait(), GRACE_SECONDS)
        await self._open(wanted)
        try:
            states = await self._states(wanted)
            # Nothing is awaited from here on: no message may come in between.
            self._greet(mailbox, wanted, states, reread)
            self._join_audience(mailbox, granted, frozenset(wanted))
        finally:
            for topic in wanted:
                self._lines[topic].openers -= 1

    async def close(self) -> None:
        """End the subscriber; a server's ends with its process."""
        self._task.cancel()
        await asyncio.wait([self._task])
        await self._redis.aclose()

    def leave(self, mailbox: Mailbox) -> None:
        self.mailboxes.discard(mailbox)
        self._leave_audience(mailbox)

    def place_of(self, topic: str) -> Place | None:
        line = self._lines.get(topic)
        return line.place if line else None

    async def _open(self, topics: Iterable[str]) -> None:
        async with self._turn:
            new: dict[str, Place | None] = {
                topic: None for topic in topics if topic not in self._lines
            }
            if new:
                _, found = await read_lines(self._redis, new)
                for topic, (place, entries) in found.items():
                    self._lines[topic] = Line(topic, place, deque(entries, maxlen=RING))
            for topic in topics:
                self._lines[topic].openers += 1

    async def _states(self, wanted: Mapping[str, Place | None]) -> dict[str, tuple[Place, Written]]:
        """Read the state of the topics whose missing frames are not to be had.

        A topic may begin anew while its state is read: then it is read again.
        """
        states: dict[str, tuple[Place, Written]] = {}
        known = {topic: place for topic, place in wanted.items() if has_snapshot(kind_of(topic))}
        while lost := [topic for topic in known if self._lines[topic].since(known[topic]) is None]:
            for topic in lost:
                states[topic] = await self._snapshot(topic)
                known[topic] = states[topic][0]
        return states

    async def _snapshot(self, topic: str) -> tuple[Place, Written]:
        """Read a topic's state, once for all who come within some seconds."""
        now, line, kept = self.loop.time(), self._lines[topic], self._snapshots.get(topic)
        if (
            kept is None
            or now - kept.begun_at > SNAPSHOT_SECONDS
            or line.since(kept.place) is None
            or (kept.text.done() and kept.text.exception() is not None)
        ):
            reading = self.loop.create_task(_read_snapshot(topic, line.place))
            kept = self._snapshots[topic] = Snapshot(line.place, now, reading)
        return kept.place, await asyncio.shield(kept.text)

    def _greet(
        self,
        mailbox: Mailbox,
        wanted: Mapping[str, Place | None],
        states: Mapping[str, tuple[Place, Written]],
        reread: Iterable[str],
    ) -> None:
        """Say where the socket begins on each topic, then give it what lies between."""
        known = {**wanted, **{topic: place for topic, (place, _) in states.items()}}
        missed = {topic: self._lines[topic].since(place) for topic, place in known.items()}
        if sum(len(entries or ()) for entries in missed.values()) > RING:
            missed = {topic: missed[topic] if topic in states else None for topic in missed}
        anew = {topic for topic, entries in missed.items() if entries is None}
        places = {
            topic: self._lines[topic].place if topic in anew or place is None else place
            for topic, place in known.items()
        }
        hello = frames.hello_frame(at=timezone.now(), places=places, reread={*anew, *reread})
        mailbox.put_answer(Written(write(hello)))
        for _, text in states.values():
            mailbox.put_answer(text)
        told = {topic: entries for topic, entries in missed.items() if entries}
        for entries in merge(told):
            mailbox.put_answer(Written(compose(entries, self._epochs(entries))))

    def _join_audience(self, mailbox: Mailbox, granted: Granted, topics: frozenset[str]) -> None:
        mailbox.granted, mailbox.topics = granted, topics
        if mailbox.closed.done():
            return
        key = (topics, granted.mine)
        audience = self._audiences.get(key)
        if audience is None:
            audience = self._audiences[key] = Audience(*key)
            for topic in topics:
                self._by_topic.setdefault(topic, set()).add(audience)
        audience.mailboxes.add(mailbox)

    def _leave_audience(self, mailbox: Mailbox) -> None:
        if mailbox.granted is None:
            return
        key = (mailbox.topics, mailbox.granted.mine)
        audience = self._audiences.get(key)
        if audience is None:
            return
        audience.mailboxes.discard(mailbox)
        if not audience.mailboxes:
            del self._audiences[key]
            for topic in audience.topics:
                self._by_topic[topic].discard(audience)

    async def _hear(self, text: str) -> None:
        """Take a message from the channel; where one is missing before it, catch up."""
        if text.startswith(RIGHTS):
            self._doubt_rights(frozenset(text.split(" ")[1:]))
            return
        heard = Heard.parse(text)
        async with self._turn:
            if heard.stand.epoch == self._stand.epoch and heard.stand.seq <= self._stand.seq:
                return  # told already, by catching up
            if self._is_next(heard):
                self._stand = heard.stand
                self._advance(heard)
            else:
                await self._catch_up()

    def _is_next(self, heard: Heard) -> bool:
        if heard.stand != Place(self._stand.epoch, self._stand.seq + 1):
            return False
        lines = [self._lines[topic] for topic in heard.entries if topic in self._lines]
        return all(
            line.place.epoch == heard.epochs[line.topic]
            and heard.entries[line.topic].seq <= line.place.seq + 1
            for line in lines
        )

    def _advance(self, heard: Heard) -> None:
        fresh = {}
        for topic, entry in heard.entries.items():
            line = self._lines.get(topic)
            # A line that was opened a moment ago may be ahead of the channel.
            if line is not None and entry.seq == line.place.seq + 1:
                line.add(entry)
                fresh[topic] = entry
        seeing = frozenset(topic for topic, entry in heard.entries.items() if not entry.is_gone)
        for audience in self._audiences_of(fresh):
            entries = {topic: fresh[topic] for topic in fresh if topic in audience.topics}
            if audience.may_follow(entries, seeing):
                audience.put(compose(entries, self._epochs(entries)))
            else:
                self._hide(heard, audience, entries)

    def _hide(self, heard: Heard, audience: Audience, entries: Mapping[str, Entry]) -> None:
        """Tell those who follow an order by its number that it left their sight."""
        for mailbox in audience.mailboxes:
            mailbox.rights_changed.set()
        body = next((entry.body for entry in heard.entries.values() if entry.is_gone), None)
        if body is not None:
            gone = {topic: replace(entry, body=body) for topic, entry in entries.items()}
            audience.put(compose(gone, self._epochs(gone)))

    def _audiences_of(self, topics: Iterable[str]) -> set[Audience]:
        return set().union(*(self._by_topic.get(topic, ()) for topic in topics))

    def _epochs(self, topics: Iterable[str]) -> dict[str, str]:
        return {topic: self._lines[topic].place.epoch for topic in topics}

    async def _catch_up(self) -> bool:
        """Find one's place on every line again and tell what was missed; tell whether any was.

        Where the frames are not to be had any more, the pages must ask from their places.
        """
        known: dict[str, Place | None] = {topic: line.place for topic, line in self._lines.items()}
        stand, found = await read_lines(self._redis, known)
        has_moved, self._stand = stand != self._stand, stand
        missed: dict[str, list[Entry]] = {}
        lost = set()
        for topic, (place, entries) in found.items():
            if place == known[topic]:
                continue
            # Entries do not say who may still hear of an order that is followed by its number.
            if self._lines[topic].extend(place, entries) and kind_of(topic) != "order":
                missed[topic] = entries
            else:
                lost.add(topic)
        self._tell_missed(missed, lost)
        return has_moved

    def _tell_missed(self, missed: Mapping[str, list[Entry]], lost: Iterable[str]) -> None:
        for told in merge(missed):
            for audience in self._audiences_of(told):
                own = {topic: told[topic] for topic in told if topic in audience.topics}
                audience.put(compose(own, self._epochs(own)))
        text = write(frames.resync_frame())
        for audience in self._audiences_of(lost):
            audience.put(text)

    def _doubt_rights(self, listeners: frozenset[str]) -> None:
        for mailbox in self.mailboxes:
            if mailbox.granted is not None and mailbox.granted.listener in listeners:
                mailbox.rights_changed.set()

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
            for mailbox in self.mailboxes:
                mailbox.close(TRY_AGAIN)

    async def _listen(self) -> None:
        async with _connect() as connection, connection.pubsub() as subscription:
            await subscription.subscribe(channel())
            await subscription.get_message(timeout=1)  # the confirmation
            async with self._turn:
                await self._catch_up()
            self._listening.set()
            next_ping = self.loop.time() + settings.LIVE_PING_SECONDS
            while True:
                wait = max(0.0, next_ping - self.loop.time())
                message = await subscription.get_message(
                    ignore_subscribe_messages=True, timeout=wait
                )
                if message is not None:
                    self._heard_since_ping += 1
                    await self._hear(message["data"])
                if self.loop.time() >= next_ping:
                    next_ping += settings.LIVE_PING_SECONDS
                    await self._ping()

    def _forget_unheard(self) -> None:
        for topic, line in list(self._lines.items()):
            if not (line.openers or self._by_topic.get(topic)):
                del self._lines[topic]
                self._by_topic.pop(topic, None)
                self._snapshots.pop(topic, None)

    async def _ping(self) -> None:
        """Show every socket that its line lives, once it is sure that nothing is missing."""
        async with self._turn:
            has_moved = await self._catch_up()
            self._forget_unheard()
        at = timezone.now()
        for audience in self._audiences.values():
            places = {topic: self._lines[topic].place for topic in audience.topics}
            audience.put(write(frames.ping_frame(at=at, places=places)))
        was_silent, self._heard_since_ping = self._heard_since_ping == 0, 0
        if has_moved and was_silent:
            raise ConnectionError("messages passed that never came")


def _connect(*, socket_timeout: float | None = None, tries: int = 0) -> "redis.asyncio.Redis":
    return redis.asyncio.Redis.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        socket_connect_timeout=1,
        socket_timeout=socket_timeout,
        retry=Retry(NoBackoff(), tries, supported_errors=(redis.ConnectionError,)),
    )


async def _read_snapshot(topic: str, place: Place) -> Written:
    state = await database_sync_to_async(provider_for(kind_of(topic)))(topic)
    return Written(write(frames.snapshot_frame(topic=topic, place=place, state=state)))


_hub: Hub | None = None


def current_hub() -> Hub:
    """Give the hub of the running event loop, started at the first socket."""
    global _hub  # noqa: PLW0603
    if _hub is None or _hub.loop is not asyncio.get_running_loop():
        _hub = Hub()
    return _hub
