from dashboards.api.alarms import AcknowledgeManyView, AcknowledgeView
from dashboards.api.indicators import IndicatorsView
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
    "AcknowledgeManyView",
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
