from workorders.selectors.catalogue import (
    active_channel,
    limits_for,
    suggest_category,
    working_calendar,
)
from workorders.selectors.orders import order_detail, search_orders, topics_of
from workorders.selectors.photos import visible_photo

__all__ = [
    "active_channel",
    "limits_for",
    "order_detail",
    "search_orders",
    "suggest_category",
    "topics_of",
    "visible_photo",
    "working_calendar",
]
