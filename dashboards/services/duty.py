"""Who is on duty before the walls of an area."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from dashboards.models import DutyShift
from grids.models import Area


@transaction.atomic
def put_on_duty(
    *, person: User, area: Area, is_leader: bool, starts_at: datetime, ends_at: datetime
) -> DutyShift:
    """Give a person a shift; the same shift again changes nothing."""
    return DutyShift.objects.get_or_create(
        person=person,
        area=area,
        is_leader=is_leader,
        starts_at=starts_at,
        defaults={"ends_at": ends_at},
    )[0]
