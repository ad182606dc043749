"""Removing demo orders: the one way past the rule that events are never deleted."""

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from workorders.models import (
    Announcement,
    Clock,
    Escalation,
    Event,
    Notice,
    OrderSearch,
    Photo,
    PhotoUpload,
    Reporter,
    SupervisionLetter,
    WorkOrder,
)
from workorders.services.recount import take_back

BATCH = 500
# Leaves first: what refers to what.
HANGING_ON = (
    (Escalation, "clock__order__in"),
    (Announcement, "event__order__in"),
    (Notice, "order__in"),
    (SupervisionLetter, "order__in"),
    (Event, "order__in"),
    (Clock, "order__in"),
    (Photo, "order__in"),
    (PhotoUpload, "order__in"),
    (Reporter, "order__in"),
    (OrderSearch, "order__in"),
)


@transaction.atomic
def remove_demo_orders(*, batch: int = BATCH) -> int:
    """Remove some orders marked as demo, with their photos and their share in the figures.

    Returns how many; call again until it is 0. A real order is never touched.
    """
    ids = _with_families(WorkOrder.objects.filter(is_demo=True).order_by("pk")[:batch])
    locked = WorkOrder.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
    orders = WorkOrder.objects.filter(pk__in=list(locked.values_list("pk", flat=True)))
    return _remove(orders) if ids else 0


def _remove(orders: QuerySet[WorkOrder]) -> int:
    ids = [order.pk for order in orders]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL yiwang.removing_demo = 'on'")
    take_back(orders=orders)
    files = list(Photo.objects.filter(order__in=ids).values_list("file", flat=True))
    for model, path in HANGING_ON:
        model.objects.filter(**{path: ids}).delete()
    _delete_leaves_first(orders)
    transaction.on_commit(lambda: _delete_files(files))
    return len(ids)


def _delete_leaves_first(orders: QuerySet[WorkOrder]) -> None:
    """Delete orders that nothing refers to, until none is left: parts, merged, then the rest."""
    leaves = orders.filter(merged=None, parts=None)
    while ids := list(leaves.values_list("pk", flat=True)):
        WorkOrder.objects.filter(pk__in=ids).delete()


def _with_families(orders: QuerySet[WorkOrder]) -> set[int]:
    """Give the ids of orders and of all that were merged into them or are parts of them."""
    found, new = set[int](), set(orders.values_list("pk", flat=True))
    while new:
        found |= new
        near = Q(merged_into__in=new) | Q(parent__in=new)
        new = set(WorkOrder.objects.filter(near).values_list("pk", flat=True)) - found
    return found


def _delete_files(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)
