"""The figures API: who may read it, what it says, and at what price."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from dashboards.selectors import shared
from dashboards.services import ensure_wall, refresh_figures
from tests.signs import load_signs
from tests.town import WEST_POINT
from workorders.models import Clock, WorkOrder
from workorders.services import fire_due

WALLS = ("/api/v1/walls/district/", "/api/v1/walls/district/grids/")


@pytest.fixture
def walls(town):
    load_signs()
    ensure_wall(slug="district", title="全区", area=town.areas["区"])
    ensure_wall(slug="east", title="东街", area=town.areas["东街"])
    refresh_figures(at=timezone.now())


@pytest.mark.parametrize("url", WALLS)
@pytest.mark.parametrize(
    ("username", "status"),
    [("leader", 200), ("dispatcher", 404), ("west", 404), ("worker", 404), ("handler", 404)],
)
def test_wall_is_for_holders_of_the_right(town, walls, api, url, username, status):
    assert api(username).get(url).status_code == status


def test_nobody_reads_no_figures(town, walls):
    answers = [APIClient().get(url) for url in (*WALLS, "/api/v1/indicators/?area=320111")]
    assert [answer.status_code for answer in answers] == [401, 401, 401]


def test_right_on_the_district_opens_a_street_s_wall(town, walls, api):
    answer = api("leader").get("/api/v1/walls/east/")
    assert answer.status_code == 200
    assert [street["name"] for street in answer.data["streets"]] == ["东街1社区", "东街2社区"]


def test_unknown_wall_and_hidden_wall_look_the_same(town, walls, api):
    unknown = api("west").get("/api/v1/walls/none/")
    hidden = api("west").get("/api/v1/walls/district/")
    assert (unknown.status_code, unknown.data) == (hidden.status_code, hidden.data)


@pytest.mark.parametrize(
    ("username", "area", "status"),
    [
        ("dispatcher", "区", 200), ("east", "东街", 200), ("leader", "东街", 200),
        ("east", "区", 404), ("east", "西街", 404), ("handler", "东街", 404),
    ],
)  # fmt: skip
def test_indicators_of_an_area_are_for_those_who_view_it(town, walls, api, username, area, status):
    answer = api(username).get("/api/v1/indicators/", {"area": town.areas[area].code})
    assert answer.status_code == status
    if status == 200:
        assert len(answer.data) == 12


@pytest.mark.parametrize("query", ["", "?area=", f"?area={'9' * 21}", "?area=%00"])
def test_wrong_area_is_named(town, walls, api, query):
    answer = api("leader").get(f"/api/v1/indicators/{query}")
    assert (answer.status_code, [*answer.data["fields"]]) == (400, ["area"])


def test_wall_shows_no_person_and_no_text(town, walls, api, channel_api):
    call = town.call(text="演示居民，电话 13900000000，身份证 320111199001011234，井盖缺失")
    number = channel_api("hotline", call).data["number"]
    api("dispatcher").post(f"/api/v1/orders/{number}/accept/", {})
    answer = api("leader").get("/api/v1/walls/district/")
    accepted, registered = answer.data["events"]
    assert (accepted["number"], accepted["action_label"]) == (number, "受理")
    assert (accepted["actor_label"], registered["actor_label"]) == ("工作人员", "渠道")
    assert (accepted["street"], accepted["grid"]) == ("东街", "东街1社区1格")
    text = answer.content.decode()
    personal = ("演示居民", "1390000", "320111199", "井盖缺失，", "dispatcher")
    assert [word for word in personal if word in text] == []


def test_confidential_order_is_not_among_the_events(town, walls, api, channel_api):
    channel_api("hotline", town.call())
    WorkOrder.objects.update(is_confidential=True)
    assert api("leader").get("/api/v1/walls/district/").data["events"] == []


def test_grids_are_coloured_by_their_orders(town, walls, api, channel_api, monkeypatch):
    monkeypatch.setattr(shared, "KEPT_FOR", timedelta(0))  # dates are moved behind its back

    def states():
        refresh_figures(at=timezone.now())
        rows = api("leader").get("/api/v1/walls/district/grids/").data
        names = {town.areas[name].code: name for name in town.areas}
        return {
            names[row["code"]]: (row["state"], row["open"], row["overdue"])
            for row in rows
            if row["state"] != "no_data"
        }

    assert states() == {}
    late = channel_api("hotline", town.call()).data["number"]
    soon = channel_api("hotline", town.call("T-2", point=WEST_POINT)).data["number"]
    far = timezone.now() + timedelta(days=3)
    WorkOrder.objects.update(due_at=far)
    assert states() == {"东街1社区1格": ("normal", 1, 0), "西街1社区1格": ("normal", 1, 0)}
    WorkOrder.objects.filter(number=soon).update(due_at=timezone.now() + timedelta(hours=1))
    assert states()["西街1社区1格"] == ("yellow", 1, 0)
    api("dispatcher").post(f"/api/v1/orders/{late}/accept/", {})
    api("dispatcher").post(f"/api/v1/orders/{late}/dispatch/", {"department": "D2"})
    now = timezone.now()
    Clock.objects.filter(kind="resolution").update(due_at=now, next_rung_at=now)
    fire_due(at=timezone.now())
    assert states()["东街1社区1格"] == ("red", 1, 1)


@pytest.mark.parametrize("url", [*WALLS, "/api/v1/indicators/?area=320111"])
def test_same_queries_for_one_and_three_orders(town, walls, api, channel_api, url):
    def count(*numbers):
        for number in numbers:
            channel_api("hotline", town.call(number))
        refresh_figures(at=timezone.now())
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    client = api("leader")
    client.get(url)  # what the leader may see is in memory from now on
    assert count("T-1") == count("T-2", "T-3")
