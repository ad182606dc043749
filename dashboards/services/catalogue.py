"""Setting up indicators and walls."""

from django.db import transaction

from dashboards.indicators import read_catalogue
from dashboards.models import Indicator, Wall
from grids.models import Area


@transaction.atomic
def load_indicators() -> int:
    """Add the vital signs that are missing; those that exist keep what was edited. Count them."""
    rows = read_catalogue()
    for position, row in enumerate(rows, start=1):
        rest = {name: value for name, value in row.items() if name != "code"}
        Indicator.objects.get_or_create(code=row["code"], defaults={**rest, "position": position})
    return len(rows)


def ensure_wall(*, slug: str, title: str, area: Area) -> Wall:
    """Give the wall of this address; make it, showing every indicator, where it is missing."""
    wall, _ = Wall.objects.get_or_create(slug=slug, defaults={"title": title, "area": area})
    return wall
