"""The outlines of a wall's map: its area, the parts of it, and the grids."""

from typing import Any

from django.db.models import Q

from dashboards.models import Wall
from grids.enums import AreaLevel
from grids.models import Area
from grids.selectors.outlines import OutlineQuery, outlines, outlines_tag

Layers = dict[str, list[Area]]


def wall_layers(*, wall: Wall) -> Layers:
    """List the areas of the three layers, without their shapes."""
    beneath = Area.objects.filter(
        Q(parent=wall.area) | Q(parent__parent=wall.area) | Q(parent__parent__parent=wall.area),
        is_active=True,
    ).select_related("parent", "centre")
    grids = list(beneath.filter(level=AreaLevel.GRID).order_by("code"))
    parts = list(beneath.filter(parent=wall.area).order_by("code"))
    return {"own": [wall.area], "part": parts, "grid": grids}


def layers_tag(*, layers: Layers) -> str:
    """Digest what the outlines depend on: an ETag without quotes."""
    query = OutlineQuery(AreaLevel.GRID)
    return outlines_tag(areas=[area for some in layers.values() for area in some], query=query)


def draw_layers(*, layers: Layers) -> dict[str, Any]:
    """Draw the layers as GeoJSON in WGS-84; all of them as they are kept."""
    return {name: outlines(areas=areas) for name, areas in layers.items()}
