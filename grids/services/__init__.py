from grids.services.addresses import record_addresses
from grids.services.area_files import AreaFile, AreaFileError, AreaRow, FieldNames, read_areas
from grids.services.areas import BrokenCoverageError, LoadPlan, load_areas, plan_load
from grids.services.posts import appoint, appoint_all, current_scope, end_post, settle_posts

__all__ = [
    "AreaFile",
    "AreaFileError",
    "AreaRow",
    "BrokenCoverageError",
    "FieldNames",
    "LoadPlan",
    "appoint",
    "appoint_all",
    "current_scope",
    "end_post",
    "load_areas",
    "plan_load",
    "read_areas",
    "record_addresses",
    "settle_posts",
]
