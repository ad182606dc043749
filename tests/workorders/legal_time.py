"""Write instants of Shanghai and its calendar of 2026 shortly, for the tests of legal time."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

from workorders.worktime import Pause, WorkingCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
_NAMES = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}


def _dates_of_2026(days):
    return {day: _NAMES[name] for day, name in days.items() if day.year == 2026}


CALENDAR = WorkingCalendar(
    holidays=_dates_of_2026(chinese_calendar.constants.holidays),
    makeup_days=_dates_of_2026(chinese_calendar.constants.workdays),
    known_years=frozenset({2026}),
)


def at(text: str) -> datetime:
    """Read a wall time of Shanghai; 24:00 is the end of the day."""
    day, _, moment = text.partition(" ")
    extra = timedelta(days=moment == "24:00")
    return datetime.fromisoformat(f"{day} {'00:00' if extra else moment}+08:00") + extra


def pause(start: str, end: str) -> Pause:
    return Pause(at(start), at(end))


def pauses_of_2026(text: str) -> list[Pause]:
    """Read "11-02 10:00/11-02 11:00, 11-03 09:00/11-03 10:00"."""
    spans = [span.split("/") for span in text.split(", ") if span]
    return [pause(f"2026-{start}", f"2026-{end}") for start, end in spans]
