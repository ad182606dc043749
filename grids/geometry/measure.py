"""Measure geometries given in WGS-84 degrees."""

import math

from shapely.geometry.base import BaseGeometry

_AXIS_M = 6378137.0
_ECCENTRICITY_SQUARED = 0.00669437999014


def area_m2(geometry: BaseGeometry) -> float:
    """Return the area in m² of a polygonal geometry in degrees.

    Degrees are scaled by the ellipsoid's radii at the centroid: linear change of the scale
    cancels there, so a district is right to 1 in 100,000 and a sliver to far less.
    """
    if geometry.is_empty or not geometry.area:
        return 0.0
    east_m, north_m = metres_per_degree(geometry.centroid.y)
    return float(geometry.area * east_m * north_m)


def distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the distance in m between two near (lon, lat) points."""
    east_m, north_m = metres_per_degree((one[1] + other[1]) / 2)
    return math.hypot((one[0] - other[0]) * east_m, (one[1] - other[1]) * north_m)


def metres_per_degree(lat: float) -> tuple[float, float]:
    """Return how many metres a degree of longitude and of latitude span at a latitude."""
    latitude = math.radians(lat)
    flattening = 1 - _ECCENTRICITY_SQUARED * math.sin(latitude) ** 2
    parallel_m = _AXIS_M / math.sqrt(flattening) * math.cos(latitude)
    meridian_m = _AXIS_M * (1 - _ECCENTRICITY_SQUARED) / flattening**1.5
    return math.radians(parallel_m), math.radians(meridian_m)
