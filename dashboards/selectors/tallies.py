"""How many indicators of an area are in which state: for the index, the tally and the tabs."""

from collections import Counter
from typing import Any

from dashboards.enums import IndicatorState
from dashboards.models import Indicator, IndicatorValue
from dashboards.selectors.index import index_of
from dashboards.selectors.pages import wall_pages
from dashboards.selectors.tiles import indicators_of
from grids.models import Area


def tallies_of(*, area: Area) -> dict[str, Any]:
    """Give the index, how many vital signs are in each state, and the same for every page.

    An indicator that never had a value is no data and lowers the confidence of the index.
    """
    known = dict(IndicatorValue.objects.filter(area=area).values_list("indicator_id", "state"))
    states = [
        (sign, known.get(sign.pk, IndicatorState.NO_DATA.value))
        for sign in indicators_of(area=area)
    ]
    return {
        "index": index_of(states={sign.code: state for sign, state in states}),
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
