"""What had happened by the same time a week ago, counted from the acts of that day."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from workorders.enums import Action, State
from workorders.models import Event

WEEK = timedelta(days=7)


def counts_a_week_ago(*, area_ids: Collection[int], at: datetime) -> dict[str, int]:
    """Count what was registered, accepted and closed on that day until the same time."""
    until = at - WEEK
    start = timezone.localtime(until).replace(hour=0, minute=0, second=0, microsecond=0)
    acts = Event.objects.filter(at__gte=start, at__lte=until, area__in=area_ids)
    is_closing = Q(to_state=State.CLOSED) & ~Q(from_state=State.CLOSED)
    return acts.aggregate(
        registered_today=Count("pk", filter=Q(action=Action.REGISTER)),
        accepted_today=Count("pk", filter=Q(action=Action.ACCEPT)),
        closed_today=Count("pk", filter=is_closing),
    )
