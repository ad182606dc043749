"""Escalation: due clocks are claimed with SKIP LOCKED by any number of workers.

A batch is one short transaction with a fixed number of statements, whatever is due in it; it is
done as a whole or, if the process dies, not at all and then by the next worker.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.utils.translation import get_language

from governance.lib.errors import DomainError
from workorders.enums import Action, Alert, ClockKind, Deed, Reach
from workorders.models import Clock, ClockPause, Escalation, Event, Rung, WorkOrder
from workorders.selectors import Reference, reference
from workorders.services.actors import Actor
from workorders.services.effects import HIGHEST_LEVEL, Step
from workorders.services.figures import facts_of
from workorders.services.journal import Journal
from workorders.services.notices import is_held, notice_to
from workorders.services.rows import insert_plain, run
from workorders.services.rungs import Standing, standings
from workorders.services.transitions import Work, find_rule, take
from workorders.workflow import delta_counts
from workorders.worktime import Pause, working_moment

BATCH = 300
LAMPS = {Deed.YELLOW: Alert.YELLOW, Deed.RED: Alert.RED}
# What no rung changes and no batch needs to read.
HEAVY = ("text", "title", "address", "point", "external_number")


def fire_due(*, at: datetime, batches: int = 100) -> int:
    """Fire everything that is due, in short transactions; return how many rungs fired."""
    fired = 0
    for _ in range(batches):
        is_empty, count = _fire_batch(at)
        fired += count
        if is_empty:
            break
    return fired


@transaction.atomic
def _fire_batch(at: datetime) -> tuple[bool, int]:
    orders = _claim(at)
    if not orders:
        return True, 0
    look = Look(at, reference())
    clocks = _due_clocks(orders, at)
    if not clocks:  # another worker fired them while this one was claiming
        return False, 0
    keys = [clock.pk for clock in clocks]
    pauses, fired = _pauses_of(keys), _fired_on(keys)
    for clock in clocks:
        look.at_clock(clock, pauses[clock.pk], fired[clock.pk])
    _save_clocks(clocks)
    for follow in look.follows:
        _follow(follow, look)
    look.journal.write(*insert_plain(Escalation, look.escalations))
    _save_orders(list(orders.values()))
    return False, len(look.escalations)


def _claim(at: datetime) -> dict[int, WorkOrder]:
    """Lock the orders whose clocks have waited longest and that no other worker holds.

    Orders first, then clocks: the same order of locks as a person's act.
    """
    due = WorkOrder.objects.filter(clocks__next_rung_at__lte=at).order_by("clocks__next_rung_at")
    claimed = due.defer(*HEAVY).select_for_update(of=("self",), skip_locked=True)[:BATCH]
    return {order.pk: order for order in claimed}


def _due_clocks(orders: Mapping[int, WorkOrder], at: datetime) -> list[Clock]:
    """Read the due clocks of locked orders, as they are now."""
    due = Clock.objects.filter(order_id__in=list(orders), next_rung_at__lte=at)
    clocks = list(due.order_by("next_rung_at", "pk"))
    for clock in clocks:
        clock.order = orders[clock.order_id]
    return clocks


def _pauses_of(keys: Sequence[int]) -> dict[int, list[Pause]]:
    found: dict[int, list[Pause]] = defaultdict(list)
    rows = ClockPause.objects.filter(clock_id__in=keys, ended_at__isnull=False)
    for pause in rows:
        if pause.ended_at is not None:
            found[pause.clock_id].append(Pause(pause.started_at, pause.ended_at))
    return found


def _fired_on(keys: Sequence[int]) -> dict[int, set[int | None]]:
    """Read which rungs have fired on each clock; None is its due instant."""
    found: dict[int, set[int | None]] = defaultdict(set)
    rows = Escalation.objects.filter(clock_id__in=keys)
    for clock_id, rung_id in rows.values_list("clock_id", "rung_id"):
        found[clock_id].add(rung_id)
    return found


@dataclass(frozen=True)
class Follow:
    """An act of the system that a rung asks for."""

    order: WorkOrder
    clock: Clock
    rung: Rung
    event: Event


@dataclass
class Look:
    """One look of a worker: what it finds due, and what it puts on record."""

    at: datetime
    known: Reference
    journal: Journal = field(default_factory=Journal)
    escalations: list[tuple[int, int | None, datetime]] = field(default_factory=list)
    follows: list[Follow] = field(default_factory=list)

    def __post_init__(self) -> None:
        # Reminders that were missed wait as well: nobody is disturbed at night for an old one.
        self.opening = working_moment(at=self.at, calendar=self.known.calendar)

    def fires_at(self, standing: Standing) -> datetime:
        return max(standing.at, self.opening) if standing.waits else standing.at

    def at_clock(self, clock: Clock, pauses: Sequence[Pause], fired: set[int | None]) -> None:
        """Fire what is due on a clock, and set the instant of what is left."""
        is_late = clock.breached_at is not None or clock.due_at <= self.at
        found = standings(
            clock=clock, pauses=pauses, fired=fired, is_late=is_late, known=self.known
        )
        instants = [self.fires_at(standing) for standing in found]
        ripe = [one for one, at in zip(found, instants, strict=True) if at <= self.at]
        if ripe:
            self._fire(clock, ripe, fired)
        clock.next_rung_at = min((at for at in instants if at > self.at), default=None)

    def _fire(self, clock: Clock, ripe: Sequence[Standing], fired: set[int | None]) -> None:
        order = clock.order
        before = facts_of(order)
        for standing in ripe:
            _mark(order, clock, standing.rung)
        after = facts_of(order)
        event = self.journal.append(
            order=order,
            action=Action.ESCALATE,
            actor=Actor.system(),
            at=self.at,
            from_state=order.state,
            cell=after.cell,
            note=note_of(clock, ripe),
            content=_content(clock, ripe),
        )
        counts = delta_counts(before=before, after=after, action=Action.ESCALATE, outcome={})
        self.journal.count(counts=counts, at=self.at)
        rungs = [standing.rung for standing in ripe]
        # A clock that a moved deadline makes late again has its due instant on record already.
        marks = [rung.pk if rung else None for rung in rungs]
        self.escalations += [(clock.pk, mark, self.at) for mark in marks if mark not in fired]
        for rung in rungs:
            if rung is not None:
                self._tell(Follow(order, clock, rung, event))

    def _tell(self, follow: Follow) -> None:
        order, rung = follow.order, follow.rung
        if rung.reach:
            notice = notice_to(rung.reach, order=order, deed=rung.deed)
            self.journal.notify(event=follow.event, notices=[notice])
        if rung.deed == Deed.FALL_UP or (rung.deed == Deed.LETTER and is_held(order)):
            self.follows.append(follow)


def _mark(order: WorkOrder, clock: Clock, rung: Rung | None) -> None:
    """Change the order and the clock as a rung says; None is the due instant."""
    if rung is None:
        clock.breached_at = clock.due_at
        order.is_overdue = order.is_overdue or clock.kind == ClockKind.RESOLUTION
    elif rung.deed in LAMPS:
        order.alert = max(order.alert, LAMPS[Deed(rung.deed)])
    elif rung.deed == Deed.RAISE:
        order.supervision_level = min(order.supervision_level + 1, HIGHEST_LEVEL)


def note_of(clock: Clock, ripe: Sequence[Standing]) -> str:
    """Say how far a clock has run, by the last thing that fired."""
    kind, last = _label_of(clock.kind, get_language()), ripe[-1].rung
    if last is not None and last.after_amount is not None:
        return f"{kind}已超时限{last.after_amount}{last.get_after_unit_display()}"
    if clock.breached_at is not None or last is None or last.share is None:
        return f"{kind}时限已到"
    return f"{kind}时限已用{last.share}%"


@cache
def _label_of(kind: str, _language: str | None) -> str:
    # Not `get_kind_display`: it translates every choice to find the one, for each clock anew.
    return str(ClockKind(kind).label)


def _content(clock: Clock, ripe: Sequence[Standing]) -> dict[str, Any]:
    rungs = [standing.rung for standing in ripe if standing.rung is not None]
    deeds = [{"deed": rung.deed, "reach": rung.reach} for rung in rungs]
    content = {"clock": clock.kind, "due_at": clock.due_at.isoformat()}
    return {**content, "deeds": deeds} if deeds else content


def _follow(follow: Follow, look: Look) -> None:
    """Let the system act on the order as the rung asks; where it cannot, tell the district."""
    action = Action.PASS_UP if follow.rung.deed == Deed.FALL_UP else Action.SUPERVISE
    carried = {} if action is Action.PASS_UP else _letter(follow)
    work = Work(follow.order, Actor.system(), look.at, look.journal)
    try:
        with transaction.atomic():
            rule = find_rule(order=follow.order, action=action, actor=work.actor)
            take(work, Step(action, carried), rule)
            run([work.change()])
    except DomainError:
        notice = notice_to(Reach.DISTRICT_SUPERVISOR, order=follow.order, deed=follow.rung.deed)
        look.journal.notify(event=follow.event, notices=[notice])


def _letter(follow: Follow) -> dict[str, Any]:
    standing = Standing(follow.clock.due_at, follow.rung)
    text = f"{note_of(follow.clock, [standing])}，请说明原因，并尽快办理。"
    return {"level": max(follow.order.supervision_level, 1), "text": text, "is_letter": True}


SAVE_CLOCKS = """
UPDATE workorders_clock clock
SET next_rung_at = seen.next_rung_at, breached_at = seen.breached_at
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) seen(id, next_rung_at, breached_at)
WHERE clock.id = seen.id
"""
SAVE_ORDERS = """
UPDATE workorders_workorder wo
SET is_overdue = seen.is_overdue, alert = seen.alert, supervision_level = seen.level,
    last_sequence = seen.sequence, history_digest = seen.digest
FROM unnest(%s::bigint[], %s::bool[], %s::int[], %s::int[], %s::int[], %s::bytea[])
     seen(id, is_overdue, alert, level, sequence, digest)
WHERE wo.id = seen.id
"""


def _save_clocks(clocks: Sequence[Clock]) -> None:
    rows = [(clock.pk, clock.next_rung_at, clock.breached_at) for clock in clocks]
    _run(SAVE_CLOCKS, rows)


def _save_orders(orders: Sequence[WorkOrder]) -> None:
    rows = [
        (
            order.pk, order.is_overdue, int(order.alert), order.supervision_level,
            order.last_sequence, bytes(order.history_digest),
        )
        for order in orders
    ]  # fmt: skip
    _run(SAVE_ORDERS, rows)


def _run(statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Give a statement its rows as one array per column."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
