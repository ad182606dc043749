"""Cells of the cube as they are stored: sums for districts and streets, fine cells beneath them.

What a window holds of days that are over is kept in memory: an act reads its own day anew and no
other, until something is counted into another day.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from dashboards.selectors.tree import AreaTree
from grids.enums import AreaLevel
from workorders.enums import Face
from workorders.models import ROLLED_UP_DAYS, RollupDay

# (measure, days of the window, days back, what must be told apart); stocks have no days.
Asked = tuple[str, int, int, int]
# (category, channel, department, level of the finest known place); None where it was not asked for.
Corner = tuple[int | None, int | None, int | None, int | None]
# The counts of one root by what is asked.
Cells = dict[Asked, Counter[Corner]]


# area, measure, category, channel, department, level, value
CellRow = tuple[int, str, int | None, int | None, int | None, int | None, int]

DAY = timedelta(days=1)
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

# Sums of days that are over, and the revisions of these days when they were read.
Stamp = tuple[int | None, ...]
_past: dict[tuple[int, str, int, date, date], tuple[Stamp, Counter[Corner]]] = {}
MOST_KEPT = 4000  # some 50 MB; a district with twenty streets asks for half of it


def read_cells(
    *, tree: AreaTree, roots: Collection[int], asked: Iterable[Asked], today: date
) -> dict[int, Cells]:
    """Read what is asked for every root, in one statement or two per span of days and face."""
    wanted = set(asked)
    found: dict[int, Cells] = {root: {one: Counter() for one in wanted} for root in roots}
    high = {root for root in roots if tree.nodes[root].level <= AreaLevel.STREET}
    measures: dict[tuple[int, int, int], list[str]] = {}
    for measure, days, ago, face in wanted:
        measures.setdefault((days, ago, face), []).append(measure)
    spans = [Span(names, *key, today) for key, names in measures.items()]
    revisions = _revisions(spans) if high else {}
    for span in spans:
        rolled_up = high if span.is_rolled_up else set[int]()
        if rolled_up and span.over is not None:
            _add_past(found, span, span.over, rolled_up, revisions)
        if rolled_up and span.current is not None:
            rows = span.read(ROLLED_UP, span.current, rolled_up)
            _add(found, span, ((row[0], row) for row in rows))
        if rest := found.keys() - rolled_up:
            _add(found, span, _beneath(tree, rest, span))
    return found


# The first and the last of some days; nothing for stocks.
Days = tuple[date, date] | tuple[()]


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

    @property
    def whole(self) -> Days:
        last = self.today - self.ago * DAY
        return (last - (self.days - 1) * DAY, last) if self.days else ()

    @property
    def over(self) -> tuple[date, date] | None:
        """The days of it that are over."""
        if not self.whole or self.whole[0] >= self.today:
            return None
        return self.whole[0], min(self.whole[1], self.today - DAY)

    @property
    def current(self) -> Days | None:
        """What may still move: the present day, or stocks."""
        if not self.whole:
            return ()
        return (self.today, self.today) if self.whole[1] >= self.today else None

    def read(
        self,
        statement: str,
        days: Days,
        areas: Collection[int] = (),
        measures: Collection[str] | None = None,
    ) -> list[CellRow]:
        given: dict[str, Any] = {
            "areas": list(areas),
            "measures": list(self.measures if measures is None else measures),
            "face": self.face,
        }
        if days:
            given |= {"first": days[0], "last": days[1]}
        with connection.cursor() as cursor:
            cursor.execute(statement.format(when=IN_DAYS if days else NOW), given)
            rows: list[CellRow] = cursor.fetchall()
        return rows


def _revisions(spans: Iterable[Span]) -> dict[date, int]:
    """Read when something was last counted into each of the days that are over."""
    over = [span.over for span in spans if span.over is not None]
    if not over:
        return {}
    first, last = min(days[0] for days in over), max(days[1] for days in over)
    rows = RollupDay.objects.filter(day__gte=first, day__lte=last)
    return dict(rows.values_list("day", "revision"))


def _add_past(
    found: Mapping[int, Cells],
    span: Span,
    over: tuple[date, date],
    roots: Collection[int],
    revisions: Mapping[date, int],
) -> None:
    first, last = over
    stamp = tuple(revisions.get(first + n * DAY) for n in range((last - first).days + 1))
    unknown = [
        (root, measure)
        for root in roots
        for measure in span.measures
        if _past.get((root, measure, span.face, first, last), (None,))[0] != stamp
    ]
    if unknown:
        _read_past(span, over, unknown, stamp)
    for root in roots:
        for measure in span.measures:
            _, counts = _past[root, measure, span.face, first, last]
            found[root][measure, span.days, span.ago, span.face] = Counter(counts)


def _read_past(
    span: Span, over: tuple[date, date], unknown: Collection[tuple[int, str]], stamp: Stamp
) -> None:
    if len(_past) > MOST_KEPT:
        _past.clear()
    roots, measures = {root for root, _ in unknown}, {measure for _, measure in unknown}
    sums: dict[tuple[int, str], Counter[Corner]] = {
        (root, measure): Counter() for root in roots for measure in measures
    }
    for root, measure, category, channel, department, level, value in span.read(
        ROLLED_UP, over, roots, measures
    ):
        sums[root, measure][category, channel, department, level] = value
    for (root, measure), counts in sums.items():
        _past[root, measure, span.face, *over] = stamp, counts


def _beneath(tree: AreaTree, roots: Collection[int], span: Span) -> Iterator[tuple[int, CellRow]]:
    """Read the fine rows and give each to every root above it, with its level if that is asked."""
    above: dict[int, list[int]] = {}
    for area_id, measure, category, channel, department, _, value in span.read(FINE, span.whole):
        level = tree.nodes[area_id].level if span.face & Face.LEVEL else None
        if area_id not in above:
            above[area_id] = [node.pk for node in tree.upward(area_id) if node.pk in roots]
        for root in above[area_id]:
            yield root, (area_id, measure, category, channel, department, level, value)


def _add(found: Mapping[int, Cells], span: Span, rows: Iterable[tuple[int, CellRow]]) -> None:
    for root, (_, measure, category, channel, department, level, value) in rows:
        counts = found[root][measure, span.days, span.ago, span.face]
        counts[category, channel, department, level] += value
