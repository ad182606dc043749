"""The orders behind an indicator are those that its figure counts."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from dashboards.models import Indicator
from dashboards.selectors.acts import ACTS
from dashboards.selectors.rows import orders_behind
from tests.histories import MONDAY
from tests.workorders.test_leagues import live
from workorders.enums import STOCKS, Measure
from workorders.models import WorkOrder
from workorders.services import recount

# Times and amounts are told by their results.
AMOUNTS = {Measure.HANDLING_SECONDS, *(one for one in Measure if one.startswith("took_"))}
FLOWS = [measure for measure in Measure if measure not in AMOUNTS | STOCKS]


@pytest.fixture
def later(town):
    *_, at = live(town, seed=5, orders=12, hours=240)
    with time_machine.travel(at, tick=False):
        yield at


def behind(area, at, formula, window="month"):
    indicator = Indicator(code="probe", formula=formula, window=window)
    return set(orders_behind(indicator=indicator, area=area, at=at).values_list("pk", flat=True))


def shares():
    """Say what each order has in the figures, counted from its own events."""
    return [
        (order.pk, *counted)
        for order in WorkOrder.objects.all()
        for counted in recount(orders=WorkOrder.objects.filter(pk=order.pk))
    ]


def test_every_flow_has_its_acts():
    assert set(ACTS) == set(FLOWS)


def test_rows_are_the_orders_that_the_cube_counts(town, later):
    held, seen = shares(), set()
    for at in (MONDAY + timedelta(days=12), later):
        last = timezone.localdate(at)
        first = last - timedelta(days=29)
        for measure in FLOWS:
            found = behind(town.areas["区"], at, f"count({measure})")
            assert found == {
                pk for pk, one, day, _ in held if one == measure and first <= day <= last
            }, measure
            seen |= {measure} if found else set()
    assert len(seen) > 12
    for code in ("noise", "manhole"):
        found = behind(town.areas["区"], later, f'count(resolved, category="{code}")')
        category = town.categories[code].pk
        assert found == {
            pk
            for pk, measure, day, cell in held
            if (measure, cell[1]) == ("resolved", category) and first <= day <= last
        }
