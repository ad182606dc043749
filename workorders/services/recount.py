"""Counting orders anew from their events: what the cube must hold because of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, Prefetch, QuerySet
from django.utils import timezone

from governance.lib.days import start_of
from governance.lib.snapshots import snapshot
from workorders.enums import Action, Face, Measure, State
from workorders.models import Cube, Delta, Event, WorkOrder
from workorders.services.figures import append_deltas, facts_of
from workorders.services.rollups import (
    KEPT_FOR,
    compare_rollups,
    follow_areas,
    rebuild_rollups,
)
from workorders.workflow import Facts, FigureCell
from workorders.workflow.figures import flow_amounts

# (measure, day or None for stocks, cell of the order)
Counted = tuple[Measure, date | None, FigureCell]
CHUNK = 500
DAY = timedelta(days=1)


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
            for measure, amount in _amounts(event).items():
                total[measure, timezone.localdate(event.at), cell] += amount
    return Counter({counted: count for counted, count in total.items() if count})


def _amounts(event: Event) -> Counter[Measure]:
    """Say what one act has added to each flow."""
    before = Facts(cell=(), state=State(event.from_state) if event.from_state else None)
    after = Facts(cell=(), state=State(event.to_state))
    return flow_amounts(
        action=Action(event.action), before=before, after=after, outcome=event.content
    )


def take_back(*, orders: QuerySet[WorkOrder]) -> int:
    """Append deltas that cancel these orders' share in the figures; the caller deletes them."""
    counted = recount(orders=orders)
    append_deltas(counts={cell: -count for cell, count in counted.items()})
    return len(counted)


def count_held(**kept: Any) -> Counter[Counted]:
    """Add up what the cube and the waiting deltas hold, to be compared with a recount.

    `kept` narrows it to some cells, as a filter does.
    """
    held: Counter[Counted] = Counter()
    for model in (Cube, Delta):
        rows = model.objects.filter(**kept).values_list(
            "measure", "day", "area_id", "category_id", "channel_id", "department_id", "value"
        )
        for measure, day, area_id, category_id, channel_id, department_id, value in rows.iterator():
            held[Measure(measure), day, (area_id, category_id, channel_id, department_id)] += value
    return Counter({counted: count for counted, count in held.items() if count})


@dataclass(frozen=True)
class Difference:
    """A cell of the figures that does not hold what orders and events count to."""

    measure: Measure
    day: date | None  # None: it holds now
    cell: FigureCell
    held: int
    counted: int
    face: Face | None = None  # of a roll-up; what the face does not keep is null


@dataclass
class Compared:
    """What one day of figures (or, without a day, the stocks) came to."""

    day: date | None
    cells: int
    differences: list[Difference]


def compare_figures(*, since: date | None = None) -> Iterator[Compared]:
    """Compare the figures with orders and events, stocks first and then day by day.

    Each part is read as of one moment, so that acts may go on; it holds one day in memory.
    """
    yield _compare(None)
    for day in _days(since):
        yield _compare(day)


@transaction.atomic
def repair_figures(*, differences: Sequence[Difference]) -> None:
    """Append the deltas that are missing, and roll the cube up anew where anything differs."""
    append_deltas(
        counts={
            (found.measure, found.day, found.cell): found.counted - found.held
            for found in differences
            if found.face is None
        }
    )
    follow_areas(day=timezone.localdate())
    for day in {found.day for found in differences}:
        if _is_rolled_up(day):
            rebuild_rollups(day=day)


def _is_rolled_up(day: date | None) -> bool:
    return day is None or day >= timezone.localdate() - KEPT_FOR


def _compare(day: date | None) -> Compared:
    with snapshot():
        compared = _compare_cells(day)
        if not compared.differences and _is_rolled_up(day):
            compared.differences += _compare_rollups(day)
    return compared


def _compare_cells(day: date | None) -> Compared:
    counted = _stocks() if day is None else _flows(day)
    # Named measures let the cube's index find the day.
    when = {"day__isnull": True} if day is None else {"day": day}
    held = count_held(measure__in=Measure.values, **when)
    cells = sorted(counted.keys() | held.keys(), key=str)
    differences = [
        Difference(*cell, held=held[cell], counted=counted[cell])
        for cell in cells
        if held[cell] != counted[cell]
    ]
    return Compared(day, len(cells), differences)


def _compare_rollups(day: date | None) -> list[Difference]:
    """Where the cube is right, its sums must be."""
    return [
        Difference(
            measure=found.measure,
            day=day,
            cell=(found.area_id, found.category_id, found.channel_id, found.department_id),
            held=found.held,
            counted=found.counted,
            face=found.face,
        )
        for found in compare_rollups(day=day)
    ]


def _stocks() -> Counter[Counted]:
    counted: Counter[Counted] = Counter()
    for order in WorkOrder.objects.still_open().iterator(chunk_size=CHUNK):
        facts = facts_of(order)
        for measure, count in facts.stocks().items():
            counted[measure, None, facts.cell] += count
    return +counted


def _flows(day: date) -> Counter[Counted]:
    start, end = start_of(day), start_of(day + DAY)
    counted: Counter[Counted] = Counter()
    events = Event.objects.filter(at__gte=start, at__lt=end).select_related("order")
    for event in events.iterator(chunk_size=CHUNK):
        cell: FigureCell = (
            event.area_id, event.category_id, event.order.channel_id, event.department_id,
        )  # fmt: skip
        for measure, amount in _amounts(event).items():
            counted[measure, day, cell] += amount
    return counted


def _days(since: date | None) -> Iterator[date]:
    """Name the days that have an event or a figure, from the first to the last."""
    events = Event.objects.aggregate(first=Min("at"), last=Max("at"))
    days = [timezone.localdate(at) for at in events.values() if at]
    for model in (Cube, Delta):
        days += [day for day in model.objects.aggregate(Min("day"), Max("day")).values() if day]
    if days:
        day, last = max(min(days), since or date.min), max(days)
        while day <= last:
            yield day
            day += DAY
