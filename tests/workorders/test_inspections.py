"""The nightly look: once a night, on record, taken over from a worker that died."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from tests.workorders.pages import bring_to_follow_up
from workorders.enums import InspectionKind, Measure
from workorders.models import Delta, Event, HistorySeal, Inspection, WorkOrder
from workorders.services import inspect


@pytest.fixture
def order(town, number):
    return bring_to_follow_up(town, number)


def night_after(order, *, hour=2):
    last = timezone.localtime(Event.objects.latest("at").at)
    return last.replace(hour=hour, minute=10) + timedelta(days=1)


def found(at):
    return {one.kind: (one.checked > 0, one.faults, one.details) for one in inspect(at=at)}


def test_sound_system_passes_and_is_sealed(order):
    assert found(night_after(order)) == {"history": (True, 0, ""), "figures": (True, 0, "")}
    assert HistorySeal.objects.count() == 1


def test_done_once_a_night(order):
    at = night_after(order)
    assert set(found(at)) == {"history", "figures"}
    assert found(at + timedelta(minutes=30)) == {}
    assert set(found(at + timedelta(days=1))) == {"history", "figures"}


def test_faults_are_kept_and_logged(order, caplog):
    WorkOrder.objects.filter(pk=order.pk).update(history_digest=b"other")
    Delta.objects.filter(measure=Measure.SIGNED).update(value=4)
    kept = found(night_after(order))
    assert kept["history"] == (
        True, 1, f"{order.number} #6: ends otherwise than the order says",
    )  # fmt: skip
    assert kept["figures"][1] == 1
    assert kept["figures"][2].endswith(": held 4, counted 1")
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]


@pytest.mark.parametrize(("hours", "is_taken"), [(1, False), (7, True)])
def test_look_of_a_dead_worker_is_taken_over(order, hours, is_taken):
    at: datetime = night_after(order, hour=9)
    Inspection.objects.create(
        kind=InspectionKind.FIGURES, day=timezone.localdate(at),
        started_at=at - timedelta(hours=hours),
    )  # fmt: skip
    assert ("figures" in found(at)) == is_taken
