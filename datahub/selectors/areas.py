"""Areas as departments' data names them: by code, or by a name that only one has."""

from collections.abc import Iterable

from grids.models import Area
from grids.selectors.location import Location
from grids.selectors.tree import place_of

LEVELS = ("grid_id", "community_id", "street_id", "district_id")


def known_areas() -> dict[str, Location]:
    """Map codes and names of areas to their places; a name that several have finds none."""
    found: dict[str, Location] = {}
    twice: set[str] = set()
    for area in Area.objects.filter(is_active=True).select_related("parent__parent__parent"):
        place = place_of(area)
        where = Location(place.district_id, place.street_id, place.community_id, place.grid_id)
        for word in {area.code, area.name}:
            twice |= {word} & found.keys()
            found[word] = where
    return {word: where for word, where in found.items() if word not in twice}


def words_of_areas(area_ids: Iterable[int]) -> list[str]:
    """List the codes and names by which data names areas or what lies beneath them."""
    wanted = set(area_ids)
    return sorted(
        word
        for word, place in known_areas().items()
        if wanted & {getattr(place, level) for level in LEVELS}
    )
