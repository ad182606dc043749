"""What a wall's first page shows, and its map."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils import timezone

from dashboards.enums import IndicatorState
from dashboards.models import IndicatorValue, Wall
from dashboards.selectors.cube import CubeSums
from dashboards.selectors.duty import duty_of
from dashboards.selectors.episodes import episodes_of
from dashboards.selectors.events import newest_events
from dashboards.selectors.figures import domain_summaries, read_sums, summary_of
from dashboards.selectors.grids import grid_states
from dashboards.selectors.history import series_of
from dashboards.selectors.tallies import tallies_of
from dashboards.selectors.tiles import Tile, chosen_codes, tiles_of, vital_signs_of
from dashboards.selectors.tree import AreaTree, Node, read_tree
from dashboards.selectors.trend import counts_a_week_ago
from dashboards.selectors.walls import values_by_area
from dashboards.states import worst

STREET_FIGURES = ("open", "overdue", "accepted_today", "closed_today")


def wall_content(*, wall: Wall, at: datetime) -> dict[str, Any]:
    """Read all of a wall's first page as it stands at an instant."""
    tree = read_tree()
    signs = tiles_of(area=wall.area, indicators=vital_signs_of(area=wall.area), at=at)
    chosen = chosen_codes(wall=wall, signs=signs)
    _add_series(wall, signs, [code for codes in chosen.values() for code in codes], at)
    return {
        **wall_head(wall=wall, at=at),
        "signs": signs,
        "chosen": chosen,
        **_figures(wall, tree, at),
        "events": newest_events(area=wall.area),
    }


def wall_head(*, wall: Wall, at: datetime) -> dict[str, Any]:
    """Give what every page of a wall shows: whose it is, its index, who is on duty, its alarms."""
    return {
        "slug": wall.slug,
        "title": wall.title,
        "area": {"code": wall.area.code, "name": wall.area.name},
        "server_time": at,
        "duty": asdict(duty_of(area=wall.area, at=at)),
        "episodes": episodes_of(area=wall.area, at=at),
        **tallies_of(area=wall.area),
    }


def wall_grids(*, wall: Wall, at: datetime) -> list[dict[str, Any]]:
    """Read the state of every grid on a wall's map."""
    return grid_states(area=wall.area, tree=read_tree(), at=at)


def add_series(*, wall: Wall, signs: Iterable[Tile], at: datetime) -> None:
    """Put the sparklines of the last day beside the values."""
    drawn = list(signs)
    series = series_of(area=wall.area, indicator_ids=[sign["pk"] for sign in drawn], at=at)
    for sign in drawn:
        sign["series"] = [*series[sign["pk"]][:-1], sign["value"]]


def _add_series(wall: Wall, signs: list[Tile], codes: Iterable[str], at: datetime) -> None:
    wanted = set(codes)
    add_series(wall=wall, signs=[sign for sign in signs if sign["code"] in wanted], at=at)


def _figures(wall: Wall, tree: AreaTree, at: datetime) -> dict[str, Any]:
    """Sum up the orders: the whole area against last week, and each part beneath it."""
    beneath = _beneath(tree, wall.area_id)
    streets = tree.parts(wall.area_id)
    roots = [wall.area_id, *(street.pk for street in streets)]
    totals = read_sums(tree=tree, roots=roots, day=timezone.localdate(at))
    values = values_by_area(area_ids=[street.pk for street in streets])
    return {
        "summary": summary_of(totals[wall.area_id]),
        "a_week_ago": counts_a_week_ago(area_ids=beneath, at=at),
        "domains": domain_summaries(totals[wall.area_id]),
        "streets": [_street(node, totals[node.pk], values.get(node.pk, [])) for node in streets],
    }


def _beneath(tree: AreaTree, root: int) -> list[int]:
    return [node.pk for node in tree.downward(root)]


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
