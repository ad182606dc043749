"""The Redis side of pushes: one channel, numbers and newest frames of every topic.

Redis carries hints only. Every call here may raise `BusError` within a fraction of a second, and
what was not said is said by the sweep.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import uuid4

import redis
import redis.asyncio
from django.conf import settings
from django.db import connection
from redis.backoff import NoBackoff
from redis.retry import Retry

from dashboards.push.frames import Frame, gone_frame
from dashboards.push.lines import RING, Entry, Place, write

BusError = redis.RedisError
TIMEOUT = 0.25  # seconds: an act waits no longer for Redis
KEPT_SECONDS = 24 * 3600  # a topic that nobody speaks of or listens to is forgotten
RIGHTS = "rights"  # the first word of a message that says whose rights have changed

# An epoch begins with the run of this Redis: one that comes back with older numbers, from its disk
# or as a replica, must not pass them off as the same.
EPOCHS = """
local run = string.sub(string.match(redis.call('INFO', 'server'), 'run_id:(%w+)'), 1, 8)
local function epoch_of(key, fresh)
    local epoch = redis.call('HGET', key, 'epoch')
    if not epoch or string.sub(epoch, 1, 8) ~= run then
        epoch = run .. fresh
        redis.call('DEL', key, key .. ':ring')
        redis.call('HSET', key, 'epoch', epoch)
    end
    return epoch
end
"""
# Numbering and publishing in one step keeps the order on the channel equal to the numbers.
# KEYS: the channel. ARGV: a fresh epoch, the body, the body of those who lost sight, how many
# topics hear the first, all topics.
PUBLISH = f"""{EPOCHS}
local bus, fresh = KEYS[1], ARGV[1]
local stand = {{epoch_of(bus, fresh), redis.call('HINCRBY', bus, 'number', 1)}}
local heard = {{}}
for i = 5, #ARGV do
    local key = bus .. ':' .. ARGV[i]
    local epoch = epoch_of(key, fresh)
    local seq = redis.call('HINCRBY', key, 'seq', 1)
    local kind, body = 'full', ARGV[2]
    if i - 4 > tonumber(ARGV[4]) then kind, body = 'gone', ARGV[3] end
    redis.call('RPUSH', key .. ':ring', stand[2] .. ' ' .. seq .. ' ' .. kind .. ' ' .. body)
    redis.call('LTRIM', key .. ':ring', -{RING}, -1)
    redis.call('EXPIRE', key, {KEPT_SECONDS})
    redis.call('EXPIRE', key .. ':ring', {KEPT_SECONDS})
    heard[i - 4] = {{ARGV[i], epoch, seq, kind}}
end
local head = cjson.encode({{stand[1], stand[2], heard}})
return redis.call('PUBLISH', bus, head .. '\\n' .. ARGV[2] .. '\\n' .. ARGV[3])
"""
# ARGV: a fresh epoch, then topic, known epoch and known number of each topic.
READ = f"""{EPOCHS}
local bus, fresh = KEYS[1], ARGV[1]
local answer = {{epoch_of(bus, fresh), tonumber(redis.call('HGET', bus, 'number') or 0)}}
for i = 2, #ARGV, 3 do
    local key = bus .. ':' .. ARGV[i]
    local epoch = epoch_of(key, fresh)
    local seq = tonumber(redis.call('HGET', key, 'seq') or 0)
    local missing = {RING}
    if epoch == ARGV[i + 1] then missing = math.min(missing, seq - tonumber(ARGV[i + 2])) end
    local entries = {{}}
    if missing > 0 then entries = redis.call('LRANGE', key .. ':ring', -missing, -1) end
    redis.call('EXPIRE', key, {KEPT_SECONDS})
    redis.call('EXPIRE', key .. ':ring', {KEPT_SECONDS})
    answer[#answer + 1] = {{epoch, seq, entries}}
end
return answer
"""


@dataclass(frozen=True)
class Message:
    """A frame for the listeners of `topics`; those of `gone` alone hear only that it is gone."""

    frame: Frame
    topics: Sequence[str]
    gone: Sequence[str] = field(default=())

    def arguments(self) -> list[str]:
        topics = list(dict.fromkeys(self.topics))
        gone = [topic for topic in dict.fromkeys(self.gone) if topic not in topics]
        bodies = write(self.frame), write(gone_frame(self.frame)) if gone else ""
        return [fresh_epoch(), *bodies, str(len(topics)), *topics, *gone]


@dataclass(frozen=True)
class Claim:
    """A short-lived right to ask for something that many would ask for at once."""

    name: str
    milliseconds: int

    @property
    def key(self) -> str:
        return f"{channel()}:{self.name}"


@dataclass(frozen=True)
class Heard:
    """A message as it comes over the channel: its number, and its entry on each of its lines."""

    stand: Place
    epochs: dict[str, str]
    entries: dict[str, Entry]

    @classmethod
    def parse(cls, text: str) -> "Heard":
        head, body, gone_body = text.split("\n")
        epoch, number, heard = json.loads(head)
        return cls(
            Place(epoch, number),
            {topic: epoch for topic, epoch, _, _ in heard},
            {
                topic: Entry(number, seq, kind == "gone", gone_body if kind == "gone" else body)
                for topic, _, seq, kind in heard
            },
        )


def channel() -> str:
    """Name the channel by the database: channels are shared by all databases of a Redis."""
    return f"yiwang:live:{connection.settings_dict['NAME']}"


@lru_cache(maxsize=1)
def client() -> redis.Redis:
    """Open the process's pool; a connection that a restart of Redis has cut is tried once more."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
    )


def fresh_epoch() -> str:
    return uuid4().hex[:4]


def publish(messages: Sequence[Message], *, claiming: Claim | None = None) -> bool:
    """Number and publish messages in one round trip; tell whether a claim asked for is ours."""
    pipeline = client().pipeline(transaction=False)
    for message in messages:
        pipeline.eval(PUBLISH, 1, channel(), *message.arguments())
    if claiming is not None:
        pipeline.set(claiming.key, 1, nx=True, px=claiming.milliseconds)
    answers = pipeline.execute()
    return claiming is not None and bool(answers[-1])


def publish_rights(*, listeners: Collection[str]) -> None:
    """Tell every process that the rights of these listeners have changed."""
    client().publish(channel(), " ".join([RIGHTS, *listeners]))


async def read_lines(
    line: "redis.asyncio.Redis", known: Mapping[str, Place | None]
) -> tuple[Place, dict[str, tuple[Place, list[Entry]]]]:
    """Read where the bus and each topic stand, with what came after the known places.

    Where the known place is of another epoch or too old, the newest entries come.
    """
    asked: list[str] = []
    for topic, place in known.items():
        asked += [topic, place.epoch if place else "", str(place.seq if place else 0)]
    answer = await line.eval(READ, 1, channel(), fresh_epoch(), *asked)
    found = {
        topic: (Place(epoch, seq), [Entry.parse(text) for text in entries])
        for topic, (epoch, seq, entries) in zip(known, answer[2:], strict=True)
    }
    return Place(answer[0], answer[1]), found


def release(claim: Claim) -> None:
    client().delete(claim.key)
