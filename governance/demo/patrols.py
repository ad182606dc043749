"""Patrol points of the demo: so many in each grid as the district has in all, at made-up places."""

import random
from collections.abc import Iterator
from datetime import date

from django.contrib.gis.geos import Point

from grids.enums import AreaLevel
from grids.models import Boundary, PatrolPlan, PatrolPoint

POINTS = 5428  # as the district reports
KINDS = (
    "小区出入口", "学校周边", "沿街商铺", "河道闸口", "工地围挡", "地下车库", "公园广场",
    "桥梁涵洞", "垃圾收集点", "公交站台", "老旧楼道",
)  # fmt: skip
WEEK = list(range(1, 8))
# A point of these kinds is visited twice a day.
CLOSELY = ("河道闸口", "工地围挡")


def load_patrols(*, on: date) -> int:
    """Make the points and their two plans where there are none; count the points."""
    if PatrolPoint.objects.filter(is_demo=True).exists():
        return 0
    points = PatrolPoint.objects.bulk_create(_points(), batch_size=1000)
    close = [point for point in points if point.name.startswith(CLOSELY)]
    for name, chosen in (("日常巡查", points), ("重点点位加巡", close)):
        plan = PatrolPlan.objects.create(name=name, weekdays=WEEK, starts_on=on, is_demo=True)
        plan.points.add(*chosen)
    return len(points)


def _points() -> Iterator[PatrolPoint]:
    chance = random.Random(POINTS)  # noqa: S311 - the same points each time
    current = Boundary.objects.filter(area__level=AreaLevel.GRID, valid_to=None)
    grids = list(current.select_related("area").order_by("area__code"))
    for serial in range(POINTS if grids else 0):
        boundary = grids[serial % len(grids)]
        kind = KINDS[serial // len(grids) % len(KINDS)]
        yield PatrolPoint(
            code=f"P{serial + 1:05}",
            name=f"{kind}{serial // len(grids) // len(KINDS) + 1}",
            area=boundary.area,
            point=inside(boundary, chance),
            is_demo=True,
        )


def inside(boundary: Boundary, chance: random.Random) -> Point:
    """Choose a place within a boundary."""
    west, south, east, north = boundary.geometry.extent
    shape = boundary.geometry.prepared
    while True:
        point = Point(chance.uniform(west, east), chance.uniform(south, north), srid=4326)
        if shape.contains(point):
            return point
