"""When a resource must have new data, and how it stands now."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum

from datahub.enums import Frequency

# Periods in days or calendar months; what is due by the hour has no day to end with.
PERIODS: Mapping[Frequency, tuple[int, int]] = {
    Frequency.DAILY: (1, 0),
    Frequency.WEEKLY: (7, 0),
    Frequency.MONTHLY: (0, 1),
    Frequency.QUARTERLY: (0, 3),
    Frequency.YEARLY: (0, 12),
}
REALTIME = timedelta(hours=1)
SOON = 0.8  # of the period


class Freshness(StrEnum):
    """How current a resource's data is; the page gives each a colour, a shape and a word."""

    FRESH = "normal"
    SOON = "warning"
    OVERDUE = "alarm"
    EMPTY = "nodata"
    FREE = "free"  # promised no date


def next_due(frequency: Frequency, since: datetime, zone: tzinfo) -> datetime | None:
    """Give the instant by which new data must come after data of `since`.

    A period of days or months ends with its last day in `zone`; a month without that day, with
    the month. None where no date is promised.
    """
    if frequency == Frequency.REALTIME:
        return since + REALTIME
    if frequency not in PERIODS:
        return None
    days, months = PERIODS[frequency]
    day = since.astimezone(zone).date() + timedelta(days=days)
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    last = day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))
    return datetime.combine(last + timedelta(days=1), time(), zone)


def rung_instant(since: datetime, due_at: datetime, share: int) -> datetime:
    """Give the instant at which so many percent of a period are over."""
    return since + (due_at - since) * share / 100


def freshness_of(
    *, loaded_at: datetime | None, since: datetime | None, due_at: datetime | None, at: datetime
) -> Freshness:
    """Say how a resource stands; `since` is the instant from which its period runs."""
    if due_at is not None and at >= due_at:
        return Freshness.OVERDUE if loaded_at else Freshness.EMPTY
    if loaded_at is None:
        return Freshness.EMPTY
    if due_at is None or since is None:
        return Freshness.FREE
    return Freshness.SOON if at >= since + (due_at - since) * SOON else Freshness.FRESH
