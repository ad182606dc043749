from grids.api.duties import (
    DutiesView,
    DutyEndView,
    DutyTrackView,
    PositionsView,
)
from grids.api.places import AreasView, LocateView

__all__ = [
    "AreasView",
    "DutiesView",
    "DutyEndView",
    "DutyTrackView",
    "LocateView",
    "PositionsView",
]
