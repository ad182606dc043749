"""When a source is fetched next: by its schedule, and after a failure."""

from datetime import date, datetime, time, timedelta, tzinfo

from datahub.enums import Cadence

SHORT = {Cadence.QUARTER_HOUR: timedelta(minutes=15), Cadence.HOURLY: timedelta(hours=1)}
# After each failure in a row; then the schedule goes on as if nothing had been.
DELAYS = tuple(timedelta(minutes=count) for count in (1, 5, 15, 60, 240))


def next_fetch(cadence: Cadence, clock: time, after: datetime, zone: tzinfo) -> datetime | None:
    """Give the first scheduled instant after another; None where people ask for each fetch.

    `clock` is the time of day in `zone`: of each day, of Mondays, or of the first of a month.
    """
    if cadence in SHORT:
        return after + SHORT[cadence]
    if cadence == Cadence.BY_HAND:
        return None
    day = after.astimezone(zone).date()
    while not _is_day(cadence, day) or datetime.combine(day, clock, zone) <= after:
        day += timedelta(days=1)
    return datetime.combine(day, clock, zone)


def _is_day(cadence: Cadence, day: date) -> bool:
    if cadence == Cadence.WEEKLY:
        return day.weekday() == 0
    return cadence == Cadence.DAILY or day.day == 1


def next_try(attempts: int, after: datetime, scheduled: datetime | None) -> datetime | None:
    """Give the next attempt after so many failures in a row, never later than the schedule."""
    if attempts > len(DELAYS):
        return scheduled
    soon = after + DELAYS[attempts - 1]
    return min(soon, scheduled) if scheduled else soon
