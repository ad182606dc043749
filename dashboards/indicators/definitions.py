"""An indicator as a row of a file, and everything that can be wrong with it.

The admin's form and the command that loads files find the same faults.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from dashboards.enums import Direction, OrderAt, Reach, Source, Theme, Window
from dashboards.states import (
    FormulaError,
    ThresholdError,
    kind_of,
    kind_of_formula,
    parse,
    read_table,
)
from dashboards.states.terms import (
    Count,
    Expression,
    Force,
    HandlingHours,
    OtherValue,
    Rate,
    Reported,
    walk,
)
from workorders.enums import Domain


@dataclass(frozen=True)
class Definition:
    """A row as written: owner and category are codes, everything else as `Indicator` holds it."""

    code: str = ""
    name: str = ""
    definition: str = ""
    domain: str = ""
    theme: str = ""
    unit: str = ""
    precision: int = 0
    direction: str = Direction.LOWER.value
    window: str = Window.TODAY.value
    source: str = Source.CUBE.value
    formula: str = ""
    thresholds: Sequence[Mapping[str, Any]] = field(default_factory=list)
    hysteresis: float = 0
    minimum_seconds: int = 0
    owner: str = ""
    interval_seconds: int | None = None
    weight: float = 1
    plausible_low: float | None = None
    plausible_high: float | None = None
    reach: str = Reach.DISTRICT.value
    order_at: str = OrderAt.NEVER.value
    category: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row, at which of its fields."""

    code: str
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.code}（{self.field}）：{self.message}"


CHOICES: dict[str, tuple[list[str], bool]] = {
    "domain": (Domain.values, True),
    "theme": (Theme.values, True),
    "direction": (Direction.values, False),
    "window": (Window.values, False),
    "source": (Source.values, False),
    "reach": (Reach.values, False),
    "order_at": (OrderAt.values, False),
}
LENGTHS = {"code": 60, "name": 60, "definition": 200, "unit": 12, "formula": 300}
NUMBERS = (
    "precision", "hysteresis", "minimum_seconds", "interval_seconds", "weight", "plausible_low",
    "plausible_high",
)  # fmt: skip
NOT_NEGATIVE = ("precision", "hysteresis", "minimum_seconds", "interval_seconds", "weight")


def faults_in(definitions: Sequence[Definition]) -> list[Fault]:
    """Find every fault of a whole catalogue: of each row, and between rows."""
    faults = [fault for row in definitions for fault in _own_faults(row)]
    sound = {fault.code for fault in faults}
    by_code = {row.code: row for row in definitions if row.code not in sound}
    return faults + _repeated(definitions) + _between(by_code)


def _own_faults(row: Definition) -> list[Fault]:
    found = _of_values(row) or [*_of_meaning(row), *_of_formula(row)]
    return [Fault(row.code, name, message) for name, message in found]


