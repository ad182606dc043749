"""What a column becomes before everybody may read it: dropped, covered, or told less exactly.

Two things hold whatever is chosen: a column with a personal class never goes out as it is, and in
a resource that has such columns whatever was derived from them, and whatever was made coarser,
counts as an attribute by which people could be told apart (quasi-identifier).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from math import floor
from typing import Any

from datahub.columns.column import Column
from datahub.columns.spellings import BEIJING
from datahub.enums import ColumnType, PersonalClass, Treatment
from governance.lib.masking import mask_people

T, P, X = ColumnType, PersonalClass, Treatment
COVER = "***"
BY_TYPE: Mapping[ColumnType, tuple[Treatment, ...]] = {
    T.TEXT: (X.MASK, X.PREFIX, X.COMMUNITY, X.STREET),
    T.CODE: (X.MASK, X.PREFIX),
    T.USCC: (X.MASK, X.PREFIX),
    T.ID_NUMBER: (X.MASK, X.PREFIX),
    T.MOBILE: (X.MASK,),
    T.DATE: (X.MONTH, X.YEAR),
    T.DATETIME: (X.MONTH, X.YEAR),
    T.INTEGER: (X.BAND,),
    T.DECIMAL: (X.BAND,),
    T.BOOLEAN: (),
    T.POINT: (X.COMMUNITY, X.STREET),
}
# Of a personal text, by its class; what is left of a number is the division that gave it out.
OF_PERSONAL_TEXT = {
    P.NAME: (X.MASK,),
    P.ID_NUMBER: (X.MASK, X.PREFIX),
    P.PHONE: (X.MASK,),
    P.ADDRESS: (X.MASK, X.COMMUNITY, X.STREET),
    P.SENSITIVE: (X.MASK,),
}
SIZED = (X.BAND, X.PREFIX)
PLACED = (X.COMMUNITY, X.STREET)
DIVISION = 6  # digits
LARGEST_BAND, LONGEST_PREFIX = 10**9, 20


@dataclass(frozen=True)
class Step:
    """One column, what happens to it, and whether it helps to tell people apart.

    `size` is the width of a band or the length of a prefix.
    """

    column: Column
    treatment: Treatment
    size: int = 0
    is_quasi: bool = False

    @property
    def published(self) -> Column:
        """Describe the column as the public gets it: what was changed is text."""
        kind = self.column.type if self.treatment == X.RAW else T.TEXT
        return Column(self.column.name, self.column.label, kind, unit=self.column.unit)


class PlanError(ValueError):
    """A plan that cannot be followed; `fields` name the columns at fault and why."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        super().__init__("；".join(f"{name}：{'、'.join(why)}" for name, why in fields.items()))
        self.fields = dict(fields)


def treatments_for(column: Column) -> tuple[Treatment, ...]:
    """List what may happen to a column, what tells least first."""
    by_type = BY_TYPE[column.type]
    if not column.is_personal:
        return (X.DROP, X.RAW, *by_type)
    if column.type in (T.TEXT, T.CODE, T.USCC, T.ID_NUMBER, T.MOBILE):
        allowed = OF_PERSONAL_TEXT[column.personal]
        return (X.DROP, *(one for one in by_type if one in allowed))
    return (X.DROP, *by_type)


def is_about_people(columns: Iterable[Column]) -> bool:
    return any(column.is_personal for column in columns)


def suggested(columns: Sequence[Column]) -> list[Step]:
    """Suggest a plan: nothing personal goes out, everything that does is looked at."""
    is_quasi = is_about_people(columns)
    return [
        Step(one, X.DROP if one.is_personal else X.RAW, is_quasi=is_quasi and not one.is_personal)
        for one in columns
    ]


def read_plan(columns: Sequence[Column], given: Mapping[str, Mapping[str, Any]]) -> list[Step]:
    """Read what is to happen to each column; one that is not named is dropped.

    `given` has for a column's name its `treatment`, `size` and `is_quasi`. Raises PlanError.
    """
    fields: dict[str, list[str]] = {}
    names = {column.name for column in columns}
    for name in given.keys() - names:
        fields[name] = ["没有这一列"]
    plan = []
    for column in columns:
        step, why = _read_step(column, given.get(column.name, {}))
        plan.append(step)
        if why:
            fields[column.name] = [why]
    if not fields and all(step.treatment == X.DROP for step in plan):
        fields["plan"] = ["至少要公开一列"]
    if fields:
        raise PlanError(fields)
    return [_settled(step, is_about_people(columns)) for step in plan]


def _read_step(column: Column, given: Mapping[str, Any]) -> tuple[Step, str]:
    dropped = Step(column, X.DROP)
    try:
        treatment = X(given.get("treatment") or X.DROP)
    except ValueError:
        return dropped, "没有这种处理方式"
    if treatment == X.RAW and column.is_personal:
        return dropped, f"“{column.label}”是个人信息（{column.personal.label}），不能原样公开"
    if treatment not in treatments_for(column):
        return dropped, f"“{column.label}”不能“{treatment.label}”"
    size = given.get("size") or 0
    if treatment in SIZED and (why := _wrong_size(column, treatment, size)):
        return dropped, why
    size = size if treatment in SIZED else 0
    return Step(column, treatment, size, bool(given.get("is_quasi"))), ""


def _wrong_size(column: Column, treatment: Treatment, size: Any) -> str:
    most = LARGEST_BAND if treatment == X.BAND else LONGEST_PREFIX
    if column.type == T.ID_NUMBER:
        most = DIVISION
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= most:
        what = "区间宽度" if treatment == X.BAND else "保留位数"
        return f"{what}须为 1 到 {most} 的整数"
    return ""


def _settled(step: Step, is_personal: bool) -> Step:
    """Count what was made coarser or derived from a person as a quasi-identifier."""
    if step.treatment == X.DROP:
        return replace(step, is_quasi=False)
    if is_personal and step.treatment != X.RAW:
        return replace(step, is_quasi=True)
    return step


def treat(step: Step, value: Any, place: str = "") -> str | None:
    """Give what is published for a value, as text; `place` names the street or community.

    An empty cell stays one.
    """
    if value is None:
        return None
    return TREATED[step.treatment](step, value, place)


def spell(column: Column, value: Any) -> str:
    """Write a value of a column that is not personal; numbers of people in a text are covered."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(BEIJING).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ",".join(str(one) for one in value)
    return mask_people(str(value)) if column.type == T.TEXT else str(value)


def _cover(column: Column, text: str) -> str:
    """Leave the first character of a name, and nothing of anything else."""
    return f"{text[0]}**" if column.personal == P.NAME and len(text) > 1 else COVER


def _day(value: date | datetime) -> date:
    return value.astimezone(BEIJING) if isinstance(value, datetime) else value


def _band(value: int | Decimal, width: int) -> str:
    low = floor(Decimal(value) / width) * width
    return f"[{low},{low + width})"


TREATED: Mapping[Treatment, Callable[[Step, Any, str], str | None]] = {
    X.RAW: lambda step, value, place: spell(step.column, value),
    X.MASK: lambda step, value, place: _cover(step.column, str(value)),
    X.MONTH: lambda step, value, place: f"{_day(value):%Y-%m}",
    X.YEAR: lambda step, value, place: f"{_day(value).year:04d}",
    X.BAND: lambda step, value, place: _band(value, step.size),
    X.PREFIX: lambda step, value, place: spell(step.column, value)[: step.size],
    X.COMMUNITY: lambda step, value, place: place or None,
    X.STREET: lambda step, value, place: place or None,
}
