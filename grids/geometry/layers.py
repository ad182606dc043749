"""Judge the coordinates of a layer of unknown origin and bring them to degrees."""

from dataclasses import dataclass
from typing import Literal, Self, TypeVar

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from grids.geometry.crs import UnknownCrs

Shape = TypeVar("Shape", bound=BaseGeometry)
# China with its surroundings, degrees.
_WEST, _EAST, _SOUTH, _NORTH = 73.0, 136.0, 3.0, 54.0
# Datums within centimetres of WGS-84, as their names are written in WKT.
_GOOD_DATUMS = ("wgs", "cgcs", "china_2000", "china 2000", "china geodetic")


@dataclass(frozen=True, slots=True)
class ProjectedLayer:
    """The way from a layer's own coordinates to degrees; none where it has degrees."""

    transformer: Transformer | None

    @classmethod
    def of(cls, wkt: str) -> Self:
        """Read the system that a layer declares, if any.

        Raises UnknownCrs where its datum is neither WGS-84 nor CGCS2000.
        """
        try:
            system = CRS.from_wkt(wkt) if wkt else None
        except CRSError as error:
            raise UnknownCrs(wkt[:60]) from error
        degrees = system.geodetic_crs if system else None
        if system is None or degrees is None:
            return cls(None)
        datum = f"{degrees.name} {degrees.datum.name if degrees.datum else ''}".lower()
        if not any(name in datum for name in _GOOD_DATUMS):
            raise UnknownCrs(system.name)
        if not system.is_projected:
            return cls(None)
        return cls(Transformer.from_crs(system, degrees, always_xy=True))

    def to_degrees(self, shape: Shape) -> Shape:
        """Return the shape in degrees, longitude first."""
        if self.transformer is None:
            return shape
        transform = self.transformer.transform
        return shapely.transform(
            shape, lambda points: np.column_stack(transform(points[:, 0], points[:, 1]))
        )


def misplacement(shape: BaseGeometry) -> Literal["swapped", "metres", "outside", ""]:
    """Say why coordinates taken for degrees cannot lie in China; empty where they can."""
    west, south, east, north = shape.bounds
    if _WEST <= west <= east <= _EAST and _SOUTH <= south <= north <= _NORTH:
        return ""
    if _WEST <= south <= north <= _EAST and _SOUTH <= west <= east <= _NORTH:
        return "swapped"
    return "metres" if max(map(abs, shape.bounds)) > 360 else "outside"
