"""Answer when a limit is due in legal time: plain rules without database, clock or I/O."""

from workorders.worktime.calendar import WorkingCalendar
from workorders.worktime.comparison import changed_days, tell_changes
from workorders.worktime.counting import (
    Pause,
    due,
    elapsed,
    instant_at_share,
    instant_between,
    postponed,
    remaining,
    working_moment,
)
from workorders.worktime.explanation import explain
from workorders.worktime.limit import Limit, LimitUnit
from workorders.worktime.rungs import Course, Step, instant_of

__all__ = [
    "Course",
    "Limit",
    "LimitUnit",
    "Pause",
    "Step",
    "WorkingCalendar",
    "changed_days",
    "due",
    "elapsed",
    "explain",
    "instant_at_share",
    "instant_between",
    "instant_of",
    "postponed",
    "remaining",
    "tell_changes",
    "working_moment",
]
