"""What the pages of the league tables are given: cells in words, each with its addresses."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from grids.enums import AreaLevel
from workorders.forms.leagues import AskedLeague
from workorders.selectors import reference
from workorders.selectors.leagues import League, LeagueBy, LeagueRow, Pair, Part
from workorders.workflow.rates import RATES, Direction, Figure, Group, Rate, Unit

GROUPS = {
    Group.TIME: _("时效"),
    Group.QUALITY: _("派办质量"),
    Group.RESIDENTS: _("群众评价"),
    Group.LEVEL: _("解决层级"),
}
HOUR = 3600


@dataclass(frozen=True)
class Side:
    """A figure with or without exclusions; each part leads to the acts that it has counted."""

    value: str
    numerator: str
    denominator: str
    numerator_query: str
    denominator_query: str


@dataclass(frozen=True)
class Cell:
    assessed: Side
    all: Side


@dataclass(frozen=True)
class Line:
    name: str
    cells: list[Cell]


def league_query(asked: AskedLeague, **changes: str) -> str:
    """Write the address of a table like the asked one."""
    query = {
        "by": asked.by.value,
        "month": str(asked.month),
        "as_of": asked.month.as_of.isoformat(),
        **({"within": asked.within.code} if asked.within else {}),
        **changes,
    }
    return urlencode({name: value for name, value in query.items() if value})


def league_page(asked: AskedLeague, league: League, group: Group) -> dict[str, Any]:
    """Give the table of one group of rates."""
    rates = [rate for rate in RATES if rate.group is group]
    kept = {"group": group.value, "sort": asked.sort}
    return {
        "asked": asked,
        "group": group.value,
        "rates": [_head(rate, asked, kept) for rate in rates],
        "lines": [_line(asked, rates, row) for row in league.rows],
        "total": _line(asked, rates, LeagueRow("", str(_("合计")), league.total)),
        "tabs": [
            (by.value, by.label, league_query(asked, **{**kept, "by": by.value})) for by in LeagueBy
        ],
        "groups": [
            (one.value, label, league_query(asked, group=one.value, sort=asked.sort))
            for one, label in GROUPS.items()
        ],
        "withins": _withins(asked),
    }


def _head(rate: Rate, asked: AskedLeague, kept: dict[str, str]) -> dict[str, Any]:
    words = {Direction.UP: _("越高越好"), Direction.DOWN: _("越低越好")}
    return {
        "name": rate.name,
        "hint": words.get(rate.direction, ""),
        "is_sorted": asked.sort == rate.code,
        "query": league_query(asked, **{**kept, "sort": rate.code}),
    }


def _withins(asked: AskedLeague) -> list[tuple[str, str]]:
    areas = reference().areas.values()
    streets = [area for area in areas if area.level == AreaLevel.STREET and area.is_active]
    return [(area.code, area.name) for area in sorted(streets, key=lambda area: area.code)]


def _line(asked: AskedLeague, rates: list[Rate], row: LeagueRow) -> Line:
    return Line(row.name, [_cell(asked, rate, row.code, row.figures[rate.code]) for rate in rates])


def _cell(asked: AskedLeague, rate: Rate, code: str, pair: Pair) -> Cell:
    return Cell(
        assessed=_side(asked, rate, code, pair.assessed, "true"),
        all=_side(asked, rate, code, pair.all, "false"),
    )


def _side(asked: AskedLeague, rate: Rate, code: str, figure: Figure, assessed: str) -> Side:
    def query(part: Part) -> str:
        asked_part = {"rate": rate.code, "part": part.value, "assessed": assessed, "key": code}
        return league_query(asked, **asked_part)

    is_time = rate.unit is Unit.SECONDS
    return Side(
        value=value_words(figure, rate),
        numerator=hours_words(figure.numerator) if is_time else number_words(figure.numerator),
        denominator=number_words(figure.denominator),
        numerator_query=query(Part.NUMERATOR),
        denominator_query=query(Part.DENOMINATOR),
    )


def value_words(figure: Figure, rate: Rate) -> str:
    """Write a rate; empty where there is nothing to divide by."""
    value = figure.value
    if value is None:
        return ""
    return hours_words(value) if rate.unit is Unit.SECONDS else f"{value * 100:.1f}%"


def hours_words(seconds: Decimal) -> str:
    return f"{seconds / HOUR:.1f} {_('小时')}"


def number_words(amount: Decimal) -> str:
    return f"{amount:.1f}" if amount % 1 else str(int(amount))
