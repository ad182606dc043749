"""Reads a formula. The grammar is Python's, of which only these few forms are let in.

count(resolved + self_handled, category="0101")      rate(solved, called_back, window="week")
mean_hours(domain="environment")                     quantile_hours(0.9, channel="hotline")
reported()    grids(staffed) / grids(total)          value("other-code") * 10000 / workers()
"""

import ast
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Any

from dashboards.enums import Window
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
    Variable,
    Where,
)
from workorders.enums import Domain, Measure

SIGNS: Mapping[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/",
}  # fmt: skip
LEVELS = ("district", "street", "community", "grid")
FORCES = ("total", "staffed", "patrolled")
LONGEST_AGO = 366
DEEPEST = 40  # nodes


class FormulaError(ValueError):
    """A formula that cannot be read; the message says which part, in the reader's language."""


@lru_cache(maxsize=2048)
def parse(text: str, variables: frozenset[str] = frozenset()) -> Expression:
    """Read a formula; FormulaError says what is wrong with it."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError(f"公式不合语法：{text}") from error
    if sum(1 for _ in ast.walk(tree)) > DEEPEST * 4:
        raise FormulaError("公式过长")
    return _read(tree.body, variables)


def _read(node: ast.expr, variables: Collection[str]) -> Expression:
    match node:
        case ast.Constant(value=bool()):
            raise FormulaError("公式里不能用真假值")
        case ast.Constant(value=int() | float() as value):
            return Number(float(value))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Operation("-", Number(0), _read(operand, variables))
        case ast.BinOp(op=sign, left=left, right=right) if type(sign) in SIGNS:
            return Operation(SIGNS[type(sign)], _read(left, variables), _read(right, variables))
        case ast.Name(id=name) if name in variables:
            return Variable(name)
        case ast.Name(id=name):
            raise FormulaError(f"没有此变量：{name}")
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
            return _call(name, args, keywords)
    raise FormulaError(f"公式里不能这样写：{ast.unparse(node)}")


def _call(name: str, args: list[ast.expr], keywords: list[ast.keyword]) -> Expression:
    if name not in FUNCTIONS:
        raise FormulaError(f"没有此函数：{name}（可用：{'、'.join(FUNCTIONS)}）")
    count, build = FUNCTIONS[name]
    if len(args) != count:
        raise FormulaError(f"函数 {name} 须有 {count} 个参数")
    return build(args, keywords)


def _count(args: list[ast.expr], keywords: list[ast.keyword]) -> Expression:
    return Count(_measures(args[0]), _where(keywords))


def _rate(args: list[ast.expr], keywords: list[ast.keyword]) -> Expression:
    return Rate(_measures(args[0]), _measures(args[1]), _where(keywords))


def _mean_hours(args: list[ast.expr], keywords: list[ast.keyword]) -> Expression:
    return HandlingHours(None, _where(keywords))


def _quantile_hours(args: list[ast.expr], keywords: list[ast.keyword]) -> Expression:
    match args[0]:
        case ast.Constant(value=float() as share) if 0 < share < 1:
            return HandlingHours(share, _where(keywords))
    raise FormulaError("分位数须在 0 与 1 之间，如 quantile_hours(0.9)")


def _reported(args: list[ast.expr], keywords: list[ast.keyword]) -> Expression:
    _refuse_filters("reported", keywords)
    return Reported()


def _grids(args: list[ast.expr], keywords: list[ast.keyword]) -> Expression:
    _refuse_filters("grids", keywords)
    match args[0]:
        case ast.Name(id=fact) if fact in FORCES:
            return Force(fact)
    raise FormulaError(f"grids() 可数：{'、'.join(FORCES)}")


def _workers(args: list[ast.expr], keywords: list[ast.keyword]) -> Expression:
    _refuse_filters("workers", keywords)
    return Force("workers")


def _value(args: list[ast.expr], keywords: list[ast.keyword]) -> Expression:
    _refuse_filters("value", keywords)
    match args[0]:
        case ast.Constant(value=str() as code):
            return OtherValue(code)
    raise FormulaError('value() 须写指标编码，如 value("some-code")')


FUNCTIONS: dict[str, tuple[int, Callable[[list[ast.expr], list[ast.keyword]], Expression]]] = {
    "count": (1, _count),
    "rate": (2, _rate),
    "mean_hours": (0, _mean_hours),
    "quantile_hours": (1, _quantile_hours),
    "reported": (0, _reported),
    "grids": (1, _grids),
    "workers": (0, _workers),
    "value": (1, _value),
}


def _measures(node: ast.expr) -> tuple[str, ...]:
    match node:
        case ast.Name(id=name) if name in Measure.values:
            return (name,)
        case ast.Name(id=name):
            raise FormulaError(f"没有此计数：{name}")
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return (*_measures(left), *_measures(right))
    raise FormulaError(f"计数只能相加：{ast.unparse(node)}")


def _where(keywords: list[ast.keyword]) -> Where:
    given: dict[str, Any] = {}
    for keyword in keywords:
        name = str(keyword.arg)
        if name not in FILTERS:
            raise FormulaError(f"没有此筛选：{name}（可用：{'、'.join(FILTERS)}）")
        value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
        if not FILTERS[name](value):
            raise FormulaError(f"筛选 {name} 的值不对：{ast.unparse(keyword.value)}")
        given[name] = value
    return Where(**given)


def _is_code(value: object) -> bool:
    return isinstance(value, str) and value != ""


FILTERS: dict[str, Callable[[Any], bool]] = {
    "window": lambda value: value in Window.values,
    "ago": lambda value: type(value) is int and 0 < value <= LONGEST_AGO,
    "category": _is_code,
    "domain": lambda value: value in Domain.values,
    "channel": _is_code,
    "department": _is_code,
    "level": lambda value: value in LEVELS,
}


def _refuse_filters(name: str, keywords: list[ast.keyword]) -> None:
    if keywords:
        raise FormulaError(f"函数 {name} 没有筛选")
