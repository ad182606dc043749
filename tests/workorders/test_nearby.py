"""Who is near an order is told to those who may see positions, and to nobody else."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from grids.models import WorkerPosition
from tests.town import EAST_POINT, WEST_POINT
from tests.workorders.pages import act
from workorders.enums import Action


@pytest.fixture
def number(town, channel_api):
    return channel_api("hotline", town.call()).data["number"]


@pytest.fixture
def on_duty(api):
    """Let a grid worker begin a duty and be seen at a point."""

    def begin(username: str, lon: float, lat: float) -> None:
        client, now = api(username), timezone.now()
        duty = client.post("/api/v1/duties/", {"id": str(uuid4())}, format="json").data["id"]
        fixes = [[now.timestamp(), lon, lat, 6]]
        body = {"id": str(uuid4()), "sent_at": now.isoformat(), "fixes": fixes}
        assert client.post(f"/api/v1/duties/{duty}/track/", body, format="json").status_code == 200

    return begin


def nearby(client, number: str):
    return client.get(f"/console/orders/{number}/nearby/")


def test_nearest_come_first_with_their_distance(desk, town, number, on_duty):
    on_duty("west-worker", **WEST_POINT)
    on_duty("worker", **EAST_POINT)
    found = nearby(desk("dispatcher"), number).context["near"]
    assert [one.grid.name for one in found] == ["东街1社区1格", "西街1社区1格"]
    assert [one.is_own_grid for one in found] == [True, False]
    assert found[0].metres < found[1].metres


def test_button_names_the_act_that_may_be_done(desk, town, number, on_duty):
    on_duty("worker", **EAST_POINT)
    assert nearby(desk("dispatcher"), number).context["sending"] == ""
    act(town, "dispatcher", number, Action.ACCEPT, category=town.categories["manhole"])
    page = nearby(desk("dispatcher"), number)
    assert page.context["sending"] == "dispatch"
    assert f'data-code="{town.areas["东街1社区1格"].code}"' in page.content.decode()


def test_somebody_of_another_street_is_not_shown(desk, number, on_duty):
    on_duty("west-worker", **WEST_POINT)
    assert nearby(desk("east"), number).context["near"] == []
    assert "附近没有在岗" in nearby(desk("east"), number).content.decode()


def test_who_went_home_is_not_near(desk, api, number, on_duty):
    on_duty("worker", **EAST_POINT)
    WorkerPosition.objects.update(at=timezone.now() - timedelta(hours=1))
    duty = WorkerPosition.objects.get().duty_id
    api("worker").post(f"/api/v1/duties/{duty}/end/", {}, format="json")
    assert nearby(desk("dispatcher"), number).context["near"] == []


def test_strangers_and_those_without_the_right_learn_nothing(desk, town, number, on_duty):
    on_duty("worker", **EAST_POINT)
    assert nearby(desk("west"), number).status_code == 404
    page = nearby(desk("clerk"), number)
    assert (page.status_code, page.content) == (200, b"")
