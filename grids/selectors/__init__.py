from grids.selectors.location import Location, locate_address, locate_point
from grids.selectors.scopes import Scope, read_scope
from grids.selectors.tree import Place, place_of, subtree_ids

__all__ = [
    "Location",
    "Place",
    "Scope",
    "locate_address",
    "locate_point",
    "place_of",
    "read_scope",
    "subtree_ids",
]
