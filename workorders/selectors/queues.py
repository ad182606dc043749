"""The views of the console: named cuts of the orders a person may see, each with its index."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Right
from grids.enums import AreaLevel
from grids.selectors import Scope
from workorders.enums import ApplicationState, PlaceSource, State
from workorders.models import Application, Clock, SupervisionLetter, WorkOrder
from workorders.querysets import OPEN_STATES, WorkOrderQuerySet
from workorders.selectors.families import awaits_call_back
from workorders.workflow import ENDED, HELD_STATES

COUNT_LIMIT = 10_000
SOON = timedelta(hours=2)
OFTEN = 2  # times that an order was sent back
ROW_JOINS = ("channel", "category", "street", "community", "grid", "department", "holder_area")
BY_DUE, BY_NEWEST = "due_at", "-registered_at"

Cut = Callable[[Scope, datetime], Q]


@dataclass(frozen=True)
class QueueView:
    """One view: whom it serves, which orders it cuts out, and in which order they stand."""

    key: str
    label: Any
    icon: str
    cut: Cut
    rights: tuple[Right, ...] = ()  # any of them; empty: everyone who may view orders
    ordering: str = BY_DUE
    tone: str = ""
    is_counted: bool = True

    def serves(self, scope: Scope) -> bool:
        return not self.rights or any(scope.has_anywhere(right) for right in self.rights)


@dataclass(frozen=True)
class Counter:
    """A view with its count; `is_capped` says that there are more than the count."""

    view: QueueView
    count: int = 0
    is_capped: bool = False


@dataclass(frozen=True)
class Count:
    """How many, up to the cap; `is_capped` says that there are more."""

    count: int
    is_capped: bool = False

    @classmethod
    def of(cls, count: int) -> "Count":
        return cls(min(count, COUNT_LIMIT), count > COUNT_LIMIT)


def in_state(*states: State) -> Cut:
    # Spelt as a list of open states, so that PostgreSQL finds the partial indexes.
    return lambda scope, at: Q(state__in=[state.value for state in states])


def is_open(scope: Scope, at: datetime) -> Q:
    return Q(state__in=OPEN_STATES)


def is_held(scope: Scope, at: datetime) -> Q:
    """Keep what this person's department or grids hold and still have to do."""
    held = Q(state__in=[State.DISPATCHED, State.HANDLING])
    if scope.sees_everything:
        return held
    grids = scope.areas.get(Right.HANDLE_ORDERS, {}).get(AreaLevel.GRID, frozenset())
    departments = scope.departments.get(Right.HANDLE_ORDERS, frozenset())
    return held & (Q(holder_area_id__in=sorted(grids)) | Q(department_id__in=sorted(departments)))


def is_asked_for(scope: Scope, at: datetime) -> Q:
    """Keep the orders with an application that waits for a decision."""
    pending = Application.objects.filter(state=ApplicationState.PENDING)
    return Q(state__in=sorted(HELD_STATES)) & Q(pk__in=pending.values("order_id"))


def is_due_soon(scope: Scope, at: datetime) -> Q:
    return is_open(scope, at) & Q(due_at__gte=at, due_at__lt=at + SOON)


def is_late(scope: Scope, at: datetime) -> Q:
    return is_open(scope, at) & Q(due_at__lt=at)


def is_unplaced(scope: Scope, at: datetime) -> Q:
    return is_open(scope, at) & Q(place_source=PlaceSource.UNKNOWN)


def is_unanswered(scope: Scope, at: datetime) -> Q:
    """Keep the open orders with a supervision letter that waits for its answer."""
    waiting = SupervisionLetter.objects.filter(answered_at__isnull=True)
    return is_open(scope, at) & Q(pk__in=waiting.values("order"))


def is_returned(scope: Scope, at: datetime) -> Q:
    """Keep the open orders that were sent back so often that somebody must decide."""
    return is_open(scope, at) & Q(return_count__gte=OFTEN)


def is_reopened(scope: Scope, at: datetime) -> Q:
    return is_open(scope, at) & Q(reopen_count__gt=0)


def is_ended(scope: Scope, at: datetime) -> Q:
    return Q(state__in=[state.value for state in ENDED])


def is_merged_and_asked(scope: Scope, at: datetime) -> Q:
    """Keep the merged orders whose people must be asked, apart from the open orders' index."""
    return awaits_call_back()


