"""The orders behind an indicator: those that now stand so, or the acts that were counted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from dashboards.enums import Window
from dashboards.models import Indicator
from dashboards.selectors.acts import ACTS
from dashboards.selectors.cube import DAYS, filter_of
from dashboards.selectors.grids import COLUMNS
from dashboards.selectors.tree import read_tree
from dashboards.states import parse
from dashboards.states.terms import Count, HandlingHours, Rate, Where, walk
from grids.enums import AreaLevel
from grids.models import Area
from grids.selectors import Scope
from workorders.enums import STOCKS, Measure
from workorders.models import Event, WorkOrder
from workorders.workflow import ENDED

ROWS = 60
LEVELS = ("district", "street", "community", "grid")


@dataclass(frozen=True)
class OrderRows:
    """`is_counted` is false where the indicator does not come from orders."""

    is_counted: bool
    total: int
    rows: list[dict[str, Any]]


def order_rows(*, indicator: Indicator, area: Area, scope: Scope, at: datetime) -> OrderRows:
    """List the newest of the orders behind an indicator that the scope may view."""
    orders = orders_behind(indicator=indicator, area=area, at=at)
    if orders is None:
        return OrderRows(False, 0, [])
    seen = orders.visible_to(scope).filter(is_confidential=False)
    listed = seen.select_related("category", "street", "grid", "department")
    newest = listed.order_by("-registered_at", "-pk")[:ROWS]
    return OrderRows(True, seen.count(), [_row(order) for order in newest])


def order_numbers(*, indicator: Indicator, area: Area, at: datetime) -> OrderRows:
    """List numbers and states alone, for a screen that stands for no person."""
    orders = orders_behind(indicator=indicator, area=area, at=at)
    if orders is None:
        return OrderRows(False, 0, [])
    open_ones = orders.filter(is_confidential=False)
    newest = open_ones.order_by("-registered_at", "-pk")[:ROWS]
    rows = [{"number": row.number, "state": row.get_state_display()} for row in newest]
    return OrderRows(True, open_ones.count(), rows)


def orders_behind(*, indicator: Indicator, area: Area, at: datetime) -> Any:
    """Give the queryset of the orders that a formula counts; None where it counts none.

    An order that has left the area since is not among them.
    """
    terms = walk(parse(indicator.formula)) if indicator.formula else []
    beneath = [node.pk for node in read_tree().downward(area.pk)]
    conditions = [
        _counted(Measure(name), term.where, beneath, _days(term.where, indicator, at))
        for term in terms
        if isinstance(term, Count | Rate | HandlingHours)
        for name in _measures(term)
    ]
    if not conditions:
        return None
    orders: QuerySet[WorkOrder] = WorkOrder.objects.filter(
        **{COLUMNS[AreaLevel(area.level)]: area.pk}
    )
    return orders.filter(reduce(or_, conditions))


def _measures(term: Count | Rate | HandlingHours) -> Collection[str]:
    match term:
        case Count(measures, _):
            return measures
        case Rate(numerator, denominator, _):
            return {*numerator, *denominator}
    return (Measure.RESOLVED,)


def _counted(
    measure: Measure, where: Where, beneath: Collection[int], days: tuple[datetime, datetime]
) -> Q:
    """Say which orders a measure counts: those that stand so now, or had such an act in time."""
    if measure in STOCKS:
        is_open = ~Q(state__in=ENDED) & _place(where)
        return is_open & Q(is_overdue=True) if measure is Measure.OVERDUE else is_open
    acts = Event.objects.filter(
        ACTS[measure], at__gte=days[0], at__lt=days[1], area__in=_of_level(where, beneath)
    )
    chosen = filter_of(where)
    if chosen.categories is not None:
        acts = acts.filter(category__in=chosen.categories)
    if chosen.departments is not None:
        acts = acts.filter(department__in=chosen.departments)
    condition = Q(pk__in=acts.values("order"))
    return condition & Q(channel__code=where.channel) if where.channel else condition


def _of_level(where: Where, beneath: Collection[int]) -> Collection[int]:
    level, nodes = filter_of(where).level, read_tree().nodes
    return [pk for pk in beneath if level in (None, nodes[pk].level)]


def _days(where: Where, indicator: Indicator, at: datetime) -> tuple[datetime, datetime]:
    window = Window(where.window or indicator.window)
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    end = midnight + timedelta(days=1 - where.ago)
    return end - timedelta(days=DAYS[window]), end


def _place(where: Where) -> Q:
    """Narrow orders to what the filters name, as the cube does."""
    chosen, condition = filter_of(where), Q()
    if chosen.categories is not None:
        condition &= Q(category__in=chosen.categories)
    if chosen.departments is not None:
        condition &= Q(department__in=chosen.departments)
    if where.channel:
        condition &= Q(channel__code=where.channel)
    return condition & _finest(where.level)


def _finest(level: str) -> Q:
    """Keep the orders whose finest known place is of a level."""
    if not level:
        return Q()
    beneath = LEVELS[LEVELS.index(level) + 1 :]
    return Q(**{f"{level}__isnull": False}, **{f"{name}__isnull": True for name in beneath})


def _row(order: WorkOrder) -> dict[str, Any]:
    """Describe an order without a text, a name or a number of any person."""
    place = order.grid or order.street
    return {
        "number": order.number,
        "state": order.get_state_display(),
        "category": order.category.name if order.category else "",
        "place": place.name if place else "",
        "holder": order.department.name if order.department else "",
        "registered_at": order.registered_at,
        "due_at": order.due_at,
        "is_overdue": order.is_overdue,
    }
