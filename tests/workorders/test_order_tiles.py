"""Open orders as vector tiles: clusters from afar, points from near, each person's own."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.enums import Role
from governance.lib.tiles import Tile
from grids.services import appoint
from tests.tiles import get_tile, read_layer, tile_at
from tests.town import EAST_POINT, WEST_POINT
from workorders.enums import Action, State
from workorders.models import WorkOrder
from workorders.selectors.tiles import order_tile

NEAR_EAST = tile_at(14, EAST_POINT["lon"], EAST_POINT["lat"])
NEAR_WEST = tile_at(14, WEST_POINT["lon"], WEST_POINT["lat"])
WORLD = (0, 0, 0)


def rows(client, address=WORLD, query="", layer="orders"):
    answer = get_tile(client, "orders", address, query)
    assert answer.status_code == 200
    return read_layer(answer.content, layer)


def count(client, address=WORLD, query="", layer="orders"):
    return sum(row["count"] for row in rows(client, address, query, layer))


@pytest.fixture
def three(town, channel_api):
    """Two orders in the east and one in the west, by number."""
    calls = [
        town.call("T-1"),
        town.call("T-2", text="东街二号噪声扰民"),
        town.call("T-3", point=WEST_POINT),
    ]
    return [channel_api("hotline", call).data["number"] for call in calls]


def test_from_afar_orders_are_counted_together(api, three):
    assert [(row["count"], row.get("number")) for row in rows(api("dispatcher"))] == [(3, None)]
    assert count(api("dispatcher"), layer="heat") == 3


def test_from_near_each_order_is_a_point(api, three):
    found = rows(api("dispatcher"), NEAR_EAST)
    assert sorted(row["number"] for row in found) == three[:2]
    assert [row["number"] for row in rows(api("dispatcher"), NEAR_WEST)] == three[2:]


def test_outsider_sees_nothing_of_another_street(api, three):
    assert get_tile(api("west"), "orders", NEAR_EAST).content == b""
    assert get_tile(api("east"), "orders", NEAR_WEST).content == b""
    assert (count(api("west")), count(api("east")), count(api("reporter"))) == (1, 2, 0)


def test_kept_tile_of_one_is_never_answered_to_another(api, three):
    tags = {name: get_tile(api(name), "orders", WORLD)["ETag"] for name in ("dispatcher", "west")}
    assert tags["dispatcher"] != tags["west"]
    answer = get_tile(api("west"), "orders", WORLD, **{"If-None-Match": tags["dispatcher"]})
    assert answer.status_code == 200


def test_same_rights_share_a_tile(town, api, three):
    twin = type(town.people["west"]).objects.create(username="twin", name="同事")
    town.people["twin"] = twin
    today = timezone.localdate() - timedelta(days=1)
    appoint(user=twin, role=Role.DISPATCHER, starts_on=today, area=town.areas["西街"])
    first, second = (get_tile(api(name), "orders", WORLD)["ETag"] for name in ("west", "twin"))
    assert first == second


def test_filters_are_those_of_the_queue(api, three):
    client = api("dispatcher")
    for query, wanted in (
        ("?category=manhole", 2), ("?street=320111002", 1), ("?view=registered", 3),
        ("?view=late", 0), ("?view=mine", 0), ("?state=closed", 0), ("?view=ended", 0),
        ("?q=噪声", 1), (f"?q={three[2]}", 1), ("?category=manhole&street=320111001", 1),
    ):  # fmt: skip
        assert count(client, query=query) == wanted, query
    for query, field in (("?view=zz", "view"), ("?category=zz", "category"), ("?state=zz", "state"),
                         ("?registered_from=x", "registered_from")):  # fmt: skip
        answer = get_tile(client, "orders", WORLD, query)
        assert (answer.status_code, set(answer.json()["fields"])) == (400, {field})


def test_what_is_ended_or_has_no_point_is_on_no_map(api, three):
    WorkOrder.objects.filter(number=three[0]).update(state=State.CLOSED)
    WorkOrder.objects.filter(number=three[1]).update(point=None)
    assert [row["number"] for row in rows(api("dispatcher"))] == three[2:]


def test_late_and_soon_are_counted(api, three):
    now = timezone.now()
    for number, hours in zip(three, (-1, 1, 5), strict=True):
        WorkOrder.objects.filter(number=number).update(due_at=now + timedelta(hours=hours))
    WorkOrder.objects.filter(number=three[2]).update(urgency="urgent")
    (row,) = rows(api("dispatcher"))
    assert (row["count"], row["late"], row["soon"], row["urgent"]) == (3, 1, 1, 1)


def test_act_makes_the_kept_tile_old(api, people):
    order, client = people.call("T-1"), api("dispatcher")
    first = get_tile(client, "orders", WORLD)
    assert count(client) == 1
    people.act("dispatcher", order, Action.REJECT, reason="no_fact")
    again = get_tile(client, "orders", WORLD, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (200, b"")


def test_known_tile_is_not_sent_again(api, three):
    client, addresses = api("dispatcher"), (WORLD, NEAR_EAST)
    for address in addresses:
        answers = [get_tile(client, "orders", address)]
        answers.append(get_tile(client, "orders", address, **{"If-None-Match": answers[0]["ETag"]}))
        # A minute may begin between the two.
        if answers[1].status_code == 200:
            tag = {"If-None-Match": answers[1]["ETag"]}
            answers.append(get_tile(client, "orders", address, **tag))
        assert (answers[-1].status_code, answers[-1].content) == (304, b"")


places = st.tuples(st.floats(118.5, 118.7, allow_nan=False), st.floats(32.0, 32.1, allow_nan=False))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(points=st.lists(places, min_size=1, max_size=12), zoom=st.integers(0, 15))
def test_four_tiles_hold_what_the_one_above_them_holds(
    django_db_history, people, api, points, zoom
):
    with django_db_history():
        for index, point in enumerate(points):
            people.call(f"H-{index}", point=point)
        client, (_, x, y) = api("dispatcher"), tile_at(zoom, *points[0])
        below = [(zoom + 1, 2 * x + dx, 2 * y + dy) for dx in (0, 1) for dy in (0, 1)]
        for layer in ("orders", "heat"):
            whole = count(client, (zoom, x, y), layer=layer)
            assert whole == sum(count(client, tile, layer=layer) for tile in below)
            assert whole >= 1


def test_point_is_asked_for_as_the_index_has_it(three):
    """A column that is cast for the driver first would leave the index unused."""
    with CaptureQueriesContext(connection) as queries:
        order_tile(tile=Tile(*NEAR_EAST), orders=WorkOrder.objects.all(), at=timezone.now())
    asked = queries[0]["sql"]
    assert ('"point" && ' in asked, '"point"::bytea' in asked) == (True, False)
