"""Build the committed map of Pukou: `python -m governance.demo.pukou.build`.

Grids are cut first and dissolved upwards, so that they nest exactly at every level.
"""

import csv
import json
import sys
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from governance.demo.pukou.layout import TOWNS, ZONES
from governance.demo.pukou.tiling import grow, nearest, tile
from grids.geometry import NamedArea, area_m2, check_nesting, coverage_union
from grids.geometry.measure import metres_per_degree

FOLDER = Path(__file__).parent
DISTRICT = ("320111", "浦口区")
ORIGIN = (118.55, 32.05)
EAST_M, NORTH_M = metres_per_degree(ORIGIN[1])
SAMPLE_M = 110.0
# Chosen so that every area is one piece.
SEED = 5
DECIMALS = 6
DEDICATED_FROM = 501


@dataclass(frozen=True, slots=True)
class Community:
    """A row of names.csv."""

    unit_code: str
    unit: str
    unit_kind: str
    zone: str
    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Piece:
    """An area to write: its names and its shape."""

    code: str
    name: str
    kind: str
    parent: str
    geometry: BaseGeometry


def main() -> None:
    """Write the four levels beside this file, or stop at the first fault."""
    levels = build()
    for name, pieces in levels.items():
        (FOLDER / f"{name}.geojson").write_text(_geojson(name, pieces), encoding="utf-8")
        sys.stdout.write(f"{name}: {len(pieces)}\n")


def build() -> dict[str, list[Piece]]:
    """Return the pieces of each level; raises ValueError where they do not tile."""
    outline = _to_metres(_outline())
    communities = _communities()
    seeds, owners = _seeds(outline, communities)
    cells = [_to_degrees(rings) for rings in tile(outline, seeds)]
    grids = _grids(communities, cells, owners)
    towns = _dissolved(
        grids, {row.code: (row.name, row.kind, row.unit_code) for row in communities}
    )
    units = {row.unit_code: (row.unit, row.unit_kind, DISTRICT[0]) for row in communities}
    streets = _dissolved(towns, units)
    district = _dissolved(streets, {DISTRICT[0]: (DISTRICT[1], "district", "")})
    levels = {"district": district, "streets": streets, "communities": towns, "grids": grids}
    _prove(levels)
    return levels


def _outline() -> BaseGeometry:
    content = json.loads((FOLDER / "outline.geojson").read_text(encoding="utf-8"))
    return shape(content["features"][0]["geometry"])


def _communities() -> list[Community]:
    with (FOLDER / "names.csv").open(encoding="utf-8", newline="") as lines:
        return [Community(**row) for row in csv.DictReader(lines)]


def _seeds(outline: BaseGeometry, communities: list[Community]) -> tuple[np.ndarray, list[str]]:
    """Place one seed per grid; return the seeds and the community code of each."""
    points = _samples(outline)
    weights = _weights(points)
    seeds: list[np.ndarray] = []
    owners: list[str] = []
    by_zone = defaultdict(list)
    for row in communities:
        by_zone[row.zone].append(row)
    zone_of = _zone_of(points)
    for zone, rows in by_zone.items():
        inside = zone_of == list(ZONES).index(zone)
        own, mass = points[inside], weights[inside]
        of_community = nearest(own, _ordered(grow(own, mass, len(rows), seed=SEED)))
        shares = np.sqrt(np.bincount(of_community, mass, len(rows)))
        total = ZONES[zone].comprehensive + ZONES[zone].dedicated
        for position, count in enumerate(_split(total, shares)):
            mine = of_community == position
            seeds.append(grow(own[mine], mass[mine] ** 0.5, count, seed=SEED))
            owners += [rows[position].code] * count
    return np.concatenate(seeds), owners


def _samples(outline: BaseGeometry) -> np.ndarray:
    west, south, east, north = outline.bounds
    x, y = np.meshgrid(np.arange(west, east, SAMPLE_M), np.arange(south, north, SAMPLE_M))
    points = np.column_stack((x.ravel(), y.ravel()))
    shapely.prepare(outline)
    return points[shapely.contains_xy(outline, points)]


def _weights(points: np.ndarray) -> np.ndarray:
    weights = np.ones(len(points))
    for town in TOWNS:
        centre = _metres(np.array([[town.lon, town.lat]]))
        far = np.square(points - centre).sum(axis=1) / town.reach_m**2
        weights += town.weight * np.exp(-far / 2)
    return weights


def _zone_of(points: np.ndarray) -> np.ndarray:
    places = [place for zone in ZONES.values() for place in zone.places]
    owner = [position for position, zone in enumerate(ZONES.values()) for _ in zone.places]
    return np.array(owner)[nearest(points, _metres(np.array(places)))]


