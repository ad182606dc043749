import logging
from typing import Any

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from workorders import services
from workorders.services.calls import drop_old_drafts as drop_drafts
from workorders.services.uploads import drop_abandoned_uploads as drop_abandoned

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


@shared_task(name="workorders.work_exports")
def work_exports() -> int:
    """Make the lists that wait, and delete those whose time is over."""
    return services.work_exports(at=timezone.now())


@shared_task(name="workorders.drop_abandoned_uploads")
def drop_abandoned_uploads() -> int:
    """Delete photos that phones have begun to send and never went on with."""
    return drop_abandoned(at=timezone.now())


@shared_task(name="workorders.drop_old_drafts")
def drop_old_drafts() -> int:
    """Delete calls that were begun and never registered."""
    return drop_drafts(at=timezone.now())


def ring_bulk() -> None:
    """Ask a worker to look at once; without a broker the next tick does."""
    _ring(work_bulk)


def ring_exports() -> None:
    """Ask a worker to look at once; without a broker the next tick does."""
    _ring(work_exports)


def _ring(task: Any) -> None:
    try:
        task.apply_async(expires=10, retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("no worker asked for %s, the next tick will: %s", task.name, error)
