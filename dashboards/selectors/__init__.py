from dashboards.selectors.figures import read_sums, summary_of
from dashboards.selectors.index import index_of
from dashboards.selectors.overview import wall_content, wall_grids
from dashboards.selectors.tree import AreaTree, Node, read_tree
from dashboards.selectors.walls import area_for, first_wall, values_by_area, wall_for

__all__ = [
    "AreaTree",
    "Node",
    "area_for",
    "first_wall",
    "index_of",
    "read_sums",
    "read_tree",
    "summary_of",
    "values_by_area",
    "wall_content",
    "wall_for",
    "wall_grids",
]
