"""Who and what the demo's departments write about: residents and firms that are plainly none."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from datahub.columns.numbers import USCC_ALPHABET, id_check, uscc_check
from governance.demo.made_up import Spot

# No division has this code, so nobody has such a number.
NOWHERE = "329901"
RESIDENTS, FIRMS = 12_000, 4_000
FIRST_BIRTH = date(1930, 1, 1)
BIRTHS, STRIDE = 34_000, 7_919  # days without a common divisor: no two are born on one
TRADES = ("餐饮", "零售", "物流", "建材", "机械", "软件", "旅游", "养殖", "教育咨询", "美容")


@dataclass(frozen=True)
class Resident:
    id_no: str
    name: str
    gender: str
    born_on: str


@dataclass(frozen=True)
class Firm:
    uscc: str
    name: str
    trade: str


@dataclass
class Scene:
    """What one row is about: `place` counts things, `turn` the times that each is told of."""

    chance: random.Random
    at: datetime
    place: int
    turn: int
    person: Resident
    firm: Firm
    spot: Spot
    community: str

    def mobile(self) -> str:
        """Make up a number from the range that is kept for shows."""
        return f"13900000{self.chance.randrange(1000):03d}"

    def someone(self) -> str:
        return f"演示居民{self.chance.randrange(RESIDENTS):05d}"


def make_residents() -> list[Resident]:
    """Make the same residents each time."""
    return [_resident(serial) for serial in range(RESIDENTS)]


def _resident(serial: int) -> Resident:
    born_on = FIRST_BIRTH + timedelta(days=serial * STRIDE % BIRTHS)
    body = f"{NOWHERE}{born_on:%Y%m%d}{serial % 1000:03d}"
    gender = "1" if serial % 2 else "2"
    return Resident(body + id_check(body), f"演示居民{serial:05d}", gender, born_on.isoformat())


def make_firms() -> list[Firm]:
    """Make the same firms each time."""
    return [_firm(serial) for serial in range(FIRMS)]


def _firm(serial: int) -> Firm:
    base = len(USCC_ALPHABET)
    sign = USCC_ALPHABET[serial // base % base] + USCC_ALPHABET[serial % base]
    body = f"92{NOWHERE}MA{serial % 10_000:04d}{sign}0"
    trade = TRADES[serial % len(TRADES)]
    return Firm(body + uscc_check(body), f"演示{trade}{serial:04d}号", trade)
