"""What becomes of applications when an order moves on; asking and deciding are acts themselves."""

from datetime import datetime
from typing import Any

from workorders.enums import ApplicationState, State
from workorders.models import Application, WorkOrder
from workorders.selectors import pending_application


def settle_applications(
    *, order: WorkOrder, from_state: str, has_left: bool, at: datetime
) -> dict[str, Any]:
    """Void what is still pending once the order `has_left` its holder, and end a suspension's wait.

    Gives what the event says of it.
    """
    if from_state == State.SUSPENDED != order.state:
        Application.objects.filter(order=order, resume_at__isnull=False).update(resume_at=None)
    application = pending_application(order) if has_left else None
    if application is None:
        return {}
    application.state, application.decided_at = ApplicationState.WITHDRAWN, at
    application.save(update_fields=["state", "decided_at"])
    return {"withdrawn": application.kind}
