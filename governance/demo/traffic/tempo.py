"""When something happens next: the hours of real appeals, sped up."""

import random
from datetime import datetime, timedelta

from governance.demo.made_up import hour_weight

ORDERS_A_DAY = 230
# An order takes register, accept, dispatch, sign, contact, resolve, check and call-back.
ACTS_PER_ORDER = 7.5
LONGEST_WAIT = 20.0
SHORTEST_WAIT = 0.2


class Tempo:
    """Says how long to wait; the day of the traffic goes `speed` times as fast as the real one."""

    def __init__(self, *, speed: float, began_at: datetime, seed: str | None = None) -> None:
        self.speed = speed
        self._began_at = began_at
        self._chance = random.Random(seed)  # noqa: S311

    def clock(self, now: datetime) -> datetime:
        """Give the traffic's own time of day."""
        return self._began_at + (now - self._began_at) * self.speed

    def wait(self, now: datetime) -> float:
        """Give the seconds until the next act, or the next new order (one in so many)."""
        hour = self.clock(now).hour
        a_second = ORDERS_A_DAY / timedelta(days=1).total_seconds() * self.speed
        rate = a_second * hour_weight(hour) * (1 + ACTS_PER_ORDER)
        longest = max(LONGEST_WAIT, LONGEST_WAIT * 60 / self.speed)
        return min(max(self._chance.expovariate(rate), SHORTEST_WAIT), longest)

    def is_new(self) -> bool:
        """Draw whether a new order comes, rather than an act on an older one."""
        return self._chance.random() < 1 / (1 + ACTS_PER_ORDER)
