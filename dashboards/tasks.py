"""Looks at what is undone; every look is safe to repeat and quick where there is nothing."""

import logging

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from dashboards import services
from dashboards.push import BusError, Claim, publish, release

logger = logging.getLogger(__name__)
REFRESH = Claim("refresh", 2000)  # a dead worker blocks further requests no longer than this


@shared_task(name="dashboards.announce_undone")
def announce_undone() -> int:
    """Tell the events whose doorbell was lost."""
    return services.announce_undone(at=timezone.now())


@shared_task(name="dashboards.refresh_figures")
def refresh_figures() -> int:
    """Fold what acts have counted, judge the indicators, tell the walls."""
    try:
        release(REFRESH)  # before the look: what is counted from now on asks anew
    except BusError as error:
        logger.warning("Redis is away: %s", error)
    return services.refresh_figures(at=timezone.now())


@shared_task(name="dashboards.open_orders")
def open_orders() -> int:
    """Open the work orders of signs that have turned bad."""
    return services.open_orders(at=timezone.now())


@shared_task(name="dashboards.tend_findings")
def tend_findings() -> int:
    """Open the work orders that findings want, and tell findings how theirs ended."""
    at = timezone.now()
    return services.open_finding_orders(at=at) + services.follow_finding_orders(at=at)


@shared_task(name="dashboards.thin_readings")
def thin_readings() -> int:
    """Thin out the history of values."""
    return services.thin_readings(at=timezone.now())


def request_refresh() -> None:
    """Ask a worker for fresh figures, once for a burst of changes; never hold one up."""
    try:
        is_claimed = publish([], claiming=REFRESH)
    except BusError as error:
        logger.warning("no fresh figures asked for, the next tick will: %s", error)
        return
    if is_claimed:
        send_refresh()


def send_refresh() -> None:
    """Send a worker to look for fresh figures; whoever sends it holds the claim."""
    try:
        refresh_figures.apply_async(expires=10, retry=False)
    except (BusError, OperationalError, OSError) as error:
        logger.warning("no fresh figures asked for, the next tick will: %s", error)
