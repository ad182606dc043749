"""Find what breaks a coverage: overlaps, gaps, invalid and duplicate areas."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from grids.geometry.measure import area_m2

# Below this a defect is rounding of coordinates, not an error of the map.
SMALLEST_M2 = 1.0
# Areas this near (degrees, about a centimetre) are named as neighbours of a gap.
_NEIGHBOUR_DEG = 1e-7


class DefectKind(StrEnum):
    """What is wrong with a coverage."""

    OVERLAP = "overlap"
    GAP = "gap"
    OUTSIDE = "outside"
    INVALID = "invalid"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class NamedArea:
    """An area of a coverage: polygon or multipolygon in WGS-84 degrees."""

    code: str
    geometry: BaseGeometry
    name: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Defect:
    """One fault: how large (m²), where (degrees; None if nowhere) and which areas."""

    kind: DefectKind
    size_m2: float
    lon: float | None
    lat: float | None
    codes: tuple[str, ...]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """All faults of a coverage, by kind and falling size."""

    areas: int
    defects: tuple[Defect, ...]

    @property
    def is_clean(self) -> bool:
        """Say whether the areas tile without fault."""
        return not self.defects

    def of(self, kind: DefectKind) -> tuple[Defect, ...]:
        """Return the faults of one kind."""
        return tuple(defect for defect in self.defects if defect.kind is kind)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON-ready values."""
        counts = {kind.value: len(self.of(kind)) for kind in DefectKind}
        return {
            "areas": self.areas,
            "clean": self.is_clean,
            "counts": counts,
            "defects": [asdict(defect) for defect in self.defects],
        }


def check_coverage(
    areas: Sequence[NamedArea], parent: BaseGeometry | None = None
) -> CoverageReport:
    """List every fault of at least 1 m² of areas that should tile the parent.

    Without a parent the holes enclosed by the areas are the gaps.
    """
    shapes = _repaired(areas)
    defects = [*_invalid(areas), *_repeated_codes(areas), *_overlaps(areas, shapes)]
    if parent is None:
        defects += _holes(areas, shapes)
    else:
        defects += _misfits(areas, shapes, NamedArea("", parent))
    return _report(areas, defects)


def check_nesting(areas: Sequence[NamedArea], parents: Mapping[str, NamedArea]) -> CoverageReport:
    """List every fault of areas that should tile the parents they name, each its own.

    Every area's `parent` must be a key of `parents`; parents without areas are not checked.
    """
    shapes = _repaired(areas)
    defects = [*_invalid(areas), *_repeated_codes(areas), *_overlaps(areas, shapes)]
    members: dict[str, list[int]] = defaultdict(list)
    for position, area in enumerate(areas):
        members[area.parent].append(position)
    for code, positions in members.items():
        own = [areas[position] for position in positions]
        defects += _misfits(own, shapes[positions], parents[code])
    return _report(areas, defects)


def coverage_union(shapes: Sequence[BaseGeometry] | np.ndarray) -> BaseGeometry:
    """Return the union: by shared edges where they match exactly, else by overlay."""
    array = np.asarray(shapes, dtype=object)
    array = array[~shapely.is_empty(array)]
    if bool(shapely.coverage_is_valid(array)):
        return shapely.coverage_union_all(array)
    return shapely.union_all(array)


def _report(areas: Sequence[NamedArea], defects: Iterable[Defect]) -> CoverageReport:
    order = list(DefectKind)
    ranked = sorted(defects, key=lambda each: (order.index(each.kind), -each.size_m2, each.codes))
    return CoverageReport(areas=len(areas), defects=tuple(ranked))


def _repaired(areas: Sequence[NamedArea]) -> np.ndarray:
    """Return the polygonal shapes, made valid so that one bad ring stops no other check."""
    shapes = np.empty(len(areas), dtype=object)
    for position, area in enumerate(areas):
        shape = area.geometry
        shapes[position] = shape if _is_sound(shape) else _polygonal(shape)
    return shapes


def _is_sound(shape: BaseGeometry) -> bool:
    is_polygonal = shape.geom_type in ("Polygon", "MultiPolygon")
    return is_polygonal and not shape.is_empty and shape.is_valid


def _polygonal(shape: BaseGeometry) -> BaseGeometry:
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        return shapely.MultiPolygon()
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(shape)))
    return shapely.union_all([part for part in parts if part.geom_type == "Polygon"])


def _invalid(areas: Sequence[NamedArea]) -> Iterator[Defect]:
    for area in areas:
        if _is_sound(area.geometry):
            continue
        shape = _polygonal(area.geometry)
        yield _defect(DefectKind.INVALID, shape, (area.code,), _reason(area.geometry))


