"""Pages of orders, read lane by lane, against all that a person sees, sorted in plain Python."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from accounts.models import User
from grids.services import appoint, current_scope
from workorders.enums import PlaceSource, State
from workorders.models import WorkOrder
from workorders.querysets import WorkOrderQuerySet
from workorders.selectors import take_orders

BEGUN = datetime(2026, 3, 2, tzinfo=UTC)
STATES = (State.REGISTERED, State.HANDLING, State.CLOSED)


@pytest.fixture
def people(town):
    """Add those who see by several values or columns: two streets, two grids, everything."""
    town.people["both"] = _person("both", (Role.DISPATCHER, town.areas["东街"]),
                                  (Role.DISPATCHER, town.areas["西街"]))  # fmt: skip
    grids = [town.areas[name] for name in ("东街1社区1格", "西街2社区2格")]
    town.people["grids"] = _person("grids", *((Role.GRID_WORKER, grid) for grid in grids))
    town.people["root"] = User.objects.create(username="root", name="管理员", is_superuser=True)
    return town.people


def _person(name, *posts):
    user = User.objects.create(username=name, name=name)
    for role, area in posts:
        appoint(user=user, role=role, area=area, starts_on=BEGUN.date())
    return user


@pytest.fixture
def orders(town):
    """Write 60 orders over all grids: two at each instant, every third without a deadline."""
    grids = [area for area in town.areas.values() if area.level == 4]
    departments = [town.departments["城管局"], town.departments["水务局"], None]
    return WorkOrder.objects.bulk_create(
        _order(town, number, grids[number * 7 % len(grids)], departments[number % 3])
        for number in range(60)
    )


def _order(town, number, grid, department):
    at = BEGUN + timedelta(minutes=number // 2)
    return WorkOrder(
        number=f"20260302-{number:06d}", tracking_code=f"P{number}", state=STATES[number % 3],
        channel=town.channels["hotline"], external_number=str(number), nature="help",
        title=f"第{number}件", text="", place_source=PlaceSource.POINT,
        grid=grid, community=grid.parent, street=grid.parent.parent,
        district=grid.parent.parent.parent, department=department,
        # A worker holds orders outside the own grids, too.
        holder_area=town.areas["东街1社区1格"] if number % 5 == 0 else None,
        occurred_at=at, registered_at=at,
        due_at=None if number % 3 == 2 else at + timedelta(days=1, minutes=-number % 4),
    )  # fmt: skip


def expected(user, key):
    far = BEGUN + timedelta(days=999)
    seen = list(WorkOrder.objects.visible_to(current_scope(user=user)))
    if key == "-registered_at":
        seen.sort(key=lambda order: (order.registered_at, order.pk), reverse=True)
    else:
        seen.sort(key=lambda order: (getattr(order, key) or far, order.pk))
    return [order.number for order in seen]


def walk(user, key, narrow=WorkOrderQuerySet.all):
    scope, cursor, pages = current_scope(user=user), "", []
    while True:
        page = take_orders(scope=scope, narrow=narrow, key=key, cursor=cursor, size=7)
        pages.append([row.number for row in page.rows])
        cursor = page.next_cursor
        if not cursor:
            return pages


@pytest.mark.parametrize("key", ["-registered_at", "registered_at", "due_at"])
@pytest.mark.parametrize(
    ("username", "count"),
    [("dispatcher", 60), ("east", 29), ("both", 60), ("grids", 25), ("root", 60), ("worker", 18),
     ("handler", 20)],
)  # fmt: skip
def test_pages_hold_each_visible_order_once_and_in_order(people, orders, username, count, key):
    pages = walk(people[username], key)
    assert [number for page in pages for number in page] == expected(people[username], key)
    assert sum(map(len, pages)) == count
    assert {len(page) for page in pages[:-1]} == {7}


def test_page_of_someone_without_a_post_is_empty(people, orders):
    stranger = User.objects.create(username="stranger", name="路人")
    assert walk(stranger, "-registered_at") == [[]]


def test_page_keeps_to_the_scope_though_a_lane_names_more(people, orders, monkeypatch):
    monkeypatch.setattr(
        "workorders.selectors.orders.lane_columns",
        lambda scope: {"street_id": [order.street_id for order in orders[:9]]},
    )
    seen = [number for page in walk(people["east"], "-registered_at") for number in page]
    assert seen == expected(people["east"], "-registered_at")


def test_narrowed_page_of_several_lanes(people, orders):
    def narrow(rows):
        return rows.filter(state=State.HANDLING)

    shown = [number for page in walk(people["both"], "due_at", narrow) for number in page]
    open_ones = {order.number for order in orders if order.state == State.HANDLING}
    assert shown == [n for n in expected(people["both"], "due_at") if n in open_ones]


@pytest.mark.parametrize("username", ["east", "both", "grids", "root"])
def test_page_is_one_statement_for_any_number_of_lanes(people, orders, username):
    scope = current_scope(user=people[username])
    with CaptureQueriesContext(connection) as statements:
        take_orders(scope=scope, key="-registered_at", size=7)
    reads = [one for one in statements if "workorders_workorder" in one["sql"]]
    assert len(reads) == 1


def test_rows_of_the_api_are_those_of_an_act(town, api, orders):
    number = orders[58].number
    rows = api("dispatcher").get("/api/v1/orders/").json()["results"]
    answer = api("dispatcher").post(f"/api/v1/orders/{number}/remark/", {"text": "已联系"})
    row = next(row for row in rows if row["number"] == number)
    assert answer.status_code == 200
    assert answer.json() == row


@pytest.mark.parametrize("key", ["-registered_at", "registered_at", "due_at"])
@pytest.mark.parametrize("username", ["dispatcher", "both", "grids"])
def test_the_way_back_shows_the_same_pages(people, orders, username, key):
    scope, cursor, forth = current_scope(user=people[username]), "", []
    while True:
        page = take_orders(scope=scope, key=key, cursor=cursor, size=7)
        forth.append([row.number for row in page.rows])
        if not page.next_cursor:
            break
        cursor = page.next_cursor
    back = [forth[-1]]
    while page.previous_cursor:
        cursor = page.previous_cursor
        page = take_orders(scope=scope, key=key, cursor=cursor, size=7)
        back.append([row.number for row in page.rows])
    assert back[::-1] == forth
    assert page.next_cursor


def test_first_page_is_read_anew_on_the_way_back(people, orders):
    scope, key = current_scope(user=people["dispatcher"]), "-registered_at"

    def read(cursor):
        return take_orders(scope=scope, key=key, cursor=cursor, size=7)

    first = read("")
    assert first.previous_cursor == ""
    second = read(first.next_cursor)
    WorkOrder.objects.filter(number=first.rows[0].number).update(registered_at=BEGUN)
    again = read(second.previous_cursor)
    assert len(again.rows) == 7
    assert again.previous_cursor == ""
