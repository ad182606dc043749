"""Running clocks follow the calendar and the rungs: a job that looks, and may die and look again.

Nobody who changes them asks for it: triggers write down each day that changes, and that the
working hours or a rung did, which may move every clock. The job takes what is written and passes
through the running clocks by order, in short transactions that each move the position of the one
row `Recalculation` on.
"""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from workorders.enums import Action, ClockKind
from workorders.models import CalendarChange, Clock, Recalculation, WorkOrder
from workorders.selectors import reference
from workorders.services.actors import Actor
from workorders.services.clocks import main_due_at, pauses_of, reschedule, schedule
from workorders.services.figures import facts_of
from workorders.services.journal import Journal
from workorders.workflow import delta_counts
from workorders.worktime import WorkingCalendar, tell_changes

BATCH = 200  # orders in a transaction
# An act that had read the former calendar has committed by then; a pass begun later meets it.
GRACE = timedelta(minutes=1)


@dataclass(frozen=True)
class Change:
    """The former calendar, the one that holds from now on, and now."""

    old: WorkingCalendar
    new: WorkingCalendar
    at: datetime


def recalculate_clocks(*, at: datetime, batches: int = 100) -> int:
    """Bring running clocks to the present calendar; return how many moved.

    Safe to repeat, to kill and to run many at once: while one works, others return 0.
    """
    moved = 0
    for _ in range(batches):
        count = _look(at)
        if count is None:
            break
        moved += count
    return moved


@transaction.atomic
def _look(at: datetime) -> int | None:
    """Do one batch; None where nothing is left to do now, or somebody else does it."""
    known = reference().calendar
    row = _claimed(known, at)
    if row is None or not _wants_work(row, known, at):
        return None
    change = Change(_read(row.before, known) if row.before else known, known, at)
    ids = list(_orders(_affected(row, known), row.position or 0)[:BATCH])
    moved, missed = _move(ids, change)
    row.is_clean = row.is_clean and not missed
    row.position = ids[-1] if len(ids) == BATCH else None
    row.is_settled = (
        row.position is None and row.is_clean and row.began_at >= row.noticed_at + GRACE
    )
    row.save()
    return moved


def _claimed(known: WorkingCalendar, at: datetime) -> Recalculation | None:
    """Lock the row; the first look ever takes the clocks as right by the present calendar."""
    first = {"calendar": _written(known), "touched": [], "noticed_at": at, "began_at": at}
    _, is_first = Recalculation.objects.get_or_create(pk=1, defaults=first)
    if is_first:
        _take_changes()
    return Recalculation.objects.select_for_update(skip_locked=True).filter(pk=1).first()


def _take_changes() -> list[date | None]:
    """Take the days that changed, as far as they are committed."""
    changes = list(CalendarChange.objects.all())
    CalendarChange.objects.filter(pk__in=[change.pk for change in changes]).delete()
    return [change.day for change in changes]


def _wants_work(row: Recalculation, known: WorkingCalendar, at: datetime) -> bool:
    """Tell whether there are orders to pass through, and begin a pass where one is needed."""
    if days := _take_changes():
        _note_change(row, days, known, at)
    elif row.position is not None:
        return True
    elif row.is_settled or at <= row.began_at or (row.is_clean and at < row.noticed_at + GRACE):
        return False
    row.began_at, row.position, row.is_clean = at, 0, True
    return True


def _note_change(
    row: Recalculation, days: Iterable[date | None], known: WorkingCalendar, at: datetime
) -> None:
    if row.is_settled:
        row.touched = []
    if row.position is None:  # else clocks of both calendars run, and the older one stays
        row.before = row.calendar
    if row.touched is None or None in days:
        row.touched = None
    else:
        row.touched = sorted({*row.touched, *map(str, days)})
    row.calendar, row.noticed_at, row.is_settled = _written(known), at, False


def _affected(row: Recalculation, known: WorkingCalendar) -> Q:
    """Choose the clocks that can move: those that run into a changed day."""
    if row.touched is None:
        return Q()
    edges = [date.fromisoformat(day) for day in (row.touched[0], row.touched[-1])]
    first = datetime.combine(edges[0], time.min, known.timezone)
    last = datetime.combine(edges[1], time.max, known.timezone)
    return Q(started_at__lte=last) & (Q(due_at__gte=first) | Q(next_rung_at__gte=first))


def _orders(affected: Q, position: int) -> QuerySet[Clock, int]:
    running = Clock.objects.filter(affected, met_at__isnull=True, order_id__gt=position)
    return running.order_by("order_id").values_list("order_id", flat=True).distinct()


def _running(ids: Iterable[int]) -> list[Clock]:
    clocks = Clock.objects.filter(order_id__in=ids, met_at__isnull=True)
    clocks = clocks.select_related("order").prefetch_related("pauses", "escalations")
    return list(clocks.order_by("order_id", "id").defer("order__text", "order__point"))


