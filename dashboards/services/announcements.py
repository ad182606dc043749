"""Telling open pages what happened: at once by the doorbell, else within seconds by the sweep."""

import logging
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from dashboards.push import EVERYTHING, BusError, Message, publish
from dashboards.push.frames import order_frame
from workorders.models import Announcement
from workorders.selectors import topics_of

logger = logging.getLogger(__name__)
SWEEP_AFTER = timedelta(seconds=1)  # younger rows are still the doorbell's
SWEEP_BATCH = 200


def announce_event(*, event_id: int) -> bool:
    """Tell one event; False where it is told already or Redis is away (the sweep tries again)."""
    return _announce(Announcement.objects.filter(event_id=event_id)) == 1


def announce_undone(*, at: datetime) -> int:
    """Tell what lost doorbells left behind; return how many."""
    told, batch = 0, SWEEP_BATCH
    while batch == SWEEP_BATCH:
        left = Announcement.objects.filter(event__at__lte=at - SWEEP_AFTER).order_by("event_id")
        batch = _announce(left)
        told += batch
    return told


def _announce(announcements: QuerySet[Announcement]) -> int:
    try:
        with transaction.atomic():
            return _tell(announcements)
    except BusError as error:
        logger.warning("not announced, Redis is away: %s", error)
        return 0


def _tell(announcements: QuerySet[Announcement]) -> int:
    with connection.cursor() as cursor:
        # Losing this delete in a crash only tells the same again.
        cursor.execute("SET LOCAL synchronous_commit TO OFF")
    rows = list(
        announcements.select_related("event__order")
        .select_for_update(of=("self",), skip_locked=True)
        .defer("event__order__text", "event__order__result", "event__order__answer")[:SWEEP_BATCH]
    )
    if rows:
        publish([_message(row) for row in rows])
        Announcement.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _message(announcement: Announcement) -> Message:
    """Address those who may see the order now; who only could before hears that it is gone."""
    event, order = announcement.event, announcement.event.order
    topics = topics_of(order)
    frame = order_frame(
        number=order.number,
        action=event.action,
        state=order.state,
        version=order.version,
        at=event.at,
    )
    gone = [topic for topic in announcement.topics if topic not in topics]
    return Message(frame, [*topics, EVERYTHING], gone)
