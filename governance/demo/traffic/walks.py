"""Grid workers of the demo on their way from point to point, seen as a phone sends it."""

import random
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import cycle

from governance.demo.town import Town
from governance.demo.traffic.client import Site
from grids.models import PatrolPoint

SEEN_EVERY = timedelta(seconds=30)  # of each of them
STEP = 0.2  # of what is left to the next point
ACCURACY = 8.0  # metres

Place = tuple[float, float]


class Walk:
    """One worker's way: degrees in WGS-84, round all points of a grid and again."""

    def __init__(self, username: str, grid: str, points: Sequence[Place]) -> None:
        self.username, self.grid, self.duty = username, grid, ""
        self._goals = cycle(points)
        self.place, self._goal = points[0], next(self._goals)

    def go_on(self) -> Place:
        """Walk a part of the way to the next point."""
        (lon, lat), (to_lon, to_lat) = self.place, self._goal
        self.place = (lon + (to_lon - lon) * STEP, lat + (to_lat - lat) * STEP)
        if abs(to_lon - self.place[0]) + abs(to_lat - self.place[1]) < 1e-4:
            self._goal = next(self._goals)
        return self.place


class Walks:
    """Lets each worker be seen in turn; a duty that the site has ended begins anew."""

    def __init__(self, site: Site, town: Town) -> None:
        self._site, self._walks = site, walks_of(town)
        self._next = cycle(self._walks)
        self._seen_at: datetime | None = None

    def step(self, now: datetime) -> None:
        """Let the next worker be seen, where somebody's turn has come."""
        if not self._walks:
            return
        if self._seen_at and now - self._seen_at < SEEN_EVERY / len(self._walks):
            return
        self._seen_at, walk = now, next(self._next)
        if not walk.duty:
            walk.duty = self._site.begin_duty(walk.username, str(uuid.uuid4()), walk.grid)
        fixes = [[now.timestamp(), *walk.go_on(), ACCURACY]]
        if walk.duty and not self._site.be_seen(walk.username, walk.duty, fixes, now=now):
            walk.duty = ""


def walks_of(town: Town) -> list[Walk]:
    """Give each worker of the demo a way round the points of one grid."""
    homes: dict[str, str] = {}
    for grid, username in sorted(town.workers.items()):
        homes.setdefault(username, grid)
    points = _points(set(homes.values()))
    return [Walk(username, grid, points[grid]) for username, grid in homes.items() if points[grid]]


def _points(grids: set[str]) -> Mapping[str, list[Place]]:
    found: dict[str, list[Place]] = defaultdict(list)
    rows = PatrolPoint.objects.filter(is_demo=True, is_active=True, area__code__in=grids)
    for code, point in rows.order_by("code").values_list("area__code", "point"):
        found[code].append((point.x, point.y))
    for places in found.values():
        random.Random(len(places)).shuffle(places)  # noqa: S311
    return found