def _move(ids: Sequence[int], change: Change) -> tuple[int, int]:
    """Move the clocks of these orders that must move; return how many, and orders not got."""
    wanted = {clock.order_id for clock in _running(ids) if _plan(clock, change.at) is not None}
    if not wanted:
        return 0, 0
    # Orders first, then clocks: the same order of locks as a person's act.
    orders = list(
        WorkOrder.objects.filter(pk__in=wanted)
        .order_by("pk")
        .select_for_update(of=("self",), skip_locked=True)
    )
    clocks = _running(order.pk for order in orders)
    journal, moved = Journal(), 0
    for order in orders:
        own = [clock for clock in clocks if clock.order_id == order.pk]
        moved += _follow(order, own, change, journal)
    journal.write()
    return moved, len(wanted) - len(orders)


@dataclass(frozen=True)
class Move:
    """A clock as it was and as it becomes."""

    was: Clock
    becomes: Clock

    @property
    def is_seen(self) -> bool:
        return self.was.due_at != self.becomes.due_at

    def words(self) -> str:
        kind = self.was.get_kind_display()
        return f"{kind}时限由 {_minute(self.was.due_at)} 改为 {_minute(self.becomes.due_at)}"


def _plan(clock: Clock, at: datetime) -> Move | None:
    """Work a clock out anew, without writing; None where nothing moves.

    A clock that was late by the former calendar and is not by this one is not late; one that was
    late before its deadline was set anew stays so.
    """
    becomes, pauses = copy(clock), pauses_of(clock)
    is_late = clock.breached_at is not None and clock.breached_at == clock.due_at
    becomes.breached_at = None if is_late else clock.breached_at
    schedule(clock=becomes, pauses=pauses)
    if is_late and becomes.due_at <= (clock.paused_at or at):
        becomes.breached_at = becomes.due_at
        schedule(clock=becomes, pauses=pauses)
    if clock.paused_at is not None:
        becomes.next_rung_at = None
    names = ("due_at", "next_rung_at", "breached_at")
    is_same = all(getattr(clock, name) == getattr(becomes, name) for name in names)
    return None if is_same else Move(clock, becomes)


def _follow(order: WorkOrder, clocks: Sequence[Clock], change: Change, journal: Journal) -> int:
    """Write an order's moved clocks, and say on the order what moved and why."""
    before = facts_of(order)
    moves = [move for clock in clocks if (move := _plan(clock, change.at)) is not None]
    for move in moves:
        reschedule(clock=move.becomes)
    now = [move.becomes for move in moves]
    order.due_at = main_due_at(
        state=order.state, from_state=order.state, clocks=now, current=order.due_at
    )
    for clock in now:
        if clock.kind == ClockKind.RESOLUTION:
            # A breach before more time was granted stays on record; it makes nothing late now.
            order.is_overdue = clock.breached_at is not None and clock.due_at <= change.at
    if seen := [move for move in moves if move.is_seen]:
        after = facts_of(order)
        journal.append(
            order=order,
            action=Action.RECALCULATE,
            actor=Actor.system(),
            at=change.at,
            from_state=order.state,
            cell=after.cell,
            note=_note(seen, change),
            content={"clocks": [_content(move) for move in seen]},
        )
        counts = delta_counts(before=before, after=after, action=Action.RECALCULATE, outcome={})
        journal.count(counts=counts, at=change.at)
        order.save(update_fields=["due_at", "is_overdue", "last_sequence", "history_digest"])
    return len(moves)


def _note(moves: Sequence[Move], change: Change) -> str:
    """Say why and what: only the days between the first start and the last due instant count."""
    ends = [instant for move in moves for instant in (move.was.due_at, move.becomes.due_at)]
    first = timezone.localdate(min(move.was.started_at for move in moves))
    last = timezone.localdate(max(ends))
    told = tell_changes(old=change.old, new=change.new, first=first, last=last)
    why = f"日历调整：{'、'.join(told)}" if told else "按现行日历重算"
    return f"{why}。{'；'.join(move.words() for move in moves)}。"


def _content(move: Move) -> dict[str, Any]:
    dues = {"from": move.was.due_at.isoformat(), "to": move.becomes.due_at.isoformat()}
    return {"clock": move.was.kind, **dues}


def _minute(instant: datetime) -> str:
    return f"{timezone.localtime(instant):%Y-%m-%d %H:%M}"


def _written(calendar: WorkingCalendar) -> dict[str, Any]:
    """Put a calendar into JSON, without the names of festivals, which move no clock."""
    return {
        "spans": [[str(start), str(end)] for start, end in calendar.spans],
        "holidays": sorted(str(day) for day in calendar.holidays),
        "makeup_days": sorted(str(day) for day in calendar.makeup_days),
    }


def _read(written: dict[str, Any], like: WorkingCalendar) -> WorkingCalendar:
    return WorkingCalendar(
        spans=tuple(
            (time.fromisoformat(start), time.fromisoformat(end)) for start, end in written["spans"]
        ),
        holidays=dict.fromkeys(map(date.fromisoformat, written["holidays"]), ""),
        makeup_days=dict.fromkeys(map(date.fromisoformat, written["makeup_days"]), ""),
        timezone=like.timezone,
    )
