"""Escalation: due clocks are claimed with SKIP LOCKED by any number of workers."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from workorders.enums import Action, ClockKind
from workorders.models import Clock, Escalation, WorkOrder
from workorders.services.actors import Actor
from workorders.services.figures import facts_of
from workorders.services.journal import Journal
from workorders.workflow import delta_counts

BATCH = 50


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
    journal = Journal()
    fires: list[Escalation] = []
    for order in claimed:
        for clock in Clock.objects.filter(order=order, next_rung_at__lte=at).order_by("id"):
            fires += _fire(order, clock, at, journal)
    journal.write()
    Escalation.objects.bulk_create(fires)
    return len(fires)


def _fire(order: WorkOrder, clock: Clock, at: datetime, journal: Journal) -> list[Escalation]:
    before = facts_of(order)
    clock.next_rung_at = None
    clock.breached_at = clock.breached_at or clock.due_at
    clock.save(update_fields=["next_rung_at", "breached_at"])
    if Escalation.objects.filter(clock=clock, rung=None).exists():
        return []
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
        note=f"{clock.get_kind_display()}时限已到",
        content={"clock": clock.kind, "due_at": clock.due_at.isoformat()},
    )
    counts = delta_counts(before=before, after=after, action=Action.ESCALATE, outcome={})
    journal.count(counts=counts, at=at)
    order.save(update_fields=["is_overdue", "last_sequence", "history_digest"])
    return [Escalation(clock=clock, rung=None, fired_at=at, event=event)]
