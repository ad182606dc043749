"""Changes of the working calendar. Readers notice by the revision of the reference data."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from workorders.models import CalendarDay, WorkCalendar


@transaction.atomic
def change_calendar(*, days: Iterable[tuple[date, bool, str]] = ()) -> int:
    """Set days (date, is working, name); return how many."""
    WorkCalendar.objects.get_or_create(pk=1)
    rows = [
        CalendarDay(day=day, is_working=is_working, name=name) for day, is_working, name in days
    ]
    CalendarDay.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["day"], update_fields=["is_working", "name"]
    )
    return len(rows)
