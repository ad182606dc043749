"""The chain of an order's events: each digest covers the event and the digest before it."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

START = b""  # what stands before the first event

# What a digest covers: every column that says something.
COVERED = (
    "order_id", "sequence", "action", "from_state", "to_state", "actor_kind", "actor_id",
    "actor_label", "at", "note", "content", "is_public", "idempotency_key", "area_id",
    "category_id", "department_id", "is_overdue",
)  # fmt: skip

STEADY = (str, int, datetime, type(None))  # nearly all values: what follows is slower to ask


def link(previous: bytes, facts: Mapping[str, Any]) -> bytes:
    """Give the SHA-256 digest (32 bytes) of an event's facts on top of the digest before it.

    The facts are JSON values and instants; the same facts read back from the database give the
    same digest.
    """
    text = json.dumps(
        _steady(facts), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
    )
    return hashlib.sha256(previous + text.encode()).digest()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value)


def _steady(value: Any) -> Any:
    """Write whole numbers as such: PostgreSQL keeps 1e20 as an integer and forgets a minus zero."""
    if isinstance(value, STEADY):
        return value
    if isinstance(value, float):
        return int(Decimal(repr(value))) if value.is_integer() else value
    if isinstance(value, Mapping):
        return {
            str(name): inner if isinstance(inner, STEADY) else _steady(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_steady(inner) for inner in value]
    return value


class FaultKind(StrEnum):
    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    CUT = "cut off at the end"
    OTHER_END = "ends otherwise than the order says"
    ERASED = "all events are gone"
    UNSEATED = "events without their order"


@dataclass(frozen=True)
class Fault:
    """What is wrong, and at which number in the sequence (0: the whole order)."""

    sequence: int
    kind: FaultKind


@dataclass(frozen=True)
class StoredEvent:
    """An event as it lies in the database, with the digest stored beside it."""

    facts: Mapping[str, Any]
    digest: bytes

    @property
    def sequence(self) -> int:
        return int(self.facts["sequence"])

    def follows(self, previous: bytes, sequence: int) -> bool:
        """Tell whether its digest is right for this place in the chain."""
        return link(previous, {**self.facts, "sequence": sequence}) == self.digest


def find_faults(*, events: Sequence[StoredEvent], head: bytes, last: int) -> list[Fault]:
    """Compare an order's events, by sequence, with their digests and the order's own head.

    `last` and `head` are the sequence and the digest of the newest event, as the order has them.
    """
    if not events:
        return [Fault(0, FaultKind.ERASED)]
    return list(_Walk(events, head, last).faults())


class _Walk:
    """Follows a chain from its start; `shift` is by how much numbers have been moved up."""

    def __init__(self, events: Sequence[StoredEvent], head: bytes, last: int) -> None:
        self.events, self.head, self.last = events, head, last
        self.before = self.previous = START
        self.expected, self.shift = 1, 0

    def faults(self) -> Iterator[Fault]:
        for index, event in enumerate(self.events):
            place = event.sequence - self.shift  # where it stood when it was written
            if not self.expected <= place <= self.last:
                yield Fault(event.sequence, FaultKind.INSERTED)
                continue
            if place > self.expected:
                yield from self._all(FaultKind.REMOVED, up_to=place - 1)
            elif not event.follows(self.previous, place):
                fault, moved = self._explain(index, place)
                self.shift += moved
                yield fault
                if fault == Fault(event.sequence, FaultKind.INSERTED):
                    continue
            self.before, self.previous = self.previous, event.digest
            self.expected = event.sequence - self.shift + 1
        yield from self._all(FaultKind.CUT, up_to=self.last)
        if self.expected > self.last and self.previous != self.head:
            yield Fault(self.last, FaultKind.OTHER_END)

    def _all(self, kind: FaultKind, *, up_to: int) -> Iterator[Fault]:
        return (Fault(number, kind) for number in range(self.expected, up_to + 1))

    def _explain(self, index: int, place: int) -> tuple[Fault, int]:
        """Say why an event does not follow, and by how much the numbers after it were moved."""
        event = self.events[index]
        after = self.events[index + 1] if index + 1 < len(self.events) else None
        if self.previous == self.head or (after and after.follows(self.previous, place)):
            return Fault(event.sequence, FaultKind.INSERTED), 1
        if event.follows(self.before, place - 1):
            return Fault(event.sequence - 1, FaultKind.INSERTED), 1
        if after and after.follows(event.digest, place + 2):
            return Fault(place, FaultKind.REMOVED), -1
        return Fault(event.sequence, FaultKind.CHANGED), 0
