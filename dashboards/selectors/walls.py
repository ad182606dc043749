"""What a wall shows, read with the rights of who looks."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.enums import Right
from dashboards.enums import IndicatorState
from dashboards.models import Indicator, IndicatorValue, Wall
from dashboards.selectors.cube import CubeSums
from dashboards.selectors.events import newest_events
from dashboards.selectors.figures import domain_summaries, read_sums, summary_of
from dashboards.selectors.grids import grid_states
from dashboards.selectors.tree import Node, read_tree
from dashboards.states import Limits, limits_at, read_table, worst
from governance.lib.errors import NotFoundError
from grids.models import Area
from grids.selectors import Scope, place_of

TILES_OF_A_DOMAIN = 2
STREET_FIGURES = ("open", "overdue", "accepted_today", "closed_today")


def wall_for(*, slug: str, scope: Scope) -> Wall:
    """Find a wall that the scope may look at; raise NotFoundError otherwise."""
    wall = Wall.objects.filter(slug=slug, is_active=True).select_related("area").first()
    if wall is None or not scope.covers_place(Right.VIEW_WALL, place_of(wall.area)):
        raise NotFoundError()
    return wall


def first_wall(*, scope: Scope) -> Wall | None:
    """Find the first active wall that the scope may look at, by its address."""
    walls = Wall.objects.filter(is_active=True).select_related("area__parent__parent__parent")
    return next(
        (
            wall
            for wall in walls.order_by("slug")
            if scope.covers_place(Right.VIEW_WALL, place_of(wall.area))
        ),
        None,
    )


def area_for(*, code: str, scope: Scope) -> Area:
    """Find an area whose figures the scope may see; raise NotFoundError otherwise."""
    area = Area.objects.filter(code=code, is_active=True).first()
    if area is None or not any(
        scope.covers_place(right, place_of(area)) for right in (Right.VIEW_WALL, Right.VIEW_ORDERS)
    ):
        raise NotFoundError()
    return area


def wall_content(*, wall: Wall, at: datetime) -> dict[str, Any]:
    """Read all of a wall's figures as they stand at an instant."""
    tree = read_tree()
    streets = tree.parts(wall.area_id)
    roots = [wall.area_id, *(street.pk for street in streets)]
    totals = read_sums(tree=tree, roots=roots, day=timezone.localdate(at))
    values = values_by_area(area_ids=list(totals))
    own = values.get(wall.area_id, [])
    return {
        "slug": wall.slug,
        "title": wall.title,
        "area": {"code": wall.area.code, "name": wall.area.name},
        "server_time": at,
        "summary": summary_of(totals[wall.area_id]),
        "domains": _domains(totals[wall.area_id], own),
        "indicators": [as_tile(value) for value in _in_order(own, wall.tiles)],
        "streets": [_street(node, totals[node.pk], values.get(node.pk, [])) for node in streets],
        "events": newest_events(area=wall.area),
    }


def wall_grids(*, wall: Wall, at: datetime) -> list[dict[str, Any]]:
    """Read the state of every grid on a wall's map."""
    tree = read_tree()
    return grid_states(area=wall.area, tree=tree, at=at)


def values_by_area(*, area_ids: Iterable[int]) -> dict[int, list[IndicatorValue]]:
    """Read the newest values of active indicators, in the indicators' order."""
    found: dict[int, list[IndicatorValue]] = {}
    rows = IndicatorValue.objects.filter(area_id__in=area_ids, indicator__is_active=True)
    for row in rows.select_related("indicator").order_by("indicator__position", "indicator_id"):
        found.setdefault(row.area_id, []).append(row)
    return found


def as_tile(value: IndicatorValue) -> dict[str, Any]:
    """Give a value with what is needed to read and to judge it."""
    sign: Indicator = value.indicator
    described = ("code", "name", "domain", "unit", "precision", "direction")
    limits = limits_now(sign)
    kept = ("value", "state", "since", "numerator", "denominator", "computed_at")
    return {
        **{name: getattr(sign, name) for name in described},
        **{name: getattr(value, name) for name in kept},
        "yellow": limits.yellow,
        "red": limits.red,
    }


def limits_now(sign: Indicator) -> Limits:
    """Give the thresholds that hold at this hour; a band is a pair."""
    table = read_table(sign.thresholds, direction=sign.direction)
    return limits_at(table, timezone.localtime())


def _domains(sums: CubeSums, values: list[IndicatorValue]) -> list[dict[str, Any]]:
    return [
        {
            **summary,
            "state": worst(row.state for row in values if row.indicator.domain == summary["code"]),
        }
        for summary in domain_summaries(sums)
    ]


def _street(node: Node, sums: CubeSums, values: list[IndicatorValue]) -> dict[str, Any]:
    summary: Mapping[str, Any] = summary_of(sums)
    state = worst(row.state for row in values)
    causes = [row.indicator.name for row in values if row.state == state]
    return {
        "code": node.code,
        "name": node.name,
        **{name: summary[name] for name in STREET_FIGURES},
        "state": state,
        "reasons": causes if state in (IndicatorState.YELLOW, IndicatorState.RED) else [],
    }


def _in_order(values: list[IndicatorValue], tiles: list[str]) -> list[IndicatorValue]:
    """Keep the tiles that the wall names, in its order; else the first signs of each domain."""
    if not tiles:
        return _first_of_each_domain(values)
    by_code = {value.indicator.code: value for value in values}
    return [by_code[code] for code in tiles if code in by_code]


def _first_of_each_domain(values: list[IndicatorValue]) -> list[IndicatorValue]:
    domains = dict.fromkeys(value.indicator.domain for value in values if value.indicator.domain)
    return [
        value
        for domain in domains
        for value in [row for row in values if row.indicator.domain == domain][:TILES_OF_A_DOMAIN]
    ]
