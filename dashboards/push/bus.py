"""The Redis side of pushes: one channel, and a number on every message so that a gap is seen.

Redis carries hints only. Every call here may raise `BusError` within a fraction of a second, and
what was not said is said by the sweep.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import uuid4

import redis
from django.conf import settings
from django.db import connection
from redis.backoff import NoBackoff
from redis.retry import Retry

from dashboards.push.frames import Frame

BusError = redis.RedisError
TIMEOUT = 0.25  # seconds: an act waits no longer for Redis
# Numbering and publishing in one step keeps the order on the channel equal to the numbers. A new
# epoch tells that the numbers began anew (Redis was emptied).
PUBLISH = """
redis.call('HSETNX', KEYS[1], 'epoch', ARGV[1])
local number = redis.call('HINCRBY', KEYS[1], 'sequence', 1)
local epoch = redis.call('HGET', KEYS[1], 'epoch')
return redis.call('PUBLISH', KEYS[1], epoch .. ' ' .. number .. ' ' .. ARGV[2])
"""


@dataclass(frozen=True)
class Message:
    """A frame for the listeners of `topics`; those of `gone` alone hear only that it is gone."""

    frame: Frame
    topics: Sequence[str]
    gone: Sequence[str] = field(default=())

    def encode(self) -> str:
        content = {"frame": self.frame, "topics": list(self.topics), "gone": list(self.gone)}
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def decode(cls, text: str) -> "Message":
        content = json.loads(text)
        return cls(content["frame"], content["topics"], content["gone"])


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


def new_epoch() -> str:
    return uuid4().hex[:8]


def publish(messages: Sequence[Message]) -> None:
    """Number and publish messages in one round trip."""
    pipeline = client().pipeline(transaction=False)
    for message in messages:
        pipeline.eval(PUBLISH, 1, channel(), new_epoch(), message.encode())
    pipeline.execute()


def claim(*, name: str, milliseconds: int) -> bool:
    """Take a short-lived claim; False where somebody holds it."""
    key = f"{channel()}:{name}"
    return bool(client().set(key, 1, nx=True, px=milliseconds))


def release(*, name: str) -> None:
    client().delete(f"{channel()}:{name}")
