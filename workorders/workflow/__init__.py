"""The rules of a work order's life, without database, clock or input."""

from workorders.workflow.chain import START, link
from workorders.workflow.figures import Facts, FigureCell, delta_counts, figure_cell
from workorders.workflow.table import (
    BY_RESIDENT,
    BY_SYSTEM,
    ENDED,
    HELD_STATES,
    SENT,
    TABLE,
    Road,
    Subject,
    Transition,
    Way,
    actions_from,
    transition,
)

__all__ = [
    "BY_RESIDENT",
    "BY_SYSTEM",
    "ENDED",
    "HELD_STATES",
    "SENT",
    "START",
    "TABLE",
    "Facts",
    "FigureCell",
    "Road",
    "Subject",
    "Transition",
    "Way",
    "actions_from",
    "delta_counts",
    "figure_cell",
    "link",
    "transition",
]
