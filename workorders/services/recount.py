"""Counting orders anew from their events: what the cube must hold because of them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from workorders.enums import Action, Measure, State
from workorders.models import Cube, Delta, Event, WorkOrder
from workorders.services.figures import append_deltas, facts_of
from workorders.workflow import Facts, FigureCell
from workorders.workflow.figures import flows

# (measure, day or None for stocks, cell of the order)
Counted = tuple[Measure, date | None, FigureCell]
HANDED_OVER = frozenset({Action.DISPATCH, Action.PASS_DOWN, Action.PASS_UP})
CHUNK = 500


def recount(*, orders: QuerySet[WorkOrder]) -> Counter[Counted]:
    """Count the share of these orders in the figures by their present state and their events."""
    events = Prefetch("events", Event.objects.order_by("sequence"))
    total: Counter[Counted] = Counter()
    for order in orders.prefetch_related(events).iterator(chunk_size=CHUNK):
        for measure, count in facts_of(order).stocks().items():
            total[measure, None, facts_of(order).cell] += count
        total.update(_flows_of(order, order.events.all()))
    return Counter({counted: count for counted, count in total.items() if count})


def _flows_of(order: WorkOrder, events: Iterable[Event]) -> Iterator[Counted]:
    """List each flow that each act has counted, where the order was at the time."""
    area_id, category_id, channel_id, _ = facts_of(order).cell
    department_id = None
    for event in events:
        action, content = Action(event.action), event.content
        before = (area_id, category_id, channel_id, department_id)
        if action in HANDED_OVER:
            department_id = content["department"]
        elif action is Action.SEND_BACK:
            department_id = None
        cell: FigureCell = (area_id, category_id, channel_id, department_id)
        if action is Action.REGISTER:
            # Where it counted first: a dispatcher may have moved it since.
            first = content.get("area", area_id), content.get("category", category_id)
            cell = (*first, channel_id, None)
        if action is Action.SEND_BACK:
            cell = before
        for measure in _measures(action, event, content):
            yield measure, timezone.localdate(event.at), cell


def _measures(action: Action, event: Event, content: dict[str, Any]) -> list[Measure]:
    before = Facts(cell=(), state=State(event.from_state) if event.from_state else None)
    after = Facts(cell=(), state=State(event.to_state))
    return flows(action=action, before=before, after=after, outcome=content)


def take_back(*, orders: QuerySet[WorkOrder]) -> int:
    """Append deltas that cancel these orders' share in the figures; the caller deletes them."""
    counted = recount(orders=orders)
    by_day: dict[date, list[tuple[FigureCell, Measure, int]]] = {}
    for (measure, day, cell), count in counted.items():
        by_day.setdefault(day or date.min, []).append((cell, measure, -count))
    for day, counts in by_day.items():
        append_deltas(counts=counts, day=day)
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
