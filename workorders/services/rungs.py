"""What has still to happen on a running clock, and when: its due instant and its rungs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from workorders.enums import Deed
from workorders.models import Clock, Rung
from workorders.selectors import Reference
from workorders.worktime import Course, Limit, LimitUnit, Pause, Step, instant_of

# What reaches people waits for working time, unless the rung is urgent; marks do not.
REACHING = frozenset({Deed.REMIND, Deed.LETTER, Deed.RAISE})


@dataclass(frozen=True)
class Standing:
    """A rung that has not fired, or (None) the due instant not yet noted, and its instant."""

    at: datetime
    rung: Rung | None = None

    @property
    def waits(self) -> bool:
        return self.rung is not None and waits(self.rung)


def waits(rung: Rung) -> bool:
    return rung.deed in REACHING and not rung.is_urgent


def next_instant(
    *, clock: Clock, pauses: Sequence[Pause], fired: Collection[int | None], known: Reference
) -> datetime | None:
    """Tell when a worker must look at a running clock; `fired` are the rungs that have."""
    is_late = clock.breached_at is not None
    left = standings(clock=clock, pauses=pauses, fired=fired, is_late=is_late, known=known)
    return left[0].at if left else None


def standings(
    *,
    clock: Clock,
    pauses: Sequence[Pause],
    fired: Collection[int | None],
    is_late: bool,
    known: Reference,
) -> list[Standing]:
    """List what has still to happen, in order; what comes after the due instant only when late."""
    course = course_of(clock, pauses)
    # Late, and then given more time: the new deadline may pass, too.
    is_noted = clock.breached_at is not None and clock.due_at <= clock.breached_at
    left = [] if is_noted else [Standing(clock.due_at)]
    instants: dict[Step, datetime] = {}
    for rung in known.ladder(clock.kind, clock.order.category_id):
        if rung.pk in fired or (rung.share is None and not is_late):
            continue
        step = step_of(rung)
        if step not in instants:
            instants[step] = instant_of(step=step, course=course, calendar=known.calendar)
        left.append(Standing(instants[step], rung))
    return sorted(left, key=_place)


def _place(standing: Standing) -> tuple[datetime, bool]:
    return standing.at, standing.rung is not None


def course_of(clock: Clock, pauses: Sequence[Pause]) -> Course:
    limit = Limit(clock.limit_amount, LimitUnit(clock.limit_unit), clock.is_to_end_of_day)
    return Course(clock.started_at, clock.due_at, limit, clock.fixed_due_at is not None, pauses)


def step_of(rung: Rung) -> Step:
    after = None
    if rung.after_amount is not None:
        after = Limit(rung.after_amount, LimitUnit(rung.after_unit))
    return Step(rung.share, after, waits(rung))
