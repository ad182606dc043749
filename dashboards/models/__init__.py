"""Vital signs of a district: what is measured, what it came to, and the walls that show it."""

from dashboards.models.findings import FindingRemedy
from dashboards.models.indicators import IndexRule, Indicator
from dashboards.models.values import (
    Episode,
    FiguresMark,
    IndicatorValue,
    Reading,
    ReportedValue,
    ReportsNotice,
    StateChange,
)
from dashboards.models.walls import DisplayToken, DutyShift, Wall

__all__ = [
    "DisplayToken",
    "DutyShift",
    "Episode",
    "FiguresMark",
    "FindingRemedy",
    "IndexRule",
    "Indicator",
    "IndicatorValue",
    "Reading",
    "ReportedValue",
    "ReportsNotice",
    "StateChange",
    "Wall",
]
