"""Areas with their shapes, for maps and pickers."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.db.models import Extent
from django.db.models import Q, QuerySet

from accounts.enums import DepartmentKind, Right
from accounts.models import Department
from governance.lib.reference import reference_revision
from grids.enums import AreaLevel
from grids.models import Area, Boundary
from grids.selectors.location import newest_version_id
from grids.selectors.scopes import Scope

# Decimal places of a degree that are sent: about 0.1 m.
PLACES = 6
DEGREES_PER_METRE = 1 / 111_320
PUBLIC_SIMPLIFY_M = 20
EVERYTHING = Scope(sees_everything=True)


@dataclass(frozen=True)
class OutlineQuery:
    """Which areas are asked for; `simplify` is a tolerance in metres, 0 for the full shape."""

    level: AreaLevel
    parent: str = ""
    simplify: float = 0


def visible_areas(*, scope: Scope) -> QuerySet[Area]:
    """Keep the active areas a person works in: their posts' areas and all beneath them.

    Names and outlines of areas are public facts, so nothing here is secret; a person is still
    shown no other street's map, because a list that one cannot act on misleads. A post in a
    functional department or the district's centre is held for the whole district and sees all
    of it; a street's or community's department sees the areas it is the centre of. Where people
    are is no part of this.
    """
    areas = Area.objects.filter(is_active=True)
    departments = scope.departments.get(Right.VIEW_ORDERS, frozenset())
    if scope.sees_everything or _is_district_wide(departments):
        return areas
    held = scope.area_ids(Right.VIEW_ORDERS)
    held |= frozenset(areas.filter(centre__in=departments).values_list("pk", flat=True))
    return areas.filter(
        Q(pk__in=held)
        | Q(parent__in=held)
        | Q(parent__parent__in=held)
        | Q(parent__parent__parent__in=held)
    )


def visible_bounds(*, scope: Scope) -> tuple[float, float, float, float] | None:
    """Give west, south, east, north of the areas a person works in; None without a boundary."""
    drawn = Boundary.objects.filter(valid_to__isnull=True, area__in=visible_areas(scope=scope))
    found: tuple[float, float, float, float] | None
    found = drawn.aggregate(box=Extent("geometry"))["box"]
    return found


def _is_district_wide(departments: frozenset[int]) -> bool:
    kinds = (DepartmentKind.FUNCTIONAL, DepartmentKind.DISTRICT_CENTRE)
    return Department.objects.filter(pk__in=departments, kind__in=kinds).exists()


def areas_of(*, query: OutlineQuery, scope: Scope) -> list[Area]:
    """List the visible areas of one level, by code; `parent` is any area above them."""
    areas = visible_areas(scope=scope).filter(level=query.level)
    if query.parent:
        areas = areas.filter(
            Q(parent__code=query.parent)
            | Q(parent__parent__code=query.parent)
            | Q(parent__parent__parent__code=query.parent)
        )
    return list(areas.select_related("parent", "centre").order_by("code"))


def outlines_tag(*, areas: Sequence[Area], query: OutlineQuery) -> str:
    """Digest what the outlines depend on, without reading a shape: an ETag without quotes."""
    facts = [
        (area.pk, area.code, area.name, area.kind, area.parent_id, area.centre_id) for area in areas
    ]
    names = sorted({area.centre.name for area in areas if area.centre})
    content = [newest_version_id(), query.level, query.parent, query.simplify, facts, names]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:32]


def outlines(*, areas: Sequence[Area], simplify: float = 0) -> dict[str, Any]:
    """Draw areas as a GeoJSON FeatureCollection in WGS-84 with integer ids.

    Simplified neighbours keep their shared edges. Areas without a boundary are left out.
    """
    rows = Boundary.objects.filter(area__in=[area.pk for area in areas], valid_to__isnull=True)
    shapes = {row.area_id: shapely.from_wkb(bytes(row.geometry.wkb)) for row in rows}
    drawn = [area for area in areas if area.pk in shapes]
    geometries = np.array([shapes[area.pk] for area in drawn], dtype=object)
    if simplify and len(geometries):
        geometries = shapely.coverage_simplify(geometries, simplify * DEGREES_PER_METRE)
    return {
        "type": "FeatureCollection",
        "features": [
            _feature(area, geometry) for area, geometry in zip(drawn, geometries, strict=True)
        ],
    }


@dataclass(frozen=True)
class PublicOutlines:
    """The streets as anybody may see them, as GeoJSON, and a tag that changes with them."""

    content: bytes
    tag: str


def public_outlines() -> PublicOutlines:
    """Draw the streets with their names and nothing else, once per state of the areas."""
    return _public_outlines(reference_revision())


@lru_cache(maxsize=1)
def _public_outlines(revision: int) -> PublicOutlines:
    query = OutlineQuery(AreaLevel.STREET, simplify=PUBLIC_SIMPLIFY_M)
    drawn = outlines(areas=areas_of(query=query, scope=EVERYTHING), simplify=query.simplify)
    for feature in drawn["features"]:
        known = feature["properties"]
        feature["properties"] = {name: known[name] for name in ("code", "name", "label")}
    content = json.dumps(drawn, ensure_ascii=False, separators=(",", ":")).encode()
    return PublicOutlines(content, hashlib.sha256(content).hexdigest()[:32])


def _feature(area: Area, geometry: shapely.Geometry) -> dict[str, Any]:
    rounded = shapely.transform(geometry, lambda points: np.round(points, PLACES))
    label = shapely.point_on_surface(geometry)
    return {
        "type": "Feature",
        "id": area.pk,
        "geometry": json.loads(shapely.to_geojson(rounded)),
        "properties": {
            "code": area.code,
            "name": area.name,
            "kind": area.kind,
            "level": area.level,
            "parent": area.parent.code if area.parent else None,
            "label": {"lon": round(label.x, PLACES), "lat": round(label.y, PLACES)},
            "centre": {"code": area.centre.code, "name": area.centre.name} if area.centre else None,
        },
    }


def label_points(*, area_ids: Sequence[int]) -> dict[int, tuple[float, float]]:
    """Give a point inside each area that has a boundary, in degrees of WGS-84."""
    rows = Boundary.objects.filter(area__in=area_ids, valid_to__isnull=True)
    found = {
        row.area_id: shapely.from_wkb(bytes(row.geometry.wkb)).representative_point()
        for row in rows
    }
    return {pk: (round(one.x, PLACES), round(one.y, PLACES)) for pk, one in found.items()}
