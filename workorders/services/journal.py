"""What one transaction puts on record: events in their chains, figures, and what must be told."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from workorders.enums import Action, Measure
from workorders.models import Announcement, Event, Notice, WorkOrder
from workorders.selectors import topics_of
from workorders.services.actors import Actor
from workorders.services.figures import deltas_of
from workorders.services.notices import Post
from workorders.services.rows import Statement, append, insert_all, insert_plain, run
from workorders.signals import workorder_event
from workorders.workflow import FigureCell, link
from workorders.workflow.chain import COVERED


class Journal:
    """Collects what is done to locked orders; `write` appends it all in two ways to the database.

    The caller is in a transaction, holds the orders' rows, writes the journal and saves the
    orders: their sequence and digest move on with each event.
    """

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._announcements: list[Announcement] = []
        self._notices: list[tuple[Event, Post]] = []
        self._counts: Counter[tuple[Measure, date | None, FigureCell]] = Counter()

    def append(
        self,
        *,
        order: WorkOrder,
        action: Action,
        actor: Actor,
        at: datetime,
        from_state: str,
        cell: FigureCell,
        note: str = "",
        content: Mapping[str, Any] | None = None,
        is_public: bool = False,
        key: str = "",
        topics_before: Sequence[str] = (),
    ) -> Event:
        """Append what happened to the order's chain; `cell` says where it counts."""
        order.last_sequence += 1
        area_id, category_id, _, department_id = cell
        event = Event(
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
            area_id=area_id,
            category_id=category_id,
            department_id=department_id,
            is_overdue=order.is_overdue,
        )
        event.digest = order.history_digest = digest_of(event, bytes(order.history_digest))
        self._events.append(event)
        self._announcements.append(_announcement(order, event, topics_before))
        return event

    def notify(self, *, event: Event, notices: Sequence[Post]) -> None:
        """Add what an event tells to the holders of posts."""
        self._notices += [(event, notice) for notice in notices]

    def count(self, *, counts: Sequence[tuple[FigureCell, Measure, int]], at: datetime) -> None:
        """Add signed counts; what cancels out within the transaction is never written."""
        day = timezone.localdate(at)
        for cell, measure, value in counts:
            self._counts[measure, day, cell] += value

    def write(self, *changes: Statement) -> None:
        """Append everything, with what the acts changed besides; ring the bell after the commit."""
        append(self._events, after=changes)
        for event, announcement in zip(self._events, self._announcements, strict=True):
            announcement.event_id = event.pk
        notices = [(event.order_id, event.pk, *post, event.at) for event, post in self._notices]
        counts = insert_all(self._announcements, deltas_of(counts=self._counts))
        run([*counts, *insert_plain(Notice, notices)])
        rows = self._announcements
        transaction.on_commit(lambda: workorder_event.send_robust(sender=Event, announcements=rows))


def digest_of(event: Event, previous: bytes) -> bytes:
    """Work out an event's digest on top of the one before it."""
    return link(previous, {name: getattr(event, name) for name in COVERED})


def _announcement(order: WorkOrder, event: Event, topics_before: Sequence[str]) -> Announcement:
    topics = topics_of(order)
    return Announcement(
        at=event.at,
        number=order.number,
        action=event.action,
        state=order.state,
        version=order.version,
        topics=topics,
        gone=[topic for topic in topics_before if topic not in topics],
    )
