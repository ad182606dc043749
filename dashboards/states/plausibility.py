"""Whether a reported value is believed: inside its bounds, near what was reported before."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

RECENT = 20  # values that a new one is held against
ENOUGH = 5  # fewer say nothing about what is usual
FACTOR = 10


@dataclass(frozen=True)
class Scale:
    """What values of one indicator can be, all in its own unit.

    `step` is the smallest difference that is shown: nearer to zero than ten of it a ratio says
    nothing.
    """

    low: float | None = None
    high: float | None = None
    step: float = 1.0

    @property
    def is_signed(self) -> bool:
        """Tell whether values lie on both sides of zero, as degrees Celsius do."""
        return self.low is not None and self.low < 0


@dataclass(frozen=True)
class Doubt:
    """Why a value is not believed: which rule, and the figure that it was held against."""

    code: str
    against: float


def doubt(*, value: float, scale: Scale, recent: Sequence[float]) -> Doubt | None:
    """Say why a value is not believed; None where it is.

    `recent` are the newest accepted values, in any order.
    """
    if scale.low is not None and value < scale.low:
        return Doubt("too_low", scale.low)
    if scale.high is not None and value > scale.high:
        return Doubt("too_high", scale.high)
    if scale.is_signed or len(recent) < ENOUGH:
        return None
    usual = median(recent)
    if abs(usual) < FACTOR * scale.step or _is_near(value, usual):
        return None
    return Doubt("other_magnitude", usual)


def _is_near(value: float, usual: float) -> bool:
    ratio = value / usual
    return 1 / FACTOR < ratio < FACTOR or any(
        math.isclose(ratio, edge) for edge in (1 / FACTOR, FACTOR)
    )
