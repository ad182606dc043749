"""Pages of figures: the leaders' wall, and the desk of those who report values."""

from dashboards.views.reporting import decide, reporting
from dashboards.views.walls import wall, wall_indicator, wall_page, wall_table, walls

__all__ = ["decide", "reporting", "wall", "wall_indicator", "wall_page", "wall_table", "walls"]
