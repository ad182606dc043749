"""A formula in words, for people who look at a figure and ask what it counts."""

from accounts.models import Department
from dashboards.enums import Window
from dashboards.models import Indicator
from dashboards.states import FormulaError, parse
from dashboards.states.terms import (
    Count,
    Expression,
    Force,
    HandlingHours,
    Number,
    Operation,
    OtherValue,
    Rate,
    Reported,
    Where,
    walk,
)
from grids.enums import AreaLevel
from workorders.enums import Domain, Measure
from workorders.models import Category, Channel

SIGNS = {"+": "＋", "-": "－", "*": "×", "/": "÷"}
FORCES = {
    "total": "网格数", "staffed": "已配网格员的网格数", "patrolled": "今日已巡查的网格数",
    "workers": "网格员人数",
}  # fmt: skip


class _Names:
    """The names of what a formula calls by code."""

    def __init__(self, terms: list[Expression]) -> None:
        wheres = [term.where for term in terms if isinstance(term, Count | Rate | HandlingHours)]
        codes = [term.code for term in terms if isinstance(term, OtherValue)]
        self.categories = _named(Category, [where.category for where in wheres])
        self.channels = _named(Channel, [where.channel for where in wheres])
        self.departments = _named(Department, [where.department for where in wheres])
        self.indicators = _named(Indicator, codes)


def formula_in_words(formula: str) -> str:
    """Say what a formula computes; the formula itself where it cannot be read."""
    try:
        expression = parse(formula)
    except FormulaError:
        return formula
    return _say(expression, _Names(walk(expression)))


def _named(model: type, codes: list[str]) -> dict[str, str]:
    wanted = {code for code in codes if code}
    if not wanted:
        return {}
    return dict(model.objects.filter(code__in=wanted).values_list("code", "name"))  # type: ignore[attr-defined]


def _say(expression: Expression, names: _Names) -> str:
    match expression:
        case Count(measures, where):
            said = f"{_measures(measures)}件数{_where(where, names)}"
        case Rate(numerator, denominator, where):
            said = f"{_measures(numerator)} ÷ {_measures(denominator)}{_where(where, names)}"
        case HandlingHours(quantile, where):
            how = "平均办理时长" if quantile is None else f"办理时长的{quantile:.0%}分位"
            said = f"{how}{_where(where, names)}"
        case Operation(sign, left, right):
            said = f"{_part(left, names)} {SIGNS[sign]} {_part(right, names)}"
        case _:
            said = _say_one(expression, names)
    return said


def _say_one(expression: Expression, names: _Names) -> str:
    match expression:
        case Number(value):
            return f"{value:g}"
        case Reported():
            return "责任部门报送的最新值"
        case Force(fact):
            return FORCES.get(fact, fact)
        case OtherValue(code):
            return f"「{names.indicators.get(code, code)}」"
    return ""


def _part(expression: Expression, names: _Names) -> str:
    text = _say(expression, names)
    return f"（{text}）" if isinstance(expression, Operation) else text


def _measures(measures: tuple[str, ...]) -> str:
    words = [str(Measure(name).label) for name in measures]
    return words[0] if len(words) == 1 else f"（{'＋'.join(words)}）"


def _where(where: Where, names: _Names) -> str:
    said = [
        str(Window(where.window).label) if where.window else "",
        f"{where.ago} 天前" if where.ago else "",
        names.categories.get(where.category, where.category),
        str(Domain(where.domain).label) if where.domain else "",
        names.channels.get(where.channel, where.channel),
        names.departments.get(where.department, where.department),
        f"{AreaLevel[where.level.upper()].label}级" if where.level else "",
    ]
    kept = [word for word in said if word]
    return f"（{'，'.join(kept)}）" if kept else ""
