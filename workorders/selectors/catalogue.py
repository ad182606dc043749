"""Reads of reference data: the working calendar, time limits, categories, channels."""

import hashlib
from collections.abc import Iterable
from datetime import date, time
from functools import lru_cache

from django.db.models import Q

from workorders.enums import ClockKind
from workorders.models import CalendarDay, Category, Channel, TimeLimit, WorkCalendar, WorkOrder
from workorders.worktime import WorkingCalendar

# A year counts as known once its holidays are entered; New Year's Day is in every official list.
KNOWN_BY = (1, 1)


def working_calendar() -> WorkingCalendar:
    """Read the district's working calendar; the days are cached until its revision rises."""
    row = WorkCalendar.objects.order_by("pk").first() or WorkCalendar()
    spans = (
        (_time(row.morning_from), _time(row.morning_to)),
        (_time(row.afternoon_from), _time(row.afternoon_to)),
    )
    return _calendar(spans, row.pk, row.revision)


@lru_cache(maxsize=4)
def _calendar(
    spans: tuple[tuple[time, time], ...], calendar_id: int | None, revision: int
) -> WorkingCalendar:
    days = list(CalendarDay.objects.values_list("day", "is_working", "name"))
    return WorkingCalendar(
        spans=spans,
        holidays={day: name for day, is_working, name in days if not is_working},
        makeup_days={day: name for day, is_working, name in days if is_working},
        known_years=_known_years(day for day, *_ in days),
    )


def _time(value: time | str) -> time:
    return time.fromisoformat(value) if isinstance(value, str) else value


def _known_years(days: Iterable[date]) -> frozenset[int]:
    return frozenset(day.year for day in days if (day.month, day.day) == KNOWN_BY)


def limits_for(*, order: WorkOrder, clocks: Iterable[ClockKind]) -> dict[str, TimeLimit]:
    """Find the winning limit of each clock: the row that names most of the order's traits.

    Between equally specific rows category outweighs urgency, and urgency the channel.
    """
    parent_id = order.category.parent_id if order.category else None
    rows = TimeLimit.objects.filter(
        Q(category=None) | Q(category_id=order.category_id) | Q(category_id=parent_id),
        urgency__in=["", order.urgency],
        clock__in=list(clocks),
    ).filter(Q(channel=None) | Q(channel_id=order.channel_id))
    winners: dict[str, TimeLimit] = {}
    for row in sorted(rows, key=lambda row: _specificity(row, order)):
        winners[row.clock] = row
    return winners


def _specificity(row: TimeLimit, order: WorkOrder) -> tuple[int, int, int, int]:
    category = 0 if row.category_id is None else 2 if row.category_id == order.category_id else 1
    traits = (bool(category), bool(row.urgency), row.channel_id is not None)
    return (sum(traits), category, int(traits[1]), int(traits[2]))


def suggest_category(*, text: str) -> Category | None:
    """Suggest the category whose keywords occur most in a text; the longer words weigh more."""
    best, best_score = None, 0
    for category in Category.objects.filter(is_active=True).exclude(keywords=[]).order_by("code"):
        score = sum(len(word) * text.count(word) for word in category.keywords)
        if score > best_score:
            best, best_score = category, score
    return best


def active_channel(*, code: str, token: str) -> Channel | None:
    """Find the active channel whose token this is."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    return Channel.objects.filter(code=code, token_digest=digest, is_active=True).first()
