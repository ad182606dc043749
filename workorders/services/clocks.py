"""Clocks: started by a transition with the limit that wins, met by another."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection

from workorders.enums import ClockKind, State
from workorders.models import Clock, ClockPause, TimeLimit, WorkOrder
from workorders.selectors import limits_for, reference, working_calendar
from workorders.worktime import Limit, LimitUnit, Pause, WorkingCalendar, due

# The clock that a queue shows as "the" deadline of an order in each state.
MAIN_CLOCK: dict[str, ClockKind] = {
    State.REGISTERED: ClockKind.ACCEPTANCE,
    State.VERIFYING: ClockKind.ACCEPTANCE,
    State.ACCEPTED: ClockKind.DISPATCH,
    State.DISPATCHED: ClockKind.RESOLUTION,
    State.HANDLING: ClockKind.RESOLUTION,
    State.RESOLVED: ClockKind.CHECK,
    State.FOLLOW_UP: ClockKind.FOLLOW_UP,
}


def start_clocks(*, order: WorkOrder, kinds: Sequence[ClockKind], at: datetime) -> list[Clock]:
    """Start clocks at an instant; a kind without any limit row has no clock."""
    clocks = plan_clocks(order=order, kinds=kinds, at=at)
    return Clock.objects.bulk_create(clocks) if clocks else []


def plan_clocks(*, order: WorkOrder, kinds: Sequence[ClockKind], at: datetime) -> list[Clock]:
    """Work out clocks without writing them; the order may be new and without a key."""
    if not kinds:
        return []
    known = reference()
    limits = limits_for(order=order, clocks=kinds, known=known)
    return [_new_clock(order, limits[kind], at, known.calendar) for kind in kinds if kind in limits]


def _new_clock(order: WorkOrder, row: TimeLimit, at: datetime, calendar: WorkingCalendar) -> Clock:
    limit = Limit(row.amount, LimitUnit(row.unit), row.is_to_end_of_day)
    due_at = due(start=at, limit=limit, calendar=calendar)
    return Clock(
        order=order,
        kind=row.clock,
        limit=row,
        limit_label=row.label,
        limit_amount=row.amount,
        limit_unit=row.unit,
        is_to_end_of_day=row.is_to_end_of_day,
        started_at=at,
        due_at=due_at,
        next_rung_at=due_at,
    )


# One statement instead of a read and a write per clock: every act passes here.
MEET = """
UPDATE workorders_clock
SET met_at = %(at)s, next_rung_at = NULL,
    breached_at = CASE WHEN due_at < %(at)s THEN coalesce(breached_at, due_at)
                       ELSE breached_at END
WHERE order_id = %(order)s AND kind = ANY(%(kinds)s) AND met_at IS NULL
RETURNING kind, due_at, breached_at
"""


def meet_clocks(
    *, order: WorkOrder, kinds: Iterable[ClockKind], at: datetime
) -> dict[str, tuple[datetime, datetime | None]]:
    """Stop the running clocks of these kinds; return {kind: (due, breached)}.

    A late clock keeps the fact, whether its escalation had fired or not.
    """
    names = [kind.value for kind in kinds]
    if not names:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(MEET, {"at": at, "order": order.pk, "kinds": names})
        return {kind: (due_at, breached_at) for kind, due_at, breached_at in cursor.fetchall()}


def resume_clocks(*, order: WorkOrder, kinds: Iterable[ClockKind], at: datetime) -> list[Clock]:
    """Run the last clock of each kind on; the time since it was met counts as a pause."""
    resumed = []
    for kind in kinds:
        clock = Clock.objects.filter(order=order, kind=kind).order_by("-started_at").first()
        if clock is None or clock.met_at is None:
            continue
        ClockPause.objects.create(clock=clock, started_at=clock.met_at, ended_at=at, reason="返工")
        clock.met_at = None
        clock.due_at = _due_with_pauses(clock)
        clock.next_rung_at = None if clock.breached_at else clock.due_at
        clock.save(update_fields=["met_at", "due_at", "next_rung_at"])
        resumed.append(clock)
    return resumed


def _due_with_pauses(clock: Clock) -> datetime:
    pauses = [Pause(pause.started_at, pause.ended_at) for pause in clock.pauses.all()]
    limit = Limit(clock.limit_amount, LimitUnit(clock.limit_unit), clock.is_to_end_of_day)
    calendar = working_calendar()
    return due(start=clock.started_at, limit=limit, calendar=calendar, pauses=pauses)


def main_due_at(
    *, state: str, clocks: Iterable[Clock], current: datetime | None
) -> datetime | None:
    """Choose the deadline a queue shows: the main clock of the state, if it just changed."""
    kind = MAIN_CLOCK.get(state)
    if kind is None:
        return None
    for clock in clocks:
        if clock.kind == kind:
            return clock.due_at
    return current
