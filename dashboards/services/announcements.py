"""Telling open pages what happened: at once by the doorbell, else within seconds by the sweep."""

import json
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from dashboards.push import EVERYTHING, BusError, Message, publish
from dashboards.push.frames import order_frame
from workorders.models import WorkOrder
from workorders.selectors import topics_of

logger = logging.getLogger(__name__)
SWEEP_AFTER = timedelta(seconds=1)  # younger rows are still the doorbell's
SWEEP_BATCH = 200

# One statement, for it runs within every act: take the rows and read what is to be told. That the
# delete may be lost in a crash only tells the same again.
TAKE = """
SET LOCAL synchronous_commit TO OFF;
WITH taken AS (
    DELETE FROM workorders_announcement WHERE event_id IN (
        SELECT announcement.event_id FROM workorders_announcement announcement
        JOIN workorders_event event ON event.id = announcement.event_id
        WHERE {condition} ORDER BY announcement.event_id
        LIMIT %s FOR UPDATE OF announcement SKIP LOCKED
    ) RETURNING event_id, topics
)
SELECT taken.topics, event.action, event.at, worder.number, worder.state, worder.version,
       worder.district_id, worder.street_id, worder.community_id, worder.grid_id,
       worder.holder_area_id, worder.department_id
FROM taken
JOIN workorders_event event ON event.id = taken.event_id
JOIN workorders_workorder worder ON worder.id = event.order_id
ORDER BY taken.event_id
"""
OF_EVENT = TAKE.format(condition="announcement.event_id = %s")
LEFT_BEHIND = TAKE.format(condition="event.at <= %s")


def announce_event(*, event_id: int) -> bool:
    """Tell one event; False where it is told already or Redis is away (the sweep tries again)."""
    return _tell(OF_EVENT, event_id) == 1


def announce_undone(*, at: datetime) -> int:
    """Tell what lost doorbells left behind; return how many."""
    told, batch = 0, SWEEP_BATCH
    while batch == SWEEP_BATCH:
        batch = _tell(LEFT_BEHIND, at - SWEEP_AFTER)
        told += batch
    return told


def _tell(statement: str, value: int | datetime) -> int:
    """Take rows and publish them; where that fails the rows stay."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement, [value, SWEEP_BATCH])
                messages = [_message(row) for row in cursor.fetchall()]
            if messages:
                publish(messages)
            return len(messages)
    except BusError as error:
        logger.warning("not announced, Redis is away: %s", error)
        return 0


def _message(row: Sequence[Any]) -> Message:
    """Address those who may see the order now; who only could before hears that it is gone."""
    told_before, action, at, number, state, version, *place = row
    names = ("district_id", "street_id", "community_id", "grid_id", "holder_area_id")
    order = WorkOrder(**dict(zip((*names, "department_id"), place, strict=True)))
    topics = topics_of(order)
    gone = [topic for topic in json.loads(told_before) if topic not in topics]
    frame = order_frame(number=number, action=action, state=state, version=version, at=at)
    return Message(frame, [*topics, EVERYTHING], gone)
