"""Changes of the working calendar. Readers notice by the revision of the reference data."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from governance.lib.errors import NotFoundError
from workorders.models import CalendarDay, WorkCalendar
from workorders.selectors import official_year
from workorders.selectors.calendar import official_days


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


class UnpublishedYearError(NotFoundError):
    code = "unpublished_year"

    def __init__(self, year: int) -> None:
        super().__init__(f"软件包 chinesecalendar 尚未收录 {year} 年的放假调休安排。")


@transaction.atomic
def enter_official_year(*, year: int) -> int:
    """Enter the official holidays and make-up days of a year; count those new or changed.

    Days that are in no official list stay. Raises UnpublishedYearError.
    """
    if not official_days(year):
        raise UnpublishedYearError(year)
    changes = official_year(year=year).changes
    days = [(day, *treatment) for day, _entered, treatment in changes]
    return change_calendar(days=days) if days else 0
