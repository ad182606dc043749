"""Who is at the same thing right now: kept in Redis for some seconds, and lost without harm."""

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import redis
from django.conf import settings

logger = logging.getLogger(__name__)
FRESH = timedelta(seconds=20)


@dataclass(frozen=True)
class Present:
    """Somebody else at the same thing, and whether they are writing."""

    name: str
    is_writing: bool


def meet(*, place: str, person: int, name: str, is_writing: bool, at: datetime) -> list[Present]:
    """Say that a person is at a place, and list who else is; nobody while Redis is away."""
    key, mine = f"yiwang:presence:{place}", str(person)
    told = json.dumps([name, is_writing, at.timestamp()])
    try:
        with _client(settings.REDIS_URL).pipeline(transaction=False) as pipe:
            pipe.hset(key, mine, told)
            pipe.expire(key, FRESH)
            pipe.hgetall(key)
            held = pipe.execute()[2]
    except (redis.RedisError, OSError) as error:
        logger.warning("nobody is seen at %s: %s", place, error)
        return []
    others = [json.loads(row) for who, row in sorted(held.items()) if who != mine]
    return [
        Present(who, writes)
        for who, writes, seen in others
        if at.timestamp() - seen <= FRESH.total_seconds()
    ]


def leave(*, place: str, person: int) -> None:
    """Forget that a person was at a place."""
    try:
        _client(settings.REDIS_URL).hdel(f"yiwang:presence:{place}", str(person))
    except (redis.RedisError, OSError) as error:
        logger.warning("still seen at %s: %s", place, error)


@lru_cache(maxsize=2)
def _client(url: str) -> "redis.Redis":
    return redis.Redis.from_url(
        url, decode_responses=True, socket_timeout=1, socket_connect_timeout=1
    )
