"""The state of a value, the same rules for every indicator."""

from collections.abc import Iterable

from dashboards.enums import Direction, IndicatorState

WORST_FIRST = (
    IndicatorState.RED,
    IndicatorState.YELLOW,
    IndicatorState.NORMAL,
    IndicatorState.NO_DATA,
)


def state_of(
    *, value: float | None, direction: str, yellow: float | None, red: float | None
) -> IndicatorState:
    """Judge a value; a threshold counts as reached when met, and no value is never normal."""
    if value is None:
        return IndicatorState.NO_DATA
    if _is_reached(value, direction, red):
        return IndicatorState.RED
    if _is_reached(value, direction, yellow):
        return IndicatorState.YELLOW
    return IndicatorState.NORMAL


def _is_reached(value: float, direction: str, threshold: float | None) -> bool:
    if threshold is None:
        return False
    return value >= threshold if direction == Direction.LOWER else value <= threshold


def worst(states: Iterable[str]) -> IndicatorState:
    """Sum up several states: the worst known one; without any data, no data."""
    found = set(states)
    return next((state for state in WORST_FIRST if state in found), IndicatorState.NO_DATA)


def grid_state(
    *, open_count: int, overdue: int, is_due_soon: bool, is_known: bool, crowded_at: int
) -> IndicatorState:
    """Colour a grid by its open orders; a grid that no order was ever counted in is no data."""
    if not is_known:
        return IndicatorState.NO_DATA
    if overdue > 0:
        return IndicatorState.RED
    if open_count > 0 and (is_due_soon or open_count >= crowded_at):
        return IndicatorState.YELLOW
    return IndicatorState.NORMAL
