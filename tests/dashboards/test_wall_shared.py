"""A thousand screens that read again at once cost one reading, and none shows what is past."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboards.services import refresh_figures
from tests.walls import hang_wall

URL = "/api/v1/walls/district/"


@pytest.fixture
def leader(town, api):
    hang_wall(town)
    return api("leader")


def statements(client):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(URL).status_code == 200
    return len(captured)


def test_second_screen_costs_its_own_right_and_one_look(leader):
    first, *others = [statements(leader) for _ in range(4)]
    assert others == [others[0]] * 3
    assert others[0] < first / 2


def test_act_is_on_the_next_reading(leader, town, channel_api):
    assert leader.get(URL).data["summary"]["registered_today"] == 0
    channel_api("hotline", town.call())
    refresh_figures(at=timezone.now())
    again = leader.get(URL).data
    assert again["summary"]["registered_today"] == 1
    assert len(again["events"]) == 1


def test_time_is_the_servers_now_also_from_memory(leader):
    one, other = (leader.get(URL).data["server_time"] for _ in range(2))
    assert one < other


def test_edited_wall_is_shown_at_once(leader, town):
    before = leader.get(URL).data
    hung = hang_wall(town)
    hung.title = "另一个标题"
    hung.save()
    assert before["title"] != leader.get(URL).data["title"] == "另一个标题"
