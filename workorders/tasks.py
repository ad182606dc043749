from celery import shared_task
from django.utils import timezone

from workorders import services


@shared_task(name="workorders.escalate_due")
def escalate_due() -> int:
    """Fire the rungs that are due."""
    return services.fire_due(at=timezone.now())


@shared_task(name="workorders.recalculate_clocks")
def recalculate_clocks() -> int:
    """Let the running clocks follow a changed calendar."""
    return services.recalculate_clocks(at=timezone.now())


@shared_task(name="workorders.inspect")
def inspect() -> int:
    """Look whether history is untouched and the figures agree; done once a night."""
    return sum(inspection.faults for inspection in services.inspect(at=timezone.now()))


@shared_task(name="workorders.resume_due")
def resume_due() -> int:
    """Resume the orders whose suspension has ended."""
    return services.resume_due(at=timezone.now())
