"""How often one address may do something on pages that need no account."""

from django.core.cache import cache
from redis.exceptions import RedisError

from governance.lib.errors import DomainError


class TooManyError(DomainError):
    code = "too_many"
    status = 429
    detail = "操作过于频繁，请稍后再试。"


def count_use(*, what: str, who: str, limit: int, seconds: int) -> None:
    """Count one more use in a window of time; raise TooManyError above the limit.

    Redis may be away: people are then served uncounted.
    """
    if uses(what=what, who=who, seconds=seconds, more=1) > limit:
        raise TooManyError()


def uses(*, what: str, who: str, seconds: int, more: int = 0) -> int:
    """Tell how often something was done in the window that began with its first use."""
    key = f"rate:{what}:{who}"
    try:
        cache.add(key, 0, seconds)
        return cache.incr(key, more)
    except (RedisError, OSError, ValueError):
        # ValueError: the window ended between the two calls.
        return 0
