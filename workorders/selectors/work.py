"""Reads for the phone: what lies in one's hands, what one did today, what one usually reports."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Prefetch, Q

from accounts.enums import Right
from accounts.models import User
from grids.enums import AreaLevel
from grids.models import Area
from grids.selectors import Scope
from workorders.enums import Action, State
from workorders.models import Category, Channel, Clock, Event, WorkOrder
from workorders.querysets import WorkOrderQuerySet

TODO_STATES = (State.VERIFYING, State.DISPATCHED, State.HANDLING, State.SUSPENDED)
WAITING_STATES = (State.RESOLVED, State.FOLLOW_UP)
TODO_LIMIT = 100
RECENT_REPORTS = 100  # of one person; enough to know which categories are usual
REPORTS_SHOWN = 20


@dataclass(frozen=True)
class Todo:
    """The orders in one's hands by deadline, at most `TODO_LIMIT`, and how many there are.

    Each order comes with the running clock that ends first, such as that of signing.
    """

    orders: list[tuple[WorkOrder, Clock | None]]
    counts: dict[str, int]


def held_orders(*, scope: Scope) -> WorkOrderQuerySet:
    """Keep the orders that lie with the grids and departments the scope handles for."""
    orders = WorkOrder.objects.all()
    if scope.sees_everything:
        return orders
    grids = scope.areas.get(Right.HANDLE_ORDERS, {}).get(AreaLevel.GRID, frozenset())
    departments = scope.departments.get(Right.HANDLE_ORDERS, frozenset())
    return orders.filter(Q(holder_area_id__in=grids) | Q(department_id__in=departments))


def orders_to_verify(*, scope: Scope) -> WorkOrderQuerySet:
    """Keep the orders that wait for a look at a place in one's grids or communities."""
    orders = WorkOrder.objects.in_states(State.VERIFYING)
    if scope.sees_everything:
        return orders
    held = scope.areas.get(Right.REPORT_ORDERS, {})
    grids = held.get(AreaLevel.GRID, frozenset())
    communities = held.get(AreaLevel.COMMUNITY, frozenset())
    return orders.filter(Q(grid_id__in=grids) | Q(community_id__in=communities))


def read_todo(*, scope: Scope, states: tuple[State, ...] = TODO_STATES) -> Todo:
    """Read the held orders in some states, the nearest deadline first, and count all states.

    Those to look at before acceptance are nobody's yet, but stand among them.
    """
    held, to_verify = held_orders(scope=scope), orders_to_verify(scope=scope)
    rows = _by_deadline(held.in_states(*states))
    if State.VERIFYING in states:
        rows += _by_deadline(to_verify)
    counted = (
        held.in_states(*TODO_STATES, *WAITING_STATES)
        .order_by()
        .values_list("state")
        .annotate(number=Count("pk"))
    )
    counts = {**dict(counted), State.VERIFYING.value: to_verify.count()}
    return Todo(sorted(rows, key=_ends_first)[:TODO_LIMIT], counts)


def _by_deadline(orders: WorkOrderQuerySet) -> list[tuple[WorkOrder, Clock | None]]:
    running = Clock.objects.filter(met_at__isnull=True, paused_at__isnull=True).order_by("due_at")
    rows = (
        orders.select_related("category", "community", "grid")
        .prefetch_related(Prefetch("clocks", running))
        .order_by(F("due_at").asc(nulls_last=True), "id")[:TODO_LIMIT]
    )
    return [(order, next(iter(order.clocks.all()), None)) for order in rows]


def _ends_first(row: tuple[WorkOrder, Clock | None]) -> tuple[bool, float]:
    clock = row[1]
    return (clock is None, clock.due_at.timestamp() if clock else 0)


def own_acts(*, user: User, since: datetime) -> dict[str, int]:
    """Count what one person did since an instant, by action."""
    acts = Event.objects.filter(actor=user, at__gte=since).order_by()
    return dict(acts.values_list("action").annotate(number=Count("pk")))


def own_reports(*, user: User, since: datetime) -> list[WorkOrder]:
    """List what one person reported since an instant, newest first, wherever it is now."""
    events = Event.objects.filter(actor=user, at__gte=since, action=Action.REGISTER)
    return [event.order for event in events.select_related("order").order_by("-at")[:REPORTS_SHOWN]]


def pickable_categories() -> list[Category]:
    """List the active categories that have none beneath them, by group."""
    leaves = Category.objects.filter(is_active=True).exclude(
        pk__in=Category.objects.filter(is_active=True, parent__isnull=False).values("parent")
    )
    return list(leaves.select_related("parent").order_by("parent__code", "code"))


def usual_categories(*, user: User, categories: list[Category], number: int = 8) -> list[Category]:
    """Choose what this person reports most, filled up with what grid workers usually meet."""
    recent = Event.objects.filter(actor=user, action=Action.REGISTER).order_by("-at")
    used = Counter(recent.values_list("order__category_id", flat=True)[:RECENT_REPORTS])
    ranked = sorted(categories, key=lambda row: (-used[row.pk], not row.is_grid_matter, row.code))
    return ranked[:number]


def own_grids(*, scope: Scope) -> list[Area]:
    """List the grids in which the scope may report, with their communities."""
    grids = scope.areas.get(Right.REPORT_ORDERS, {}).get(AreaLevel.GRID, frozenset())
    return list(Area.objects.filter(pk__in=grids).select_related("parent").order_by("code"))


def page_channel(*, code: str) -> Channel | None:
    """Find a channel that our own pages feed; None where it is switched off."""
    return Channel.objects.filter(code=code, is_active=True).first()
