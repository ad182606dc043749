import logging

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from workorders import services

logger = logging.getLogger(__name__)


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


@shared_task(name="workorders.work_bulk")
def work_bulk() -> int:
    """Do the rows of bulk acts that wait."""
    return services.work_bulk()


def ring_bulk() -> None:
    """Ask a worker to look at once; without a broker the next tick does."""
    try:
        work_bulk.apply_async(expires=10, retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("no worker asked for a bulk act, the next tick will: %s", error)
