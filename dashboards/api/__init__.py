from dashboards.api.reports import AcceptValueView, RejectValueView, ReportedValuesView
from dashboards.api.views import IndicatorsView, WallGridsView, WallView

__all__ = [
    "AcceptValueView",
    "IndicatorsView",
    "RejectValueView",
    "ReportedValuesView",
    "WallGridsView",
    "WallView",
]
