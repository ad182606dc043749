"""An indicator as a row of a file, and everything that can be wrong with it.

The admin's form and the command that loads files find the same faults.
"""

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from dataclasses import field as of
from typing import Any

from dashboards.enums import Direction, JudgedLevel, OrderAt, Reach, Source, Theme, Window
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
    """A row as written: owner and category are codes, everything else as `Indicator` holds it.

    `place` says where it was written, `unread` what could not be read of it as (field, message).
    """

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
    thresholds: Sequence[Mapping[str, Any]] = of(default_factory=list)
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
    is_active: bool = True
    place: str = of(default="", compare=False)
    unread: tuple[tuple[str, str], ...] = of(default=(), compare=False)


# Fields that the files call by a shorter word, or by one word for two.
WORDS = {
    "interval_seconds": "interval",
    "minimum_seconds": "minimum",
    "is_active": "active",
    "plausible_low": "plausible",
    "plausible_high": "plausible",
    "order_at": "order",
    "category": "order",
}


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row, at which of its fields."""

    code: str
    field: str
    message: str
    place: str = of(default="", compare=False)

    def __str__(self) -> str:
        where = f"{self.place} {self.code}".strip()
        word = WORDS.get(self.field, self.field)
        return f"{where}（{word}）：{self.message}" if word else f"{where}：{self.message}"


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
TEXTS = (*CHOICES, *LENGTHS, "owner", "category")
COUNTS = {"precision": 6, "minimum_seconds": 366 * 86400, "interval_seconds": 366 * 86400}
NUMBERS = ("hysteresis", "weight", "plausible_low", "plausible_high")
NOT_NEGATIVE = ("hysteresis", "weight")
CODE = re.compile(r"[a-zA-Z0-9_-]+")


def faults_in(definitions: Sequence[Definition]) -> list[Fault]:
    """Find every fault of a whole catalogue: of each row, and between rows."""
    own = [(row, _own_faults(row)) for row in definitions]
    faults = [fault for _, some in own for fault in some]
    named = {str(row.code) for row in definitions}
    by_code = {row.code: row for row, some in own if not some}
    return faults + _repeated(definitions) + _between(by_code, named)


def _own_faults(row: Definition) -> list[Fault]:
    found = list(row.unread)
    if row != Definition():  # of a file that cannot be read there is no more to say
        found += _of_kinds(row) or _of_values(row) or [*_of_meaning(row), *_of_formula(row)]
    return [Fault(str(row.code), name, message, row.place) for name, message in found]


def _of_kinds(row: Definition) -> list[tuple[str, str]]:
    """Find values that are no text or number where one is wanted: YAML reads NO as false."""
    found = [
        (name, f"须为文字，数字与 yes、no 等请加引号：{value}")
        for name in TEXTS
        for value in [getattr(row, name)]
        if not isinstance(value, str)
    ]
    for name in (*COUNTS, *NUMBERS):
        value = getattr(row, name)
        wanted = int if name in COUNTS else int | float
        may_be_empty = name in ("interval_seconds", "plausible_low", "plausible_high")
        if value is None and may_be_empty:
            continue
        if isinstance(value, bool) or not isinstance(value, wanted) or not _is_finite(value):
            found.append((name, f"须为{'整数' if name in COUNTS else '数'}：{value}"))
    if not isinstance(row.is_active, bool):
        found.append(("is_active", f"须为 true 或 false：{row.is_active}"))
    if not _is_table(row.thresholds):
        found.append(("thresholds", "须为若干行，每行如 {yellow: 100, red: 150}"))
    return found


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _is_table(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(row, Mapping) for row in value)


def _of_values(row: Definition) -> list[tuple[str, str]]:
    found = [
        (name, f"须为：{'、'.join(values)}")
        for name, (values, may_be_empty) in CHOICES.items()
        if getattr(row, name) not in values and not (may_be_empty and getattr(row, name) == "")
    ]
    found += [
        (name, f"不能超过 {length} 字")
        for name, length in LENGTHS.items()
        if len(getattr(row, name)) > length
    ]
    found += [
        (name, "不能为空") for name in ("code", "name", "formula") if not getattr(row, name).strip()
    ]
    if row.code and not CODE.fullmatch(row.code):
        found.append(("code", f"只能用字母、数字、连字符与下划线：{row.code}"))
    found += [(name, "不能为负") for name in NOT_NEGATIVE if getattr(row, name) < 0]
    found += [
        (name, f"须在 0 至 {most} 之间")
        for name, most in COUNTS.items()
        if not 0 <= (getattr(row, name) or 0) <= most
    ]
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
    if row.reach == Reach.DISTRICT and any(line.level == JudgedLevel.STREET for line in table):
        yield "thresholds", "范围不含街道，不能有街道的阈值"
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
            value = str(getattr(row, name))
            if value in values and value:
                faults.append(Fault(str(row.code), name, f"重复：{value}", row.place))
            values.add(value)
    return faults


def _between(by_code: Mapping[str, Definition], named: Collection[str]) -> list[Fault]:
    """Find names of indicators that are not there, cycles, and units that do not follow."""
    faults = []
    for row in by_code.values():
        expression = parse(row.formula)
        others = names_in(expression)
        if missing := [code for code in others if code not in named]:
            message = f"没有此指标：{'、'.join(missing)}"
            faults.append(Fault(row.code, "formula", message, row.place))
        elif cycle := _cycle(row.code, by_code):
            message = f"公式循环：{' → '.join(cycle)}"
            faults.append(Fault(row.code, "formula", message, row.place))
        elif all(code in by_code for code in others):
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
            if code in by_code and code not in seen:
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
        return [Fault(row.code, "formula", str(error), row.place)]
    if kind == own:
        return []
    return [Fault(row.code, "unit", f"单位与公式不符：{row.unit or '无'}", row.place)]


FIELDS = tuple(each.name for each in fields(Definition) if each.compare)
