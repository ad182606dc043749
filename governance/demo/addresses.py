"""Known addresses of the demo: grid names, and house numbers on a made-up road per community."""

import random
from collections.abc import Iterator

import shapely
from django.contrib.gis.geos import Point
from shapely.geometry.base import BaseGeometry

from grids.enums import AreaLevel
from grids.models import Boundary
from grids.services import record_addresses

HOUSES_PER_GRID = 3
HOUSE_STEP = 12


def load_addresses() -> int:
    """Make the addresses that are missing; return how many are new."""
    return record_addresses(places=_addresses(), is_demo=True)


def _addresses() -> Iterator[tuple[str, Point]]:
    boundaries = Boundary.objects.filter(
        area__level=AreaLevel.GRID, area__is_active=True, valid_to__isnull=True
    ).select_related("area__parent__parent")
    for boundary in boundaries.order_by("area__code"):
        grid, community = boundary.area, boundary.area.parent
        assert community is not None and community.parent is not None  # noqa: S101, PT018
        street = community.parent.name
        serial = int(grid.code[-3:])
        yield f"{street}{grid.name}", boundary.geometry.point_on_surface
        shape = shapely.from_wkb(bytes(boundary.geometry.wkb))
        # Seeded by the grid, so that a second load makes the very same points.
        for number, point in enumerate(points_inside(shape, HOUSES_PER_GRID, seed=grid.code), 1):
            house = (serial - 1) % 500 * HOUSE_STEP + number
            yield f"{street}{community.name}演示路{house}号", Point(point.x, point.y, srid=4326)


def points_inside(shape: BaseGeometry, count: int, *, seed: str) -> list[shapely.Point]:
    """Choose points well inside a shape, always the same ones for a seed."""
    chooser = random.Random(seed)  # noqa: S311
    west, south, east, north = shape.bounds
    points: list[shapely.Point] = []
    while len(points) < count:
        point = shapely.Point(chooser.uniform(west, east), chooser.uniform(south, north))
        if shape.contains(point):
            points.append(point)
    return points
