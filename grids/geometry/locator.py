"""Find the area at a point, in process."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import shapely

from grids.geometry.coverage import NamedArea

# Sides of the lattice laid over the areas: most of its cells lie inside one area.
_CELLS_PER_AREA = 32
_MOST_CELLS = 250_000
# A point may round into the next cell, so cells are taken this much larger (degrees).
_CELL_MARGIN_DEG = 1e-9


class GridIndex:
    """A point locator over areas in WGS-84.

    It agrees with PostGIS `ST_Covers`: a point on an edge or a vertex counts as inside, and
    where several areas share the point the lowest code wins.
    """

    def __init__(self, areas: Sequence[NamedArea]) -> None:
        ordered = sorted(areas, key=lambda area: area.code)
        self._codes = [area.code for area in ordered]
        self._shapes = [area.geometry for area in ordered]
        shapely.prepare(self._shapes)
        self._tree = shapely.STRtree(self._shapes)
        self._lay_lattice()

    def __len__(self) -> int:
        return len(self._codes)

    def locate(self, lon: float, lat: float) -> str | None:
        """Return the code of the area that covers the point, or None."""
        if not (self._west <= lon <= self._east and self._south <= lat <= self._north):
            return None
        column = int((lon - self._west) * self._columns_per_degree)
        row = int((lat - self._south) * self._rows_per_degree)
        cell = row * self._side + column
        if (sure := self._sure[cell]) is not None:
            return sure
        for position in self._near.get(cell, ()):
            if shapely.intersects_xy(self._shapes[position], lon, lat):
                return self._codes[position]
        return None

    def locate_many(self, points: Sequence[tuple[float, float]]) -> list[str | None]:
        """Return for each (lon, lat) what `locate` returns, through the tree at once."""
        found = np.full(len(points), len(self._codes))
        shapes = shapely.points(np.asarray(points, dtype=float).reshape(-1, 2))
        asked, hit = self._tree.query(shapes, predicate="intersects")
        np.minimum.at(found, asked, hit)
        codes = [*self._codes, None]
        return [codes[position] for position in found.tolist()]

    def _lay_lattice(self) -> None:
        """Note for each lattice cell the one area around it, or all areas that touch it."""
        bounds = shapely.total_bounds(self._shapes) if self._shapes else [1.0, 1.0, 0.0, 0.0]
        self._west, self._south, self._east, self._north = map(float, bounds)
        cells = min(max(len(self._shapes), 1) * _CELLS_PER_AREA, _MOST_CELLS)
        # One more row and column take the points on the far edges.
        self._side = int(cells**0.5) + 1
        self._columns_per_degree = (self._side - 1) / (self._east - self._west or 1.0)
        self._rows_per_degree = (self._side - 1) / (self._north - self._south or 1.0)
        self._sure: list[str | None] = [None] * self._side**2
        self._near: dict[int, list[int]] = {}
        boxes = self._boxes()
        for cell, position in self._hits(boxes, "intersects"):
            self._near.setdefault(cell, []).append(position)
        for cell, position in self._hits(boxes, "covered_by"):
            if len(self._near[cell]) == 1:
                self._sure[cell] = self._codes[position]

    def _boxes(self) -> np.ndarray:
        steps = np.arange(self._side)
        west = self._west + steps / self._columns_per_degree
        south = self._south + steps / self._rows_per_degree
        x, y = (axis.ravel() for axis in np.meshgrid(west, south))
        margin = _CELL_MARGIN_DEG
        return shapely.box(
            x - margin,
            y - margin,
            x + 1 / self._columns_per_degree + margin,
            y + 1 / self._rows_per_degree + margin,
        )

    def _hits(
        self, boxes: np.ndarray, predicate: Literal["intersects", "covered_by"]
    ) -> list[list[int]]:
        pairs = self._tree.query(boxes, predicate=predicate)
        order = np.lexsort((pairs[1], pairs[0]))
        hits: list[list[int]] = pairs.T[order].tolist()
        return hits
