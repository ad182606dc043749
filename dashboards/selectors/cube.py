"""The cube as formulas ask it: sums over the areas beneath a root, by day, matter and holder."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache

from django.conf import settings
from django.db import connection

from dashboards.enums import Window
from dashboards.selectors.tree import AreaTree
from dashboards.states.terms import Count, Expression, HandlingHours, Rate, Where, walk
from governance.lib.reference import reference_revision
from grids.enums import AreaLevel
from workorders.enums import STOCKS, TOOK, Measure
from workorders.selectors.reference import Reference, reference

DAYS = {Window.NOW: 1, Window.TODAY: 1, Window.WEEK: 7, Window.MONTH: 30}
HOUR = 3600

# (measure, days of the window, days back); stocks have neither.
Asked = tuple[str, int, int]
# (category, channel, department, level of the finest known place)
Corner = tuple[int | None, int, int | None, int]
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
        return str(measure), 0, 0
    return str(measure), DAYS[Window(where.window or window)], where.ago


FLOWS = """
SELECT area_id, measure, category_id, channel_id, department_id, sum(value)::bigint
FROM workorders_cube WHERE measure = ANY(%s) AND day BETWEEN %s AND %s
GROUP BY 1, 2, 3, 4, 5
"""
NOW = """
SELECT area_id, measure, category_id, channel_id, department_id, value
FROM workorders_cube WHERE measure = ANY(%s) AND day IS NULL AND value <> 0
"""


def read_cells(
    *, tree: AreaTree, roots: Collection[int], asked: Iterable[Asked], today: date
) -> dict[int, Cells]:
    """Read what is asked in one statement per span of days, and add it up for every root."""
    above: dict[int, list[int]] = {}
    found: dict[int, Cells] = {root: {} for root in roots}
    spans: dict[tuple[int, int], list[str]] = {}
    for measure, days, ago in asked:
        spans.setdefault((days, ago), []).append(measure)
    for (days, ago), measures in spans.items():
        for area_id, measure, category, channel, department, value in _rows(
            measures, days, ago, today
        ):
            corner = (category, channel, department, tree.nodes[area_id].level)
            if area_id not in above:
                above[area_id] = [node.pk for node in tree.upward(area_id) if node.pk in roots]
            for root in above[area_id]:
                counts = found[root].setdefault((measure, days, ago), Counter())
                counts[corner] += value
    return found


def _rows(
    measures: list[str], days: int, ago: int, today: date
) -> list[tuple[int, str, int | None, int, int | None, int]]:
    with connection.cursor() as cursor:
        if not days:
            cursor.execute(NOW, [measures])
        else:
            last = today - timedelta(days=ago)
            cursor.execute(FLOWS, [measures, last - timedelta(days=days - 1), last])
        return cursor.fetchall()


@dataclass(frozen=True)
class Filter:
    """Ids that pass; None lets all pass."""

    categories: frozenset[int] | None
    channels: frozenset[int] | None
    departments: frozenset[int] | None
    level: int | None

    @cached_property
    def lets_all_pass(self) -> bool:
        return self == Filter(None, None, None, None)

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
    """The counts of one root over a window: the `Facts` of formulas that ask the cube alone.

    `totals` keeps what was added up already, and may be shared by the windows of a root.
    """

    def __init__(
        self, cells: Cells, *, window: str, totals: dict[Asked, int] | None = None
    ) -> None:
        self._cells, self._window = cells, window
        self._totals = {} if totals is None else totals

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
        if chosen.lets_all_pass:
            if asked not in self._totals:
                self._totals[asked] = sum(self._cells.get(asked, Counter()).values())
            return self._totals[asked]
        counts: Counter[Corner] = self._cells.get(asked, Counter())
        return sum(value for corner, value in counts.items() if chosen.passes(corner))
