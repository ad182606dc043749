"""Answer when a limit is due in legal time: plain rules without database, clock or I/O."""

from workorders.worktime.calendar import WorkingCalendar
from workorders.worktime.comparison import changed_days, tell_changes
from workorders.worktime.counting import (
    Pause,
    due,
    elapsed,
    instant_at_share,
    postponed,
    remaining,
)
from workorders.worktime.explanation import explain
from workorders.worktime.limit import Limit, LimitUnit

__all__ = [
    "Limit",
    "LimitUnit",
    "Pause",
    "WorkingCalendar",
    "changed_days",
    "due",
    "elapsed",
    "explain",
    "instant_at_share",
    "postponed",
    "remaining",
    "tell_changes",
]
