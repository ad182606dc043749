"""Gives a formula its value. What is not known makes the whole unknown; it is never zero."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

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


@dataclass(frozen=True)
class Result:
    """A value with the two figures it was made of; None where it cannot be known."""

    value: float | None
    numerator: float
    denominator: float | None


class Facts(Protocol):
    """What formulas ask of one area at one instant."""

    def count(self, measures: tuple[str, ...], where: Where, *, is_weighted: bool) -> float:
        """Add up; with `is_weighted`, "basically satisfied" counts by its weight."""

    def handling(self, quantile: float | None, where: Where) -> tuple[float | None, float]:
        """Give hours, and of how many results."""

    def reported(self) -> float | None: ...

    def force(self, fact: str) -> float | None: ...

    def value(self, code: str) -> float | None: ...


def evaluate(expression: Expression, facts: Facts) -> Result:
    """Give the value with numerator and denominator where it is a share or a quotient."""
    match expression:
        case Rate(numerator, denominator, where):
            above = facts.count(numerator, where, is_weighted=True)
            below = facts.count(denominator, where, is_weighted=False)
            return Result(above / below if below else None, above, below)
        case HandlingHours(quantile, where):
            hours, results = facts.handling(quantile, where)
            return Result(hours, hours or 0.0, results)
        case Operation("/", left, right):
            return _quotient(number(left, facts), number(right, facts))
    value = number(expression, facts)
    return Result(value, value or 0.0, None)


def number(expression: Expression, facts: Facts) -> float | None:  # noqa: PLR0911  # a line a term
    """Give the bare value of any part of a formula."""
    match expression:
        case Number(value):
            return value
        case Count(measures, where):
            return facts.count(measures, where, is_weighted=False)
        case Rate() | HandlingHours():
            return evaluate(expression, facts).value
        case Reported():
            return facts.reported()
        case Force(fact):
            return facts.force(fact)
        case OtherValue(code):
            return facts.value(code)
        case Operation(sign, left, right):
            return _operate(sign, number(left, facts), number(right, facts))
    raise TypeError(f"not a term of an indicator: {expression}")


def calculate(expression: Expression, variables: Mapping[str, float]) -> float | None:
    """Give the value of a formula over named numbers."""
    match expression:
        case Number(value):
            return value
        case Variable(name):
            return variables[name]
        case Operation(sign, left, right):
            return _operate(sign, calculate(left, variables), calculate(right, variables))
    raise TypeError(f"not a formula over names: {expression}")


def _operate(sign: str, left: float | None, right: float | None) -> float | None:
    if left is None or right is None:
        return None
    if sign == "/":
        return left / right if right else None
    return left + right if sign == "+" else left - right if sign == "-" else left * right


def _quotient(above: float | None, below: float | None) -> Result:
    return Result(_operate("/", above, below), above or 0.0, below)
