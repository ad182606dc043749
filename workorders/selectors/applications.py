"""What holders have applied for."""

from workorders.enums import ApplicationState
from workorders.models import Application, WorkOrder


def pending_application(order: WorkOrder) -> Application | None:
    """Find the application that waits for a decision; prefetched ones are not read again."""
    if "applications" in getattr(order, "_prefetched_objects_cache", {}):
        rows = list(order.applications.all())
        return next((row for row in rows if row.state == ApplicationState.PENDING), None)
    return Application.objects.filter(order=order, state=ApplicationState.PENDING).first()


def suspended_until(order: WorkOrder) -> Application | None:
    """Find the approved suspension that an order is in."""
    return next((row for row in order.applications.all() if row.resume_at is not None), None)
