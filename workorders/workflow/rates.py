"""The rates of the league tables: one line each, of what is counted over what is counted.

A rate is a share of acts or orders, never a number of reports: nobody is ranked by how much people
ask for. Every tally is an act on record in the month, but for the open overdue orders, which are
those that stood open and late at its end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Tally(StrEnum):
    """What is counted, for a department or an area."""

    WITH_LIMIT = "with_limit"  # results handed in on orders that had a deadline
    ON_TIME = "on_time"
    LATE_OPEN = "late_open"
    CLOSED = "closed"
    SENT = "sent"  # dispatched, passed down or passed up to this holder
    SIGNED_ON_TIME = "signed_on_time"
    RETURNED = "returned"
    REWORKED = "reworked"
    EXTENDED = "extended"
    REOPENED = "reopened"
    FIRST_SENT = "first_sent"  # an order's first dispatch, by the centre that sent it
    FIRST_SENT_RIGHT = "first_sent_right"
    CALLED_BACK = "called_back"
    CONTACTED = "contacted"
    SOLVED = "solved"
    SATISFIED = "satisfied"
    BASICALLY_SATISFIED = "basically_satisfied"
    RESOLVED = "resolved"  # results handed in by a holder of a known level
    BY_GRID = "by_grid"
    BY_COMMUNITY = "by_community"
    BY_STREET = "by_street"
    BY_DISTRICT = "by_district"
    HELD = "held"  # times that an order left this holder's hands
    HELD_SECONDS = "held_seconds"


class Direction(StrEnum):
    UP = "up"  # more is better
    DOWN = "down"
    NONE = "none"  # says how, not how well


class Group(StrEnum):
    """Rates that are read side by side."""

    TIME = "time"
    QUALITY = "quality"
    RESIDENTS = "residents"
    LEVEL = "level"


class Unit(StrEnum):
    SHARE = "share"
    SECONDS = "seconds"  # of working time


@dataclass(frozen=True)
class Rate:
    code: str
    name: str
    numerator: tuple[Tally, ...]
    denominator: tuple[Tally, ...]
    direction: Direction
    group: Group
    unit: Unit = Unit.SHARE


T, G = Tally, Group
UP, DOWN, NONE = Direction

# fmt: off
RATES: tuple[Rate, ...] = (
    Rate("on_time", "按时办结率", (T.ON_TIME,), (T.WITH_LIMIT, T.LATE_OPEN), UP, G.TIME),
    Rate("closure", "结案率", (T.CLOSED,), (T.CLOSED, T.LATE_OPEN), UP, G.TIME),
    Rate("signing", "按时签收率", (T.SIGNED_ON_TIME,), (T.SENT,), UP, G.TIME),
    Rate("extension", "延期率", (T.EXTENDED,), (T.SENT,), DOWN, G.TIME),
    Rate("held", "平均持有时间", (T.HELD_SECONDS,), (T.HELD,), DOWN, G.TIME, Unit.SECONDS),
    Rate("returns", "退回率", (T.RETURNED,), (T.SENT,), DOWN, G.QUALITY),
    Rate("rework", "返工率", (T.REWORKED,), (T.SENT,), DOWN, G.QUALITY),
    Rate("reopening", "重办率", (T.REOPENED,), (T.SENT,), DOWN, G.QUALITY),
    Rate("first_dispatch", "一次派准率", (T.FIRST_SENT_RIGHT,), (T.FIRST_SENT,), UP, G.QUALITY),
    Rate("response", "响应率", (T.CONTACTED,), (T.CALLED_BACK,), UP, G.RESIDENTS),
    Rate("solution", "解决率", (T.SOLVED,), (T.CALLED_BACK,), UP, G.RESIDENTS),
    Rate("satisfaction", "满意率", (T.SATISFIED, T.BASICALLY_SATISFIED), (T.CALLED_BACK,), UP,
         G.RESIDENTS),
    Rate("in_grid", "网格解决占比", (T.BY_GRID,), (T.RESOLVED,), NONE, G.LEVEL),
    Rate("in_community", "社区解决占比", (T.BY_COMMUNITY,), (T.RESOLVED,), NONE, G.LEVEL),
    Rate("in_street", "街道解决占比", (T.BY_STREET,), (T.RESOLVED,), NONE, G.LEVEL),
    Rate("in_district", "区级解决占比", (T.BY_DISTRICT,), (T.RESOLVED,), NONE, G.LEVEL),
)
# fmt: on
RATES_BY_CODE: Mapping[str, Rate] = {rate.code: rate for rate in RATES}


@dataclass(frozen=True)
class Figure:
    """A rate with what it is made of; `value` is None where there is nothing to divide by."""

    numerator: Decimal
    denominator: Decimal

    @property
    def value(self) -> Decimal | None:
        return self.numerator / self.denominator if self.denominator else None


def figure(rate: Rate, tallies: Mapping[Tally, int], *, basic_weight: Decimal) -> Figure:
    """Work a rate out of tallies; a "basically satisfied" counts `basic_weight` of a satisfied."""
    return Figure(
        numerator=_total(rate.numerator, tallies, basic_weight),
        denominator=_total(rate.denominator, tallies, basic_weight),
    )


def _total(
    parts: tuple[Tally, ...], tallies: Mapping[Tally, int], basic_weight: Decimal
) -> Decimal:
    return sum(
        (weight_of(part, basic_weight=basic_weight) * tallies.get(part, 0) for part in parts),
        start=Decimal(0),
    )


def weight_of(tally: Tally, *, basic_weight: Decimal) -> Decimal:
    return basic_weight if tally is Tally.BASICALLY_SATISFIED else Decimal(1)
