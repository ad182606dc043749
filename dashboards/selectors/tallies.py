"""How many indicators of an area are in which state: for the index, the tally and the tabs."""

from collections import Counter
from typing import Any

from dashboards.enums import IndicatorState
from dashboards.models import Indicator
from dashboards.selectors.index import index_at
from dashboards.selectors.pages import wall_pages
from dashboards.selectors.tiles import states_of
from grids.models import Area


def tallies_of(*, area: Area) -> dict[str, Any]:
    """Give the index, how many vital signs are in each state, and the same for every page."""
    states = states_of(area=area)
    return {
        "index": index_at(area=area),
        "tally": _counted(Counter(state for sign, state in states if sign.domain)),
        "pages": _page_tallies(states),
    }


def _page_tallies(states: list[tuple[Indicator, str]]) -> list[dict[str, Any]]:
    counts: dict[tuple[str, str], Counter[str]] = {}
    for sign, state in states:
        page = ("domain", sign.domain) if sign.domain else ("theme", sign.theme)
        counts.setdefault(page, Counter())[state] += 1
    return [
        {
            "slug": page.slug,
            "kind": page.kind,
            "value": page.value,
            "name": page.name,
            "states": _counted(counts.get((page.kind, page.value), Counter())),
        }
        for page in wall_pages()
    ]


def _counted(tally: Counter[str]) -> dict[str, int]:
    return {state.value: tally[state.value] for state in IndicatorState}
