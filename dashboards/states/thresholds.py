"""Thresholds by level, season and hour: the first row whose months and hours match holds.

A row is {"months": "11-3", "hours": "22-6", "yellow": 5, "red": 8}; months and hours are inclusive
of their first and, for months, their last; hours end before their last. Both may pass the turn of
the year or of the day. The last row names neither, so that some row always holds. A row with
"level" is for areas of that level alone and goes before the rows for all.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dashboards.enums import Direction, JudgedLevel

Limit = float | tuple[float, float]  # a band has two ends
HOURS = 24
ROW_KEYS = {"level", "months", "hours", "yellow", "red"}


class ThresholdError(ValueError):
    """A table of thresholds that cannot hold; the message names the row."""


@dataclass(frozen=True)
class Limits:
    """The thresholds that hold at an instant; None where there is none."""

    yellow: Limit | None = None
    red: Limit | None = None


@dataclass(frozen=True)
class Row:
    months: frozenset[int]
    hours: frozenset[int]
    limits: Limits
    level: str | None = None

    def holds_at(self, at: datetime) -> bool:
        return at.month in self.months and at.hour in self.hours


def read_table(rows: Sequence[Mapping[str, Any]], *, direction: str) -> tuple[Row, ...]:
    """Read a table of thresholds; ThresholdError names the first row that is wrong."""
    table = tuple(
        _read_row(number, row, direction=direction) for number, row in enumerate(rows, start=1)
    )
    last = table[-1] if table else None
    if last and (last.level or len(last.months) < 12 or len(last.hours) < HOURS):
        raise ThresholdError("阈值表最后一行不能限定层级、月份或时段")
    return table


def at_level(table: Sequence[Row], level: str) -> tuple[Row, ...]:
    """Give the rows that hold for areas of a level: its own first, then those for all."""
    own = [row for row in table if row.level == level]
    return (*own, *(row for row in table if row.level is None))


def limits_at(table: Sequence[Row], at: datetime) -> Limits:
    """Give the limits that hold at an instant in local time."""
    return next((row.limits for row in table if row.holds_at(at)), Limits())


def next_change(table: Sequence[Row], at: datetime) -> datetime | None:
    """Give the next full hour at which other limits may hold than now; None if always the same.

    Within a month the limits repeat daily, so that a day of hours and the turn of the months on
    which the rows differ are all there is to look at.
    """
    if len({row.limits for row in table}) < 2:
        return None
    now, hour = limits_at(table, at), at.replace(minute=0, second=0, microsecond=0)
    hours = (hour + timedelta(hours=number) for number in range(1, HOURS + 1))
    return min(
        filter(
            None,
            [
                next((edge for edge in hours if limits_at(table, edge) != now), None),
                _next_season(table, hour.replace(hour=0)),
            ],
        ),
        default=None,
    )


def _next_season(table: Sequence[Row], day: datetime) -> datetime | None:
    """Give the first of the next month in which other rows may hold."""
    now = [day.month in row.months for row in table]
    for number in range(1, 12):
        month = (day.month - 1 + number) % 12 + 1
        if [month in row.months for row in table] != now:
            year = day.year + (day.month - 1 + number) // 12
            return day.replace(year=year, month=month, day=1)
    return None


def _read_row(number: int, row: Mapping[str, Any], *, direction: str) -> Row:
    if unknown := set(row) - ROW_KEYS:
        raise ThresholdError(
            f"阈值表第 {number} 行有不认识的项：{'、'.join(sorted(map(str, unknown)))}"
        )
    try:
        limits = Limits(_limit(row.get("yellow"), direction), _limit(row.get("red"), direction))
        read = Row(
            months=_span(row.get("months"), 1, 12),
            hours=_span(row.get("hours"), 0, 23, is_open=True),
            limits=limits,
            level=_level(row.get("level")),
        )
    except (ValueError, TypeError, OverflowError) as error:
        raise ThresholdError(f"阈值表第 {number} 行：{error}") from error
    if not _in_order(limits, direction):
        raise ThresholdError(f"阈值表第 {number} 行的预警与告警阈值次序不对")
    return read


def _level(given: Any) -> str | None:
    if given is not None and given not in JudgedLevel.values:
        raise ValueError(f"层级须为 {'、'.join(JudgedLevel.values)}：{given}")
    return given


def _limit(given: Any, direction: str) -> Limit | None:
    if given is None:
        return None
    if direction != Direction.BAND:
        return _number(given)
    if not isinstance(given, list | tuple) or len(given) != 2:
        raise ValueError("区间须写作 [下限, 上限]")
    low, high = map(_number, given)
    if low >= high:
        raise ValueError("区间的下限须小于上限")
    return low, high


def _number(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise TypeError(f"阈值须为数：{given}")
    if not math.isfinite(given):
        raise ValueError(f"阈值须为有限的数：{given}")
    return float(given)


def _span(given: Any, first: int, last: int, *, is_open: bool = False) -> frozenset[int]:
    """Read "11-3" as the numbers from 11 round to 3; with `is_open` the last is left out."""
    every = range(first, last + 1)
    if given is None:
        return frozenset(every)
    start, _, end = str(given).partition("-")
    if not (start.isdecimal() and (end or start).isdecimal()):
        raise ValueError(f"月份、时段须写作 11-3、22-6 的样子：{given}")
    low, high = int(start), int(end or start)
    size = len(every)
    if low not in every or not first <= high <= last + is_open or (is_open and low == high):
        raise ValueError(f"须在 {first} 至 {last} 之间：{given}")
    count = (high - low) % size + (0 if is_open else 1)
    return frozenset(first + (low - first + step) % size for step in range(count or size))


def _in_order(limits: Limits, direction: str) -> bool:
    """Tell whether yellow comes before red on the way to the worse."""
    yellow, red = limits.yellow, limits.red
    if yellow is None or red is None:
        return True
    if isinstance(yellow, tuple) and isinstance(red, tuple):
        return red[0] <= yellow[0] and yellow[1] <= red[1]
    if direction == Direction.LOWER:
        return yellow < red  # type: ignore[operator]
    return yellow > red  # type: ignore[operator]
