from grids.selectors.address_match import AddressMatch, match_addresses
from grids.selectors.addresses import find_addresses, locate_address, locate_many
from grids.selectors.forces import grid_workers
from grids.selectors.gazetteer import normalize_address, spell_address
from grids.selectors.location import Location, locate_point
from grids.selectors.scopes import Scope, read_scope
from grids.selectors.tree import Place, district_name, place_of, subtree_ids

__all__ = [
    "AddressMatch",
    "Location",
    "Place",
    "Scope",
    "district_name",
    "find_addresses",
    "grid_workers",
    "locate_address",
    "locate_many",
    "locate_point",
    "match_addresses",
    "normalize_address",
    "place_of",
    "read_scope",
    "spell_address",
    "subtree_ids",
]
