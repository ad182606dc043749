from dashboards.api.indicators import AcknowledgeView, IndicatorsView
from dashboards.api.reports import AcceptValueView, FeedsView, RejectValueView, ReportedValuesView
from dashboards.api.walls import (
    WallGridsView,
    WallIndicatorRowsView,
    WallIndicatorView,
    WallOutlinesView,
    WallPageView,
    WallPlaybackView,
    WallView,
)

__all__ = [
    "AcceptValueView",
    "AcknowledgeView",
    "FeedsView",
    "IndicatorsView",
    "RejectValueView",
    "ReportedValuesView",
    "WallGridsView",
    "WallIndicatorRowsView",
    "WallIndicatorView",
    "WallOutlinesView",
    "WallPageView",
    "WallPlaybackView",
    "WallView",
]
