"""Tile an outline with cells around seeds, neighbours sharing every vertex exactly."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

Node = tuple[float, float]
Ring = list[Node]

# Edges shorter than this are drawn together to one point: no needles, no hairlines.
SHORT_M = 60.0
# Edges are bent until their pieces are this short, by this share of their length.
PIECE_M, BEND = 260.0, 0.085


def grow(points: np.ndarray, weights: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Return `count` seeds relaxed to the weighted centres of their own points (Lloyd)."""
    chance = np.random.default_rng(seed)
    start = chance.choice(len(points), count, replace=False, p=weights / weights.sum())
    seeds = points[start]
    for _ in range(80):
        owner = nearest(points, seeds)
        mass = np.bincount(owner, weights, count)
        centres = [np.bincount(owner, weights * points[:, axis], count) for axis in (0, 1)]
        filled = mass > 0
        seeds[filled] = np.column_stack(centres)[filled] / mass[filled, None]
    return seeds


def nearest(points: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """Return for each point the position of its nearest seed."""
    tree = shapely.STRtree(np.asarray(shapely.points(seeds)))
    asked, near = tree.query_nearest(shapely.points(points), all_matches=False)
    owner = np.empty(len(points), dtype=int)
    owner[asked] = near
    return owner


def tile(outline: BaseGeometry, seeds: np.ndarray) -> list[list[Ring]]:
    """Cut the outline (metres) into one cell per seed; return the rings of each cell's faces.

    The lines are noded once and faces read off them, so neighbours share vertices exactly.
    """
    edges = shapely.voronoi_polygons(
        shapely.multipoints(seeds), extend_to=outline.buffer(5000), only_edges=True
    )
    lines = shapely.union_all(np.array([edges, outline.boundary], dtype=object))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    faces = faces[shapely.covers(outline, shapely.point_on_surface(faces))]
    cells = _faces_by_seed(faces, seeds)
    merged = [shapely.union_all(faces[own]) for own in cells]
    rings = [[list(part.exterior.coords)[:-1] for part in shapely.get_parts(m)] for m in merged]
    return _bent(_without_short_edges(rings))


def _faces_by_seed(faces: np.ndarray, seeds: np.ndarray) -> list[list[int]]:
    """Give each face to its seed; one cut off by a bay goes to its longest neighbour."""
    tree = shapely.STRtree(faces)
    asked, hit = tree.query(shapely.points(seeds), predicate="intersects")
    owner = dict(zip(hit.tolist(), asked.tolist(), strict=True))
    for position in set(range(len(faces))) - set(owner):
        shared = {
            other: faces[position].intersection(faces[other]).length
            for other in tree.query(faces[position]).tolist()
            if other in owner
        }
        owner[position] = owner[max(shared, key=lambda other: shared[other])]
    cells: list[list[int]] = [[] for _ in seeds]
    for position, seed in owner.items():
        cells[seed].append(position)
    return cells


def _edges(ring: Sequence[Node]) -> list[tuple[Node, Node]]:
    following = [*ring[1:], ring[0]]
    return [(min(a, b), max(a, b)) for a, b in zip(ring, following, strict=True)]


def _without_short_edges(cells: list[list[Ring]]) -> list[list[Ring]]:
    counts = Counter(edge for cell in cells for ring in cell for edge in _edges(ring))
    on_outline = {node for edge, times in counts.items() if times == 1 for node in edge}
    merged: dict[Node, Node] = {}
    for one, other in sorted(counts, key=lambda edge: math.dist(*edge)):
        if math.dist(one, other) >= SHORT_M or one in merged or other in merged:
            continue
        if one in on_outline and other in on_outline:
            continue
        keep, drop = (one, other) if one in on_outline else (other, one)
        if keep not in merged.values():
            merged[drop] = keep
    return [[_simplified(ring, merged) for ring in cell] for cell in cells]


def _simplified(ring: Ring, merged: dict[Node, Node]) -> Ring:
    nodes = [merged.get(node, node) for node in ring]
    return [
        node for node, before in zip(nodes, [nodes[-1], *nodes], strict=False) if node != before
    ]


def _bent(cells: list[list[Ring]]) -> list[list[Ring]]:
    """Bend the inner edges a little, the same way in both cells that share them."""
    counts = Counter(edge for cell in cells for ring in cell for edge in _edges(ring))
    paths: dict[tuple[Node, Node], Ring] = defaultdict(list)
    for position, edge in enumerate(sorted(counts)):
        bends = counts[edge] == 2
        chance = np.random.default_rng(position)
        paths[edge] = _bend(*edge, chance) if bends else list(edge)
    return [[_along(ring, paths) for ring in cell] for cell in cells]


def _bend(one: Node, other: Node, chance: np.random.Generator) -> Ring:
    length = math.dist(one, other)
    if length < PIECE_M:
        return [one, other]
    swing = float(chance.uniform(-BEND, BEND))
    middle = (
        (one[0] + other[0]) / 2 - swing * (other[1] - one[1]),
        (one[1] + other[1]) / 2 + swing * (other[0] - one[0]),
    )
    return [*_bend(one, middle, chance)[:-1], *_bend(middle, other, chance)]


def _along(ring: Ring, paths: dict[tuple[Node, Node], Ring]) -> Ring:
    nodes: Ring = []
    for one, other in zip(ring, [*ring[1:], ring[0]], strict=True):
        path = paths[min(one, other), max(one, other)]
        nodes += (path if path[0] == one else path[::-1])[:-1]
    return nodes
