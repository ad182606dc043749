"""The rules of a work order's life, without database, clock or input."""

from workorders.workflow.figures import Facts, FigureCell, delta_counts
from workorders.workflow.table import (
    ENDED,
    NOT_YET,
    TABLE,
    Subject,
    Transition,
    actions_from,
    transition,
)

__all__ = [
    "ENDED",
    "NOT_YET",
    "TABLE",
    "Facts",
    "FigureCell",
    "Subject",
    "Transition",
    "actions_from",
    "delta_counts",
    "transition",
]