def _ordered(seeds: np.ndarray) -> np.ndarray:
    """Order seeds from north-west to south-east, so that serials read like a map."""
    return seeds[np.lexsort((seeds[:, 0], -np.round(seeds[:, 1] / 1500)))]


def _split(total: int, shares: np.ndarray) -> list[int]:
    """Split a number by shares: at least one each, the rest by largest remainder."""
    wanted = shares / shares.sum() * (total - len(shares))
    counts = np.floor(wanted).astype(int)
    for position in np.argsort(counts - wanted)[: total - len(shares) - counts.sum()]:
        counts[position] += 1
    return [int(count) + 1 for count in counts]


def _grids(
    communities: list[Community], cells: list[BaseGeometry], owners: list[str]
) -> list[Piece]:
    members: dict[str, list[BaseGeometry]] = defaultdict(list)
    for cell, owner in zip(cells, owners, strict=True):
        members[owner].append(cell)
    dedicated = _dedicated(communities, members)
    grids: list[Piece] = []
    for row in communities:
        by_size = sorted(members[row.code], key=area_m2)
        special, plain = by_size[: dedicated[row.code]], by_size[dedicated[row.code] :]
        for serial, cell in enumerate(_by_place(plain), 1):
            name = f"{row.name}第{serial:02}网格"
            grids.append(Piece(f"{row.code}{serial:03}", name, "comprehensive", row.code, cell))
        for serial, cell in enumerate(_by_place(special), 1):
            code = f"{row.code}{DEDICATED_FROM - 1 + serial:03}"
            name = f"{row.name}第{serial:02}专属网格"
            grids.append(Piece(code, name, "dedicated", row.code, cell))
    return grids


def _dedicated(
    communities: list[Community], members: dict[str, list[BaseGeometry]]
) -> dict[str, int]:
    """Give each zone's dedicated grids one by one to its communities with most grids."""
    counts = {row.code: 0 for row in communities}
    for name, zone in ZONES.items():
        codes = [row.code for row in communities if row.zone == name]
        for _ in range(zone.dedicated):
            counts[max(codes, key=lambda code: len(members[code]) - 3 * counts[code])] += 1
    return counts


def _by_place(cells: list[BaseGeometry]) -> list[BaseGeometry]:
    return sorted(cells, key=lambda cell: (-round(cell.centroid.y, 2), cell.centroid.x))


def _dissolved(pieces: list[Piece], names: dict[str, tuple[str, str, str]]) -> list[Piece]:
    parts: dict[str, list[BaseGeometry]] = defaultdict(list)
    for piece in pieces:
        parts[piece.parent].append(piece.geometry)
    return [
        Piece(code, name, kind, parent, shapely.normalize(coverage_union(parts[code])))
        for code, (name, kind, parent) in sorted(names.items())
    ]


def _prove(levels: dict[str, list[Piece]]) -> None:
    """Raise ValueError unless each level tiles the one above and every area is one piece."""
    named = {
        name: [NamedArea(p.code, p.geometry, p.name, p.parent) for p in pieces]
        for name, pieces in levels.items()
    }
    order = list(named)
    for upper, lower in pairwise(order):
        report = check_nesting(named[lower], {area.code: area for area in named[upper]})
        if not report.is_clean:
            raise ValueError(f"{lower}: {report.defects[:5]}")
    split = [a.name for areas in named.values() for a in areas if a.geometry.geom_type != "Polygon"]
    if split:
        raise ValueError(f"areas in several pieces: {split}")


def _metres(points: np.ndarray) -> np.ndarray:
    return (points - ORIGIN) * (EAST_M, NORTH_M)


def _to_metres(geometry: BaseGeometry) -> BaseGeometry:
    return shapely.transform(geometry, _metres)


def _to_degrees(rings: list[list[tuple[float, float]]]) -> BaseGeometry:
    """Return rings in metres as one geometry in degrees, rounded so that it is written whole."""
    scaled = [np.round(np.array(ring) / (EAST_M, NORTH_M) + ORIGIN, DECIMALS) for ring in rings]
    polygons = [shapely.normalize(shapely.Polygon(ring)) for ring in scaled]
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def _geojson(level: str, pieces: list[Piece]) -> str:
    features = [
        json.dumps(_feature(piece), ensure_ascii=False, separators=(",", ":")) for piece in pieces
    ]
    head = {"type": "FeatureCollection", "name": level}
    opening = json.dumps(head, separators=(",", ":"))[:-1]
    return f'{opening},"features":[\n' + ",\n".join(features) + "\n]}\n"


def _feature(piece: Piece) -> dict[str, Any]:
    properties = {"code": piece.code, "name": piece.name, "kind": piece.kind}
    if piece.parent:
        properties["parent"] = piece.parent
    return {"type": "Feature", "properties": properties, "geometry": mapping(piece.geometry)}


if __name__ == "__main__":
    main()
