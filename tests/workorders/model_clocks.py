"""Clocks of the plain model: working time by walking through the days, no library behind it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import takewhile

# Shanghai keeps one offset all year; the model's weeks have no holidays.
OFFSET, DAY = timedelta(hours=8), timedelta(days=1)
HOURS = ((timedelta(hours=9), timedelta(hours=12)), (timedelta(hours=14), timedelta(hours=18)))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WORKING_DAY = 7 * HOUR
FARTHEST = timedelta(days=3 * 366)

LIMITS = {
    "acceptance": 30 * MINUTE, "verification": 4 * HOUR, "dispatch": 30 * MINUTE,
    "signing": 2 * HOUR, "first_contact": WORKING_DAY, "resolution": 5 * WORKING_DAY,
    "check": 4 * HOUR, "follow_up": 2 * WORKING_DAY, "supervision": WORKING_DAY,
}  # fmt: skip
# A category's own limit goes before the general one.
OF_CATEGORY = {("noise", "resolution"): 10 * WORKING_DAY}


def limit_of(category, kind):
    return OF_CATEGORY.get((category, kind), LIMITS[kind])


def spans(since):
    """Walk the spans of working time from the day of an instant on."""
    wall = (since + OFFSET).astimezone(UTC)
    midnight = wall.replace(hour=0, minute=0, second=0, microsecond=0) - OFFSET
    while True:
        if (midnight + OFFSET).weekday() < 5:
            for begin, end in HOURS:
                yield midnight + begin, midnight + end
        midnight += DAY


def worked(start, end):
    """Add up the working time between two instants."""
    near = takewhile(lambda span: span[0] < end, spans(start))
    return sum((max(timedelta(), min(b, end) - max(a, start)) for a, b in near), timedelta())


def advance(start, work):
    """Find the first instant at which so much has been worked since the start."""
    for begin, end in spans(start):
        length = max(timedelta(), end - max(begin, start))
        if length >= work:
            return end - length + work
        work -= length
    raise AssertionError("the days never end")


@dataclass
class Clock:
    kind: str
    start: datetime
    limit: timedelta
    fixed: tuple[datetime, datetime] | None = None  # (due, set at), by hand
    pauses: list[tuple[datetime, datetime]] = field(default_factory=list)
    paused_at: datetime | None = None
    stopped_at: datetime | None = None
    late_at: datetime | None = None  # the deadline it has missed

    @property
    def due(self):
        """Give the deadline; a pause moves it by the working time that was left."""
        due, since = self.fixed or (advance(self.start, self.limit), self.start)
        for begin, end in sorted(self.pauses):
            left = worked(max(begin, since), due) if begin < due else timedelta()
            if left and worked(max(begin, since), end):
                due = advance(end, left)
        return due

    def stop(self, at):
        if self.due < (self.paused_at or at):
            self.late_at = self.late_at or self.due
        self.pauses += [(self.paused_at, at)] if self.paused_at else []
        self.paused_at, self.stopped_at = None, at

    def pause(self, at):
        self.paused_at = at

    def run_on(self, at):
        self.pauses.append((self.stopped_at or self.paused_at, at))
        self.paused_at = self.stopped_at = None

    def fire(self, at):
        """Note the due instant; tell whether it came just now."""
        is_noted = self.late_at is not None and self.due <= self.late_at
        if self.stopped_at or self.paused_at or is_noted or self.due > at:
            return False
        self.late_at = self.late_at or self.due
        return True
