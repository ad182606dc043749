"""A wall for the town's district, with every vital sign judged once."""

from django.utils import timezone

from dashboards.models import Wall
from dashboards.services import refresh_figures
from dashboards.services.catalogue import ensure_wall
from tests.signs import load_signs
from tests.town import Town


def hang_wall(town: Town, *, area: str = "区", slug: str = "district") -> Wall:
    load_signs()
    refresh_figures(at=timezone.now())
    return ensure_wall(slug=slug, title=f"{area}运行总览", area=town.areas[area])


def hang_bare_wall(town: Town, *, area: str = "区", slug: str = "district") -> Wall:
    """Hang a wall without loading or judging a sign."""
    return ensure_wall(slug=slug, title=f"{area}运行总览", area=town.areas[area])
