"""Escalation: due clocks are claimed with SKIP LOCKED by any number of workers."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from workorders.enums import Action, ClockKind
from workorders.models import Clock, Escalation, WorkOrder
from workorders.services.actors import Actor
from workorders.services.events import append_event
from workorders.services.figures import facts_of
from workorders.services.transitions import count

BATCH = 50
DUE = "due"  # the rung at the due instant


def fire_due(*, at: datetime, batches: int = 100) -> int:
    """Fire every rung that is due, in short transactions; return how many fired."""
    fired = 0
    for _ in range(batches):
        claimed = _fire_batch(at)
        fired += claimed
        if claimed == 0:
            break
    return fired


@transaction.atomic
def _fire_batch(at: datetime) -> int:
    # Orders first, then clocks: the same order of locks as a person's act.
    due = Clock.objects.filter(order=OuterRef("pk"), next_rung_at__lte=at)
    ids = Clock.objects.filter(next_rung_at__lte=at).order_by("next_rung_at")
    claimed = (
        WorkOrder.objects.filter(pk__in=list(ids.values_list("order_id", flat=True)[:BATCH]))
        .filter(Exists(due))
        .select_for_update(of=("self",), skip_locked=True)
    )
    fired = 0
    for order in claimed:
        for clock in Clock.objects.filter(order=order, next_rung_at__lte=at).order_by("id"):
            fired += _fire(order, clock, at)
    return fired


def _fire(order: WorkOrder, clock: Clock, at: datetime) -> int:
    before = facts_of(order)
    clock.next_rung_at = None
    clock.breached_at = clock.breached_at or clock.due_at
    clock.save(update_fields=["next_rung_at", "breached_at"])
    if Escalation.objects.filter(clock=clock, rung=DUE).exists():
        return 0
    if clock.kind == ClockKind.RESOLUTION:
        order.is_overdue = True
    order.last_sequence += 1
    event = append_event(
        order=order,
        action=Action.ESCALATE,
        actor=Actor.system(),
        at=at,
        from_state=order.state,
        note=f"{clock.get_kind_display()}时限已到",
        content={"clock": clock.kind, "rung": DUE, "due_at": clock.due_at.isoformat()},
    )
    Escalation.objects.create(clock=clock, rung=DUE, fired_at=at, event=event)
    order.save(update_fields=["is_overdue", "last_sequence"])
    count(before=before, order=order, action=Action.ESCALATE, outcome={}, at=at)
    return 1
