"""Known addresses of the demo: grid names, and house numbers on a made-up road per community."""

import random
from collections.abc import Iterator

import shapely
from django.contrib.gis.geos import Point
from shapely.geometry.base import BaseGeometry

from grids.enums import AreaLevel
from grids.models import Address, Boundary
from grids.services.addresses import KnownAddress, save_addresses

HOUSES_PER_GRID = 3
HOUSE_STEP = 12
BUILDINGS = 2


def load_addresses() -> int:
    """Make the addresses that are missing; return how many are new."""
    known = set(Address.objects.filter(code__isnull=False).values_list("code", flat=True))
    missing = [one for one in _addresses() if one.code not in known]
    return save_addresses(addresses=missing, is_demo=True)[0]


def _addresses() -> Iterator[KnownAddress]:
    boundaries = Boundary.objects.filter(
        area__level=AreaLevel.GRID, area__is_active=True, valid_to__isnull=True
    ).select_related("area__parent__parent")
    for boundary in boundaries.order_by("area__code"):
        grid, community = boundary.area, boundary.area.parent
        assert community is not None and community.parent is not None  # noqa: S101, PT018
        street = community.parent.name
        serial = int(grid.code[-3:])
        yield KnownAddress(
            f"{street}{grid.name}", boundary.geometry.point_on_surface, f"{grid.code}0000"
        )
        shape = shapely.from_wkb(bytes(boundary.geometry.wkb))
        # Seeded by the grid, so that a second load makes the very same points.
        for number, point in enumerate(points_inside(shape, HOUSES_PER_GRID, seed=grid.code), 1):
            house = (serial - 1) % 500 * HOUSE_STEP + number
            text = f"{street}{community.name}演示路{house}号"
            at = Point(point.x, point.y, srid=4326)
            yield KnownAddress(text, at, f"{grid.code}{number:04d}")
            if number == 1:  # an estate with its buildings
                for building in range(1, BUILDINGS + 1):
                    code = f"{grid.code}{number:04d}{building:02d}"
                    yield KnownAddress(f"{text}演示苑{building}栋", at, code)


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
