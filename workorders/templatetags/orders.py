"""How an order's values are said on a page."""

from datetime import datetime

from django import template
from django.utils import timezone

from workorders.enums import State
from workorders.models import WorkOrder
from workorders.selectors.deadlines import LATE, PRESSING, Deadline
from workorders.selectors.timelines import device_words

register = template.Library()
register.filter(device_words)
WEEKDAYS = "一二三四五六日"


@register.filter
def moment(at: datetime | None) -> str:
    """Say an instant as people do: 今天 17:32, 明天 09:00, 11月24日 09:00, 2025-12-31 18:00."""
    if at is None:
        return ""
    wall, today = timezone.localtime(at), timezone.localdate()
    clock = f"{wall:%H:%M}"
    days = (wall.date() - today).days
    if days in (-1, 0, 1):
        return f"{('昨天', '今天', '明天')[days + 1]} {clock}"
    if wall.year == today.year:
        return f"{wall.month}月{wall.day}日 {clock}"
    return f"{wall:%Y-%m-%d} {clock}"


@register.filter
def exact(at: datetime | None) -> str:
    """Say an instant in full, with its weekday."""
    if at is None:
        return ""
    wall = timezone.localtime(at)
    return f"{wall:%Y-%m-%d} 周{WEEKDAYS[wall.weekday()]} {wall:%H:%M:%S}"


@register.filter
def holder(order: WorkOrder) -> str:
    """Name who holds an order: a grid, else a department; the rows come joined."""
    if order.holder_area is not None:
        return order.holder_area.name
    return order.department.name if order.department is not None else ""


@register.filter
def place(order: WorkOrder) -> str:
    """Name an order's place from the street down; a name that its successor repeats is left out."""
    areas = (order.street, order.community, order.grid)
    names = [area.name for area in areas if area is not None]
    kept = [
        name
        for name, finer in zip(names, [*names[1:], ""], strict=True)
        if not finer.startswith(name)
    ]
    return " / ".join(kept)


@register.filter
def short_place(order: WorkOrder) -> str:
    """Name the two finest levels of an order's place, for a narrow row."""
    names = [area.name for area in (order.street, order.community) if area is not None]
    if len(names) == 2 and names[1].startswith(names[0]):
        names = names[1:]
    return " · ".join(names)


@register.filter
def status_class(order: WorkOrder, deadline: Deadline | None = None) -> str:
    """Choose the shape and colour of an order's state: late red, pressing yellow, done green."""
    if deadline is not None and deadline.tone == LATE:
        return "status--red"
    if deadline is not None and deadline.tone == PRESSING:
        return "status--yellow"
    if order.state == State.CLOSED:
        return "status--normal"
    return "status--ended" if order.state in ENDED_OTHERWISE else "status--open"


ENDED_OTHERWISE = (State.REJECTED, State.CANCELLED, State.MERGED)


@register.filter
def unlocalized(number: float) -> str:
    """Write a number for machines, whatever the page's language."""
    return repr(float(number))
