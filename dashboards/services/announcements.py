"""Telling open pages what happened: at once by the doorbell, else within seconds by the sweep."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction

from dashboards.push import EVERYTHING, BusError, Claim, Message, order_topic, publish
from dashboards.push.frames import order_frame
from workorders.models import Announcement

logger = logging.getLogger(__name__)
SWEEP_AFTER = timedelta(seconds=1)  # younger rows are still the doorbell's
SWEEP_BATCH = 200

# That the delete may be lost in a crash only tells the same again, so no act waits for the disk.
FORGET = """
SET LOCAL synchronous_commit TO OFF;
DELETE FROM workorders_announcement WHERE event_id = ANY(%s)
"""


class Told(NamedTuple):
    """Whether Redis was there (the sweep tries again), and whether the claim asked for is ours."""

    is_told: bool
    is_claimed: bool = False


def announce(*, announcements: Sequence[Announcement], claiming: Claim | None = None) -> Told:
    """Tell what just happened, and on the same way try for a claim."""
    try:
        is_claimed = publish([_message(row) for row in announcements], claiming=claiming)
    except BusError as error:
        logger.warning("not announced, Redis is away: %s", error)
        return Told(is_told=False)
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [[row.event_id for row in announcements]])
    return Told(is_told=True, is_claimed=is_claimed)


def announce_undone(*, at: datetime) -> int:
    """Tell what lost doorbells left behind; return how many."""
    told, batch = 0, SWEEP_BATCH
    while batch == SWEEP_BATCH:
        batch = _sweep(at - SWEEP_AFTER)
        told += batch
    return told


@transaction.atomic
def _sweep(until: datetime) -> int:
    """Take a batch of rows and tell them; where that fails the rows stay."""
    left = Announcement.objects.filter(at__lte=until).order_by("event_id")
    rows = list(left.select_for_update(skip_locked=True)[:SWEEP_BATCH])
    return len(rows) if rows and announce(announcements=rows).is_told else 0


def _message(row: Announcement) -> Message:
    """Address those who may see the order now; who only could before hears that it is gone."""
    frame = order_frame(
        number=row.number, action=row.action, state=row.state, version=row.version, at=row.at
    )
    return Message(frame, [*row.topics, EVERYTHING, order_topic(row.number)], row.gone)
