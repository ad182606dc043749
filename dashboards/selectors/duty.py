"""Who is on duty for an area: its own shifts, else those of the area above it."""

from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import User
from dashboards.models import DutyShift
from grids.models import Area
from grids.selectors import place_of


@dataclass(frozen=True)
class Duty:
    """`leader` and `officers` are officials' names; both may be empty."""

    leader: str = ""
    officers: list[str] = field(default_factory=list)
    until: datetime | None = None


def duty_of(*, area: Area, at: datetime) -> Duty:
    """Name the duty leader and the officers of the nearest area that has any now."""
    step: Area | None = area
    while step is not None:
        shifts = _shifts(step.pk, at)
        if shifts:
            leader = next((shift for shift in shifts if shift.is_leader), None)
            return Duty(
                leader=leader.person.name if leader else "",
                officers=[shift.person.name for shift in shifts if not shift.is_leader],
                until=(leader or shifts[0]).ends_at,
            )
        step = step.parent
    return Duty()


def is_on_duty(*, user: User, area: Area, at: datetime) -> bool:
    """Tell whether a person has a shift now on the area or one above it."""
    place = place_of(area)
    above = [place.district_id, place.street_id, place.community_id, place.grid_id]
    shifts = DutyShift.objects.filter(area__in=[pk for pk in above if pk], person=user)
    return shifts.filter(starts_at__lte=at, ends_at__gt=at).exists()


def _shifts(area_id: int, at: datetime) -> list[DutyShift]:
    shifts = DutyShift.objects.filter(
        area=area_id, starts_at__lte=at, ends_at__gt=at, person__is_active=True
    )
    return list(shifts.select_related("person").order_by("starts_at", "pk"))