def _reason(shape: BaseGeometry) -> str:
    if shape.is_empty:
        return "empty"
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        return f"not a polygon: {shape.geom_type}"
    return str(explain_validity(shape))


def _repeated_codes(areas: Sequence[NamedArea]) -> Iterator[Defect]:
    seen: dict[str, NamedArea] = {}
    for area in areas:
        if area.code in seen:
            codes = (area.code, area.code)
            yield _defect(DefectKind.DUPLICATE, _polygonal(area.geometry), codes, "code")
        seen[area.code] = area


def _overlaps(areas: Sequence[NamedArea], shapes: np.ndarray) -> Iterator[Defect]:
    """Yield each pair that shares ground; a pair with the same ground is a duplicate."""
    for one, other in _suspect_pairs(shapes):
        shared = shapely.intersection(shapes[one], shapes[other])
        size = area_m2(shared)
        if size < SMALLEST_M2:
            continue
        codes = tuple(sorted((areas[one].code, areas[other].code)))
        rest = area_m2(shapes[one]) + area_m2(shapes[other]) - 2 * size
        if abs(rest) < SMALLEST_M2:
            yield _defect(DefectKind.DUPLICATE, shared, codes, "geometry")
        else:
            yield _defect(DefectKind.OVERLAP, shared, codes)


def _suspect_pairs(shapes: np.ndarray) -> list[tuple[int, int]]:
    """Return the pairs of neighbours whose edges do not match exactly.

    Where all edges match there is no overlap, and GEOS says so in one pass; else only the
    neighbours of areas with a wrong edge need the costly intersection.
    """
    wrong = ~shapely.is_empty(shapely.coverage_invalid_edges(shapes))
    if not wrong.any():
        return []
    suspects = np.flatnonzero(wrong)
    asked, near = shapely.STRtree(shapes).query(shapes[suspects], predicate="intersects")
    first, second = suspects[asked], near
    pairs = np.column_stack((np.minimum(first, second), np.maximum(first, second)))
    pairs = np.unique(pairs[first != second], axis=0)
    return [(one, other) for one, other in pairs.tolist()]


def _holes(areas: Sequence[NamedArea], shapes: np.ndarray) -> Iterator[Defect]:
    tree = shapely.STRtree(shapes)
    for part in shapely.get_parts(coverage_union(shapes)):
        for ring in shapely.get_rings(part)[1:]:
            hole = shapely.Polygon(ring)
            codes = _codes_near(areas, tree, hole)
            if len(set(codes)) > 1 and area_m2(hole) >= SMALLEST_M2:
                yield _defect(DefectKind.GAP, hole, codes)


def _misfits(areas: Sequence[NamedArea], shapes: np.ndarray, parent: NamedArea) -> Iterator[Defect]:
    """Yield the parent's ground that no area covers, and the areas' ground beyond the parent."""
    whole = parent.geometry if _is_sound(parent.geometry) else _polygonal(parent.geometry)
    union = coverage_union(shapes)
    if shapely.equals_exact(union, whole, tolerance=0.0, normalize=True):
        return
    named = (parent.code,) if parent.code else ()
    tree = shapely.STRtree(shapes)
    for gap in shapely.get_parts(shapely.difference(whole, union)):
        if area_m2(gap) >= SMALLEST_M2:
            yield _defect(DefectKind.GAP, gap, (*named, *_codes_near(areas, tree, gap)))
    shapely.prepare(whole)
    for position in np.flatnonzero(~shapely.covered_by(shapes, whole)).tolist():
        beyond = shapely.difference(shapes[position], whole)
        if area_m2(beyond) >= SMALLEST_M2:
            yield _defect(DefectKind.OUTSIDE, beyond, (areas[position].code, *named))


def _codes_near(
    areas: Sequence[NamedArea], tree: shapely.STRtree, place: BaseGeometry
) -> tuple[str, ...]:
    near = tree.query(place, predicate="dwithin", distance=_NEIGHBOUR_DEG)
    return tuple(sorted({areas[position].code for position in near.tolist()}))


def _defect(
    kind: DefectKind, place: BaseGeometry, codes: tuple[str, ...], detail: str = ""
) -> Defect:
    """Describe a fault by its ground; the place is a point of its largest part."""
    size = round(area_m2(place), 1)
    if place.is_empty:
        return Defect(kind, size, None, None, codes, detail)
    largest = max(shapely.get_parts(place), key=lambda part: float(part.area))
    point = largest.representative_point()
    return Defect(kind, size, round(point.x, 7), round(point.y, 7), codes, detail)
