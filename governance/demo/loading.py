"""Loading the demo: each step makes what is missing and leaves alone what is there."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dashboards.services import ensure_wall, load_indicators
from governance.demo.addresses import load_addresses
from governance.demo.areas import load_pukou
from governance.demo.catalogue import (
    load_calendar,
    load_categories,
    load_channels,
    load_limits,
)
from governance.demo.departments import load_departments
from governance.demo.feeds import load_reporters
from governance.demo.people import DISTRICT, load_people
from governance.demo.rungs import load_rungs
from governance.lib.errors import ConflictError
from grids.models import Area

WALL = "pukou"


def check_mode() -> None:
    """Refuse where demo data must not be; raises ConflictError."""
    if settings.IS_PRODUCTION:
        raise ConflictError("生产模式不载入演示数据。", code="production")
    if settings.DISTRICT_CODE != DISTRICT:
        raise ConflictError(f"演示数据只属于 {DISTRICT}。", code="other_district")
    if not settings.DEMO_PASSWORD:
        raise ConflictError("未设置 DEMO_PASSWORD。", code="no_password")


@transaction.atomic
def load_reference(*, at: datetime, tell: Callable[[str], None] = lambda line: None) -> None:
    """Load all reference data of the demo: places, departments, catalogue, people."""
    tell("Areas …")
    load_pukou(at=at)
    departments = load_departments()
    tell("Categories, limits, rungs, calendar, channels …")
    load_channels()
    categories = load_categories(departments)
    load_limits(categories)
    load_rungs(categories)
    load_calendar()
    tell("Addresses and people …")
    load_addresses()
    load_people(departments=departments, on=timezone.localdate(at))
    load_indicators()
    load_reporters(on=timezone.localdate(at))
    ensure_wall(slug=WALL, title="浦口区城市生命体征", area=Area.objects.get(code=DISTRICT))
