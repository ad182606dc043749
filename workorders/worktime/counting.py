"""Count a limit from its start, without the pauses, to the instant at which it is due.

Each unit has its own line of time on which its microseconds lie without gaps: working time, wall
time, or absolute time. Start and pauses are moved onto that line, the sum is done there in whole
numbers, and the result is moved back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Protocol

from workorders.worktime.calendar import (
    DAY,
    SECOND,
    WorkingCalendar,
    at_microseconds,
    microseconds,
)
from workorders.worktime.limit import Limit, LimitUnit


@dataclass(frozen=True)
class Pause:
    """Hold a stretch in which a limit stands still; one still running ends at the present asked."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.utcoffset() is None or self.end.utcoffset() is None:
            raise ValueError("naive datetime in a pause")
        if self.end < self.start:
            raise ValueError("a pause ends before it starts")


class _Line(Protocol):
    """Describe a line of time: where an instant lies on it, and which instants lie at a place."""

    day: int

    def place(self, instant: datetime) -> int: ...
    def reached(self, place: int) -> datetime: ...
    def continues(self, place: int) -> datetime: ...


class _Absolute:
    """Measure elapsed time, whatever clocks on the wall show."""

    day = DAY

    def place(self, instant: datetime) -> int:
        return microseconds(instant.astimezone(UTC).replace(tzinfo=None))

    def reached(self, place: int) -> datetime:
        return at_microseconds(place).replace(tzinfo=UTC)

    continues = reached


class _Wall:
    """Measure by the clock on the wall, on which every day has 24 hours."""

    day = DAY

    def __init__(self, calendar: WorkingCalendar) -> None:
        self.calendar = calendar

    def place(self, instant: datetime) -> int:
        return microseconds(self.calendar.wall(instant))

    def reached(self, place: int) -> datetime:
        return self.calendar.utc(at_microseconds(place))

    continues = reached


class _Working:
    """Measure working time only: nights, lunch breaks and days off have no length."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self.calendar = calendar
        self.day = calendar.working_day_length

    def place(self, instant: datetime) -> int:
        return self.calendar.worked_at(self.calendar.wall(instant))

    def reached(self, place: int) -> datetime:
        return self.calendar.utc(self.calendar.reached_at(place))

    def continues(self, place: int) -> datetime:
        return self.calendar.utc(self.calendar.continues_at(place))


@dataclass(frozen=True)
class Run:
    """Hold one limit laid onto its line of time: places in microseconds, stops merged in order."""

    line: _Line
    origin: int
    due: int
    stops: tuple[tuple[int, int], ...]

    @property
    def length(self) -> int:
        """Return the time that counts from origin to due."""
        return self.counted(self.due)

    def counted(self, place: int) -> int:
        """Return the time that counts from the origin to a place."""
        if place <= self.origin:
            return 0
        stopped = sum(min(end, place) - start for start, end in self.stops if start < place)
        return place - self.origin - stopped

    def after(self, counted: int) -> int:
        """Return the first place at which this much is counted."""
        return _extended(self.origin + counted, self.stops, 1)


def _extended(place: int, stops: Sequence[tuple[int, int]], step: int) -> int:
    """Move a place on by each stop that begins before it, and up to a whole step."""
    for start, end in stops:
        if start >= -(-place // step) * step:
            break
        place += end - start
    return -(-place // step) * step


def _line(limit: Limit, calendar: WorkingCalendar) -> _Line:
    if limit.unit.is_working:
        return _Working(calendar)
    return _Wall(calendar) if limit.unit is LimitUnit.NATURAL_DAY else _Absolute()


def _length(limit: Limit, line: _Line) -> int:
    match limit.unit:
        case LimitUnit.MINUTE | LimitUnit.WORKING_MINUTE:
            return limit.amount * 60 * SECOND
        case LimitUnit.HOUR | LimitUnit.WORKING_HOUR:
            return limit.amount * 3600 * SECOND
    return limit.amount * line.day


def _stops(line: _Line, origin: int, pauses: Sequence[Pause]) -> tuple[tuple[int, int], ...]:
    """Return where the pauses lie after the origin, merged, without those that have no length."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted((line.place(p.start), line.place(p.end)) for p in pauses):
        begin = max(start, merged[-1][1] if merged else origin)
        if end > begin:
            merged.append((begin, end))
    return tuple(merged)


