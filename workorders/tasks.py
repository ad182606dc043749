from celery import shared_task
from django.utils import timezone

from workorders import services


@shared_task(name="workorders.escalate_due")
def escalate_due() -> int:
    """Fire the rungs that are due."""
    return services.fire_due(at=timezone.now())
