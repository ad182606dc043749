"""Escalation: due clocks are claimed with SKIP LOCKED by any number of workers.

A batch is a short transaction with a fixed number of statements, however many clocks it claims.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from workorders.enums import Action, ClockKind
from workorders.models import Clock, Escalation, Event, WorkOrder
from workorders.services.actors import Actor
from workorders.services.figures import facts_of
from workorders.services.journal import Journal
from workorders.workflow import delta_counts

BATCH = 200
# What no rung reads of an order; the point alone costs more to unpack than the rest.
UNREAD = ("point", "title", "text", "address", "result", "answer")

SAVE_CLOCKS = """
UPDATE workorders_clock SET next_rung_at = fired.next_rung_at, breached_at = fired.breached_at
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[])
    AS fired(id, next_rung_at, breached_at)
WHERE workorders_clock.id = fired.id
"""
SAVE_ORDERS = """
UPDATE workorders_workorder SET is_overdue = fired.is_overdue,
    last_sequence = fired.last_sequence, history_digest = fired.history_digest
FROM unnest(%s::bigint[], %s::boolean[], %s::int[], %s::bytea[])
    AS fired(id, is_overdue, last_sequence, history_digest)
WHERE workorders_workorder.id = fired.id
"""


def fire_due(*, at: datetime, batches: int = 100) -> int:
    """Fire every rung that is due, in short transactions; return how many fired."""
    total = 0
    for _ in range(batches):
        claimed, fired = _fire_batch(at)
        total += fired
        if claimed == 0:
            break
    return total


@transaction.atomic
def _fire_batch(at: datetime) -> tuple[int, int]:
    # Nothing waits for a lock here, so the clocks may be taken before their orders, the other way
    # round than a person's act does: each worker gets clocks of its own, and a clock whose order
    # is just being acted on stays for the next look.
    due = Clock.objects.filter(next_rung_at__lte=at).order_by("next_rung_at")
    claimed = list(due.select_for_update(skip_locked=True)[:BATCH])
    orders = _lock_orders({clock.order_id for clock in claimed})
    clocks = [clock for clock in claimed if clock.order_id in orders]
    known = _fired_before(clocks)
    journal = Journal()
    fires: list[Escalation] = []
    for clock in clocks:
        clock.next_rung_at = None
        clock.breached_at = clock.breached_at or clock.due_at
        order = orders[clock.order_id]
        if clock.pk not in known:
            event = _tell(order, clock, at, journal)
            fires.append(Escalation(clock=clock, rung=None, fired_at=at, event=event))
        elif clock.kind == ClockKind.RESOLUTION and not order.is_overdue:
            # Late again, by a deadline that has moved since it fired.
            _tell(order, clock, at, journal)
    journal.write()
    Escalation.objects.bulk_create(fires)
    _save(clocks, [orders[order_id] for order_id in {clock.order_id for clock in clocks}])
    return len(clocks), len(fires)


def _lock_orders(ids: set[int]) -> dict[int, WorkOrder]:
    free = WorkOrder.objects.filter(pk__in=ids).defer(*UNREAD).order_by("pk")
    return {order.pk: order for order in free.select_for_update(skip_locked=True)}


def _fired_before(clocks: Sequence[Clock]) -> set[int]:
    """Find the clocks whose due instant was fired already, such as before an extension."""
    fired = Escalation.objects.filter(clock__in=[clock.pk for clock in clocks], rung=None)
    return set(fired.values_list("clock_id", flat=True))


def _tell(order: WorkOrder, clock: Clock, at: datetime, journal: Journal) -> Event:
    """Say on the order that a clock is due, and count the order as overdue by its main clock."""
    before = facts_of(order)
    if clock.kind == ClockKind.RESOLUTION:
        order.is_overdue = True
    after = facts_of(order)
    event = journal.append(
        order=order,
        action=Action.ESCALATE,
        actor=Actor.system(),
        at=at,
        from_state=order.state,
        cell=after.cell,
        note=f"{ClockKind(clock.kind).label}时限已到",
        content={"clock": clock.kind, "due_at": clock.due_at.isoformat()},
    )
    counts = delta_counts(before=before, after=after, action=Action.ESCALATE, outcome={})
    journal.count(counts=counts, at=at)
    return event


def _save(clocks: Sequence[Clock], orders: Sequence[WorkOrder]) -> None:
    clock_rows = [(clock.pk, clock.next_rung_at, clock.breached_at) for clock in clocks]
    order_rows = [
        (order.pk, order.is_overdue, order.last_sequence, bytes(order.history_digest))
        for order in orders
    ]
    with connection.cursor() as cursor:
        for statement, rows in ((SAVE_CLOCKS, clock_rows), (SAVE_ORDERS, order_rows)):
            if rows:
                cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
