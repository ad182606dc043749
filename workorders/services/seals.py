"""Sealing whole days of history, once they are over."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from workorders.models import Event, HistorySeal
from workorders.selectors.verification import DAY, day_sum
from workorders.workflow import START

# Acts that were under way at midnight are committed by then.
REST = timedelta(hours=1)


def seal_history(*, at: datetime, days: int = 400) -> int:
    """Seal the days that are over and not sealed yet, oldest first; return how many."""
    yesterday = timezone.localdate(at - REST) - DAY
    sealed = 0
    while sealed < days and (day := _next_day()) is not None and day <= yesterday:
        _seal(day, at)
        sealed += 1
    return sealed


def _next_day() -> date | None:
    newest = HistorySeal.objects.order_by("-day").values_list("day", flat=True).first()
    if newest is not None:
        return newest + DAY
    first = Event.objects.filter(order__is_demo=False).aggregate(first=Min("at"))["first"]
    return timezone.localdate(first) if first else None


@transaction.atomic
def _seal(day: date, at: datetime) -> None:
    before = HistorySeal.objects.filter(day__lt=day).order_by("-day").first()
    found = day_sum(day=day)
    HistorySeal.objects.get_or_create(
        day=day,
        defaults={
            "orders": found.orders,
            "events": found.events,
            "digest": found.digest(bytes(before.digest) if before else START),
            "sealed_at": at,
        },
    )
