"""The outlines of a wall's map: its area, the parts of it, and the grids."""

from typing import Any

from django.db.models import Q

from dashboards.models import Wall
from grids.enums import AreaLevel
from grids.models import Area
from grids.selectors.outlines import outlines


def wall_outlines(*, wall: Wall) -> dict[str, Any]:
    """Draw the three layers as GeoJSON in WGS-84; all of them as they are kept."""
    beneath = Area.objects.filter(
        Q(parent=wall.area) | Q(parent__parent=wall.area) | Q(parent__parent__parent=wall.area),
        is_active=True,
    ).select_related("parent", "centre")
    grids = list(beneath.filter(level=AreaLevel.GRID).order_by("code"))
    parts = list(beneath.filter(parent=wall.area).order_by("code"))
    return {
        "own": outlines(areas=[wall.area]),
        "part": outlines(areas=parts),
        "grid": outlines(areas=grids),
    }
