"""Indicators, their values, what departments report, and the walls in the admin."""

from dashboards.admin import indexes, indicators, reports, values, walls

__all__ = ["indexes", "indicators", "reports", "values", "walls"]
