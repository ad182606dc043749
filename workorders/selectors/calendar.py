"""The official lists of holidays beside the calendar that is entered here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import chinese_calendar

from workorders.models import CalendarDay

# A year counts as known once its holidays are entered; New Year's Day is in every official list.
NEW_YEAR = (1, 1)
# The list of a year is published in the autumn before it; from then on its absence is a fault.
ASKED_FOR_FROM_MONTH = 10

Treatment = tuple[bool, str]  # is working, name


@dataclass(frozen=True)
class OfficialYear:
    """What entering the official list of a year would change; `days` is empty where none exists."""

    year: int
    days: dict[date, Treatment]
    entered: dict[date, Treatment]

    @property
    def label(self) -> str:
        # As a number a template would group its digits.
        return str(self.year)

    @property
    def changes(self) -> list[tuple[date, Treatment | None, Treatment]]:
        """List the days that are missing or differ: (day, as entered, official)."""
        return [
            (day, self.entered.get(day), official)
            for day, official in self.days.items()
            if self.entered.get(day) != official
        ]

    @property
    def own_days(self) -> list[date]:
        """List the days that are entered here and not in the official list."""
        return sorted(self.entered.keys() - self.days.keys())


def missing_years(*, on: date) -> list[int]:
    """List the years without entered holidays: this one, and from October on the next."""
    years = [on.year, on.year + 1] if on.month >= ASKED_FOR_FROM_MONTH else [on.year]
    firsts = CalendarDay.objects.filter(day__in=[date(year, *NEW_YEAR) for year in years])
    known = {day.year for day in firsts.values_list("day", flat=True)}
    return [year for year in years if year not in known]


def known_years(days: Iterable[date]) -> frozenset[int]:
    return frozenset(day.year for day in days if (day.month, day.day) == NEW_YEAR)


def official_year(*, year: int) -> OfficialYear:
    """Compare the official list of a year, as far as the library knows it, with the table."""
    rows = CalendarDay.objects.filter(day__year=year).values_list("day", "is_working", "name")
    entered = {day: (is_working, name) for day, is_working, name in rows}
    return OfficialYear(year, official_days(year), entered)


def official_days(year: int) -> dict[date, Treatment]:
    """List the days of a year that differ from their weekday; none where the list is not known."""
    lists = (
        (False, chinese_calendar.constants.holidays),
        (True, chinese_calendar.constants.workdays),
    )
    days = {
        day: (is_working, str(chinese_calendar.constants.Holiday(name).chinese))
        for is_working, listed in lists
        for day, name in listed.items()
        if day.year == year
    }
    return dict(sorted(days.items()))
