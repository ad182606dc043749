"""The state of a value. Each of the two boundaries is a trigger with hysteresis and duration.

A boundary is crossed when the value meets the threshold and left when the value is back by more
than the hysteresis; either counts only after it has held for the minimum duration. Red goes before
yellow. Without a value there is no data, at once, and the first value after it counts at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboards.enums import Direction, IndicatorState
from dashboards.states.thresholds import Limit, Limits

S = IndicatorState
WORST_FIRST = (S.RED, S.YELLOW, S.NORMAL, S.NO_DATA)
# A value is missing when none has come for so many update intervals.
INTERVALS_UNTIL_MISSING = 3


@dataclass(frozen=True)
class Rule:
    """How an indicator is judged at an instant; the hysteresis is in the value's own unit."""

    direction: str
    limits: Limits
    hysteresis: float = 0.0
    minimum: timedelta = timedelta()


@dataclass(frozen=True)
class Standing:
    """A state, since when, and when each boundary turns if the value stays where it is."""

    state: IndicatorState
    since: datetime
    yellow_turns_at: datetime | None = None
    red_turns_at: datetime | None = None


def judge(*, before: Standing | None, value: float | None, rule: Rule, at: datetime) -> Standing:
    """Judge a value at an instant that is not before the standing's own instants."""
    if value is None:
        return _stand(before, S.NO_DATA, at)
    if before is None or before.state == S.NO_DATA:
        return _stand(None, _state(*(_is_met(value, rule, limit) for limit in _both(rule))), at)
    yellow_limit, red_limit = _both(rule)
    yellow = _Boundary(before.state in (S.YELLOW, S.RED), yellow_limit, before.yellow_turns_at)
    red = _Boundary(before.state == S.RED, red_limit, before.red_turns_at)
    turns = [boundary.move(value, rule, at) for boundary in (yellow, red)]
    since = max((moved_at for _, _, moved_at in turns if moved_at), default=at)
    (is_yellow, yellow_at, _), (is_red, red_at, _) = turns
    return _stand(before, _state(is_yellow, is_red), since, yellow_at, red_at)


def is_worse(*, value: float | None, than: float | None, rule: Rule) -> bool:
    """Tell whether a value is further gone than another; any is worse than none."""
    if value is None or than is None:
        return value is not None
    if rule.direction != Direction.BAND:
        return value > than if rule.direction == Direction.LOWER else value < than
    band = rule.limits.red or rule.limits.yellow
    return isinstance(band, tuple) and _outside(value, band) > _outside(than, band)


def _outside(value: float, band: tuple[float, float]) -> float:
    """Give how far a value lies beyond a band; negative inside of it."""
    return max(band[0] - value, value - band[1])


def _both(rule: Rule) -> tuple[Limit | None, Limit | None]:
    return rule.limits.yellow, rule.limits.red


def _state(is_yellow: bool, is_red: bool) -> IndicatorState:
    return S.RED if is_red else S.YELLOW if is_yellow else S.NORMAL


def _stand(
    before: Standing | None,
    state: IndicatorState,
    since: datetime,
    yellow_at: datetime | None = None,
    red_at: datetime | None = None,
) -> Standing:
    is_same = before is not None and before.state == state
    return Standing(state, before.since if before and is_same else since, yellow_at, red_at)


@dataclass(frozen=True)
class _Boundary:
    """One of the two triggers: is it crossed now, by which limit, and when will it turn."""

    is_over: bool
    limit: Limit | None
    turns_at: datetime | None

    def move(
        self, value: float, rule: Rule, at: datetime
    ) -> tuple[bool, datetime | None, datetime | None]:
        """Say whether it is crossed, when it will turn, and when it has turned just now."""
        margin = rule.hysteresis if self.is_over else 0.0
        if _is_met(value, rule, self.limit, margin) == self.is_over:
            return self.is_over, None, None
        turns_at = self.turns_at or at + rule.minimum
        if turns_at > at:
            return self.is_over, turns_at, None
        return not self.is_over, None, turns_at


def _is_met(value: float, rule: Rule, limit: Limit | None, margin: float = 0.0) -> bool:
    """Tell whether a value is at or past a limit, moved towards the good side by `margin`."""
    if limit is None:
        return False
    if isinstance(limit, tuple):
        return not limit[0] + margin <= value <= limit[1] - margin
    if rule.direction == Direction.LOWER:
        return value >= limit - margin
    return value <= limit + margin


def missing_at(*, observed_at: datetime, interval: timedelta | None) -> datetime | None:
    """Give the instant from which a value that nobody renewed is missing; None: never."""
    return observed_at + INTERVALS_UNTIL_MISSING * interval if interval else None


def worst(states: Iterable[str]) -> IndicatorState:
    """Sum up several states: the worst known one; without any data, no data."""
    found = set(states)
    return next((state for state in WORST_FIRST if state in found), S.NO_DATA)


def grid_state(
    *, open_count: int, overdue: int, is_due_soon: bool, is_known: bool, crowded_at: int
) -> IndicatorState:
    """Colour a grid by its open orders; a grid that no order was ever counted in is no data."""
    if not is_known:
        return S.NO_DATA
    if overdue > 0:
        return S.RED
    if open_count > 0 and (is_due_soon or open_count >= crowded_at):
        return S.YELLOW
    return S.NORMAL
