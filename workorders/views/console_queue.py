"""The console's queue as its templates are given it: rows, filters in force, neighbours."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from governance.lib.errors import InvalidError
from workorders.enums import Nature, State, Urgency
from workorders.filters import OrderFilter, filter_label
from workorders.models import SavedFilter, WorkOrder
from workorders.querysets import WorkOrderQuerySet
from workorders.selectors import reference, take_orders, working_calendar
from workorders.selectors.deadlines import Deadline, order_deadline
from workorders.selectors.queues import (
    BY_DUE,
    BY_NEWEST,
    Count,
    QueueView,
    choose_view,
    count_each,
    with_row_parts,
)
from workorders.selectors.supervision import NOBODY, NOBODY_CODE
from workorders.services import Actor

ROWS = 40
FILTERS = (
    "q", "state", "urgency", "nature", "street", "area", "category", "channel", "department",
    "signer", "registered_from", "registered_to", "is_late", "is_overdue",
)  # fmt: skip
# Words are searched and signers looked up for each order: no figure beside a name is worth that.
COSTLY = frozenset({"q", "signer"})
SORTS = {"due": BY_DUE, "new": BY_NEWEST}
QUERY_LENGTH = 900


@dataclass(frozen=True)
class Row:
    order: WorkOrder
    deadline: Deadline
    is_in_view: bool = True


@dataclass(frozen=True)
class Chip:
    """One filter in force, in words, and the address of the queue without it."""

    label: str
    words: str
    query: str


class Matched(NamedTuple):
    """An order as the filters found it."""

    pk: int
    number: str
    version: int


@dataclass
class Queue:
    """One page of a view: its rows, the filters in force, the cursors of its neighbours."""

    view: QueueView
    rows: list[Row]
    filters: dict[str, str]
    sort: str
    query: str
    cursor: str = ""
    next_cursor: str = ""
    previous_cursor: str = ""
    notice: str = ""
    chips: list[Chip] = field(default_factory=list)

    @property
    def page_query(self) -> str:
        """Address this very page, so that a reload and a colleague see the same rows."""
        return self.query + (f"&{urlencode({'cursor': self.cursor})}" if self.cursor else "")

    @property
    def is_filtered(self) -> bool:
        return bool(self.filters)


def read_queue(*, params: QueryDict, actor: Actor, at: datetime) -> Queue:
    """Read one keyset page of the view and filters that the address names."""
    view = choose_view(key=params.get("view", ""), scope=actor.scope)
    filters, sort = read_filters(params), sort_of(params, view)
    queue = Queue(view, [], filters, sort, queue_query(view, filters, sort))
    queue.chips = _chips(view, filters, sort)
    narrow, queue.notice = narrowing(view=view, filters=filters, actor=actor, at=at)
    cursor = params.get("cursor", "")
    try:
        page = take_orders(
            scope=actor.scope,
            key=SORTS[sort],
            shape=with_row_parts,
            narrow=narrow,
            cursor=cursor,
            size=ROWS,
            words=filters.get("q", ""),
        )
    except InvalidError:
        queue.notice = "翻页标记无效，请刷新。"
        return queue
    queue.rows, queue.next_cursor = rows_of(page.rows, at), page.next_cursor
    queue.previous_cursor = page.previous_cursor
    queue.cursor = cursor if page.previous_cursor else ""
    return queue


def match_orders(*, params: QueryDict, actor: Actor, at: datetime, limit: int) -> list[Matched]:
    """Read which orders an address matches, in the queue's order, and no more than `limit`."""
    view = choose_view(key=params.get("view", ""), scope=actor.scope)
    filters, key = read_filters(params), SORTS[sort_of(params, view)]
    narrow, problem = narrowing(view=view, filters=filters, actor=actor, at=at)
    if problem:
        raise InvalidError(problem)
    orders = narrow(WorkOrder.objects.visible_to(actor.scope))
    ordered = orders.order_by(key, "-id" if key.startswith("-") else "id")
    return [Matched(*row) for row in ordered.values_list("pk", "number", "version")[:limit]]


