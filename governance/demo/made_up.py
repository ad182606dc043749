"""Making up one report: what, where, who and through which channel."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from governance.demo import answers
from governance.demo.matters import LEAF_CODES
from governance.demo.wording import ENDINGS, REPORTS, UNPLACED
from workorders.enums import Nature, Urgency

# Share of the channels, of places that nobody can make out, and of urgent matters.
CHANNEL_SHARES = {"hotline": 62, "patrol": 17, "police": 9, "public": 9, "petition": 3}
UNKNOWN_PLACE_SHARE = 0.03
ADDRESS_SHARE = 0.15
ALWAYS_URGENT = {"水管爆裂", "燃气安全隐患", "交通信号灯", "井盖缺失", "危险作业"}
URGENT_SHARE = 0.03
# The common matters are common: weights of the first level, 1 where nothing is said.
GROUP_WEIGHTS = {"01": 5, "02": 4, "04": 4, "06": 4, "15": 4, "17": 2, "05": 2, "10": 2, "13": 2}
# Hour of day of real appeals to a city government (0 to 23 o'clock, Asia/Shanghai), counted.
HOURS = (
    106, 60, 11, 15, 7, 16, 35, 58, 178, 262, 508, 349,
    241, 202, 272, 400, 287, 334, 239, 166, 143, 156, 161, 120,
)  # fmt: skip
NUMBER_FIELDS = {
    "hotline": "ticket_number",
    "patrol": "record_uuid",
    "police": "incident_number",
    "petition": "petition_number",
    "public": "record_uuid",
}
PERSON_FIELDS = {
    "hotline": "caller", "police": "caller", "petition": "petitioner", "public": "resident",
}  # fmt: skip


@dataclass(frozen=True)
class Spot:
    """A place of the demo: an address that is known, and its point."""

    address: str
    lon: float
    lat: float


@dataclass(frozen=True)
class MadeUp:
    """A report that nobody made: the channel and its JSON payload."""

    channel: str
    payload: dict[str, Any]
    leaf: str = field(default="", compare=False)

    @property
    def is_placed(self) -> bool:
        """Tell whether it names a place at all."""
        return "address" in self.payload


class Storyteller:
    """Makes up reports over known spots; the same seed tells the same story."""

    def __init__(self, spots: Sequence[Spot], *, seed: str | None = None) -> None:
        self._spots = spots
        self.chance = random.Random(seed)  # noqa: S311

    def report(self, *, at: datetime, near: Sequence[Spot] = ()) -> MadeUp:
        """Make up one report that reaches its channel at an instant, at one of some spots."""
        leaf = self._leaf()
        nature, texts = REPORTS[leaf]
        channel = self._channel(nature)
        is_on_site = bool(near) or channel == "patrol"
        place, where = self._place(near or self._spots, is_on_site=is_on_site)
        text = self.chance.choice(texts).format(place=place) + self.chance.choice(ENDINGS)
        payload: dict[str, Any] = {
            NUMBER_FIELDS[channel]: self._number(channel, at),
            "occurred_at": at.isoformat(),
            "text": text,
            "is_demo": True,
            **where,
        }
        if leaf in ALWAYS_URGENT or self.chance.random() < URGENT_SHARE:
            payload["urgency"] = Urgency.URGENT.value
        if channel == "hotline":
            payload["nature"] = nature.value
        if channel in PERSON_FIELDS:
            payload[PERSON_FIELDS[channel]] = self._person()
        return MadeUp(channel, payload, leaf)

    def again(self, first: MadeUp, *, at: datetime) -> MadeUp:
        """Make up a second report of the same matter, by somebody else."""
        payload = {
            **first.payload,
            NUMBER_FIELDS[first.channel]: self._number(first.channel, at),
            "occurred_at": at.isoformat(),
        }
        if first.channel in PERSON_FIELDS:
            payload[PERSON_FIELDS[first.channel]] = self._person()
        return MadeUp(first.channel, payload, first.leaf)

    def _leaf(self) -> str:
        names = list(REPORTS)
        weights = [GROUP_WEIGHTS.get(LEAF_CODES[name][:2], 1) for name in names]
        return self.chance.choices(names, weights)[0]

    def _channel(self, nature: Nature) -> str:
        shares = dict(CHANNEL_SHARES)
        if nature is Nature.ADVICE:
            shares = {"hotline": 9, "public": 1}
        return self.chance.choices(list(shares), list(shares.values()))[0]

    def _place(self, spots: Sequence[Spot], *, is_on_site: bool) -> tuple[str, dict[str, Any]]:
        if not is_on_site and self.chance.random() < UNKNOWN_PLACE_SHARE:
            return self.chance.choice(UNPLACED), {}
        spot = self.chance.choice(spots)
        if not is_on_site and self.chance.random() < ADDRESS_SHARE:
            return spot.address, {"address": spot.address}
        point = {"lon": round(spot.lon, 6), "lat": round(spot.lat, 6)}
        return spot.address, {"address": spot.address, "point": point}

    def _number(self, channel: str, at: datetime) -> str:
        if NUMBER_FIELDS[channel] == "record_uuid":
            return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        return f"YS{at:%y%m%d}{self.chance.getrandbits(40):012d}"

    def _person(self) -> dict[str, str]:
        """A person who is plainly none, with a number from a range kept for shows."""
        number = self.chance.randrange(1000)
        return {"name": f"演示居民{number:03d}", "phone": f"13900000{number:03d}"}

    def result(self, category_code: str) -> str:
        """Make up what was done about a matter."""
        return self.chance.choice(answers.RESULTS.get(category_code[:2], answers.PROGRESS))


def hour_weight(hour: float) -> float:
    """Give the traffic at an hour of day as a multiple of the day's mean."""
    return HOURS[int(hour) % 24] * 24 / sum(HOURS)
