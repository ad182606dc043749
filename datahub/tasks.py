import logging
from typing import Any

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from datahub import services

logger = logging.getLogger(__name__)


@shared_task(name="datahub.work_loads")
def work_loads() -> int:
    """Do the loads that wait, while a slot is free."""
    return services.work_loads()


@shared_task(name="datahub.work_fetches")
def work_fetches() -> int:
    """Fetch the sources that are due, while a slot is free."""
    count = services.work_fetches()
    if count:
        ring_loads()
    return count


@shared_task(name="datahub.remind_overdue")
def remind_overdue() -> int:
    """Remind the owners of data that is due, by the rungs reached."""
    return services.remind_overdue(at=timezone.now())


@shared_task(name="datahub.end_due_sharing")
def end_due_sharing() -> int:
    """End the grants whose day is over."""
    return services.end_due_sharing(at=timezone.now())


@shared_task(name="datahub.run_due_checks")
def run_due_checks() -> int:
    """Run the cross-checks that have something new to look at."""
    return services.run_due_checks(at=timezone.now())


@shared_task(name="datahub.sweep")
def sweep() -> int:
    """Forget what has had its time: bad rows, records, unfinished uploads, files of a crash."""
    at = timezone.now()
    forgotten = services.forget_bad_rows(at=at) + services.forget_fetches(at=at)
    forgotten += services.drop_abandoned_files(at=at)
    return forgotten + services.sweep_files(at=at)


@shared_task(name="datahub.prepare_publications")
def prepare_publications() -> int:
    """Desensitise the snapshots that wait to be published."""
    return services.prepare_publications()


def ring_loads() -> None:
    """Ask a worker to look at once; without a broker the next tick does."""
    _ring(work_loads)


def ring_fetches() -> None:
    _ring(work_fetches)


def ring_publications() -> None:
    _ring(prepare_publications)


def _ring(task: Any) -> None:
    try:
        task.apply_async(expires=10, retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("no worker asked for %s, the next tick will: %s", task.name, error)
