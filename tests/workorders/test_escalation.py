"""A due clock fires once, whoever looks and however often."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from workorders.enums import Action, ClockKind
from workorders.models import Clock, Cube, Escalation, Event, WorkOrder
from workorders.services import Actor, apply, fire_due, fold_deltas

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


def make_overdue(town, channel_api, count=1):
    """Dispatch orders to a department and put their resolution clocks into the past."""
    actor = Actor.from_user(town.people["dispatcher"])
    for serial in range(count):
        number = channel_api("hotline", town.call(f"T-{serial}")).data["number"]
        apply(number=number, action=Action.ACCEPT, actor=actor, at=NOON)
        carried = {"department": town.departments["城管局"]}
        apply(number=number, action=Action.DISPATCH, actor=actor, at=NOON, carried=carried)
    Clock.objects.exclude(kind=ClockKind.RESOLUTION).filter(met_at__isnull=True).delete()
    Clock.objects.filter(kind=ClockKind.RESOLUTION).update(due_at=NOON, next_rung_at=NOON)


def test_due_clock_fires_once_and_marks_the_order(town, channel_api):
    make_overdue(town, channel_api)
    assert fire_due(at=NOON - timedelta(seconds=1)) == 0
    assert [fire_due(at=NOON), fire_due(at=NOON), fire_due(at=NOON + timedelta(days=1))] == [
        1,
        0,
        0,
    ]
    order = WorkOrder.objects.get()
    assert order.is_overdue
    assert Event.objects.filter(order=order, action=Action.ESCALATE).count() == 1
    while fold_deltas()[0]:
        pass
    assert sum(Cube.objects.filter(measure="overdue").values_list("value", flat=True)) == 1


def test_met_clock_never_fires(town, api, channel_api):
    number = channel_api("hotline", town.call()).data["number"]
    api("dispatcher").post(f"/api/v1/orders/{number}/reject/", {"reason": "outside_remit"})
    assert fire_due(at=NOON + timedelta(days=3650)) == 0


def test_late_resolve_before_the_escalation_is_not_on_time(town, channel_api):
    make_overdue(town, channel_api)
    number = WorkOrder.objects.get().number
    handler = Actor.from_user(town.people["handler"])
    later = NOON + timedelta(minutes=1)
    apply(number=number, action=Action.SIGN, actor=handler, at=later)
    carried = {"result": "已处理", "proof": "有"}
    apply(number=number, action=Action.RESOLVE, actor=handler, at=later, carried=carried)
    clock = Clock.objects.get(kind=ClockKind.RESOLUTION)
    assert (clock.breached_at, clock.met_at) == (NOON, later)
    assert Event.objects.get(action=Action.RESOLVE).content["met"]["resolution"] is False
    assert fire_due(at=later) == 0


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_fire_each_rung_once(town, channel_api):
    make_overdue(town, channel_api, count=60)

    def look(_):
        try:
            return fire_due(at=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        fired = sum(pool.map(look, range(4)))
    assert fired + fire_due(at=NOON) == 60
    assert Escalation.objects.count() == 60
    assert Event.objects.filter(action=Action.ESCALATE).count() == 60


def test_batch_takes_as_many_statements_for_one_clock_as_for_five(town, channel_api):
    make_overdue(town, channel_api, count=6)
    others = Clock.objects.filter(kind=ClockKind.RESOLUTION).order_by("pk")[1:]
    Clock.objects.filter(pk__in=[clock.pk for clock in others]).update(next_rung_at=LATER)

    def statements(at):
        with CaptureQueriesContext(connection) as captured:
            fired = fire_due(at=at, batches=1)
        return fired, len(captured)

    one, five = statements(NOON), statements(LATER)
    assert (one[0], five[0]) == (1, 5)
    assert one[1] == five[1]


@pytest.mark.django_db(transaction=True)
def test_clock_of_an_order_in_hand_stays_for_the_next_look(town, channel_api):
    make_overdue(town, channel_api, count=2)
    held = WorkOrder.objects.order_by("pk").first()

    def look():
        try:
            return fire_due(at=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        WorkOrder.objects.select_for_update().get(pk=held.pk)
        assert pool.submit(look).result(timeout=30) == 1
        assert not Escalation.objects.filter(clock__order=held).exists()
    assert fire_due(at=NOON) == 1
