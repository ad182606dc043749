"""Convert what comes in to WGS-84 (EPSG:4326, longitude first)."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar, cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Degrees = NDArray[np.float64]
Shape = TypeVar("Shape", bound=BaseGeometry)

# Krasovsky 1940, the ellipsoid of the GCJ-02 offset.
_AXIS_M = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
# The offset series is centred here.
_CENTRE_LON, _CENTRE_LAT = 105.0, 35.0
# The rectangle in which the offset applies, degrees.
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
# Each step shrinks the error some hundredfold; 1e-12 degrees are a tenth of a micrometre.
_STEPS = 12
_ENOUGH_DEG = 1e-12


class Crs(StrEnum):
    """A coordinate system that a source may declare."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"


class UnknownCrs(ValueError):
    """The declared coordinate system is none of wgs84, cgcs2000, gcj02."""


def to_wgs84(geometry: Shape, crs: Crs | str) -> Shape:
    """Return the geometry in WGS-84 degrees; GCJ-02 is inverted to below a millimetre.

    CGCS2000 differs from WGS-84 by centimetres and passes unchanged. Raises UnknownCrs.
    """
    return _converted(geometry, crs, _wgs84_of_gcj02)


def from_wgs84(geometry: Shape, crs: Crs | str) -> Shape:
    """Return a WGS-84 geometry in the given coordinate system. Raises UnknownCrs."""
    return _converted(geometry, crs, _gcj02_of_wgs84)


def _converted(geometry: Shape, crs: Crs | str, shift: Callable[[Degrees], Degrees]) -> Shape:
    try:
        system = Crs(crs)
    except ValueError as error:
        raise UnknownCrs(f"unknown coordinate system: {crs!r}") from error
    if system is not Crs.GCJ02:
        return geometry
    return cast(Shape, shapely.transform(geometry, shift))


def _wgs84_of_gcj02(shifted: Degrees) -> Degrees:
    """Invert the offset by fixed-point iteration: guess, see where it lands, correct."""
    inside = _in_china(shifted)
    target = shifted[inside]
    guess = target - _offset(target)
    for _ in range(_STEPS):
        miss = guess + _offset(guess) - target
        guess = guess - miss
        if not miss.size or np.abs(miss).max() < _ENOUGH_DEG:
            break
    result = shifted.copy()
    result[inside] = guess
    return result


def _gcj02_of_wgs84(points: Degrees) -> Degrees:
    inside = _in_china(points)
    result = points.copy()
    result[inside] = points[inside] + _offset(points[inside])
    return result


def _in_china(points: Degrees) -> NDArray[np.bool_]:
    lon, lat = points[:, 0], points[:, 1]
    return cast(
        NDArray[np.bool_], (lon >= _WEST) & (lon <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH)
    )


def _offset(points: Degrees) -> Degrees:
    """Return the GCJ-02 offset (degrees) at WGS-84 points."""
    x, y = points[:, 0] - _CENTRE_LON, points[:, 1] - _CENTRE_LAT
    latitude = np.radians(points[:, 1])
    flattening = 1 - _ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    meridian_m = _AXIS_M * (1 - _ECCENTRICITY_SQUARED) / flattening**1.5
    parallel_m = _AXIS_M / np.sqrt(flattening) * np.cos(latitude)
    east = np.degrees(_east_m(x, y) / parallel_m)
    north = np.degrees(_north_m(x, y) / meridian_m)
    return np.column_stack((east, north))


def _east_m(x: Degrees, y: Degrees) -> Degrees:
    plain = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    return cast(
        Degrees,
        plain
        + _waves(x, (20.0, 6.0), (20.0, 2.0))
        + _waves(x, (20.0, 1.0), (40.0, 1 / 3))
        + _waves(x, (150.0, 1 / 12), (300.0, 1 / 30)),
    )


def _north_m(x: Degrees, y: Degrees) -> Degrees:
    plain = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    return cast(
        Degrees,
        plain
        + _waves(x, (20.0, 6.0), (20.0, 2.0))
        + _waves(y, (20.0, 1.0), (40.0, 1 / 3))
        + _waves(y, (160.0, 1 / 12), (320.0, 1 / 30)),
    )


def _waves(axis: Degrees, *terms: tuple[float, float]) -> Degrees:
    total = np.zeros_like(axis)
    for height_m, pitch in terms:
        total += height_m * np.sin(axis * pitch * np.pi)
    return total * 2.0 / 3.0
