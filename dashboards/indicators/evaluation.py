"""Values of indicators in areas: which must be worked out anew, and what they come to."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache

from dashboards.enums import Reach, Source
from dashboards.indicators.definitions import names_in
from dashboards.models import Indicator
from dashboards.selectors.cells import Asked, Cells, read_cells
from dashboards.selectors.cube import CubeSums, asked_by, is_there
from dashboards.selectors.forces import grid_facts
from dashboards.selectors.reported import REACHED, newest_reported
from dashboards.selectors.signs import active_indicators
from dashboards.selectors.tree import AreaTree, Node
from dashboards.states import Result, Row, evaluate, missing_at, parse, read_table
from dashboards.states.terms import Counted, Expression, Force, walk
from governance.lib.reference import reference_revision


@dataclass(frozen=True)
class Known:
    """An active indicator with its formula and thresholds read."""

    row: Indicator
    expression: Expression
    table: tuple[Row, ...]
    asked: frozenset[Asked]
    # A category, channel or department of the formula may be unknown, or no longer known.
    is_answerable: bool

    @property
    def interval(self) -> timedelta | None:
        seconds = self.row.interval_seconds
        return timedelta(seconds=seconds) if seconds else None

    @cached_property
    def asks_for_forces(self) -> bool:
        return any(isinstance(term, Force) for term in walk(self.expression))

    def reaches(self, node: Node) -> bool:
        return node.is_active and node.level <= REACHED[Reach(self.row.reach)]


class Catalogue:
    """The active indicators by code, who draws on whom, and who counts what."""

    def __init__(self, rows: Iterable[Indicator]) -> None:
        self.known = {row.code: _know(row) for row in rows}
        self.by_id = {known.row.pk: known for known in self.known.values()}
        self._above: dict[str, set[str]] = {}
        for code, known in self.known.items():
            for below in names_in(known.expression):
                self._above.setdefault(below, set()).add(code)
        self._by_measure: dict[str, set[str]] = {}
        for code, known in self.known.items():
            for measure, *_ in known.asked:
                self._by_measure.setdefault(measure, set()).add(code)

    def counting(self, measures: Iterable[str]) -> set[str]:
        """Name the indicators whose own formula counts one of these measures."""
        return {code for name in measures for code in self._by_measure.get(name, ())}

    def with_dependents(self, codes: Iterable[str]) -> set[str]:
        """Add all indicators that draw on these, directly or through others."""
        found, waiting = set[str](), list(codes)
        while waiting:
            code = waiting.pop()
            if code in self.known and code not in found:
                found.add(code)
                waiting += self._above.get(code, ())
        return found

    def with_sources(self, codes: Iterable[str]) -> set[str]:
        """Add all indicators that these draw on, directly or through others."""
        found, waiting = set[str](), list(codes)
        while waiting:
            code = waiting.pop()
            if code in self.known and code not in found:
                found.add(code)
                waiting += names_in(self.known[code].expression)
        return found


def catalogue() -> Catalogue:
    """Give the active indicators as they stand; one small query unless something changed."""
    return _catalogue(reference_revision())


@lru_cache(maxsize=2)
def _catalogue(revision: int) -> Catalogue:
    return Catalogue(active_indicators().values())


def _know(row: Indicator) -> Known:
    expression = parse(row.formula)
    table = read_table(row.thresholds, direction=row.direction)
    wheres = [term.where for term in walk(expression) if isinstance(term, Counted)]
    return Known(
        row=row,
        expression=expression,
        table=table,
        asked=frozenset(asked_by(expression, row.window)),
        is_answerable=all(map(is_there, wheres)),
    )


@dataclass(frozen=True)
class Computed:
    """What an indicator came to in an area, and of which instant that is."""

    result: Result
    observed_at: datetime


def compute(
    *,
    known: Catalogue,
    tree: AreaTree,
    wanted: Mapping[int, Collection[str]],
    at: datetime,
    today: date,
) -> dict[tuple[int, str], Computed]:
    """Work out the wanted indicators of each root area; (area id, code) to what it came to."""
    codes = known.with_sources({code for some in wanted.values() for code in some})
    asked = {one for code in codes for one in known.known[code].asked}
    cells = read_cells(tree=tree, roots=wanted.keys(), asked=asked, today=today)
    reports = _reports(known, codes, wanted)
    forces = _forces(known, codes, tree, wanted, today)
    computed: dict[tuple[int, str], Computed] = {}
    for root, some in wanted.items():
        area = AreaFacts(
            root=root,
            known=known,
            cells=cells[root],
            reports=reports,
            forces=forces.get(root, {}),
            at=at,
        )
        computed |= {(root, code): area.compute(code) for code in some}
    return computed


def _reports(
    known: Catalogue, codes: Collection[str], wanted: Mapping[int, Collection[str]]
) -> dict[tuple[int, int], tuple[float, datetime]]:
    ids = [known.known[code].row.pk for code in codes if _is_reported(known.known[code])]
    return newest_reported(indicator_ids=ids, area_ids=list(wanted)) if ids else {}


def _is_reported(known: Known) -> bool:
    return known.row.source == Source.REPORT


def _forces(
    known: Catalogue,
    codes: Collection[str],
    tree: AreaTree,
    wanted: Mapping[int, Collection[str]],
    today: date,
) -> dict[int, dict[str, int]]:
    if not any(known.known[code].asks_for_forces for code in codes):
        return {}
    return grid_facts(tree=tree, roots=list(wanted), day=today)


class AreaFacts:
    """Answers the questions of formulas for one area at one instant; each value is made once."""

    def __init__(
        self,
        *,
        root: int,
        known: Catalogue,
        cells: Cells,
        reports: Mapping[tuple[int, int], tuple[float, datetime]],
        forces: Mapping[str, int],
        at: datetime,
    ) -> None:
        self._root, self._known, self._cells = root, known, cells
        self._reports, self._forces, self._at = reports, forces, at
        self._done: dict[str, Computed] = {}

    def compute(self, code: str) -> Computed:
        if code not in self._done:
            known = self._known.known[code]
            if _is_reported(known):
                self._done[code] = self._newest(known)
            elif not known.is_answerable:
                self._done[code] = Computed(Result(None, 0.0, None), self._at)
            else:
                asker = Asker(self, self._cells, known.row.window)
                self._done[code] = Computed(evaluate(known.expression, asker), self._at)
        return self._done[code]

    def _newest(self, known: Known) -> Computed:
        """Give the newest reported value; none where it has not been renewed in time."""
        value, observed_at = self._reports.get((known.row.pk, self._root), (None, self._at))
        missing = missing_at(observed_at=observed_at, interval=known.interval)
        if missing is not None and missing <= self._at:
            value = None
        return Computed(Result(value, value or 0.0, None), observed_at)

    def value_of(self, code: str) -> float | None:
        return self.compute(code).result.value if code in self._known.known else None

    def force(self, fact: str) -> float | None:
        return self._forces.get(fact)


class Asker(CubeSums):
    """The `Facts` of one indicator: its area's, over its own window."""

    def __init__(self, area: AreaFacts, cells: Cells, window: str) -> None:
        super().__init__(cells, window=window)
        self._area = area

    def force(self, fact: str) -> float | None:
        return self._area.force(fact)

    def value(self, code: str) -> float | None:
        return self._area.value_of(code)
