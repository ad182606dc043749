from dashboards.selectors.figures import Tally, counts_of, read_tallies, roll_up, summary_of
from dashboards.selectors.tree import AreaTree, Node, read_tree
from dashboards.selectors.walls import (
    area_for,
    as_tile,
    first_wall,
    values_by_area,
    wall_content,
    wall_for,
    wall_grids,
)

__all__ = [
    "AreaTree",
    "Node",
    "Tally",
    "area_for",
    "as_tile",
    "counts_of",
    "first_wall",
    "read_tallies",
    "read_tree",
    "roll_up",
    "summary_of",
    "values_by_area",
    "wall_content",
    "wall_for",
    "wall_grids",
]
