"""A league table: the rates of each department or area, with and without exclusions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from accounts.models import Department
from grids.models import Area
from workorders.selectors.leagues.asked import LeagueBy, Month
from workorders.selectors.leagues.tallies import Counts, count_tallies
from workorders.selectors.reference import Reference, reference
from workorders.workflow.rates import RATES, RATES_BY_CODE, Direction, Figure, Tally, figure


@dataclass(frozen=True)
class Pair:
    """A rate of all orders, and of those that were not excluded from assessment."""

    all: Figure
    assessed: Figure


@dataclass(frozen=True)
class LeagueRow:
    """One department or area; `figures` by the rate's code."""

    code: str
    name: str
    figures: Mapping[str, Pair]


@dataclass(frozen=True)
class League:
    by: LeagueBy
    month: Month
    rows: list[LeagueRow]
    total: Mapping[str, Pair]


def basic_weight() -> Decimal:
    return Decimal(str(settings.BASICALLY_SATISFIED_WEIGHT))


def read_league(*, by: LeagueBy, month: Month, areas: Iterable[int], sort: str = "") -> League:
    """Read the rates of everybody within these areas, by code, or by a rate with the best first.

    Areas without a figure are listed too; departments only with one.
    """
    areas = frozenset(areas)
    found = count_tallies(by=by, month=month, areas=areas)
    known = reference()
    named: list[Department] | list[Area]
    named = _departments(found, known) if by.level is None else _areas(by, areas, found, known)
    rows = [LeagueRow(one.code, one.name, _pairs(found.get(one.pk, {}))) for one in named]
    rows.sort(key=lambda row: _place(row, sort) if sort else row.code)
    return League(by, month, rows, _pairs(_summed(found.values())))


def _departments(found: Iterable[int], known: Reference) -> list[Department]:
    return [known.departments[key] for key in found if key in known.departments]


def _areas(
    by: LeagueBy, areas: frozenset[int], found: Mapping[int, Counts], known: Reference
) -> list[Area]:
    return [
        area
        for area in known.areas.values()
        if area.level == by.level
        and (area.is_active or area.pk in found)
        and not areas.isdisjoint(_line(area))
    ]


def _line(area: Area) -> Iterable[int]:
    """Walk up from an area to the district."""
    above: Area | None = area
    while above is not None:
        yield above.pk
        above = above.parent if above.parent_id else None


def _summed(tallies: Iterable[Counts]) -> Counts:
    total: Counts = {}
    for counts in tallies:
        for tally, (everything, assessed) in counts.items():
            before = total.get(tally, (0, 0))
            total[tally] = (before[0] + everything, before[1] + assessed)
    return total


def _pairs(counts: Counts) -> dict[str, Pair]:
    both: list[dict[Tally, int]] = [
        {tally: int(pair[side]) for tally, pair in counts.items()} for side in (0, 1)
    ]
    weight = basic_weight()
    return {
        rate.code: Pair(*(figure(rate, side, basic_weight=weight) for side in both))
        for rate in RATES
    }


def _place(row: LeagueRow, code: str) -> tuple[bool, Decimal, str]:
    """Order by a rate as it is assessed, the best first; what has no rate comes last."""
    value = row.figures[code].assessed.value
    sign = 1 if RATES_BY_CODE[code].direction is Direction.DOWN else -1
    return (value is None, sign * (value or Decimal(0)), row.code)
