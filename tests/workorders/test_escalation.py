"""A due clock fires once, whoever looks and however often."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from workorders.enums import Action, Alert, ClockKind, Deed, Reach
from workorders.models import Clock, Cube, Escalation, Event, Rung, WorkOrder
from workorders.services import Actor, apply, escalation, fire_due, fold_deltas

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def make_overdue(town, channel_api, count=1, first=0):
    """Dispatch orders to a department and put their resolution clocks into the past."""
    actor = Actor.from_user(town.people["dispatcher"])
    for serial in range(first, first + count):
        number = channel_api("hotline", town.call(f"T-{serial}")).data["number"]
        apply(number=number, action=Action.ACCEPT, actor=actor, at=NOON)
        carried = {"department": town.departments["城管局"]}
        apply(number=number, action=Action.DISPATCH, actor=actor, at=NOON, carried=carried)
    Clock.objects.exclude(kind=ClockKind.RESOLUTION).filter(met_at__isnull=True).delete()
    running = Clock.objects.filter(kind=ClockKind.RESOLUTION, breached_at=None)
    running.update(due_at=NOON, next_rung_at=NOON)


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
def test_four_workers_at_once_fire_each_rung_once(town, channel_api, monkeypatch):
    monkeypatch.setattr("workorders.services.escalation.BATCH", 7)
    for deed in (Deed.RED, Deed.RAISE):
        Rung.objects.create(clock=ClockKind.RESOLUTION, share=100, deed=deed, is_urgent=True)
    make_overdue(town, channel_api, count=60)

    def look(_):
        try:
            return fire_due(at=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        fired = sum(pool.map(look, range(4)))
    assert fired + fire_due(at=NOON) == 180
    assert Escalation.objects.count() == 180
    assert Event.objects.filter(action=Action.ESCALATE).count() == 60
    levels = WorkOrder.objects.values_list("alert", "supervision_level", "is_overdue")
    assert set(levels) == {(Alert.RED, 1, True)}


class Died(BaseException):
    """What a killed process leaves behind: nothing is caught, the transaction is gone."""


@pytest.mark.parametrize("step", ["_save_clocks", "_save_orders", "_claim"])
def test_worker_that_dies_in_a_batch_leaves_it_to_the_next(town, channel_api, monkeypatch, step):
    Rung.objects.create(clock=ClockKind.RESOLUTION, share=100, deed=Deed.RAISE, is_urgent=True)
    make_overdue(town, channel_api, count=3)
    real = getattr(escalation, step)

    def die(*args):
        real(*args)
        raise Died

    monkeypatch.setattr(escalation, step, die)
    with pytest.raises(Died):
        fire_due(at=NOON)
    monkeypatch.setattr(escalation, step, real)
    assert (Escalation.objects.count(), Event.objects.filter(action="escalate").count()) == (0, 0)
    assert [fire_due(at=NOON), fire_due(at=NOON)] == [6, 0]
    assert set(WorkOrder.objects.values_list("supervision_level", flat=True)) == {1}


def test_batch_of_any_size_takes_the_same_statements(town, channel_api, query_count):
    Rung.objects.create(clock=ClockKind.RESOLUTION, share=80, deed=Deed.YELLOW)
    Rung.objects.create(
        clock=ClockKind.RESOLUTION, share=100, deed=Deed.REMIND, reach=Reach.HANDLER, is_urgent=True
    )
    make_overdue(town, channel_api, count=2)
    few = query_count(lambda: fire_due(at=NOON))
    make_overdue(town, channel_api, count=30, first=100)
    assert query_count(lambda: fire_due(at=NOON)) == few


@pytest.mark.django_db(transaction=True)
def test_order_in_another_workers_hands_does_not_stop_the_rest(town, channel_api, monkeypatch):
    monkeypatch.setattr("workorders.services.escalation.BATCH", 1)
    make_overdue(town, channel_api, count=3)
    oldest = WorkOrder.objects.order_by("pk").first()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            query = "SELECT 1 FROM workorders_workorder WHERE id = %s FOR UPDATE"
            cursor.execute(query, [oldest.pk])
            assert fire_due(at=NOON) == 2
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert fire_due(at=NOON) == 1