VIEWS: tuple[QueueView, ...] = (
    QueueView("registered", _("待受理"), "inbox", in_state(State.REGISTERED),
              (Right.DISPATCH_ORDERS,)),
    QueueView("verifying", _("待核实"), "eye-search", in_state(State.VERIFYING),
              (Right.DISPATCH_ORDERS, Right.REPORT_ORDERS)),
    QueueView("accepted", _("待派发"), "send", in_state(State.ACCEPTED), (Right.DISPATCH_ORDERS,)),
    QueueView("mine", _("我的待办"), "user-check", is_held, (Right.HANDLE_ORDERS,)),
    QueueView("asked_for", _("待审批"), "checks", is_asked_for, (Right.SUPERVISE_ORDERS,)),
    QueueView("suspended", _("挂账"), "player-pause", in_state(State.SUSPENDED),
              (Right.HANDLE_ORDERS, Right.SUPERVISE_ORDERS)),
    QueueView("resolved", _("待核查"), "clipboard-check", in_state(State.RESOLVED),
              (Right.CHECK_ORDERS,)),
    QueueView("follow_up", _("待回访"), "phone-call", in_state(State.FOLLOW_UP),
              (Right.FOLLOW_UP_ORDERS,)),
    QueueView("unanswered", _("督办未回复"), "mail-exclamation", is_unanswered,
              (Right.SUPERVISE_ORDERS, Right.HANDLE_ORDERS), tone="alarm"),
    QueueView("returned", _("退回两次以上"), "arrow-back-up-double", is_returned,
              (Right.SUPERVISE_ORDERS, Right.HANDLE_ORDERS)),
    QueueView("reopened", _("重新办理"), "refresh", is_reopened,
              (Right.SUPERVISE_ORDERS, Right.HANDLE_ORDERS)),
    QueueView("merged", _("并单待回访"), "phone-plus", is_merged_and_asked,
              (Right.FOLLOW_UP_ORDERS,), ordering=BY_NEWEST),
    QueueView("soon", _("即将超时"), "hourglass-low", is_due_soon, tone="warning"),
    QueueView("late", _("已超时限"), "alert-square-rounded", is_late, tone="alarm"),
    QueueView("unplaced", _("位置不明"), "map-pin-question", is_unplaced,
              (Right.DISPATCH_ORDERS,)),
    QueueView("open", _("全部在办"), "stack-2", is_open),
    QueueView("ended", _("已办结"), "archive", is_ended, ordering=BY_NEWEST, is_counted=False),
)  # fmt: skip


def views_for(*, scope: Scope) -> list[QueueView]:
    """List the views that make sense for the rights held."""
    return [view for view in VIEWS if view.serves(scope)]


def choose_view(*, key: str, scope: Scope) -> QueueView:
    """Find a view by its key, else the first of those that serve the scope.

    A link may lead to a view that one's own list does not offer: it holds what one may see.
    """
    return next((view for view in VIEWS if view.key == key), None) or views_for(scope=scope)[0]


def view_orders(*, view: QueueView, scope: Scope, at: datetime) -> WorkOrderQuerySet:
    """Read the orders of a view, without order or page."""
    return WorkOrder.objects.visible_to(scope).filter(view.cut(scope, at))


def count_views(*, scope: Scope, at: datetime) -> list[Counter]:
    """Count each view up to a cap; a view that is not counted has 0."""
    return [
        _count(view, scope, at) if view.is_counted else Counter(view)
        for view in views_for(scope=scope)
    ]


def _count(view: QueueView, scope: Scope, at: datetime) -> Counter:
    orders = view_orders(view=view, scope=scope, at=at).order_by()
    found = Count.of(orders[: COUNT_LIMIT + 1].count())
    return Counter(view, found.count, found.is_capped)


def count_each(cuts: Mapping[int, WorkOrderQuerySet]) -> dict[int, Count]:
    """Count several sets of orders in one query, each up to the cap."""
    found, parts, values = {key: Count(0) for key in cuts}, [], []
    for key, orders in cuts.items():
        try:
            capped = orders.order_by().values("pk")[: COUNT_LIMIT + 1]
            sql, params = capped.query.sql_with_params()
        except EmptyResultSet:  # nothing, whatever the rows are
            continue
        parts.append(f"SELECT %s, count(*) FROM ({sql}) AS counted")  # noqa: S608  # by the ORM
        values += [key, *params]
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), values)
            found |= {key: Count.of(count) for key, count in cursor.fetchall()}
    return found


def with_row_parts(orders: WorkOrderQuerySet) -> WorkOrderQuerySet:
    """Join what a row shows: names, and the running clocks as `running_clocks`."""
    running = Clock.objects.filter(met_at__isnull=True)
    return orders.select_related(*ROW_JOINS).prefetch_related(
        Prefetch("clocks", running, to_attr="running_clocks")
    )
