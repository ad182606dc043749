"""Removing demo orders: the one way past the rule that events are never deleted."""

from django.core.files.storage import default_storage
from django.db import connection, transaction

from workorders.models import (
    Announcement,
    Clock,
    Escalation,
    Event,
    Notice,
    OrderSearch,
    Photo,
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
    (Reporter, "order__in"),
    (OrderSearch, "order__in"),
)


@transaction.atomic
def remove_demo_orders(*, batch: int = BATCH) -> int:
    """Remove some orders marked as demo, with their photos and their share in the figures.

    Returns how many; call again until it is 0. A real order is never touched.
    """
    locked = WorkOrder.objects.filter(is_demo=True).order_by("pk").select_for_update(of=("self",))
    ids = list(locked.values_list("pk", flat=True)[:batch])
    if not ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL yiwang.removing_demo = 'on'")
    orders = WorkOrder.objects.filter(pk__in=ids)
    take_back(orders=orders)
    files = list(Photo.objects.filter(order__in=ids).values_list("file", flat=True))
    for model, path in HANGING_ON:
        model.objects.filter(**{path: ids}).delete()
    orders.delete()
    transaction.on_commit(lambda: _delete_files(files))
    return len(ids)


def _delete_files(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)
