"""Counts and rates over measures. Every result keeps its numerator and its denominator."""

from collections.abc import Mapping
from dataclasses import dataclass

from workorders.enums import Measure


@dataclass(frozen=True)
class Result:
    """`value` is a count, or a share between 0 and 1; None where the denominator is empty."""

    value: float | None
    numerator: float
    denominator: float | None


@dataclass(frozen=True)
class Formula:
    """The sum of some measures, divided by the sum of others where there are any."""

    numerator: tuple[str, ...]
    denominator: tuple[str, ...] = ()

    def evaluate(self, counts: Mapping[str, int], *, basic_weight: float) -> Result:
        """Evaluate over counts by measure; "basically satisfied" counts `basic_weight`."""
        numerator = _total(counts, self.numerator, basic_weight)
        if not self.denominator:
            return Result(numerator, numerator, None)
        denominator = _total(counts, self.denominator, 1)
        return Result(numerator / denominator if denominator else None, numerator, denominator)


def _total(counts: Mapping[str, int], measures: tuple[str, ...], basic_weight: float) -> float:
    weights = {Measure.BASICALLY_SATISFIED: basic_weight}
    return float(sum(counts.get(name, 0) * weights.get(Measure(name), 1) for name in measures))


# What every summary shows. Overdue open orders are in the denominator of the on-time rate, so
# that leaving a late order open never makes it better.
FORMULAS: dict[str, Formula] = {
    "registered_today": Formula((Measure.REGISTERED,)),
    "accepted_today": Formula((Measure.ACCEPTED,)),
    "closed_today": Formula((Measure.CLOSED,)),
    "open": Formula((Measure.OPEN,)),
    "overdue": Formula((Measure.OVERDUE,)),
    "on_time_rate": Formula((Measure.RESOLVED_ON_TIME,), (Measure.RESOLVED, Measure.OVERDUE)),
    "satisfaction_rate": Formula(
        (Measure.SATISFIED, Measure.BASICALLY_SATISFIED), (Measure.CALLED_BACK,)
    ),
}
