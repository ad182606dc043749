"""Rows are locked before anybody acts: always by ascending id, so that nobody waits in a circle."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.db.models import Q

from accounts.enums import Right
from governance.lib.errors import NotFoundError
from workorders.enums import Action, ActorKind
from workorders.models import WorkOrder
from workorders.services.actors import Actor
from workorders.services.effects import Step

Carried = Mapping[str, Any]

ATTRIBUTES = [field.attname for field in WorkOrder._meta.concrete_fields]
COLUMNS = ", ".join(
    f'"{field.column}"' + ("::bytea" if field.attname == "point" else "")
    for field in WorkOrder._meta.concrete_fields
)
# Written once: building it anew for each act cost more than running it.
LOCK = f"SELECT {COLUMNS} FROM workorders_workorder WHERE number = %s FOR UPDATE"  # noqa: S608


def _merging(number: str, carried: Carried) -> Sequence[Q]:
    return Q(number=str(carried.get("into") or "")), Q(merged_into__number=number)


def _master(number: str, carried: Carried) -> Sequence[Q]:
    return (Q(merged__number=number),)


def _parent(number: str, carried: Carried) -> Sequence[Q]:
    return (Q(parts__number=number),)


# The other orders that an act on an order needs. A part is younger than its parent, so the parts
# of a locked parent may be locked later.
COMPANIONS: dict[Action, Callable[[str, Carried], Sequence[Q]]] = {
    Action.MERGE: _merging,
    Action.UNMERGE: _master,
    Action.FOLLOW_UP: _master,
    Action.REOPEN: _parent,
}


def lock_orders(
    *, number: str, actor: Actor, steps: Sequence[Step]
) -> tuple[WorkOrder, dict[int, WorkOrder]]:
    """Lock the order that somebody acts on, and the others that the acts will need, by id."""
    ids: set[int] = set()
    for step in steps:
        for condition in COMPANIONS.get(step.action, _alone)(number, step.carried):
            ids.update(WorkOrder.objects.filter(condition).values_list("pk", flat=True))
    if not ids:
        return lock_order(number=number, actor=actor), {}
    ids.update(WorkOrder.objects.filter(number=number).values_list("pk", flat=True))
    rows = WorkOrder.objects.filter(pk__in=ids).order_by("pk").select_for_update()
    locked = {order.pk: order for order in rows}
    order = next((order for order in locked.values() if order.number == number), None)
    return _seen(order, actor), locked


def _alone(number: str, carried: Carried) -> Sequence[Q]:
    return ()


def lock_order(*, number: str, actor: Actor) -> WorkOrder:
    """Lock one order that the actor may see; raise NotFoundError otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [number])
        row = cursor.fetchone()
    return _seen(_order(row) if row else None, actor)


def _order(row: Sequence[Any]) -> WorkOrder:
    values = dict(zip(ATTRIBUTES, row, strict=True))
    if values["point"] is not None:
        values["point"] = GEOSGeometry(values["point"])
    return WorkOrder.from_db(connection.alias, ATTRIBUTES, list(values.values()))


def _seen(order: WorkOrder | None, actor: Actor) -> WorkOrder:
    is_seen = order is not None and (
        actor.kind != ActorKind.USER or actor.scope.covers(Right.VIEW_ORDERS, order)
    )
    if order is None or not is_seen:
        raise NotFoundError("没有这张工单，或它不在您的范围内。")
    return order
