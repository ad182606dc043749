"""The index: one score of a domain from the weights and states of its signs, with its reasons.

The formula is data (`IndexRule.formula`) over the weights of the signs that are yellow, red and
known. Signs without data are left out of the score and lower its confidence, which is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboards.enums import IndicatorState
from dashboards.states.evaluation import calculate
from dashboards.states.expressions import parse
from dashboards.states.terms import Expression

S = IndicatorState
VARIABLES = frozenset({"yellow_weight", "red_weight", "known_weight"})
DEFAULT_FORMULA = "100 * (1 - (0.4 * yellow_weight + red_weight) / known_weight)"
LOWEST, HIGHEST = 0.0, 100.0


@dataclass(frozen=True)
class Sign:
    """What the index needs of one vital sign."""

    code: str
    name: str
    weight: float
    state: str


@dataclass(frozen=True)
class Reason:
    """How many points a sign costs: the score as if it were normal, less the score."""

    code: str
    name: str
    state: str
    points: float


@dataclass(frozen=True)
class Score:
    """0 to 100, None where nothing is known; confidence is the share of weight that is known."""

    value: float | None
    confidence: float
    reasons: tuple[Reason, ...]


def read_formula(text: str) -> Expression:
    """Read an index formula; FormulaError says what is wrong with it."""
    return parse(text, VARIABLES)


def score_of(signs: Sequence[Sign], *, formula: Expression) -> Score:
    """Give the score of one domain, its reasons from the costliest."""
    value = _score(signs, formula)
    reasons = [
        Reason(sign.code, sign.name, sign.state, (eased or 0.0) - (value or 0.0))
        for sign in signs
        if sign.state in (S.YELLOW, S.RED)
        for eased in [_score(_eased(signs, sign), formula)]
    ]
    every = sum(sign.weight for sign in signs)
    known = sum(sign.weight for sign in signs if sign.state != S.NO_DATA)
    return Score(value, known / every if every else 0.0, _sorted(reasons))


def overall(scores: Mapping[str, Score], *, weights: Mapping[str, float]) -> Score:
    """Give the weighted mean of the domains whose score is known; reasons by their share of it."""
    known = {code: score for code, score in scores.items() if score.value is not None}
    shares = {code: float(weights.get(code, 1)) for code in scores}
    total = sum(shares[code] for code in known)
    every = sum(shares.values())
    if not total:
        return Score(None, 0.0, ())
    value = sum(shares[code] * (score.value or 0.0) for code, score in known.items()) / total
    reasons = [
        Reason(reason.code, reason.name, reason.state, reason.points * shares[code] / total)
        for code, score in known.items()
        for reason in score.reasons
    ]
    confidence = sum(shares[code] * score.confidence for code, score in scores.items()) / every
    return Score(value, confidence, _sorted(reasons))


def _score(signs: Sequence[Sign], formula: Expression) -> float | None:
    weights = dict.fromkeys(VARIABLES, 0.0)
    for sign in signs:
        if sign.state != S.NO_DATA:
            weights["known_weight"] += sign.weight
        if sign.state in (S.YELLOW, S.RED):
            weights[f"{sign.state}_weight"] += sign.weight
    value = calculate(formula, weights)
    return None if value is None else min(max(value, LOWEST), HIGHEST)


def _eased(signs: Sequence[Sign], eased: Sign) -> list[Sign]:
    normal = Sign(eased.code, eased.name, eased.weight, S.NORMAL)
    return [normal if sign is eased else sign for sign in signs]


def _sorted(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=lambda reason: (-reason.points, reason.code)))
