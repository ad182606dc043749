from workorders.selectors.catalogue import (
    active_channel,
    limits_for,
    suggest_category,
    working_calendar,
)
from workorders.selectors.orders import order_detail, search_orders, topics_of

__all__ = [
    "active_channel",
    "limits_for",
    "order_detail",
    "search_orders",
    "suggest_category",
    "topics_of",
    "working_calendar",
]
