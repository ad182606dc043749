"""Indicators, their values, what departments report, and the walls in the admin."""

from dashboards.admin import displays, findings, indexes, indicators, reports, values, walls

__all__ = ["displays", "findings", "indexes", "indicators", "reports", "values", "walls"]
