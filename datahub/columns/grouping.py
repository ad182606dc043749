"""Groups of rows and what is counted of each: which column may be asked what, and how one asks.

    by        gender,born_on:year
    figures  distinct:street,sum:capital,quantile:staff:0.9

A quantile is a value that is there: the smallest that at least this share of the values does not
exceed. A mean is the exact sum through the number of values, to six places.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

from datahub.columns.column import Column
from datahub.columns.spellings import BEIJING
from datahub.columns.sql import name
from datahub.enums import ColumnType, Statistic, TimeStep

T, S = ColumnType, Statistic
MOST_KEYS, MOST_FIGURES = 4, 8
NUMBERS, TIMES = frozenset({T.INTEGER, T.DECIMAL}), frozenset({T.DATE, T.DATETIME})
# Equal decimals are written in several ways, and a point is hardly ever there twice.
NO_KEYS = frozenset({T.DECIMAL, T.POINT})
TAKES: Mapping[Statistic, frozenset[ColumnType]] = {
    S.FILLED: frozenset(T),
    S.DISTINCT: frozenset(T) - {T.POINT},
    S.SUM: NUMBERS,
    S.MEAN: NUMBERS,
    S.MINIMUM: NUMBERS | TIMES,
    S.MAXIMUM: NUMBERS | TIMES,
    S.QUANTILE: NUMBERS | TIMES,
}
FORMATS = {TimeStep.YEAR: "YYYY", TimeStep.MONTH: "YYYY-MM", TimeStep.DAY: "YYYY-MM-DD"}
MEAN_PLACES, DIGITS = Decimal("0.000001"), 60
# Share times number is a binary fraction to engines: 0.07 of 100 would be the eighth value to one
# and the seventh to another. A share has three places, so this changes no answer below 10⁹ rows.
NUDGE = Decimal("1e-13")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What rows are handed to an engine as: nothing that two of them could read differently.
KINDS = {
    T.INTEGER: "BIGINT", T.DECIMAL: "DECIMAL(38,12)", T.DATE: "DATE", T.DATETIME: "BIGINT",
    T.BOOLEAN: "BOOLEAN", T.POINT: "BOOLEAN",
}  # fmt: skip


class GroupingError(ValueError):
    """A question that means nothing; `fields` name what is wrong with `by` or `figures`."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.fields = {field: [why]}


@dataclass(frozen=True)
class Key:
    """A column to group by; of dates and instants the day, month or year in Beijing."""

    column: Column
    step: TimeStep | None = None

    @property
    def label(self) -> str:
        return f"{self.column.label}（{self.step.label}）" if self.step else self.column.label

    @property
    def spelled(self) -> str:
        return f"{self.column.name}:{self.step}" if self.step else self.column.name

    @property
    def kind(self) -> str:
        return "VARCHAR" if self.step else KINDS.get(self.column.type, "VARCHAR")

    @property
    def sql(self) -> str:
        """Write what PostgreSQL hands out for the key."""
        if self.step is None:
            return name(self.column)
        zone = " AT TIME ZONE 'Asia/Shanghai'" if self.column.type == T.DATETIME else ""
        return f"to_char({name(self.column)}{zone}, '{FORMATS[self.step]}')"


@dataclass(frozen=True)
class Figure:
    """One thing that is told of each group; `share` is that of a quantile."""

    statistic: Statistic
    column: Column
    share: Decimal | None = None

    @property
    def label(self) -> str:
        share = f" {self.share}" if self.share is not None else ""
        return f"{self.column.label} · {self.statistic.label}{share}"

    @property
    def spelled(self) -> str:
        share = f":{self.share}" if self.share is not None else ""
        return f"{self.statistic}:{self.column.name}{share}"

    @property
    def kind(self) -> str:
        return KINDS.get(self.column.type, "VARCHAR")

    @property
    def sql(self) -> str:
        """Write what PostgreSQL hands out for the column: instants as microseconds."""
        if self.column.type == T.DATETIME:
            return f"(extract(epoch FROM {name(self.column)}) * 1000000)::bigint"
        if self.column.type == T.POINT:
            return f"CASE WHEN {name(self.column)} IS NOT NULL THEN true END"
        return name(self.column)


