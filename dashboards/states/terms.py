"""What a formula is made of. Every node is plain data; `evaluation` gives it a value."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Where:
    """Which cells of the cube a term counts; an empty field stands for all.

    `window` is a `Window`, empty for the indicator's own; `ago` moves it back by so many days.
    `category` and `department` are codes, `level` names the finest known place.
    """

    window: str = ""
    ago: int = 0
    category: str = ""
    domain: str = ""
    channel: str = ""
    department: str = ""
    level: str = ""


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Variable:
    """A name that the caller knows, such as a weight in the index's formula."""

    name: str


@dataclass(frozen=True)
class Count:
    """So many acts, or orders that now stand so."""

    measures: tuple[str, ...]
    where: Where = field(default_factory=Where)


@dataclass(frozen=True)
class Rate:
    """A share between 0 and 1 of two counts over the same cells."""

    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    where: Where = field(default_factory=Where)


@dataclass(frozen=True)
class HandlingHours:
    """Natural hours from registration to result: the mean, or a quantile."""

    quantile: float | None = None
    where: Where = field(default_factory=Where)


@dataclass(frozen=True)
class Reported:
    """The newest accepted value of the owner."""


@dataclass(frozen=True)
class Force:
    """A fact of the places beneath the area: grids by a quality, or workers."""

    fact: str


@dataclass(frozen=True)
class OtherValue:
    """The value of another indicator in the same area."""

    code: str


@dataclass(frozen=True)
class Operation:
    sign: str
    left: "Expression"
    right: "Expression"


Counted = Count | Rate | HandlingHours  # terms over the cells that a `Where` chooses
Expression = (
    Number | Variable | Count | Rate | HandlingHours | Reported | Force | OtherValue | Operation
)


def walk(expression: Expression) -> "list[Expression]":
    """List an expression and all that it is made of."""
    if isinstance(expression, Operation):
        return [expression, *walk(expression.left), *walk(expression.right)]
    return [expression]
