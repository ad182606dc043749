"""Plain geometry of areas: coordinate systems, coverage check, point to area."""

from grids.geometry.coverage import (
    CoverageReport,
    Defect,
    DefectKind,
    NamedArea,
    check_coverage,
    check_nesting,
    coverage_union,
)
from grids.geometry.crs import Crs, UnknownCrs, from_wgs84, to_wgs84
from grids.geometry.layers import ProjectedLayer, misplacement
from grids.geometry.locator import GridIndex
from grids.geometry.measure import area_m2, distance_m, metres_per_degree
from grids.geometry.track import Fix, length_m, stretches

__all__ = [
    "CoverageReport",
    "Crs",
    "Defect",
    "DefectKind",
    "Fix",
    "GridIndex",
    "NamedArea",
    "ProjectedLayer",
    "UnknownCrs",
    "area_m2",
    "check_coverage",
    "check_nesting",
    "coverage_union",
    "distance_m",
    "from_wgs84",
    "length_m",
    "metres_per_degree",
    "misplacement",
    "stretches",
    "to_wgs84",
]
