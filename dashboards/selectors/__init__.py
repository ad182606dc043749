from dashboards.selectors.figures import read_sums, summary_of
from dashboards.selectors.index import index_of
from dashboards.selectors.tree import AreaTree, Node, read_tree
from dashboards.selectors.walls import (
    area_for,
    as_tile,
    first_wall,
    limits_now,
    values_by_area,
    wall_content,
    wall_for,
    wall_grids,
)

__all__ = [
    "AreaTree",
    "Node",
    "area_for",
    "as_tile",
    "first_wall",
    "index_of",
    "limits_now",
    "read_sums",
    "read_tree",
    "summary_of",
    "values_by_area",
    "wall_content",
    "wall_for",
    "wall_grids",
]
