"""Deadlines as people read them: what is left in the limit's own time, and how pressing it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from workorders.enums import State
from workorders.models import Clock, WorkOrder
from workorders.selectors.queues import SOON
from workorders.workflow import ENDED
from workorders.worktime import Limit, LimitUnit, Pause, WorkingCalendar, elapsed, explain

LATE, PRESSING, CALM, MET, NONE = "late", "soon", "calm", "met", "none"


@dataclass(frozen=True)
class Deadline:
    """When something is due, the time left in words, and its tone: late, soon, calm, met, none."""

    tone: str = NONE
    due_at: datetime | None = None
    left: str = ""
    is_working_time: bool = False


@dataclass(frozen=True)
class Face:
    """One clock of an order as its page shows it."""

    label: str
    basis: str
    deadline: Deadline
    started_at: datetime
    met_at: datetime | None
    why: list[str]


def order_deadline(*, order: WorkOrder, at: datetime, calendar: WorkingCalendar) -> Deadline:
    """Read a queue's row: its deadline with the time left by the clock that set it.

    The order carries `running_clocks` (see `with_row_parts`).
    """
    if State(order.state) in ENDED or order.due_at is None:
        return Deadline()
    running: Iterable[Clock] = getattr(order, "running_clocks", ())
    clock = next((clock for clock in running if clock.due_at == order.due_at), None)
    if clock is None:
        left = order.due_at - at
        return Deadline(tone_of(order.due_at, at), order.due_at, words(left, calendar, False))
    return clock_deadline(clock=clock, at=at, calendar=calendar)


def clock_deadline(*, clock: Clock, at: datetime, calendar: WorkingCalendar) -> Deadline:
    """Tell what is left of a running clock; of a met one, whether it was met in time."""
    if clock.met_at is not None:
        return Deadline(LATE if clock.breached_at else MET, clock.due_at)
    unit = LimitUnit(clock.limit_unit)
    # From now to the due instant, which pauses have already moved, so that no pause is read here.
    left = elapsed(
        start=min(at, clock.due_at),
        at=max(at, clock.due_at),
        limit=Limit(1, unit),
        calendar=calendar,
    )
    said = words(left, calendar, unit.is_working)
    return Deadline(tone_of(clock.due_at, at), clock.due_at, said, unit.is_working)


def limit_of(clock: Clock) -> Limit:
    return Limit(clock.limit_amount, LimitUnit(clock.limit_unit), clock.is_to_end_of_day)


def tone_of(due_at: datetime, at: datetime) -> str:
    if due_at < at:
        return LATE
    return PRESSING if due_at < at + SOON else CALM


def words(left: timedelta, calendar: WorkingCalendar, is_working: bool) -> str:
    """Say a span in its two largest units; a working day is as long as that day's hours."""
    minutes = int(abs(left).total_seconds() // 60)
    day = int(calendar.working_day_length // 60_000_000) if is_working else 24 * 60
    days, minutes = divmod(minutes, day)
    hours, minutes = divmod(minutes, 60)
    if days:
        return f"{days}天{hours}小时" if hours else f"{days}天"
    if hours:
        return f"{hours}小时{minutes}分" if minutes else f"{hours}小时"
    return f"{minutes}分钟" if minutes else "不足1分钟"


@dataclass(frozen=True)
class Faces:
    """The clocks of an order: the running ones by deadline, the met ones as they began."""

    running: list[Face]
    met: list[Face]

    @property
    def late_count(self) -> int:
        return sum(face.deadline.tone == LATE for face in self.met)


def faces(*, order: WorkOrder, at: datetime, calendar: WorkingCalendar) -> Faces:
    """Read every clock of an order, each with why it is due then.

    Expects clocks and their pauses prefetched.
    """
    clocks = list(order.clocks.all())
    running = sorted((c for c in clocks if c.met_at is None), key=lambda clock: clock.due_at)
    return Faces(
        running=[_face(clock, at, calendar) for clock in running],
        met=[_face(clock, at, calendar) for clock in clocks if clock.met_at is not None],
    )


def _face(clock: Clock, at: datetime, calendar: WorkingCalendar) -> Face:
    pauses = [
        Pause(pause.started_at, pause.ended_at or max(at, pause.started_at))
        for pause in clock.pauses.all()
    ]
    why = explain(start=clock.started_at, limit=limit_of(clock), calendar=calendar, pauses=pauses)
    return Face(
        label=clock.get_kind_display(),
        basis=clock.limit_label,
        deadline=clock_deadline(clock=clock, at=at, calendar=calendar),
        started_at=clock.started_at,
        met_at=clock.met_at,
        why=why,
    )
