"""Indicators, their values, what departments report, and the walls in the admin."""

from dashboards.admin import displays, indexes, indicators, reports, values, walls

__all__ = ["displays", "indexes", "indicators", "reports", "values", "walls"]
