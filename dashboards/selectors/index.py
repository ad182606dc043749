"""The index of an area: its six domains and the whole, with what costs how many points."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from dashboards.models import IndexRule
from dashboards.selectors.signs import active_indicators
from dashboards.selectors.tiles import states_of
from dashboards.selectors.tree import Node
from dashboards.states import (
    DEFAULT_FORMULA,
    Score,
    Sign,
    overall,
    read_formula,
    score_of,
)
from grids.models import Area
from workorders.enums import Domain

REASONS = 8  # a wall has room for no more


def index_at(*, area: Area | Node) -> dict[str, Any]:
    """Sum up the vital signs of an area as they now stand.

    One that never had a value is no data and lowers the confidence.
    """
    return index_of(states={sign.code: state for sign, state in states_of(area=area)})


def index_of(*, states: Mapping[str, str]) -> dict[str, Any]:
    """Sum up an area's states by indicator code; theme indicators do not count.

    Scores are 0 to 100 and None where nothing is known; confidence is the share of weight that is.
    """
    rule = IndexRule.objects.filter(is_active=True).first()
    formula = read_formula(rule.formula if rule else DEFAULT_FORMULA)
    signs = _signs(states)
    scores = {domain.value: score_of(signs[domain], formula=formula) for domain in Domain}
    whole = overall(scores, weights=rule.domain_weights if rule else {})
    return {
        **_as_content(whole),
        "domains": [
            {"code": domain.value, "name": str(domain.label), **_as_content(scores[domain])}
            for domain in Domain
        ],
    }


def _signs(states: Mapping[str, str]) -> dict[str, list[Sign]]:
    signs: dict[str, list[Sign]] = {domain.value: [] for domain in Domain}
    for sign in active_indicators().values():
        if sign.domain and sign.code in states:
            signs[sign.domain].append(Sign(sign.code, sign.name, sign.weight, states[sign.code]))
    return signs


def _as_content(score: Score) -> dict[str, Any]:
    return {
        "score": score.value,
        "confidence": score.confidence,
        "reason_count": len(score.reasons),
        "reasons": [asdict(reason) for reason in score.reasons[:REASONS]],
    }
