"""Loading the demo: each step makes what is missing and leaves alone what is there."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from dashboards.models import DutyShift
from dashboards.services import ensure_wall, load_indicators
from dashboards.services.duty import put_on_duty
from governance.demo.addresses import load_addresses
from governance.demo.areas import load_pukou
from governance.demo.catalogue import (
    load_calendar,
    load_categories,
    load_channels,
    load_limits,
)
from governance.demo.departments import load_departments
from governance.demo.elements import load_elements
from governance.demo.feeds import load_reporters
from governance.demo.knowledge import load_knowledge
from governance.demo.patrols import load_patrols
from governance.demo.people import DISTRICT, load_people
from governance.demo.rungs import load_rungs
from governance.lib.errors import ConflictError
from grids.models import Area

WALL = "pukou"
ON_DUTY = timedelta(days=365)


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
    load_knowledge(departments, on=timezone.localdate(at))
    tell("Addresses and people …")
    load_addresses()
    load_patrols(on=timezone.localdate(at))
    load_elements(at=at)
    load_people(departments=departments, on=timezone.localdate(at))
    load_indicators()
    load_reporters(on=timezone.localdate(at))
    district = Area.objects.get(code=DISTRICT)
    ensure_wall(slug=WALL, title="浦口区城市生命体征", area=district)
    load_duty(district, at=at)


def load_duty(district: Area, *, at: datetime) -> None:
    """Put the demo's leader and dispatcher on duty for a year from today."""
    today = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    for username, is_leader in (("leader", True), ("dispatcher", False)):
        person = User.objects.get(username=username)
        if not DutyShift.objects.filter(person=person, ends_at__gt=at).exists():
            put_on_duty(
                person=person,
                area=district,
                is_leader=is_leader,
                starts_at=today,
                ends_at=today + ON_DUTY,
            )
