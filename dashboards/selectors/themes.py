"""What one of the twelve pages of a wall shows: every indicator of a domain or a theme."""

from datetime import datetime
from typing import Any

from dashboards.models import Wall
from dashboards.selectors.overview import add_series, wall_head
from dashboards.selectors.pages import WallPage
from dashboards.selectors.tiles import indicators_of, tiles_of


def page_content(*, wall: Wall, page: WallPage, at: datetime) -> dict[str, Any]:
    """Read all of a page as it stands at an instant."""
    shown = [sign for sign in indicators_of(area=wall.area) if page.holds(sign)]
    signs = tiles_of(area=wall.area, indicators=shown, at=at)
    add_series(wall=wall, signs=signs, at=at)
    head = wall_head(wall=wall, at=at)
    own = [
        one
        for one in head["index"]["domains"]
        if (page.kind, page.value) == ("domain", one["code"])
    ]
    return {
        **head,
        "page": {"slug": page.slug, "kind": page.kind, "name": page.name},
        "score": own[0] if own else None,
        "signs": signs,
    }
