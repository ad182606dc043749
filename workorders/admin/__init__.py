"""Reference data of work orders in the admin, and orders to look at."""

from workorders.admin import (
    calendar,
    catalogue,
    inspections,
    knowledge,
    limits,
    orders,
    supervision,
)

__all__ = ["calendar", "catalogue", "inspections", "knowledge", "limits", "orders", "supervision"]
