"""Findings that open work orders: once each, capped, with their owner, and told how it ended."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboards.models import FindingRemedy
from dashboards.services import follow_finding_orders, open_finding_orders
from datahub.enums import CheckKind as K
from datahub.enums import FindingState as S
from datahub.models import Finding
from datahub.services import run_cross_check
from tests.datahub.checks import add_check, add_table, both, fill
from tests.datahub.loading import id_number
from tests.town import EAST_POINT
from workorders.enums import Action
from workorders.models import WorkOrder
from workorders.services import Actor, apply

MORNING = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
LATER = MORNING + timedelta(hours=1)


@pytest.fixture
def shops(town):
    owner = town.departments["城管局"]
    tables = [add_table(f"t{n}", owner) for n in (1, 2)]
    where = (EAST_POINT["lon"], EAST_POINT["lat"])
    fill(tables[0], [{"no": f"S{n}", "title": f"演示店{n}", "place": where} for n in range(5)])
    return tables


@pytest.fixture
def check(shops):
    made = add_check(
        "fire", K.MISSING, (shops[0], {"label_column": "title", "place_column": "place"}),
        (shops[1], {"is_absent": True}), about="请上门检查。",
    )  # fmt: skip
    run_cross_check(check=made, at=MORNING)
    return made


def remedy(town, check, **changes):
    given = {"category": town.categories["manhole"], "owner": town.departments["城管局"], "cap": 2}
    return FindingRemedy.objects.create(cross_check=check, **given | changes)


def states():
    return list(Finding.objects.order_by("key").values_list("state", flat=True))


def test_nothing_is_opened_unless_the_check_says_so(town, check):
    assert open_finding_orders(at=MORNING) == 0
    remedy(town, check, is_active=False)
    assert (open_finding_orders(at=MORNING), WorkOrder.objects.count()) == (0, 0)


def test_orders_are_opened_once_and_up_to_the_cap_of_each_run(town, check):
    remedy(town, check)
    assert [open_finding_orders(at=MORNING) for _ in range(3)] == [2, 0, 0]
    run_cross_check(check=check, at=LATER)
    assert [open_finding_orders(at=LATER) for _ in range(2)] == [2, 0]
    run_cross_check(check=check, at=LATER + timedelta(hours=1))
    assert open_finding_orders(at=LATER + timedelta(hours=1)) == 1
    assert states() == [S.ORDERED] * 5
    numbers = set(Finding.objects.values_list("order_number", flat=True))
    assert numbers == set(WorkOrder.objects.values_list("number", flat=True))
    assert len(numbers) == 5


def test_order_goes_to_the_owner_at_the_place(town, check):
    remedy(town, check, cap=1)
    open_finding_orders(at=MORNING)
    order, finding = WorkOrder.objects.get(), Finding.objects.exclude(order_number="").get()
    assert (order.state, order.department, order.grid.name) == (
        "dispatched", town.departments["城管局"], "东街1社区1格",
    )  # fmt: skip
    assert (order.external_number, order.is_demo) == (f"finding-{finding.pk}", False)
    assert finding.label in order.text
    assert "请上门检查" in order.text


def test_order_without_an_owner_waits_at_the_desk(town, check):
    remedy(town, check, cap=1, owner=None)
    open_finding_orders(at=MORNING)
    assert WorkOrder.objects.get().state == "registered"


def test_order_tells_of_no_person(town, shops):
    number = id_number(1)
    for table in shops:
        fill(table, [{"id_no": number, "home": "东街1社区1格7号"}])
    made = both("who", (shops[0], {"key_column": "id_no", "label_column": "home",
                                   "place_column": "home"}),
                (shops[1], {"key_column": "id_no"}))  # fmt: skip
    run_cross_check(check=made, at=MORNING)
    remedy(town, made)
    assert open_finding_orders(at=MORNING) == 1
    order = WorkOrder.objects.get()
    assert number not in order.text + order.title
    assert "7号" not in order.text + order.title + order.address
    assert (order.grid.name, order.point) == ("东街1社区1格", None)


def end(town, number, at):
    actor = Actor.from_user(town.people["supervisor"])
    return apply(
        number=number, action=Action.CANCEL, actor=actor, at=at, carried={"reason": "重复"}
    )


def test_finding_hears_how_its_order_ended(town, check, shops):
    remedy(town, check, cap=1, owner=None)
    open_finding_orders(at=MORNING)
    assert follow_finding_orders(at=MORNING) == 0
    finding = Finding.objects.exclude(order_number="").get()
    end(town, finding.order_number, LATER)
    assert [follow_finding_orders(at=LATER) for _ in range(2)] == [1, 0]
    finding.refresh_from_db()
    assert (finding.state, finding.order_ending, finding.order_ended_at is not None) == (
        S.ORDERED, "作废", True,
    )  # fmt: skip
    fill(shops[0], [])
    run_cross_check(check=check, at=LATER)
    finding.refresh_from_db()
    assert (finding.state, finding.order_ending) == (S.GONE, "作废")


def test_returned_finding_opens_no_second_order(town, check, shops):
    remedy(town, check, cap=5)
    open_finding_orders(at=MORNING)
    fill(shops[1], [{"no": "S1"}])
    run_cross_check(check=check, at=LATER)
    fill(shops[1], [])
    run_cross_check(check=check, at=LATER)
    assert states() == [S.ORDERED] * 5
    assert (open_finding_orders(at=LATER), WorkOrder.objects.count()) == (0, 5)


def test_order_that_cannot_be_opened_holds_up_no_other_check(town, check, shops):
    remedy(town, check, category=town.categories["noise"], cap=1)
    other = both("all", (shops[0], {}), (shops[0], {}))
    run_cross_check(check=other, at=MORNING)
    remedy(town, other, cap=1)
    town.categories["noise"].is_active = False
    town.categories["noise"].save()
    assert open_finding_orders(at=MORNING) == 1
    assert WorkOrder.objects.get().category == town.categories["manhole"]
