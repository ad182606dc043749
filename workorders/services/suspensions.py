"""Suspensions end by themselves: due ones are claimed with SKIP LOCKED by any number of workers."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from workorders.enums import Action, State
from workorders.models import Application, WorkOrder
from workorders.services.actors import Actor
from workorders.services.transitions import apply

BATCH = 50


def resume_due(*, at: datetime, batches: int = 100) -> int:
    """Resume every order whose suspension has ended; return how many were resumed.

    Each order has a transaction of its own, and a look that finds nothing does no harm.
    """
    resumed = 0
    for _ in range(batches):
        done = sum(_resume(pk, at) for pk in _ended(at))
        resumed += done
        if done == 0:
            break
    return resumed


def _ended(at: datetime) -> list[int]:
    ended = Application.objects.filter(resume_at__lte=at, order__state=State.SUSPENDED)
    return list(ended.order_by("resume_at").values_list("order_id", flat=True)[:BATCH])


@transaction.atomic
def _resume(pk: int, at: datetime) -> bool:
    # Asked again under the lock: another worker or the holder may have been quicker.
    ended = Application.objects.filter(order=OuterRef("pk"), resume_at__lte=at)
    order = (
        WorkOrder.objects.filter(Exists(ended), pk=pk, state=State.SUSPENDED)
        .select_for_update(of=("self",), skip_locked=True)
        .first()
    )
    if order is None:
        return False
    apply(number=order.number, action=Action.RESUME, actor=Actor.system(), at=at)
    return True
