"""What becomes of applications when an order moves on; asking and deciding are acts themselves."""

from datetime import datetime
from typing import Any

from django.db import connection

from workorders.enums import State
from workorders.models import Application, WorkOrder

# Plain, because every hand-over asks and few orders have an application that waits.
WITHDRAW = """
UPDATE workorders_application SET state = 'withdrawn', decided_at = %s
WHERE order_id = %s AND state = 'pending' RETURNING kind
"""


def settle_applications(
    *, order: WorkOrder, from_state: str, has_left: bool, at: datetime
) -> dict[str, Any]:
    """Void what is still pending once the order `has_left` its holder, and end a suspension's wait.

    Gives what the event says of it.
    """
    if from_state == State.SUSPENDED != order.state:
        Application.objects.filter(order=order, resume_at__isnull=False).update(resume_at=None)
    if not has_left:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(WITHDRAW, [at, order.pk])
        withdrawn = cursor.fetchone()
    return {"withdrawn": withdrawn[0]} if withdrawn else {}
