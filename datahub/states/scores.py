"""What data scores: measures that add up, so that a resource is the sum of its loads."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from datahub.enums import Dimension

# Of a hundred; what was not measured counts neither for nor against.
WEIGHTS: Mapping[Dimension, int] = {
    Dimension.COMPLETENESS: 25,
    Dimension.VALIDITY: 30,
    Dimension.UNIQUENESS: 15,
    Dimension.TIMELINESS: 20,
    Dimension.CONSISTENCY: 10,
}


@dataclass(frozen=True)
class Measure:
    """How many of what were looked at, and how many of them were not as they should be."""

    dimension: Dimension
    about: str
    checked: int
    failed: int
    weight: int = 1
    rule: int = 0  # id of the rule that asked for it; 0 for what every schema asks for

    @property
    def key(self) -> tuple[str, str, int]:
        return self.dimension, self.about, self.rule

    @property
    def share(self) -> float:
        """Give the share that is as it should be, in percent."""
        return 100 * (1 - self.failed / self.checked) if self.checked else 100.0


@dataclass(frozen=True)
class DimensionScore:
    """One side of quality: its score of a hundred, and what cost it points, the worst first."""

    dimension: Dimension
    score: float
    reasons: tuple[Measure, ...]


def add_measures(parts: Iterable[Sequence[Measure]]) -> list[Measure]:
    """Add up what several loads were found to be; the newest weight of a rule holds."""
    found: dict[tuple[str, str, int], Measure] = {}
    for measure in (one for part in parts for one in part):
        known = found.get(measure.key)
        checked = measure.checked + (known.checked if known else 0)
        failed = measure.failed + (known.failed if known else 0)
        found[measure.key] = Measure(
            measure.dimension, measure.about, checked, failed, measure.weight, measure.rule
        )
    return list(found.values())


def score_dimensions(measures: Iterable[Measure]) -> list[DimensionScore]:
    """Give each measured dimension its score: the mean of its measures, each by its weight."""
    by_dimension: dict[Dimension, list[Measure]] = defaultdict(list)
    for measure in measures:
        if measure.checked:
            by_dimension[measure.dimension].append(measure)
    return [
        _score(dimension, by_dimension[dimension])
        for dimension in WEIGHTS
        if any(one.weight for one in by_dimension[dimension])
    ]


def _score(dimension: Dimension, measures: list[Measure]) -> DimensionScore:
    total = sum(one.weight for one in measures)
    score = sum(one.share * one.weight for one in measures) / total
    failed = (one for one in measures if one.failed)
    return DimensionScore(dimension, score, tuple(sorted(failed, key=lambda one: one.share)))


def score_of(scores: Iterable[DimensionScore]) -> float | None:
    """Give one score of a hundred for all dimensions that were measured; None for none."""
    known = list(scores)
    total = sum(WEIGHTS[one.dimension] for one in known)
    return sum(one.score * WEIGHTS[one.dimension] for one in known) / total if total else None


def timeliness(*, since: datetime, due_at: datetime, at: datetime) -> Measure:
    """Measure how far an instant lies beyond a due date: a period late is worth nothing."""
    period = max(1, int((due_at - since).total_seconds()))
    late = max(0, int((at - due_at).total_seconds()))
    return Measure(Dimension.TIMELINESS, "晚于更新周期", period, min(period, late))


def write_measures(measures: Iterable[Measure]) -> list[dict[str, Any]]:
    return [asdict(measure) for measure in measures]


def read_measures(kept: Iterable[Mapping[str, Any]]) -> list[Measure]:
    return [Measure(**{**one, "dimension": Dimension(one["dimension"])}) for one in kept]
