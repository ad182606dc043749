"""Looking at all that is known of a grid at once: by right, masked, on record."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.enums import AccessKind
from accounts.models import User
from accounts.services import record_access
from datahub.querysets import Reader
from datahub.selectors.grid_elements import LinkedRows, linked_rows
from grids.enums import ElementKind
from grids.models import Area, Element
from grids.selectors import Scope
from grids.selectors.elements import elements_of

ELEMENTS = 300


@dataclass(frozen=True)
class GridView:
    """What grid workers keep of a grid, and what departments' libraries hold of it."""

    elements: list[Element]
    linked: list[LinkedRows]


@transaction.atomic
def look_at_grid(
    *, grid: Area, reader: Reader, scope: Scope, by: User, address: str | None, at: datetime
) -> GridView:
    """Read a grid's elements and rows, masked; where people are among them, who looked is kept."""
    elements = elements_of(grids=[grid.pk], scope=scope, limit=ELEMENTS)
    linked = linked_rows(grid=grid, reader=reader, scope=scope)
    people = sum(one.kind == ElementKind.PERSON for one in elements)
    people += sum(len(one.rows) for one in linked if one.is_about_people)
    if people:
        record_access(
            kind=AccessKind.PERSONAL_VIEWED,
            at=at,
            user=by,
            address=address,
            subject=f"grid {grid.code}",
            purpose=f"一键查看网格要素（遮盖，{people} 行涉及个人）",
        )
    return GridView(elements, linked)
