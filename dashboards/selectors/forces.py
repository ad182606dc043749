"""Facts of the places beneath an area: grids, those with a worker, those patrolled, workers."""

from collections.abc import Collection
from datetime import date

from django.db.models import F

from dashboards.selectors.tree import AreaTree
from grids.enums import AreaLevel
from grids.selectors import grid_workers
from workorders.enums import Measure
from workorders.models import Cube

PATROL = "patrol"  # the adapter of the channels that bring what patrols find


def grid_facts(*, tree: AreaTree, roots: Collection[int], day: date) -> dict[int, dict[str, int]]:
    """Count, for each root: total, staffed and patrolled grids beneath it, and workers.

    A grid is staffed by a post on itself or on an area above it within the root; patrolled if a
    patrol has registered anything in it that day.
    """
    workers = dict[int, set[int]]()
    for area_id, person_id in grid_workers(on=day):
        workers.setdefault(area_id, set()).add(person_id)
    patrolled = _patrolled(day)
    return {root: _facts(tree, root, workers, patrolled) for root in roots}


def _facts(
    tree: AreaTree, root: int, workers: dict[int, set[int]], patrolled: set[int]
) -> dict[str, int]:
    people, staffed = set[int](), set[int]()
    for node in tree.downward(root):
        held = workers.get(node.pk)
        if held:
            people |= held
            staffed |= {below.pk for below in tree.downward(node.pk)}
    grids = {
        node.pk for node in tree.downward(root) if node.level == AreaLevel.GRID and node.is_active
    }
    return {
        "total": len(grids),
        "staffed": len(grids & staffed),
        "patrolled": len(grids & patrolled),
        "workers": len(people),
    }


def _patrolled(day: date) -> set[int]:
    cells = Cube.objects.filter(
        measure=Measure.REGISTERED, day=day, channel__adapter=PATROL, value__gt=0
    )
    return set(cells.values_list(F("area_id"), flat=True).distinct())
