"""Who may get an order from its holder: one level down or one level up."""

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.enums import DepartmentKind
from accounts.models import Department
from grids.enums import AreaLevel
from grids.models import Area
from workorders.models import WorkOrder
from workorders.selectors.reference import Reference, reference

DISTRICT_KINDS = frozenset({DepartmentKind.DISTRICT_CENTRE, DepartmentKind.FUNCTIONAL})


@dataclass(frozen=True)
class Holder:
    """A department, or a grid with the station that answers for it."""

    department: Department | None
    grid: Area | None = None

    @property
    def is_usable(self) -> bool:
        return self.grid is not None or (self.department is not None and self.department.is_active)

    @property
    def name(self) -> str:
        return self.grid.name if self.grid else self.department.name if self.department else ""


def holders_below(order: WorkOrder) -> list[Holder]:
    """List the holders one level below an order's holder, those of the order's own place first.

    Below the district are all street centres; below a street centre the stations and grids of its
    street; below a station its grids.
    """
    known = reference()
    holder = known.department(order.department_id)
    if order.holder_area_id is not None or holder is None:
        return []
    if holder.kind in DISTRICT_KINDS:
        areas = [area for area in known.areas.values() if area.level == AreaLevel.STREET]
        found = [Holder(area.centre) for area in areas if area.centre and area.is_active]
    else:
        found = [below for area in _areas_of(holder, known) for below in _below(area, known)]
    usable = [each for each in found if each.is_usable]
    own = _own_place(order, known)
    return sorted(
        dict.fromkeys(usable), key=lambda each: (each not in own, each.grid is not None, each.name)
    )


def holder_above(order: WorkOrder) -> Holder | None:
    """Find the holder one level up: the nearest active centre above, the parent of a department."""
    known = reference()
    holder = known.department(order.department_id)
    grid = known.area(order.holder_area_id)
    if grid is not None:
        return _nearest_centre(grid.parent)
    if holder is None:
        return None
    if holder.kind in DISTRICT_KINDS:
        above = known.department(holder.parent_id)
        return Holder(above) if above is not None and above.is_active else None
    areas = _areas_of(holder, known)
    return _nearest_centre(areas[0].parent) if areas else None


def _areas_of(department: Department, known: Reference) -> list[Area]:
    """List the areas that a department is the centre of."""
    return [area for area in known.areas.values() if area.centre_id == department.pk]


def _below(area: Area, known: Reference) -> Iterator[Holder]:
    for child in known.areas.values():
        if child.parent_id != area.pk or not child.is_active:
            continue
        if child.level == AreaLevel.GRID:
            yield Holder(area.centre, child)
            continue
        if child.centre is not None:
            yield Holder(child.centre)
        yield from _below(child, known)


def _nearest_centre(area: Area | None) -> Holder | None:
    while area is not None:
        if area.centre is not None and area.centre.is_active:
            return Holder(area.centre)
        area = area.parent
    return None


def _own_place(order: WorkOrder, known: Reference) -> set[Holder]:
    street, community = known.area(order.street_id), known.area(order.community_id)
    grid = known.area(order.grid_id)
    own = {Holder(area.centre) for area in (street, community) if area is not None}
    return own | ({Holder(grid.parent.centre, grid)} if grid and grid.parent else set())
