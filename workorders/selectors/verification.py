"""Looking for events that were changed, removed or inserted behind the application's back."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from governance.lib.days import start_of
from governance.lib.errors import NotFoundError
from governance.lib.snapshots import snapshot
from workorders.models import Event, HistorySeal, WorkOrder
from workorders.workflow.chain import (
    COVERED,
    START,
    Fault,
    FaultKind,
    StoredEvent,
    find_faults,
    link,
)

CHUNK = 500
DAY = timedelta(days=1)


@dataclass
class Verified:
    """What one stretch of history came to; each fault is a place and what is wrong there."""

    orders: int = 0
    events: int = 0
    days: int = 0
    faults: list[tuple[str, Fault]] = field(default_factory=list)


def verify_history(*, number: str = "", chunk: int = CHUNK) -> Iterator[Verified]:
    """Verify every order's chain in chunks, each as of one moment; then the seals of days.

    With a number, that order alone; raises NotFoundError where there is none.
    """
    if number:
        orders = WorkOrder.objects.filter(number=number)
        with snapshot():
            verified = _verify(orders.order_by("pk"))
        if verified.orders == 0:
            raise NotFoundError(f"没有工单 {number}。")
        yield verified
        return
    last = 0
    while True:
        with snapshot():
            rows = WorkOrder.objects.filter(pk__gt=last).order_by("pk")[:chunk]
            ids = list(rows.values_list("pk", flat=True))
            if not ids:
                break
            yield _verify(WorkOrder.objects.filter(pk__in=ids).order_by("pk"))
        last = ids[-1]
    yield _unseated()
    yield from verify_seals()


def _verify(orders: QuerySet[WorkOrder]) -> Verified:
    heads = list(orders.values_list("pk", "number", "last_sequence", "history_digest"))
    events: dict[int, list[StoredEvent]] = defaultdict(list)
    rows = Event.objects.filter(order__in=[pk for pk, *_ in heads])
    for *values, digest in (
        rows.order_by("order_id", "sequence", "pk").values_list(*COVERED, "digest").iterator()
    ):
        facts = dict(zip(COVERED, values, strict=True))
        events[facts["order_id"]].append(StoredEvent(facts, bytes(digest)))
    verified = Verified(len(heads), sum(len(chain) for chain in events.values()))
    for pk, number, last, head in heads:
        found = find_faults(events=events[pk], head=bytes(head), last=last)
        verified.faults += [(number, fault) for fault in found]
    return verified


def _unseated() -> Verified:
    """Find events whose order is gone; only the removal of the demo's own orders takes both."""
    orders = WorkOrder.objects.filter(pk=OuterRef("order_id"))
    events = Event.objects.filter(~Exists(orders)).order_by("order_id").distinct("order_id")
    found = events.values_list("order_id", flat=True)
    faults = [(f"id {pk}", Fault(0, FaultKind.UNSEATED)) for pk in found]
    return Verified(faults=faults)


# What one local day's events amount to; the order of rows is theirs, not the disk's.
SUM = """
SELECT count(DISTINCT e.order_id), count(*), coalesce(sha256(string_agg(
    int8send(e.order_id) || int4send(e.sequence) || e.digest, ''::bytea
    ORDER BY e.order_id, e.sequence)), ''::bytea)
FROM workorders_event e JOIN workorders_workorder o ON o.id = e.order_id AND NOT o.is_demo
WHERE e.at >= %s AND e.at < %s
"""


@dataclass(frozen=True)
class DaySum:
    day: date
    orders: int
    events: int
    sum: bytes

    def digest(self, previous: bytes) -> bytes:
        """Give the seal's digest on top of the seal before it."""
        facts = {"day": self.day, "orders": self.orders, "events": self.events}
        return link(previous, {**facts, "sum": self.sum.hex()})


def day_sum(*, day: date) -> DaySum:
    """Add up the history of one local day."""
    with connection.cursor() as cursor:
        cursor.execute(SUM, [start_of(day), start_of(day + DAY)])
        orders, events, digest = cursor.fetchone()
    return DaySum(day, orders, events, bytes(digest))


def verify_seals() -> Iterator[Verified]:
    """Compare each sealed day with what its events amount to now, and the seals' own chain."""
    previous, expected = START, None
    for seal in HistorySeal.objects.order_by("day").iterator():
        verified = Verified(days=1)
        if expected is not None and seal.day != expected:
            verified.faults.append((f"seal {expected}", Fault(0, FaultKind.REMOVED)))
        now = day_sum(day=seal.day)
        if (now.orders, now.events) != (seal.orders, seal.events):
            kind = FaultKind.REMOVED if now.events < seal.events else FaultKind.INSERTED
            then = f"{seal.events} events of {seal.orders} orders were sealed"
            words = f"day {seal.day}: {then}, {now.events} of {now.orders} are here"
            verified.faults.append((words, Fault(0, kind)))
        elif now.digest(previous) != bytes(seal.digest):
            verified.faults.append((f"day {seal.day}", Fault(0, FaultKind.CHANGED)))
        previous, expected = bytes(seal.digest), seal.day + DAY
        yield verified