def _next_midnight(wall: datetime) -> datetime:
    return wall.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def lay(
    *, start: datetime, limit: Limit, calendar: WorkingCalendar, pauses: Sequence[Pause]
) -> Run:
    """Lay a limit onto its line of time.

    Raises ValueError for a naive start.
    """
    wall = calendar.wall(start)
    line = _line(limit, calendar)
    step = line.day if limit.to_end_of_day else 1
    origin = line.place(calendar.utc(_next_midnight(wall)) if limit.to_end_of_day else start)
    stops = _stops(line, origin, pauses)
    return Run(line, origin, _extended(origin + _length(limit, line), stops, step), stops)


def _reached(run: Run, place: int) -> datetime:
    try:
        return run.line.reached(place)
    except OverflowError as error:
        raise ValueError("the limit ends beyond the year 9999") from error


def due(
    *, start: datetime, limit: Limit, calendar: WorkingCalendar, pauses: Sequence[Pause] = ()
) -> datetime:
    """Return the UTC instant at which a limit is used up.

    A start outside working time counts from the next working moment, and a working limit that ends
    with a span is due at the end of that span, not at the start of the next. A limit to the end of
    the day is due at 24:00 (the next midnight) for natural days, at the end of the working hours
    for working days; what pauses add to it is rounded up to whole days. Only pauses that begin
    before the due instant move it. Raises ValueError for naive times and beyond the year 9999.
    """
    run = lay(start=start, limit=limit, calendar=calendar, pauses=pauses)
    return _reached(run, run.due)


def elapsed(
    *,
    start: datetime,
    at: datetime,
    limit: Limit,
    calendar: WorkingCalendar,
    pauses: Sequence[Pause] = (),
) -> timedelta:
    """Return the time used at an instant, in the limit's own time; it runs on after the due one."""
    run = lay(start=start, limit=limit, calendar=calendar, pauses=pauses)
    calendar.wall(at)
    return timedelta(microseconds=run.counted(run.line.place(at)))


def remaining(
    *,
    start: datetime,
    at: datetime,
    limit: Limit,
    calendar: WorkingCalendar,
    pauses: Sequence[Pause] = (),
) -> timedelta:
    """Return the time left at an instant, in the limit's own time; negative when late."""
    run = lay(start=start, limit=limit, calendar=calendar, pauses=pauses)
    calendar.wall(at)
    return timedelta(microseconds=run.length - run.counted(run.line.place(at)))


def instant_at_share(
    *,
    start: datetime,
    limit: Limit,
    share: Fraction | float,
    calendar: WorkingCalendar,
    pauses: Sequence[Pause] = (),
) -> datetime:
    """Return the UTC instant at which a share of the limit is used: 0 its first moment, 1 the due.

    A share above 1 lies after the due instant; below 0 raises ValueError.
    """
    if not 0 <= share < float("inf"):
        raise ValueError(f"not a share: {share!r}")
    run = lay(start=start, limit=limit, calendar=calendar, pauses=pauses)
    if share == 1:
        return _reached(run, run.due)
    counted = round(run.length * Fraction(share))
    return _reached(run, run.after(counted)) if counted else run.line.continues(run.origin)


def postponed(
    *,
    due_at: datetime,
    since: datetime,
    limit: Limit,
    calendar: WorkingCalendar,
    pauses: Sequence[Pause] = (),
) -> datetime:
    """Return where pauses move a deadline that was set by hand, in the limit's own time.

    Only what lies after `since`, when it was set, and begins before the deadline moves it.
    """
    line = _line(limit, calendar)
    place, stops = line.place(due_at), _stops(line, line.place(since), pauses)
    moved = _extended(place, stops, 1)
    return due_at if moved == place else line.reached(moved)


def instant_between(
    *,
    start: datetime,
    due_at: datetime,
    unit: LimitUnit,
    share: Fraction | float,
    calendar: WorkingCalendar,
    pauses: Sequence[Pause] = (),
) -> datetime:
    """Return the UTC instant at which a share (0 to 1) of the time up to a deadline is used.

    For deadlines set by hand, which no limit leads to: the span is counted in the unit's time,
    without the pauses, and the answer never lies after the deadline.
    """
    line = _line(Limit(1, unit), calendar)
    origin = line.place(start)
    end = max(origin, line.place(due_at))
    run = Run(line, origin, end, _stops(line, origin, pauses))
    counted = round(run.length * Fraction(share))
    instant = _reached(run, run.after(counted)) if counted else line.continues(origin)
    return min(instant, due_at)


def working_moment(*, at: datetime, calendar: WorkingCalendar) -> datetime:
    """Return the instant itself in working time, else the next at which work begins.

    The end of a span is not working time: a reminder due at 18:00 waits for the next morning.
    """
    line = _Working(calendar)
    return line.continues(line.place(at))