def _of_values(row: Definition) -> list[tuple[str, str]]:
    found = [
        (name, f"须为：{'、'.join(values)}")
        for name, (values, may_be_empty) in CHOICES.items()
        if getattr(row, name) not in values and not (may_be_empty and getattr(row, name) == "")
    ]
    found += [
        (name, f"不能超过 {length} 字")
        for name, length in LENGTHS.items()
        if len(str(getattr(row, name))) > length
    ]
    found += [(name, "不能为空") for name in ("code", "name", "formula") if not getattr(row, name)]
    for name in NUMBERS:
        value = getattr(row, name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            found.append((name, f"须为数：{value}"))
        elif value is not None and name in NOT_NEGATIVE and value < 0:
            found.append((name, "不能为负"))
    return found


def _of_meaning(row: Definition) -> Iterable[tuple[str, str]]:
    if bool(row.domain) == bool(row.theme):
        yield "domain", "领域与专题须且只能填一个"
    if row.order_at != OrderAt.NEVER and not row.category:
        yield "category", "自动派单须指定事项类别"
    if row.source == Source.REPORT and not row.interval_seconds:
        yield "interval_seconds", "部门报送的指标须有更新间隔"
    low, high = row.plausible_low, row.plausible_high
    if low is not None and high is not None and low >= high:
        yield "plausible_low", "合理下限须小于合理上限"
    try:
        table = read_table(row.thresholds, direction=row.direction)
    except ThresholdError as error:
        yield "thresholds", str(error)
        return
    limits = [limit for line in table for limit in (line.limits.yellow, line.limits.red)]
    if any(isinstance(one, tuple) and one[1] - one[0] <= 2 * row.hysteresis for one in limits):
        yield "hysteresis", "回差须小于区间宽度的一半"


def _of_formula(row: Definition) -> Iterable[tuple[str, str]]:
    try:
        expression = parse(row.formula)
    except FormulaError as error:
        yield "formula", str(error)
        return
    fitting = source_of(expression)
    if fitting is None:
        yield "formula", "部门报送值不能与其他来源混用，请另立指标后用 value() 引用"
    elif row.source != fitting:
        yield "source", f"与公式不符，应为 {fitting.value}（{fitting.label}）"


def source_of(expression: Expression) -> Source | None:
    """Say which source a formula draws on; None for a reported value inside something larger."""
    terms = walk(expression)
    if any(isinstance(term, OtherValue) for term in terms):
        return Source.FORMULA
    if any(isinstance(term, Reported) for term in terms):
        return Source.REPORT if isinstance(expression, Reported) else None
    if any(isinstance(term, Force) for term in terms):
        return Source.GRID
    if any(isinstance(term, Count | Rate | HandlingHours) for term in terms):
        return Source.CUBE
    return None


def _repeated(definitions: Sequence[Definition]) -> list[Fault]:
    faults, seen = [], {"code": set[str](), "name": set[str]()}
    for row in definitions:
        for name, values in seen.items():
            value = getattr(row, name)
            if value in values:
                faults.append(Fault(row.code, name, f"重复：{value}"))
            values.add(value)
    return faults


def _between(by_code: Mapping[str, Definition]) -> list[Fault]:
    """Find names of indicators that are not there, cycles, and units that do not follow."""
    faults = []
    for row in by_code.values():
        expression = parse(row.formula)
        missing = [code for code in names_in(expression) if code not in by_code]
        if missing:
            faults.append(Fault(row.code, "formula", f"没有此指标：{'、'.join(missing)}"))
        elif cycle := _cycle(row.code, by_code):
            faults.append(Fault(row.code, "formula", f"公式循环：{' → '.join(cycle)}"))
        else:
            faults += _unit_faults(row, expression, by_code)
    return faults


def names_in(expression: Expression) -> list[str]:
    """List the other indicators that a formula draws on."""
    return [term.code for term in walk(expression) if isinstance(term, OtherValue)]


def _cycle(start: str, by_code: Mapping[str, Definition]) -> list[str]:
    """Find a way from an indicator back to itself; empty if there is none."""
    ways = [[start]]
    seen = set[str]()
    while ways:
        way = ways.pop()
        for code in names_in(parse(by_code[way[-1]].formula)):
            if code == start:
                return [*way, code]
            if code not in seen and code in by_code:
                seen.add(code)
                ways.append([*way, code])
    return []


def _unit_faults(
    row: Definition, expression: Expression, by_code: Mapping[str, Definition]
) -> list[Fault]:
    own = kind_of(row.unit)
    others = {code: kind_of(other.unit) for code, other in by_code.items()}
    try:
        kind = kind_of_formula(expression, own=own, others=others)
    except FormulaError as error:
        return [Fault(row.code, "formula", str(error))]
    return [] if kind == own else [Fault(row.code, "unit", f"单位与公式不符：{row.unit or '无'}")]


FIELDS = tuple(each.name for each in fields(Definition))
