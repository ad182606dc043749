from grids.api.addresses import AddressMatchView
from grids.api.duties import DutiesView, DutyEndView, DutyTrackView, DutyView, PositionsView
from grids.api.elements import ElementContactView, ElementsView, ElementVisitsView
from grids.api.patrols import CheckInsView, CoverageView, PatrolsView
from grids.api.places import AreasView, LocateView
from grids.api.tiles import AreaTileView

__all__ = [
    "AddressMatchView",
    "AreaTileView",
    "AreasView",
    "CheckInsView",
    "CoverageView",
    "DutiesView",
    "DutyEndView",
    "DutyTrackView",
    "DutyView",
    "ElementContactView",
    "ElementVisitsView",
    "ElementsView",
    "LocateView",
    "PatrolsView",
    "PositionsView",
]
