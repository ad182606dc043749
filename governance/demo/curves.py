"""What a made-up department measures: a daily curve with noise that sometimes drifts off.

Everything follows from the indicator's own thresholds and bounds and from the name of the feed: the
same feed says the same of an instant, whenever it is asked.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils import timezone

from dashboards.enums import Direction
from dashboards.states import Row, limits_at

HOUR = 3600.0
DAY = 24 * HOUR
# How far a feed strays on an ordinary day, as shares of the way from its usual level to yellow.
DAILY, SLOW, FAST = 0.3, 0.2, 0.1
# Chances that a feed drifts within one block of its time, and how far it then goes.
TO_YELLOW, TO_RED = 0.07, 0.025
BLOCK = 3 * HOUR
INTERVALS_A_BLOCK = 12
SILENT_DEPARTMENT, SILENT_FEED = 0.025, 0.015
SILENCE = 2 * HOUR
MISTAKE = 0.015
WRONG_UNIT = 1000  # as milligrams sent for micrograms


def chance(*names: object) -> float:
    """Draw a number from 0 to 1 that belongs to these names for good."""
    digest = hashlib.blake2b("|".join(map(str, names)).encode(), digest_size=6).digest()
    return int.from_bytes(digest) / 2**48


@dataclass(frozen=True)
class Traits:
    """What a curve needs to know of its indicator, all in the indicator's own unit."""

    direction: str
    table: Sequence[Row]
    low: float | None
    high: float | None
    decimals: int  # of the value as it is kept: 3 for a share shown in percent with one place
    interval: float  # seconds

    def slot(self, at: datetime) -> datetime:
        """Give the newest instant at which the feed observes."""
        seconds = at.timestamp() // self.interval * self.interval
        return datetime.fromtimestamp(seconds, UTC)


@dataclass(frozen=True)
class _Levels:
    """Where the values lie that hour: the usual one, and the two that are crossed."""

    usual: float
    yellow: float
    red: float


def value_at(*, name: str, traits: Traits, at: datetime) -> float:
    """Give what the feed of this name measures at an instant."""
    levels = _levels(name, traits, at)
    room = levels.yellow - levels.usual
    value = levels.usual + room * _weather(name, at) + _drift(name, traits, levels, at)
    value = max(value, traits.low) if traits.low is not None else value
    value = min(value, traits.high) if traits.high is not None else value
    return _rounded(value, traits)


def mistaken(value: float, *, name: str, at: datetime) -> float:
    """Give the value as somebody sends it who now and then takes the wrong unit."""
    return value * WRONG_UNIT if chance("mistake", name, at.timestamp()) < MISTAKE else value


def is_silent(*, name: str, department: str, at: datetime) -> bool:
    """Tell whether nothing comes just now: from the whole department, or from this feed."""
    block = at.timestamp() // SILENCE
    return (
        chance("department", department, block) < SILENT_DEPARTMENT
        or chance("feed", name, block) < SILENT_FEED
    )


def _levels(name: str, traits: Traits, at: datetime) -> _Levels:
    limits = limits_at(traits.table, timezone.localtime(at))
    if limits.yellow is None:
        # Not judged just now, such as street lamps by day: it stays where it is judged.
        limits = next((row.limits for row in traits.table if row.limits.yellow), limits)
    yellow, red = limits.yellow, limits.red
    if isinstance(yellow, tuple):
        side = 0 if chance("side", name) < 0.5 else 1
        outer = red[side] if isinstance(red, tuple) else 2 * yellow[side] - sum(yellow) / 2
        return _Levels(sum(yellow) / 2, yellow[side], outer)
    if yellow is None:
        return _without_limits(traits)
    outer = red if isinstance(red, float) else yellow * 1.5
    return _Levels(_usual(traits, yellow, outer), yellow, outer)


def _usual(traits: Traits, yellow: float, red: float) -> float:
    """Choose a level on the good side of yellow, well inside the bounds."""
    comfortable = yellow - 1.5 * (red - yellow)
    bound = traits.high if traits.direction == Direction.HIGHER else traits.low
    if bound is None:
        return comfortable
    inside = yellow + 0.4 * (bound - yellow)
    return (
        min(comfortable, inside)
        if traits.direction == Direction.HIGHER
        else max(comfortable, inside)
    )


def _without_limits(traits: Traits) -> _Levels:
    low, high = traits.low or 0.0, traits.high if traits.high is not None else 100.0
    usual = low + 0.1 * (high - low)
    return _Levels(usual, usual * 1.3, usual * 1.5)


def _rounded(value: float, traits: Traits) -> float:
    """Round to the good side: 0.6 alarms an hour are none."""
    scale = 10.0**traits.decimals
    if traits.direction == Direction.LOWER:
        value = math.floor(value * scale + 1e-9) / scale
    elif traits.direction == Direction.HIGHER:
        value = math.ceil(value * scale - 1e-9) / scale
    return round(value, traits.decimals)


def _weather(name: str, at: datetime) -> float:
    """Give the ordinary ups and downs, within ± the sum of their shares."""
    hour = timezone.localtime(at).hour + at.minute / 60
    peak = 24 * chance("peak", name)
    daily = math.cos(2 * math.pi * (hour - peak) / 24)
    fast = 2 * chance("fast", name, at.timestamp()) - 1
    return DAILY * daily + SLOW * _noise(name, at.timestamp() / HOUR) + FAST * fast


def _noise(name: str, position: float) -> float:
    """Give a smooth line through one random point from -1 to 1 an hour."""
    left = math.floor(position)
    start, end = (2 * chance("slow", name, knot) - 1 for knot in (left, left + 1))
    return start + (end - start) * _smooth(position - left)


def _drift(name: str, traits: Traits, levels: _Levels, at: datetime) -> float:
    """Give how far the feed is off: nothing, or up to beyond yellow or red and back again."""
    length = max(BLOCK, INTERVALS_A_BLOCK * traits.interval)
    place = at.timestamp() / length + chance("phase", name)
    drawn = chance("drift", name, math.floor(place))
    if drawn >= TO_RED + TO_YELLOW:
        return 0.0
    beyond = levels.red - levels.yellow
    goal = levels.red + 0.1 * beyond if drawn < TO_RED else levels.yellow + 0.5 * beyond
    within = place - math.floor(place)
    return (goal - levels.usual) * _smooth(min(1.0, 4 * min(within, 1 - within)))


def _smooth(share: float) -> float:
    return share * share * (3 - 2 * share)
