"""Where findings are: from the point, address or area that one of their rows names."""

from collections.abc import Mapping
from hashlib import sha256

from django.conf import settings

from datahub.columns.spellings import POINT
from datahub.models import CheckRun, Finding
from datahub.selectors.areas import known_areas
from grids.models import Area
from grids.selectors.addresses import locate_address
from grids.selectors.location import Location, locate_point, newest_version_id

BATCH = 1000
PLACED = ["district", "street", "community", "grid", "lon", "lat", "place_mark"]


def place_findings(*, run: CheckRun, places: Mapping[str, str], keeps_point: bool) -> None:
    """Place the findings of a run by their keys; what has not moved on the same map is passed over.

    What cannot be placed belongs to the district as a whole. Only the digest of an address is
    kept, and the point itself only where `keeps_point` says that it is nobody's home.
    """
    version, district = newest_version_id(), _district_id()
    seen: dict[str, Location] = {"": Location()}
    areas: dict[str, Location] = {}
    changed = []
    for one in Finding.objects.filter(run=run).iterator(chunk_size=BATCH):
        text = places.get(one.key, "")
        mark = f"{version}:{sha256(text.encode()).hexdigest()[:32]}:{keeps_point:d}"
        if one.place_mark == mark:
            continue
        areas = areas or known_areas()
        if text not in seen:
            seen[text] = _locate(text, areas)
        _put(one, seen[text], district, keeps_point)
        one.place_mark = mark
        changed.append(one)
    Finding.objects.bulk_update(changed, PLACED, batch_size=BATCH)


def _put(one: Finding, where: Location, district: int | None, keeps_point: bool) -> None:
    one.district_id = where.district_id or district
    one.street_id, one.community_id = where.street_id, where.community_id
    one.grid_id = where.grid_id
    one.lon, one.lat = (where.lon, where.lat) if keeps_point else (None, None)


def _district_id() -> int | None:
    found = Area.objects.filter(code=settings.DISTRICT_CODE)
    return found.values_list("pk", flat=True).first()


def _locate(text: str, areas: Mapping[str, Location]) -> Location:
    if text in areas:
        return areas[text]
    if point := POINT.fullmatch(text):
        return locate_point(lon=float(point[1]), lat=float(point[2]))
    return locate_address(text=text) or Location()
