"""Tell when the rungs of escalation stand on a running limit: at a share of it, or after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from workorders.worktime.calendar import WorkingCalendar
from workorders.worktime.counting import (
    Pause,
    due,
    instant_at_share,
    instant_between,
    working_moment,
)
from workorders.worktime.limit import Limit

WHOLE = 100


@dataclass(frozen=True)
class Course:
    """A running limit: its start, its due instant (moved by hand or not), and its pauses."""

    start: datetime
    due_at: datetime
    limit: Limit
    is_fixed: bool = False
    pauses: Sequence[Pause] = ()


@dataclass(frozen=True)
class Step:
    """Where a rung stands: at a share of the limit in percent, or some time after it."""

    share: int | None = None
    after: Limit | None = None
    waits: bool = False  # for working time, as what reaches people does


def instant_of(*, step: Step, course: Course, calendar: WorkingCalendar) -> datetime:
    """Return the UTC instant at which a rung is due; nothing earlier may set it off."""
    instant = _instant(step, course, calendar)
    return working_moment(at=instant, calendar=calendar) if step.waits else instant


def _instant(step: Step, course: Course, calendar: WorkingCalendar) -> datetime:
    if step.after is not None:
        return due(start=course.due_at, limit=step.after, calendar=calendar, pauses=course.pauses)
    if step.share is None or step.share >= WHOLE:
        return course.due_at
    share = Fraction(step.share, WHOLE)
    if course.is_fixed:
        return instant_between(
            start=course.start, due_at=course.due_at, unit=course.limit.unit, share=share,
            calendar=calendar, pauses=course.pauses,
        )  # fmt: skip
    return instant_at_share(
        start=course.start, limit=course.limit, share=share, calendar=calendar,
        pauses=course.pauses,
    )  # fmt: skip