@dataclass(frozen=True)
class Grouping:
    """What is asked: the keys, and the figures of each group beside its number of rows."""

    keys: tuple[Key, ...] = ()
    figures: tuple[Figure, ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        asked = [*(one.column for one in self.keys), *(one.column for one in self.figures)]
        return tuple(dict.fromkeys(asked))


def read_grouping(columns: Sequence[Column], *, by: str, figures: str, is_masked: bool) -> Grouping:
    """Read what is asked of columns that the asker knows; raise GroupingError.

    Where personal columns are masked they only tell how many of their values are there.
    """
    known = {column.name: column for column in columns}
    keys = tuple(dict.fromkeys(_key(one, known, is_masked) for one in _listed(by)))
    told = tuple(dict.fromkeys(_figure(one, known, is_masked) for one in _listed(figures)))
    if len(keys) > MOST_KEYS:
        raise GroupingError("by", f"最多按 {MOST_KEYS} 列分组")
    if len(told) > MOST_FIGURES:
        raise GroupingError("figures", f"最多统计 {MOST_FIGURES} 项")
    return Grouping(keys, told)


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _key(text: str, known: Mapping[str, Column], is_masked: bool) -> Key:
    wanted, has_step, step = text.partition(":")
    column = _column(wanted, known, "by")
    if is_masked and column.is_personal:
        raise GroupingError("by", f"“{column.label}”是个人信息，须写明事由才能按它分组")
    if column.type in NO_KEYS:
        raise GroupingError("by", f"“{column.label}”是{column.type.label}，不能用来分组")
    if not has_step:
        return Key(column, TimeStep.DAY if column.type in TIMES else None)
    if column.type not in TIMES or step not in TimeStep.values:
        raise GroupingError("by", f"“{column.label}”不能按“{step[:20]}”分组")
    return Key(column, TimeStep(step))


def _figure(text: str, known: Mapping[str, Column], is_masked: bool) -> Figure:
    kind, _, rest = text.partition(":")
    wanted, _, share = rest.partition(":")
    if kind not in Statistic.values:
        raise GroupingError("figures", f"没有这种统计：{kind[:40]}")
    statistic, column = Statistic(kind), _column(wanted, known, "figures")
    if column.type not in TAKES[statistic]:
        why = f"“{column.label}”是{column.type.label}，不能求{statistic.label}"
        raise GroupingError("figures", why)
    if is_masked and column.is_personal and statistic != S.FILLED:
        why = f"“{column.label}”是个人信息，须写明事由才能求{statistic.label}"
        raise GroupingError("figures", why)
    return Figure(statistic, column, _share(statistic, share))


def _column(wanted: str, known: Mapping[str, Column], field: str) -> Column:
    if wanted not in known:
        raise GroupingError(field, f"没有列 {wanted[:40]}")
    return known[wanted]


def _share(statistic: Statistic, text: str) -> Decimal | None:
    if statistic != S.QUANTILE:
        if text:
            raise GroupingError("figures", f"{statistic.label}不带份额")
        return None
    is_plain = text.isascii() and len(text) <= 5 and text.replace(".", "", 1).isdigit()
    share = Decimal(text) if is_plain else Decimal(-1)
    if not 0 < share < 1:
        raise GroupingError("figures", "分位数须写明大于 0、小于 1 的份额，至多三位小数，如 0.9")
    return share.normalize()


def choices_of(columns: Sequence[Column], *, is_masked: bool) -> tuple[list[Key], list[Figure]]:
    """List the keys and figures that columns offer."""
    open_columns = [one for one in columns if not (is_masked and one.is_personal)]
    keys = [
        Key(column, step)
        for column in open_columns
        if column.type not in NO_KEYS
        for step in (TimeStep if column.type in TIMES else (None,))
    ]
    figures = [
        Figure(statistic, column, share)
        for column in columns
        for statistic in Statistic
        if column.type in TAKES[statistic] and (column in open_columns or statistic == S.FILLED)
        for share in ((Decimal("0.5"), Decimal("0.9")) if statistic == S.QUANTILE else (None,))
    ]
    return keys, figures


def source_sql(grouping: Grouping, *, table: str, where: str) -> str:
    """Write the rows that PostgreSQL hands out for a question: `k0` …, `v0` …"""
    parts = [f"{one.sql} AS k{place}" for place, one in enumerate(grouping.keys)]
    parts += [f"{one.sql} AS v{place}" for place, one in enumerate(grouping.figures)]
    # One more, so that no row is an empty line of a file.
    return f"SELECT {', '.join([*parts, '1 AS one'])} FROM {table} WHERE {where}"


def kinds_of(grouping: Grouping) -> dict[str, str]:
    """Name the columns of `source_sql` with the types that an engine reads them as."""
    kinds = {f"k{place}": one.kind for place, one in enumerate(grouping.keys)}
    kinds |= {f"v{place}": one.kind for place, one in enumerate(grouping.figures)}
    return kinds | {"one": "BIGINT"}


def group_sql(grouping: Grouping, *, source: str, limit: int) -> str:
    """Write the one query of groups, in the SQL that PostgreSQL and DuckDB read alike.

    A group is its keys, its number of rows, and its figures; a mean is a sum and a number.
    """
    keys = [f"k{place}" for place in range(len(grouping.keys))]
    told = [_told(one, f"v{place}") for place, one in enumerate(grouping.figures)]
    by = f" GROUP BY {', '.join(keys)}" if keys else ""
    return f"SELECT {', '.join([*keys, 'count(*)', *told])} FROM {source}{by} LIMIT {limit:d}"


def _told(figure: Figure, value: str) -> str:
    if figure.statistic == S.QUANTILE:
        share = (figure.share or 0) - NUDGE
        return f"percentile_disc({share}) WITHIN GROUP (ORDER BY {value})"
    return {
        S.FILLED: f"count({value})",
        S.DISTINCT: f"count(DISTINCT {value})",
        S.SUM: f"sum({value})",
        S.MEAN: f"sum({value}), count({value})",
        S.MINIMUM: f"min({value})",
        S.MAXIMUM: f"max({value})",
    }[figure.statistic]


def settle(grouping: Grouping, row: Sequence[Any]) -> tuple[tuple[Any, ...], int, tuple[Any, ...]]:
    """Read a row of `group_sql` into keys, number of rows and figures, as every engine gives it."""
    rest = iter(row)
    keys = tuple(next(rest) for _ in grouping.keys)
    rows = int(next(rest))
    return keys, rows, tuple(_settled(one, rest) for one in grouping.figures)


def _settled(figure: Figure, rest: Any) -> Any:
    value = next(rest)
    if figure.statistic in (S.FILLED, S.DISTINCT):
        return int(value)
    if figure.statistic == S.MEAN:
        count = int(next(rest))
        return None if value is None else _mean(value, count)
    if value is None:
        return None
    if figure.column.type == T.DATETIME:
        return (EPOCH + timedelta(microseconds=int(value))).astimezone(BEIJING)
    if figure.column.type == T.DECIMAL:
        return plain_decimal(value)
    return value if isinstance(value, date) else int(value)


def _mean(total: Any, count: int) -> Decimal:
    with localcontext() as context:
        context.prec = DIGITS
        mean = Decimal(str(total)) / count
        return plain_decimal(mean.quantize(MEAN_PLACES, ROUND_HALF_EVEN))


def plain_decimal(value: Any) -> Decimal:
    """Write a number without zeros at its end, and without an exponent."""
    with localcontext() as context:
        context.prec = DIGITS
        return Decimal(format(Decimal(str(value)).normalize(), "f")) + 0
