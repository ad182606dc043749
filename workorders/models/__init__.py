from workorders.models.catalogue import CalendarDay, Category, Channel, TimeLimit, WorkCalendar
from workorders.models.clocks import Clock, ClockPause, Escalation
from workorders.models.figures import Cube, Delta
from workorders.models.history import Announcement, Event, Photo
from workorders.models.orders import OrderSearch, Reporter, WorkOrder

__all__ = [
    "Announcement",
    "CalendarDay",
    "Category",
    "Channel",
    "Clock",
    "ClockPause",
    "Cube",
    "Delta",
    "Escalation",
    "Event",
    "OrderSearch",
    "Photo",
    "Reporter",
    "TimeLimit",
    "WorkCalendar",
    "WorkOrder",
]
