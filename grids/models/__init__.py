"""Places and their boundaries; posts; and the work on the ground."""

from grids.models.duties import Duty, TrackPiece, WorkerPosition
from grids.models.elements import Element, Visit
from grids.models.patrols import CheckIn, PatrolPlan, PatrolPoint
from grids.models.places import Address, Area, Boundary, BoundaryVersion
from grids.models.posts import Post

__all__ = [
    "Address",
    "Area",
    "Boundary",
    "BoundaryVersion",
    "CheckIn",
    "Duty",
    "Element",
    "PatrolPlan",
    "PatrolPoint",
    "Post",
    "TrackPiece",
    "Visit",
    "WorkerPosition",
]
