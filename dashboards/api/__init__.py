from dashboards.api.reports import AcceptValueView, FeedsView, RejectValueView, ReportedValuesView
from dashboards.api.views import IndicatorsView, WallGridsView, WallView

__all__ = [
    "AcceptValueView",
    "FeedsView",
    "IndicatorsView",
    "RejectValueView",
    "ReportedValuesView",
    "WallGridsView",
    "WallView",
]
