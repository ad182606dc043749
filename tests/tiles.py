"""Vector tiles as a map reads them, through GDAL."""

import math
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib.gis.gdal import DataSource

Address = tuple[int, int, int]


def tile_at(zoom: int, lon: float, lat: float) -> Address:
    """Give the tile that holds a point."""
    column = (lon + 180) / 360 * 2**zoom
    row = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom
    return zoom, int(column), int(row)


def tiles_over(zoom: int, west: float, south: float, east: float, north: float) -> list[Address]:
    """List the tiles that a box touches."""
    _, left, top = tile_at(zoom, west, north)
    _, right, bottom = tile_at(zoom, east, south)
    return [(zoom, x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]


def read_layer(content: bytes, name: str) -> list[dict[str, Any]]:
    """List the properties of a layer's features; an empty tile has no layers."""
    if not content:
        return []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tile.mvt"
        path.write_bytes(content)
        return [row for layer in DataSource(path) if layer.name == name for row in _rows(layer)]


def _rows(layer: Any) -> Iterator[dict[str, Any]]:
    for feature in layer:
        yield {field: feature.get(field) for field in layer.fields}


def get_tile(client: Any, kind: str, address: Address, query: str = "", **headers: str) -> Any:
    z, x, y = address
    return client.get(f"/api/v1/tiles/{kind}/{z}/{x}/{y}/{query}", headers=headers)
