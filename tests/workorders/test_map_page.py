"""The map's page without its map: the list beside it keeps to the scope, as the queue does."""

import pytest
from django.test import Client

from accounts.models import User
from tests.town import WEST_POINT
from workorders.enums import State
from workorders.models import WorkOrder


@pytest.fixture
def numbers(town, channel_api):
    calls = [town.call("T-1"), town.call("T-2", point=WEST_POINT), town.call("T-3", point=None)]
    return [channel_api("hotline", call).data["number"] for call in calls]


def shown(client, query="", path="/console/map/"):
    answer = client.get(f"{path}{query}")
    assert answer.status_code == 200
    context = answer.context
    rows = [row.order.number for row in context["queue"].rows]
    return set(rows), (context["counts"].placed, context["counts"].unplaced)


@pytest.mark.parametrize("path", ["/console/map/", "/console/map/orders/"])
def test_list_holds_what_one_may_see_and_nothing_else(desk, numbers, path):
    east, west, nowhere = numbers
    placed = {east, west}
    assert shown(desk("dispatcher"), path=path) == ({*placed, nowhere}, (2, 1))
    assert shown(desk("east"), path=path) == (placed - {west}, (1, 0))
    assert shown(desk("west"), path=path) == (placed - {east}, (1, 0))
    assert shown(desk("handler"), path=path) == (set(), (0, 0))


def test_filters_are_those_of_the_queue(desk, numbers):
    client = desk("dispatcher")
    assert shown(client, "?street=320111002") == ({numbers[1]}, (1, 0))
    assert shown(client, f"?view=registered&q={numbers[0]}") == ({numbers[0]}, (1, 0))
    assert shown(client, "?category=manhole&state=closed") == (set(), (0, 0))
    assert shown(client, "?registered_from=x") == (set(), (0, 0))
    page = client.get("/console/map/?street=320111002&urgency=normal")
    assert 'name="urgency" value="normal"' in page.content.decode()
    assert page.context["queue"].query == "view=open&urgency=normal&street=320111002"


@pytest.mark.parametrize("view", ["", "ended", "merged", "zz", "x\x00"])
def test_what_is_no_view_of_a_map_shows_all_that_is_open(desk, numbers, view):
    WorkOrder.objects.filter(number=numbers[0]).update(state=State.CLOSED)
    page = desk("dispatcher").get("/console/map/", {"view": view})
    assert page.context["queue"].view.key == "open"
    assert shown(desk("dispatcher"), f"?view={view}") == ({*numbers[1:]}, (1, 1))
    assert not {"ended", "merged"} & {one.key for one in page.context["views"]}


def test_frame_of_the_map_is_where_one_works(desk, town, numbers):
    found = {name: desk(name).get("/console/map/").context["bounds"] for name in ("east", "west")}
    bounds = {name: tuple(round(degree, 6) for degree in box) for name, box in found.items()}
    assert bounds == {"east": (118.6, 32.0, 118.7, 32.1), "west": (118.5, 32.0, 118.6, 32.1)}


def test_positions_are_offered_to_those_who_may_see_them(desk, numbers):
    for person, sees in (("dispatcher", True), ("supervisor", True), ("clerk", False)):
        page = desk(person).get("/console/map/").content.decode()
        assert ('data-positions="/api/v1/positions/"' in page) == sees, person


def test_strangers_and_those_without_a_post_see_no_map(town, client, numbers):
    for path in ("/console/map/", "/console/map/orders/"):
        assert Client().get(path).status_code == 302
    client.force_login(User.objects.create(username="new", name="新人"))
    assert client.get("/console/map/").status_code == 403
    assert client.get("/console/map/orders/").status_code == 404


def test_rows_carry_their_place(desk, numbers):
    page = desk("west").get("/console/map/orders/").content.decode()
    assert 'data-lon="118.52" data-lat="32.02"' in page


def test_list_costs_the_same_for_one_and_three(desk, town, numbers, channel_api, query_count):
    client = desk("west")
    client.get("/console/map/orders/")  # what is kept in memory is read
    one = query_count(lambda: client.get("/console/map/orders/"))
    for index in range(2):
        channel_api("hotline", town.call(f"M-{index}", point=WEST_POINT))
    assert query_count(lambda: client.get("/console/map/orders/")) == one
