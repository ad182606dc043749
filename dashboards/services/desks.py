"""Telling departments' open pages that what waits for their decision has changed."""

import logging
from collections.abc import Iterable

from django.db import transaction

from dashboards.models import Indicator, ReportsNotice
from dashboards.push import EVERYTHING, BusError, Message, publish, reports_topic
from dashboards.push.frames import reports_frame

logger = logging.getLogger(__name__)
BATCH = 500


def note_waiting(*, indicators: Iterable[Indicator]) -> None:
    """Note, with what changed, whose pages must hear of it; they are told after the commit."""
    owners = {each.owner_id for each in indicators if each.owner_id is not None}
    ReportsNotice.objects.bulk_create(ReportsNotice(department_id=pk) for pk in owners)
    if owners:
        transaction.on_commit(tell_waiting)


def tell_waiting() -> None:
    """Tell what is noted; where Redis is away the notes stay for the next look."""
    if not ReportsNotice.objects.exists():
        return
    try:
        _tell()
    except BusError as error:
        logger.warning("departments not told, Redis is away: %s", error)


@transaction.atomic
def _tell() -> None:
    """Take the notes and tell them; others that look meanwhile pass them over."""
    notes = ReportsNotice.objects.select_for_update(skip_locked=True).order_by("pk")
    found = dict(notes.values_list("pk", "department_id")[:BATCH])
    if not found:
        return
    publish([_message(pk) for pk in sorted(set(found.values()))])
    ReportsNotice.objects.filter(pk__in=found).delete()


def _message(department_id: int) -> Message:
    return Message(
        reports_frame(department_id=department_id), [reports_topic(department_id), EVERYTHING]
    )
