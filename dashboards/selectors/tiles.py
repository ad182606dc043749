"""The indicators of one area with their newest values; what has no value yet is no data."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from dashboards.enums import IndicatorState, Reach, WallVariant
from dashboards.models import Indicator, IndicatorValue, Wall
from dashboards.selectors.limits import limits_of
from dashboards.selectors.signs import active_indicators
from dashboards.selectors.tree import Node
from grids.enums import AreaLevel
from grids.models import Area
from workorders.enums import Domain

TILES_PER_DOMAIN = {WallVariant.SINGLE: 4, WallVariant.DOUBLE: 8, WallVariant.TRIPLE: 12}
DESCRIBED = (
    "pk", "code", "name", "domain", "theme", "unit", "precision", "direction", "interval_seconds",
    "weight",
)  # fmt: skip
KEPT = (
    "value", "state", "since", "numerator", "denominator", "observed_at", "computed_at", "revision",
)  # fmt: skip
UNKNOWN: dict[str, Any] = {
    **dict.fromkeys(KEPT), "state": IndicatorState.NO_DATA, "numerator": 0.0, "revision": 0,
}  # fmt: skip

Tile = dict[str, Any]


def states_of(*, area: Area | Node) -> list[tuple[Indicator, str]]:
    """List the active indicators that an area has, in their order, with their states."""
    values = IndicatorValue.objects.filter(area=area.pk)
    known = dict(values.values_list("indicator_id", "state"))
    return [
        (sign, known.get(sign.pk, IndicatorState.NO_DATA.value))
        for sign in active_indicators().values()
        if area.level == AreaLevel.DISTRICT or sign.reach == Reach.STREET or sign.pk in known
    ]


def indicators_of(*, area: Area) -> list[Indicator]:
    """List the active indicators that an area has, in their order; they are only read."""
    return [sign for sign, _ in states_of(area=area)]


def vital_signs_of(*, area: Area) -> list[Indicator]:
    """List the indicators of the six domains alone."""
    return [sign for sign in indicators_of(area=area) if sign.domain]


def tiles_of(*, area: Area, indicators: Iterable[Indicator], at: datetime) -> list[Tile]:
    """Give each indicator with its newest value, its state and the limits that hold now."""
    signs = list(indicators)
    rows = IndicatorValue.objects.filter(area=area, indicator__in=[sign.pk for sign in signs])
    values = {row.indicator_id: row for row in rows}
    return [as_tile(indicator=sign, area=area, value=values.get(sign.pk), at=at) for sign in signs]


def as_tile(
    *, indicator: Indicator, area: Area, value: IndicatorValue | None, at: datetime
) -> Tile:
    """Give an indicator with what is needed to read and to judge it."""
    kept = {name: getattr(value, name) for name in KEPT} if value else UNKNOWN
    return {
        **{name: getattr(indicator, name) for name in DESCRIBED},
        **kept,
        **limits_of(indicator=indicator, area_level=area.level, at=at),
        "owner": indicator.owner.name if indicator.owner else "",
    }


def chosen_codes(*, wall: Wall, signs: Sequence[Tile]) -> dict[str, list[str]]:
    """Choose the tiles of each domain: those that the wall names, then the heaviest."""
    count = TILES_PER_DOMAIN[WallVariant(wall.variant)]
    named: Mapping[str, int] = {code: place for place, code in enumerate(wall.tiles)}
    chosen = {}
    for domain in Domain:
        own = [sign for sign in signs if sign["domain"] == domain]
        # A stable sort: signs of one weight stay in their catalogue's order.
        first = sorted(own, key=lambda sign: (named.get(sign["code"], len(named)), -sign["weight"]))
        chosen[domain.value] = [sign["code"] for sign in first[:count]]
    return chosen
