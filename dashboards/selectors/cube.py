"""The cube as formulas ask it: sums over the areas beneath a root, by day, matter and holder.

Districts and streets are read from the roll-ups, where the rows do not grow with the orders.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.conf import settings

from dashboards.enums import Window
from dashboards.selectors.cells import Asked, Cells, Corner
from dashboards.states.terms import Count, Expression, HandlingHours, Rate, Where, walk
from governance.lib.reference import reference_revision
from grids.enums import AreaLevel
from workorders.enums import STOCKS, TOOK, Face, Measure
from workorders.selectors.reference import Reference, reference

DAYS = {Window.NOW: 1, Window.TODAY: 1, Window.WEEK: 7, Window.MONTH: 30}
HOUR = 3600


def asked_by(expression: Expression, window: str) -> set[Asked]:
    """List what a formula asks of the cube; `window` is the indicator's own."""
    asked: set[Asked] = set()
    for term in walk(expression):
        match term:
            case Count(measures, where):
                asked |= {_asked(name, where, window) for name in measures}
            case Rate(above, below, where):
                asked |= {_asked(name, where, window) for name in (*above, *below)}
            case HandlingHours(_, where):
                names = [Measure.HANDLING_SECONDS, Measure.RESOLVED, *TOOK.values()]
                asked |= {_asked(name, where, window) for name in names}
    return asked


def _asked(measure: str, where: Where, window: str) -> Asked:
    if measure in STOCKS:
        return str(measure), 0, 0, _apart(where)
    return str(measure), DAYS[Window(where.window or window)], where.ago, _apart(where)


def _apart(where: Where) -> int:
    """Say what a filter must tell apart, as the bits of a face."""
    return (
        Face.CATEGORY * bool(where.category or where.domain)
        | Face.CHANNEL * bool(where.channel)
        | Face.DEPARTMENT * bool(where.department)
        | Face.LEVEL * bool(where.level)
    )


@dataclass(frozen=True)
class Filter:
    """Ids that pass; None lets all pass."""

    categories: frozenset[int] | None
    channels: frozenset[int] | None
    departments: frozenset[int] | None
    level: int | None

    @cached_property
    def corners(self) -> tuple[Corner, ...]:
        """List what passes, as the cells of its own face are kept."""
        return tuple(
            (category, channel, department, self.level)
            for category in _or_none(self.categories)
            for channel in _or_none(self.channels)
            for department in _or_none(self.departments)
        )


def _or_none(ids: frozenset[int] | None) -> Collection[int | None]:
    return (None,) if ids is None else ids


def filter_of(where: Where) -> Filter:
    """Turn the codes of a term into ids, as the reference data stands now."""
    return _filter(where, reference_revision())


@lru_cache(maxsize=2048)
def _filter(where: Where, revision: int) -> Filter:
    known = reference()
    return Filter(
        _categories(known, where),
        _named(known.channels, where.channel) if where.channel else None,
        _held_by(known, where.department) if where.department else None,
        AreaLevel[where.level.upper()] if where.level else None,
    )


def _categories(known: Reference, where: Where) -> frozenset[int] | None:
    """Find the categories of a code, those beneath it included, within a domain."""
    if not (where.category or where.domain):
        return None
    return frozenset(
        pk
        for pk, category in known.categories.items()
        if where.domain in ("", category.domain)
        and (not where.category or where.category in _codes_above(known, pk))
    )


def _codes_above(known: Reference, pk: int | None) -> list[str]:
    codes = []
    while category := known.category(pk):
        codes.append(category.code)
        pk = category.parent_id
    return codes


def _named(rows: Mapping[int, object], code: str) -> frozenset[int]:
    return frozenset(pk for pk, row in rows.items() if getattr(row, "code", "") == code)


def _held_by(known: Reference, code: str) -> frozenset[int]:
    return frozenset(
        pk for pk, department in known.departments.items() if is_called(department.code, code)
    )


def is_there(where: Where) -> bool:
    """Tell whether the codes of a term exist: what nobody knows is not counted as zero."""
    known, chosen = reference(), filter_of(where)
    categories = {category.code for category in known.categories.values()}
    is_category = where.category in categories or not where.category
    return is_category and frozenset() not in (chosen.channels, chosen.departments)


def is_called(full: str, trade: str) -> bool:
    """Tell whether a department goes by this code, or by it after a prefix: PK-HB is HB."""
    return full == trade or full.endswith(f"-{trade}")


class CubeSums:
    """The counts of one root over a window: the `Facts` of formulas that ask the cube alone."""

    def __init__(self, cells: Cells, *, window: str) -> None:
        self._cells, self._window = cells, window

    def count(self, measures: tuple[str, ...], where: Where, *, is_weighted: bool = False) -> float:
        """Add up; with `is_weighted`, "basically satisfied" counts by its weight."""
        basic = settings.BASICALLY_SATISFIED_WEIGHT if is_weighted else 1
        return float(
            sum(
                self._sum(_asked(name, where, self._window), where)
                * (basic if name == Measure.BASICALLY_SATISFIED else 1)
                for name in measures
            )
        )

    def handling(self, quantile: float | None, where: Where) -> tuple[float | None, float]:
        """Give natural hours from registration to result, and of how many results."""
        if quantile is not None:
            return self._quantile(quantile, where)
        # Results from before the times were kept are in no sum: their buckets are empty too.
        results = self.count(tuple(TOOK.values()), where)
        seconds = self.count((Measure.HANDLING_SECONDS,), where)
        return (seconds / results / HOUR if results else None), results

    def reported(self) -> float | None:
        return None

    def force(self, fact: str) -> float | None:
        return None

    def value(self, code: str) -> float | None:
        return None

    def _quantile(self, share: float, where: Where) -> tuple[float | None, float]:
        """Interpolate within the bucket that holds the share; its last is told by its beginning."""
        counts = [(hours, self.count((measure,), where)) for hours, measure in TOOK.items()]
        results = sum(count for _, count in counts)
        below, start = 0.0, 0.0
        for hours, count in counts:
            if count and below + count >= share * results:
                width = 0.0 if hours == float("inf") else hours - start
                return start + width * (share * results - below) / count, results
            below, start = below + count, hours
        return None, results

    def _sum(self, asked: Asked, where: Where) -> int:
        counts = self._cells[asked]
        return sum(counts[corner] for corner in filter_of(where).corners)
