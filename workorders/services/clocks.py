"""Clocks: started by a transition with the limit that wins, paused, run on, and met by others."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from workorders.enums import ClockKind, State
from workorders.models import Clock, ClockPause, TimeLimit, WorkOrder
from workorders.selectors import Reference, limits_for, reference
from workorders.services.rows import Statement, append, insert_all, run
from workorders.services.rungs import next_instant
from workorders.worktime import Limit, LimitUnit, Pause, due, postponed

# The clock that a queue shows as "the" deadline of an order in each state.
MAIN_CLOCK: dict[str, ClockKind] = {
    State.REGISTERED: ClockKind.ACCEPTANCE,
    State.VERIFYING: ClockKind.VERIFICATION,
    State.ACCEPTED: ClockKind.DISPATCH,
    State.DISPATCHED: ClockKind.RESOLUTION,
    State.HANDLING: ClockKind.RESOLUTION,
    State.RESOLVED: ClockKind.CHECK,
    State.FOLLOW_UP: ClockKind.FOLLOW_UP,
}


def plan_clocks(*, order: WorkOrder, kinds: Sequence[ClockKind], at: datetime) -> list[Clock]:
    """Work out clocks without writing them; the order may be new and without a key."""
    if not kinds:
        return []
    known = reference()
    limits = limits_for(order=order, clocks=kinds, known=known)
    return [_new_clock(order, limits[kind], at, known) for kind in kinds if kind in limits]


def _new_clock(order: WorkOrder, row: TimeLimit, at: datetime, known: Reference) -> Clock:
    clock = Clock(order=order, kind=row.clock, started_at=at)
    _give_limit(clock, row)
    schedule(clock=clock, pauses=(), known=known)
    return clock


def _give_limit(clock: Clock, row: TimeLimit) -> None:
    clock.limit, clock.limit_label = row, row.label
    clock.limit_amount, clock.limit_unit = row.amount, row.unit
    clock.is_to_end_of_day = row.is_to_end_of_day


def schedule(
    *,
    clock: Clock,
    pauses: Sequence[Pause],
    fired: Collection[int] | None = None,
    known: Reference | None = None,
) -> None:
    """Set a running clock's due instant, and the next instant at which a worker looks at it.

    `fired` are the rungs that have fired on it, read where the caller has not.
    """
    limit = Limit(clock.limit_amount, LimitUnit(clock.limit_unit), clock.is_to_end_of_day)
    known = known or reference()
    calendar = known.calendar
    if clock.fixed_due_at is not None and clock.fixed_at is not None:
        clock.due_at = postponed(
            due_at=clock.fixed_due_at, since=clock.fixed_at, limit=limit, calendar=calendar,
            pauses=pauses,
        )  # fmt: skip
    else:
        clock.due_at = due(start=clock.started_at, limit=limit, calendar=calendar, pauses=pauses)
    fired = fired_on(clock) if fired is None else fired
    clock.next_rung_at = next_instant(clock=clock, pauses=pauses, fired=fired, known=known)


def fired_on(clock: Clock) -> frozenset[int]:
    """Read which rungs have fired on a clock; a new one has none."""
    if clock.pk is None:
        return frozenset()
    return frozenset(row.rung_id for row in clock.escalations.all() if row.rung_id is not None)


# One statement instead of a read and a write per clock: every act passes here.
MEET = """
WITH met AS (
    UPDATE workorders_clock
    SET met_at = %s, next_rung_at = NULL, paused_at = NULL,
        breached_at = CASE WHEN due_at < coalesce(paused_at, %s)
                           THEN coalesce(breached_at, due_at) ELSE breached_at END
    WHERE order_id = %s AND kind = ANY(%s) AND met_at IS NULL
    RETURNING id, kind, breached_at
), ended AS (
    UPDATE workorders_clockpause SET ended_at = %s
    WHERE clock_id IN (SELECT id FROM met) AND ended_at IS NULL
)
SELECT kind, breached_at FROM met
"""


def turn_clocks(
    *, order: WorkOrder, meets: Sequence[ClockKind], starts: Sequence[ClockKind], at: datetime
) -> tuple[dict[str, datetime | None], list[Clock]]:
    """Stop the running clocks of some kinds and start others, in one way to the database.

    Returns {kind: when it became late} of those that were met, and those that run now. A late
    clock keeps the fact, whether its escalation had fired or not; a paused one is late only if it
    was so when its pause began. A kind without any limit row has no clock.
    """
    started = plan_clocks(order=order, kinds=starts, at=at)
    if not meets:
        append(started)
        return {}, started
    meet = Statement(MEET, [at, at, order.pk, [kind.value for kind in meets], at])
    # What starts again must be met first: one clock of a kind runs at a time.
    again = [clock for clock in started if clock.kind in meets]
    fresh = [clock for clock in started if clock.kind not in meets]
    met = run([*insert_all(fresh), meet])
    append(again)
    return dict(met), started


def pause_clocks(
    *, order: WorkOrder, kinds: Sequence[ClockKind], at: datetime, reason: str
) -> list[Clock]:
    """Let the running clocks of these kinds stand still until they are resumed or met."""
    if not kinds:
        return []
    clocks = list(
        Clock.objects.filter(
            order=order, kind__in=kinds, met_at__isnull=True, paused_at__isnull=True
        )
    )
    for clock in clocks:
        ClockPause.objects.create(clock=clock, started_at=at, reason=reason)
        clock.paused_at, clock.next_rung_at = at, None
        clock.save(update_fields=["paused_at", "next_rung_at"])
    return clocks


def unpause_clocks(*, order: WorkOrder, kinds: Sequence[ClockKind], at: datetime) -> list[Clock]:
    """Run the paused clocks of these kinds on; what was met during the pause stays met."""
    if not kinds:
        return []
    paused = Clock.objects.filter(order=order, kind__in=kinds, paused_at__isnull=False)
    return resume_clocks(order=order, kinds=[ClockKind(clock.kind) for clock in paused], at=at)


def resume_clocks(*, order: WorkOrder, kinds: Iterable[ClockKind], at: datetime) -> list[Clock]:
    """Run the last clock of each kind on; the time since it was met or paused is a pause."""
    resumed = []
    for kind in kinds:
        clock = Clock.objects.filter(order=order, kind=kind).order_by("-started_at", "-id").first()
        if clock is None or (clock.met_at is None and clock.paused_at is None):
            continue
        clock.order = order
        if clock.met_at is not None:
            ClockPause.objects.create(
                clock=clock, started_at=clock.met_at, ended_at=at, reason="返工"
            )
        clock.pauses.filter(ended_at__isnull=True).update(ended_at=at)
        clock.met_at = clock.paused_at = None
        reschedule(clock=clock)
        resumed.append(clock)
    return resumed


def fix_deadline(
    *, order: WorkOrder, kind: ClockKind, due_at: datetime, at: datetime
) -> list[Clock]:
    """Set the deadline of a running clock by hand; what is late already stays on record."""
    clocks = list(Clock.objects.filter(order=order, kind=kind, met_at__isnull=True))
    for clock in clocks:
        clock.order = order
        clock.fixed_due_at, clock.fixed_at = due_at, at
        reschedule(clock=clock)
    return clocks


def relimit_clocks(*, order: WorkOrder, at: datetime) -> list[Clock]:
    """Give the running clocks the limits that win now; they keep their start and their pauses.

    A clock that was late by a wrong limit and is not by the right one is not late.
    """
    clocks = list(Clock.objects.filter(order=order, met_at__isnull=True, fixed_at__isnull=True))
    kinds = [ClockKind(clock.kind) for clock in clocks]
    limits = limits_for(order=order, clocks=kinds, known=reference())
    changed = [clock for clock in clocks if clock.kind in limits]
    for clock in changed:
        clock.order = order  # as it is now: the rungs go by its category too
        _give_limit(clock, limits[clock.kind])
        was_breached_at, clock.breached_at = clock.breached_at, None
        schedule(clock=clock, pauses=pauses_of(clock))
        if was_breached_at is not None and clock.due_at <= at:
            clock.breached_at = clock.due_at
        reschedule(clock=clock)
    return changed


def pauses_of(clock: Clock) -> list[Pause]:
    """Read the pauses of a clock that have ended."""
    return [
        Pause(pause.started_at, pause.ended_at) for pause in clock.pauses.all() if pause.ended_at
    ]


def reschedule(*, clock: Clock) -> None:
    """Work out a clock's deadline anew with its pauses, and save it."""
    schedule(clock=clock, pauses=pauses_of(clock))
    if clock.paused_at is not None:
        clock.next_rung_at = None
    clock.save()


def main_due_at(
    *, state: str, from_state: str, clocks: Iterable[Clock], current: datetime | None
) -> datetime | None:
    """Choose the deadline a queue shows: the main clock of the state, if it just changed."""
    kind = MAIN_CLOCK.get(state)
    for clock in clocks:
        if clock.kind == kind:
            return clock.due_at
    return current if kind == MAIN_CLOCK.get(from_state) else None
