"""Counting orders anew from their events: what the cube must hold because of them."""

from collections import Counter
from datetime import date

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from workorders.enums import Action, Measure, State
from workorders.models import Cube, Delta, Event, WorkOrder
from workorders.services.figures import append_deltas, facts_of
from workorders.workflow import Facts, FigureCell
from workorders.workflow.figures import flows

# (measure, day or None for stocks, cell of the order)
Counted = tuple[Measure, date | None, FigureCell]
CHUNK = 500


def recount(*, orders: QuerySet[WorkOrder]) -> Counter[Counted]:
    """Count the share of these orders in the figures by their present state and their events."""
    events = Prefetch("events", Event.objects.order_by("sequence"))
    total: Counter[Counted] = Counter()
    for order in orders.prefetch_related(events).iterator(chunk_size=CHUNK):
        for measure, count in facts_of(order).stocks().items():
            total[measure, None, facts_of(order).cell] += count
        for event in order.events.all():
            cell: FigureCell = (
                event.area_id, event.category_id, order.channel_id, event.department_id,
            )  # fmt: skip
            for measure in _measures(event):
                total[measure, timezone.localdate(event.at), cell] += 1
    return Counter({counted: count for counted, count in total.items() if count})


def _measures(event: Event) -> list[Measure]:
    """List each flow that one act has counted."""
    before = Facts(cell=(), state=State(event.from_state) if event.from_state else None)
    after = Facts(cell=(), state=State(event.to_state))
    return flows(action=Action(event.action), before=before, after=after, outcome=event.content)


def take_back(*, orders: QuerySet[WorkOrder]) -> int:
    """Append deltas that cancel these orders' share in the figures; the caller deletes them."""
    counted = recount(orders=orders)
    append_deltas(counts={cell: -count for cell, count in counted.items()})
    return len(counted)


def count_held() -> Counter[Counted]:
    """Add up what the cube and the waiting deltas hold, to be compared with a recount."""
    held: Counter[Counted] = Counter()
    for model in (Cube, Delta):
        rows = model.objects.values_list(
            "measure", "day", "area_id", "category_id", "channel_id", "department_id", "value"
        )
        for measure, day, area_id, category_id, channel_id, department_id, value in rows:
            held[Measure(measure), day, (area_id, category_id, channel_id, department_id)] += value
    return Counter({counted: count for counted, count in held.items() if count})