def count_saved(rows: Iterable[SavedFilter], *, actor: Actor, at: datetime) -> dict[int, Count]:
    """Count what each kept filter shows this person; those that cost a search are left out."""
    cuts = {}
    for row in rows:
        params = QueryDict(row.query)
        view = choose_view(key=params.get("view", ""), scope=actor.scope)
        filters = read_filters(params)
        if view.is_counted and not COSTLY & filters.keys():
            narrow, _notice = narrowing(view=view, filters=filters, actor=actor, at=at)
            cuts[row.pk] = narrow(WorkOrder.objects.visible_to(actor.scope))
    return count_each(cuts)


def said_query(*, params: QueryDict, actor: Actor) -> str:
    """Say a view and its filters in words."""
    view = choose_view(key=params.get("view", ""), scope=actor.scope)
    chips = _chips(view, read_filters(params), sort_of(params, view))
    return "，".join([str(view.label), *(f"{chip.label} {chip.words}" for chip in chips)])


def read_filters(params: QueryDict) -> dict[str, str]:
    """Read the filters of an address, each at most once."""
    return {name: str(params[name])[:200] for name in FILTERS if params.get(name)}


def sort_of(params: QueryDict, view: QueueView) -> str:
    sort = params.get("sort", "")
    return sort if sort in SORTS else ("due" if view.ordering == BY_DUE else "new")


def queue_query(view: QueueView, filters: Mapping[str, str], sort: str) -> str:
    """Write the address of a view with its filters, as it is shared and saved."""
    is_default = SORTS[sort] == view.ordering
    return urlencode({"view": view.key, **filters, **({} if is_default else {"sort": sort})})


def narrowing(
    *, view: QueueView, filters: Mapping[str, str], actor: Actor, at: datetime
) -> tuple[Callable[[WorkOrderQuerySet], WorkOrderQuerySet], str]:
    """Give what cuts a view with its filters out of orders; a notice where the filters are bad."""
    cut, asked = view.cut(actor.scope, at), _query_dict(filters)
    if not filters:
        return lambda orders: orders.filter(cut), ""
    if not OrderFilter(asked, queryset=WorkOrder.objects.none()).is_valid():
        return lambda orders: orders.none(), "筛选条件无效，请清除后重试。"
    scope = actor.scope
    return lambda orders: OrderFilter(asked, queryset=orders.filter(cut), scope=scope).qs, ""


def _query_dict(filters: Mapping[str, str]) -> QueryDict:
    params = QueryDict(mutable=True)
    params.update(dict(filters))
    return params


def rows_of(orders: Sequence[WorkOrder], at: datetime) -> list[Row]:
    calendar = working_calendar()
    return [Row(order, order_deadline(order=order, at=at, calendar=calendar)) for order in orders]


def read_rows(
    *, numbers: Sequence[str], params: QueryDict, actor: Actor, at: datetime
) -> list[Row]:
    """Read single rows again, saying of each whether it still belongs to the view."""
    visible = WorkOrder.objects.visible_to(actor.scope).filter(number__in=numbers)
    view = choose_view(key=params.get("view", ""), scope=actor.scope)
    narrow, _notice = narrowing(view=view, filters=read_filters(params), actor=actor, at=at)
    inside = set(narrow(visible).values_list("pk", flat=True))
    rows = rows_of(list(with_row_parts(visible)), at)
    return [Row(row.order, row.deadline, row.order.pk in inside) for row in rows]


def _chips(view: QueueView, filters: Mapping[str, str], sort: str) -> list[Chip]:
    return [
        Chip(
            filter_label(name),
            _said(name, value),
            queue_query(view, {k: v for k, v in filters.items() if k != name}, sort),
        )
        for name, value in filters.items()
    ]


def _said(name: str, value: str) -> str:
    """Say the value of a filter as people do; what is not known is shown as it came."""
    held = reference()
    by_code: dict[str, Mapping[str, Any]] = {
        "street": held.areas_by_code,
        "area": held.areas_by_code,
        "category": held.categories_by_code,
        "department": held.departments_by_code,
    }
    labels = {"state": State, "urgency": Urgency, "nature": Nature}
    if (name, value) == ("department", NOBODY_CODE):
        return NOBODY
    if name in by_code:
        row = by_code[name].get(value)
        return row.name if row else value
    if name == "channel":
        channel = held.channel_named(value)
        return channel.name if channel else value
    if name in labels:
        return str(dict(labels[name].choices).get(value, value))
    return str(_("是")) if value == "true" else value
