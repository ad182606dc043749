"""Know which days and hours are working time, and count them without walking through them."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate, chain
from zoneinfo import ZoneInfo

SECOND = 1_000_000
DAY = 86_400 * SECOND
_MICROSECOND = timedelta(microseconds=1)
# Wall times have no zone here on purpose: the zone belongs to the calendar.
_MIDNIGHT = datetime.min  # noqa: DTZ901
_ORDINALS = range(1, date.max.toordinal() + 1)
_WEEKDAYS = 5
SEASON = 1024  # days kept by their number


def _of_day(moment: time) -> int:
    """Return microseconds since midnight."""
    return ((moment.hour * 60 + moment.minute) * 60 + moment.second) * SECOND


@dataclass(frozen=True)
class WorkingCalendar:
    """Hold working hours, public holidays and make-up working days of one place.

    `spans` are wall times of every working day in order, without overlap, in whole seconds; an end
    of 00:00 means 24:00. `holidays` and `makeup_days` give the dates that differ from plain
    Monday to Friday, with the name of the festival. `known_years` are those whose official list is
    complete: in other years only the dates given here differ from weekends, and `explain` says so.
    """

    spans: tuple[tuple[time, time], ...] = ((time(9), time(12)), (time(14), time(18)))
    holidays: Mapping[date, str] = field(default_factory=dict, hash=False)
    makeup_days: Mapping[date, str] = field(default_factory=dict, hash=False)
    known_years: frozenset[int] = frozenset()
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))

    def __post_init__(self) -> None:
        # Copies, because the counts below are computed once from what is given here.
        object.__setattr__(self, "spans", tuple((start, end) for start, end in self.spans))
        object.__setattr__(self, "holidays", dict(self.holidays))
        object.__setattr__(self, "makeup_days", dict(self.makeup_days))
        object.__setattr__(self, "known_years", frozenset(self.known_years))
        if any(moment.tzinfo or moment.microsecond for moment in chain(*self.spans)):
            raise ValueError("working hours are wall times in whole seconds")
        edges = list(chain(*self._edges))
        if not edges or edges != sorted(edges) or any(end <= start for start, end in self._edges):
            raise ValueError("working hours must be ordered spans that do not overlap")
        if both := self.holidays.keys() & self.makeup_days.keys():
            raise ValueError(f"holiday and make-up working day at once: {min(both)}")

    def is_working_day(self, day: date) -> bool:
        """Tell whether people work on this day."""
        if day in self.holidays:
            return False
        return day.weekday() < _WEEKDAYS or day in self.makeup_days

    @cached_property
    def hours_label(self) -> str:
        """Return the working hours as people write them; midnight ends a day as 24:00."""
        spans = "、".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in self.spans)
        return spans.replace("-00:00", "-24:00")

    @cached_property
    def working_seconds_per_day(self) -> int:
        """Return the working time of one working day in seconds."""
        return self.working_day_length // SECOND

    @cached_property
    def working_day_length(self) -> int:
        """Return the working time of one working day in microseconds."""
        return sum(end - start for start, end in self._edges)

    def wall(self, instant: datetime) -> datetime:
        """Return the wall time of an aware instant here, without zone; naive raises ValueError."""
        if instant.utcoffset() is None:
            raise ValueError(f"naive datetime: {instant!r}")
        return instant.astimezone(self.timezone).replace(tzinfo=None)

    def utc(self, wall: datetime) -> datetime:
        """Return the instant of a wall time here."""
        return wall.replace(tzinfo=self.timezone).astimezone(UTC)

    def worked_at(self, wall: datetime) -> int:
        """Return the working microseconds between the year 1 and a wall time."""
        ordinal = wall.toordinal()
        worked = self._days_before(ordinal) * self.working_day_length
        if self.is_working_day(wall.date()):
            moment = _of_day(wall.time()) + wall.microsecond
            worked += sum(min(moment, end) - start for start, end in self._edges if moment > start)
        return worked

    def reached_at(self, worked: int) -> datetime:
        """Return the first wall time at which this much is worked: the end of a span, not the next.

        The inverse of `worked_at`; OverflowError beyond the year 9999.
        """
        index, rest = divmod(worked - 1, self.working_day_length)
        rest += 1
        for start, end in self._edges:
            if rest <= end - start:
                return self._on(index, start + rest)
            rest -= end - start
        raise AssertionError("the rest of a division fits in a day")

    def continues_at(self, worked: int) -> datetime:
        """Return the last wall time at which no more than this is worked: the start of a span."""
        index, rest = divmod(worked, self.working_day_length)
        for start, end in self._edges:
            if rest < end - start:
                return self._on(index, start + rest)
            rest -= end - start
        raise AssertionError("the rest of a division fits in a day")

    @cached_property
    def _edges(self) -> tuple[tuple[int, int], ...]:
        return tuple((_of_day(start), _of_day(end) or DAY) for start, end in self.spans)

    @cached_property
    def _exceptions(self) -> tuple[list[int], list[int]]:
        """Return the ordinals that differ from Monday to Friday, and the running sum of +1 and -1.

        With them a date is counted by one division and one bisection, at any distance.
        """
        changes = {day: -1 for day in self.holidays if day.weekday() < _WEEKDAYS}
        changes |= {day: 1 for day in self.makeup_days if day.weekday() >= _WEEKDAYS}
        days = sorted(changes)
        sums = [0, *accumulate(changes[day] for day in days)]
        return [day.toordinal() for day in days], sums

    def _days_before(self, ordinal: int) -> int:
        """Count the working days before a day."""
        ordinals, sums = self._exceptions
        # Ordinal 1 is a Monday.
        weeks, weekday = divmod(ordinal - 1, 7)
        return weeks * _WEEKDAYS + min(weekday, _WEEKDAYS) + sums[bisect_left(ordinals, ordinal)]

    def _around(self, index: int) -> tuple[int, int]:
        """Give positions among all days between which `index` working days have passed."""
        _, sums = self._exceptions
        furthest = max(map(abs, sums)) + 2 * _WEEKDAYS
        low, high = (index - furthest) * 7 // _WEEKDAYS, (index + furthest) * 7 // _WEEKDAYS
        return min(max(low, 0), len(_ORDINALS)), min(max(high, 0), len(_ORDINALS))

    def _on(self, index: int, moment: int) -> datetime:
        """Return a wall time on the working day that has `index` working days before it."""
        return _MIDNIGHT + timedelta(days=self._day_at(index), microseconds=moment)

    @cached_property
    def _found(self) -> dict[int, int]:
        """Keep days that were looked for: the limits of a season fall on few."""
        return {}

    def _day_at(self, index: int) -> int:
        """Count the days before the working day that has `index` working days before it."""
        day = self._found.get(index)
        if day is None:
            if len(self._found) >= SEASON:
                self._found.clear()
            day = self._found[index] = self._find_day(index)
        return day

    def _find_day(self, index: int) -> int:
        low, high = self._around(index)
        position = bisect_right(_ORDINALS, index, low, high, key=self._days_before)
        if position == len(_ORDINALS):
            raise OverflowError("beyond the last day that can be written")
        return position - 1


def microseconds(wall: datetime) -> int:
    """Return the microseconds between the year 1 and a time without zone."""
    return (wall - _MIDNIGHT) // _MICROSECOND


def at_microseconds(position: int) -> datetime:
    """Return the time without zone at a number of microseconds since the year 1."""
    return _MIDNIGHT + timedelta(microseconds=position)
