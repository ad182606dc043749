"""Write instants of Shanghai and its calendars shortly, for the tests of legal time."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

from tests.workorders.cases_2027 import HOLIDAYS_2027, MAKEUP_DAYS_2027
from workorders.worktime import Pause, WorkingCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
_NAMES = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}


def _named(days):
    return {day: _NAMES[name] for day, name in days.items() if day.year in (2025, 2026)}


# The official lists of 2025 and 2026; 2027 is not published yet.
CALENDAR = WorkingCalendar(
    holidays=_named(chinese_calendar.constants.holidays),
    makeup_days=_named(chinese_calendar.constants.workdays),
    known_years=frozenset({2025, 2026}),
)
# The same after an administrator has entered (invented) days of 2027.
ENTERED = WorkingCalendar(
    holidays={**CALENDAR.holidays, **HOLIDAYS_2027},
    makeup_days={**CALENDAR.makeup_days, **MAKEUP_DAYS_2027},
    known_years=frozenset({2025, 2026, 2027}),
)


def at(text: str) -> datetime:
    """Read a wall time of Shanghai; 24:00 is the end of the day."""
    day, _, moment = text.partition(" ")
    extra = timedelta(days=moment == "24:00")
    return datetime.fromisoformat(f"{day} {'00:00' if extra else moment}+08:00") + extra


def pause(start: str, end: str) -> Pause:
    return Pause(at(start), at(end))


def pauses_of(text: str, *, year: str) -> list[Pause]:
    """Read "11-02 10:00/11-02 11:00, 12-31 09:00/2027-01-04 10:00"; `year` where none is given."""
    spans = [span.split("/") for span in text.split(", ") if span]
    return [pause(_dated(start, year), _dated(end, year)) for start, end in spans]


def _dated(moment: str, year: str) -> str:
    return moment if moment.count("-") == 2 else f"{year}-{moment}"
