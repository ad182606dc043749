"""Appending an event, and the note that it must be announced."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from workorders.enums import Action
from workorders.models import Announcement, Event, WorkOrder
from workorders.selectors import topics_of
from workorders.services.actors import Actor
from workorders.signals import workorder_event


def append_event(
    *,
    order: WorkOrder,
    action: Action,
    actor: Actor,
    at: datetime,
    from_state: str,
    note: str = "",
    content: Mapping[str, Any] | None = None,
    is_public: bool = False,
    key: str = "",
    topics_before: list[str] | None = None,
) -> Event:
    """Append what happened; after commit the doorbell rings with the event's id.

    The caller holds the order's row, has counted `last_sequence` up, and saves it.
    """
    event = Event.objects.create(
        order=order,
        sequence=order.last_sequence,
        action=action,
        from_state=from_state,
        to_state=order.state,
        actor_kind=actor.kind,
        actor=actor.user,
        actor_label=actor.label[:100],
        at=at,
        note=note,
        content=dict(content or {}),
        is_public=is_public,
        idempotency_key=key,
    )
    topics = list(dict.fromkeys([*(topics_before or []), *topics_of(order)]))
    Announcement.objects.create(event=event, topics=topics)
    transaction.on_commit(lambda: workorder_event.send_robust(sender=Event, event_id=event.pk))
    return event
