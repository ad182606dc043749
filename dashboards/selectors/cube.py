"""The cube as formulas ask it: sums over the areas beneath a root, by day, matter and holder.

Districts and streets are read from the roll-ups, where the rows do not grow with the orders.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection

from dashboards.enums import Window
from dashboards.selectors.tree import AreaTree
from dashboards.states.terms import Count, Expression, HandlingHours, Rate, Where, walk
from governance.lib.reference import reference_revision
from grids.enums import AreaLevel
from workorders.enums import STOCKS, TOOK, Face, Measure
from workorders.models import ROLLED_UP_DAYS
from workorders.selectors.reference import Reference, reference

DAYS = {Window.NOW: 1, Window.TODAY: 1, Window.WEEK: 7, Window.MONTH: 30}
HOUR = 3600

# (measure, days of the window, days back, what must be told apart); stocks have no days.
Asked = tuple[str, int, int, int]
# (category, channel, department, level of the finest known place); None where it was not asked for.
Corner = tuple[int | None, int | None, int | None, int | None]
# The counts of one root by what is asked.
Cells = dict[Asked, Counter[Corner]]


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


ROLLED_UP = """
SELECT area_id, measure, category_id, channel_id, department_id, level, sum(value)::bigint
FROM workorders_rollup
WHERE area_id = ANY(%(areas)s) AND measure = ANY(%(measures)s) AND face = %(face)s AND {when}
GROUP BY 1, 2, 3, 4, 5, 6
"""
# Beneath streets, for days long past, or where filters meet in a way that no face tells apart.
FINE = """
SELECT area_id, measure, CASE WHEN %(face)s & 8 > 0 THEN category_id END,
    CASE WHEN %(face)s & 4 > 0 THEN channel_id END,
    CASE WHEN %(face)s & 2 > 0 THEN department_id END, NULL, sum(value)::bigint
FROM workorders_cube WHERE measure = ANY(%(measures)s) AND {when}
GROUP BY 1, 2, 3, 4, 5
"""
IN_DAYS, NOW = "day BETWEEN %(first)s AND %(last)s", "day IS NULL AND value <> 0"


def read_cells(
    *, tree: AreaTree, roots: Collection[int], asked: Iterable[Asked], today: date
) -> dict[int, Cells]:
    """Read what is asked for every root, in one statement per span of days and face."""
    wanted = set(asked)
    found: dict[int, Cells] = {root: {one: Counter() for one in wanted} for root in roots}
    high = {root for root in roots if tree.nodes[root].level <= AreaLevel.STREET}
    spans: dict[tuple[int, int, int], list[str]] = {}
    for measure, days, ago, face in wanted:
        spans.setdefault((days, ago, face), []).append(measure)
    for (days, ago, face), measures in spans.items():
        span = Span(measures, days, ago, face, today)
        rolled_up = high if span.is_rolled_up else set[int]()
        if rolled_up:
            _add(found, span, ((row[0], row) for row in span.read(ROLLED_UP, rolled_up)))
        if rest := found.keys() - rolled_up:
            _add(found, span, _beneath(tree, rest, span.read(FINE)))
    return found


# area, measure, category, channel, department, level, value
CellRow = tuple[int, str, int | None, int | None, int | None, int | None, int]


@dataclass(frozen=True)
class Span:
    """Some measures over the same days, with what must be told apart of them."""

    measures: list[str]
    days: int
    ago: int
    face: int
    today: date

    @property
    def is_rolled_up(self) -> bool:
        return self.face in Face.values and self.days + self.ago <= ROLLED_UP_DAYS

    def read(self, statement: str, areas: Collection[int] = ()) -> list[CellRow]:
        last = self.today - timedelta(days=self.ago)
        given: dict[str, Any] = {
            "areas": list(areas),
            "measures": self.measures,
            "face": self.face,
            "first": last - timedelta(days=self.days - 1),
            "last": last,
        }
        with connection.cursor() as cursor:
            cursor.execute(statement.format(when=IN_DAYS if self.days else NOW), given)
            rows: list[CellRow] = cursor.fetchall()
        return rows


def _beneath(
    tree: AreaTree, roots: Collection[int], rows: Iterable[CellRow]
) -> Iterator[tuple[int, CellRow]]:
    """Give each fine row to every root above it, with the level of its place."""
    above: dict[int, list[int]] = {}
    for area_id, measure, category, channel, department, _, value in rows:
        level = tree.nodes[area_id].level
        if area_id not in above:
            above[area_id] = [node.pk for node in tree.upward(area_id) if node.pk in roots]
        for root in above[area_id]:
            yield root, (area_id, measure, category, channel, department, level, value)


def _add(found: Mapping[int, Cells], span: Span, rows: Iterable[tuple[int, CellRow]]) -> None:
    for root, (_, measure, category, channel, department, level, value) in rows:
        counts = found[root][measure, span.days, span.ago, span.face]
        counts[category, channel, department, level] += value


@dataclass(frozen=True)
class Filter:
    """Ids that pass; None lets all pass."""

    categories: frozenset[int] | None
    channels: frozenset[int] | None
    departments: frozenset[int] | None
    level: int | None

    def passes(self, corner: Corner) -> bool:
        category, channel, department, level = corner
        return (
            (self.categories is None or category in self.categories)
            and (self.channels is None or channel in self.channels)
            and (self.departments is None or department in self.departments)
            and (self.level is None or level == self.level)
        )


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
        chosen = filter_of(where)
        return sum(value for corner, value in self._cells[asked].items() if chosen.passes(corner))
