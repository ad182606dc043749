"""The phone's patrol page: one's own points and way, nobody else's."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import numpy as np
import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from grids.models import PatrolPlan, PatrolPoint
from grids.services.duties import Fixes, begin_duty, record_track
from tests.town import Town

PAGE = "/m/patrol/"


@pytest.fixture
def phone(town: Town) -> Callable[[str], Client]:
    def client(username: str) -> Client:
        client = Client()
        client.force_login(
            town.people[username], backend="django.contrib.auth.backends.ModelBackend"
        )
        return client

    return client


@pytest.fixture
def plan(db):
    yesterday = timezone.localdate() - timedelta(days=1)
    return PatrolPlan.objects.create(
        name="日常", weekdays=[1, 2, 3, 4, 5, 6, 7], starts_on=yesterday
    )


@pytest.fixture
def add_point(town, plan):
    def add(code: str, area: str, lon: float) -> PatrolPoint:
        point = PatrolPoint.objects.create(
            code=code, name=f"演示点{code}", area=town.areas[area], point=Point(lon, 32.02)
        )
        plan.points.add(point)
        return point

    return add


def go(user, *metres):
    """Be on duty for an hour, with fixes a second apart, and a gap before every other one."""
    at = timezone.now()
    duty = begin_duty(user=user, duty_id=uuid4(), area=None, at=at - timedelta(hours=1))
    rows = [[at.timestamp() - 3000 + n // 2 * 600 + n % 2, 118.62 + m * 1e-5, 32.02, 5]
            for n, m in enumerate(metres)]  # fmt: skip
    record_track(user=user, duty_id=duty.pk, fixes=Fixes(uuid4(), at, np.array(rows)), at=at)
    return duty


def test_page_shows_the_points_of_ones_own_grid_alone(phone, add_point):
    add_point("E1", "东街1社区1格", 118.62)
    add_point("W1", "西街1社区1格", 118.52)
    seen = {name: phone(name).get(PAGE).content.decode() for name in ("worker", "west-worker")}
    assert [("演示点E1" in text, "演示点W1" in text) for text in seen.values()] == [
        (True, False), (False, True),
    ]  # fmt: skip


@pytest.mark.parametrize("username", ["dispatcher", "east", "handler", "leader"])
def test_who_works_in_no_grid_sees_no_points(phone, add_point, town, username):
    add_point("E1", "东街1社区1格", 118.62)
    go(town.people["worker"], 0, 10)
    answer = phone(username).get(PAGE)
    text = answer.content.decode()
    assert (answer.status_code, "您没有网格员岗位" in text) == (200, True)
    assert ("演示点E1" in text, "已上岗" in text, "data-way-last" in text) == (False, False, False)


def test_nobody_signed_in_is_sent_to_the_door(db):
    assert Client().get(PAGE).status_code == 302


def test_ones_own_way_is_drawn_with_its_gaps(phone, add_point, town):
    add_point("E1", "东街1社区1格", 118.62)
    go(town.people["worker"], 0, 20, 300, 340)
    text = phone("worker").get(PAGE).content.decode()
    way = text.split('<g class="way">')[1].split("</g>")[0]
    assert (way.count("<path"), "断了 1 处" in text) == (2, True)
    other = phone("west-worker").get(PAGE).content.decode()
    assert "断了" not in other


def test_many_points_cost_no_more_queries_than_one(phone, add_point):
    def count():
        client = phone("worker")
        client.get(PAGE)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(PAGE).status_code == 200
        return len(queries)

    add_point("E1", "东街1社区1格", 118.62)
    one = count()
    add_point("E2", "东街1社区1格", 118.63)
    add_point("E3", "东街1社区1格", 118.64)
    assert count() == one
