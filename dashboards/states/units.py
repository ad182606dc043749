"""Units of indicators: a formula's unit must follow from those of its parts.

A unit is a quotient of products, "件/人" or "µg/m³". A share has no unit, written as % or empty.
Large counting units (千, 万, 亿) before a name change the scale and not the kind.
"""

from collections import Counter
from collections.abc import Mapping

from dashboards.states.expressions import FormulaError
from dashboards.states.terms import (
    Count,
    Expression,
    Force,
    HandlingHours,
    Number,
    Operation,
    OtherValue,
    Rate,
)

ORDERS, HOURS, GRIDS, PEOPLE = "件", "小时", "个", "人"
SHARES = ("", "%", "‰")
SCALES = "十百千万亿"

# Exponents by name; a share is empty.
Kind = Mapping[str, int]


def kind_of(unit: str) -> Kind:
    """Read a unit; "件/万人" is of the same kind as "件/人"."""
    if unit in SHARES:
        return {}
    above, *below = unit.split("/")
    powers: Counter[str] = Counter()
    for name in above.split("·"):
        powers[_bare(name)] += 1
    for name in below:
        powers[_bare(name)] -= 1
    return {name: power for name, power in powers.items() if power and name}


def _bare(name: str) -> str:
    return name.lstrip(SCALES) or name


def kind_of_formula(  # noqa: PLR0911  # a line a term
    expression: Expression, *, own: Kind, others: Mapping[str, Kind]
) -> Kind:
    """Work out the kind of a formula; FormulaError where its parts do not go together.

    `own` is what the owner reports in, `others` the kinds of other indicators by code.
    """
    match expression:
        case Count():
            return {ORDERS: 1}
        case HandlingHours():
            return {HOURS: 1}
        case Rate() | Number():
            return {}
        case Force(fact):
            return {PEOPLE if fact == "workers" else GRIDS: 1}
        case OtherValue(code):
            return others[code]
        case Operation(sign, left, right):
            return _combine(
                sign,
                (left, kind_of_formula(left, own=own, others=others)),
                (right, kind_of_formula(right, own=own, others=others)),
            )
    return own


def _combine(sign: str, left: tuple[Expression, Kind], right: tuple[Expression, Kind]) -> Kind:
    if sign in "*/":
        turn = 1 if sign == "*" else -1
        names = left[1].keys() | right[1].keys()
        powers = {name: left[1].get(name, 0) + turn * right[1].get(name, 0) for name in names}
        return {name: power for name, power in powers.items() if power}
    # A bare number takes the unit of what it is added to: 1 - share, hours - 24.
    if isinstance(left[0], Number):
        return right[1]
    if isinstance(right[0], Number) or left[1] == right[1]:
        return left[1]
    raise FormulaError(f"单位不同的量不能加减：{_spell(left[1])}与{_spell(right[1])}")


def _spell(kind: Kind) -> str:
    above = "·".join(name for name, power in kind.items() if power > 0)
    below = "".join(f"/{name}" for name, power in kind.items() if power < 0)
    return f"{above}{below}" or "比率"
