"""Places in the tree of areas."""

from dataclasses import dataclass

from django.conf import settings

from grids.enums import AreaLevel
from grids.models import Area


@dataclass(frozen=True)
class Place:
    """An area with its ancestors, as ids; the levels below it are None."""

    district_id: int
    street_id: int | None = None
    community_id: int | None = None
    grid_id: int | None = None
    department_id: int | None = None
    holder_area_id: int | None = None


def place_of(area: Area) -> Place:
    """Walk up from an area to its district (at most three steps)."""
    ids: dict[int, int] = {}
    step: Area | None = area
    while step is not None:
        ids[step.level] = step.pk
        step = step.parent
    return Place(
        ids[AreaLevel.DISTRICT],
        ids.get(AreaLevel.STREET),
        ids.get(AreaLevel.COMMUNITY),
        ids.get(AreaLevel.GRID),
    )


def subtree_ids(area: Area) -> list[int]:
    """List the ids of an area and all areas beneath it."""
    found = level = [area.pk]
    while level:
        level = list(Area.objects.filter(parent__in=level).values_list("pk", flat=True))
        found = found + level
    return found


def district_name() -> str:
    """Name the district that this installation serves."""
    name = Area.objects.filter(code=settings.DISTRICT_CODE).values_list("name", flat=True).first()
    return name or ""
