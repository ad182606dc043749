"""The demo traffic at the real application: each scene carries an order on."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from django.utils import timezone
from knox.models import AuthToken

from accounts.models import User
from governance.demo.catalogue import channel_tokens
from governance.demo.made_up import Storyteller
from governance.demo.town import Town, spots
from governance.demo.traffic import Site, Tempo, Traffic, Walks
from governance.demo.traffic.client import SiteAway
from governance.management.commands.simulate import has_room, issue_token
from grids.models import Boundary, Duty, Post, WorkerPosition
from workorders.models import Photo, WorkOrder

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def site(demo, held_connection, site_transport):
    site = Site(
        "http://testserver",
        channel_tokens=channel_tokens(),
        issue_token=issue_token,
        transport=site_transport(),
    )
    yield site
    site.close()


def traffic_at(site, *, photos_left=100):
    story = Storyteller(spots(), seed="traffic")
    return Traffic(site, town=Town.read(), story=story, photos_left=photos_left)


def test_orders_go_from_report_to_close(site):
    traffic = traffic_at(site)
    for _ in range(12):
        assert traffic.report(timezone.localtime()) is not None
    for _ in range(130):
        traffic.act()
    states = set(WorkOrder.objects.values_list("state", flat=True))
    assert "closed" in states
    assert WorkOrder.objects.filter(is_demo=False).count() == 0
    assert WorkOrder.objects.count() == 12
    assert Photo.objects.exists()


def test_workers_walk_in_their_own_grids(site):
    walks, now = Walks(site, Town.read()), timezone.now()
    for second in range(200):
        walks.step(now + timedelta(seconds=second))
    seen = WorkerPosition.objects.select_related("duty")
    assert len(seen) == Duty.objects.count() > 10
    for row in seen:
        shape = Boundary.objects.get(area=row.duty.area, valid_to=None).geometry
        assert shape.convex_hull.covers(row.point)
        assert Post.objects.filter(user=row.worker, area=row.duty.area).exists()


def test_real_orders_are_left_alone(site):
    traffic = traffic_at(site)
    traffic.report(timezone.localtime())
    WorkOrder.objects.update(is_demo=False)
    for _ in range(10):
        traffic.act()
    assert set(WorkOrder.objects.values_list("state", flat=True)) == {"registered"}


def test_refusal_is_survived_and_lost_token_renewed(site):
    traffic = traffic_at(site)
    order = traffic.report(timezone.localtime())
    assert site.act("demo-dispatcher", {**order, "version": 9}, "accept") is None
    AuthToken.objects.all().delete()
    assert [row["number"] for row in site.find("demo-dispatcher")] == [order["number"]]


def test_photos_stop_at_their_limit(site):
    traffic = traffic_at(site, photos_left=0)
    for _ in range(6):
        traffic.report(timezone.localtime())
    for _ in range(60):
        traffic.act()
    assert Photo.objects.count() == 0


def test_site_that_is_away_is_told():
    def refuse(request):
        raise httpx.ConnectError("nobody there")

    site = Site(
        "http://testserver", channel_tokens={"hotline": "x"}, issue_token=lambda name: "x",
        transport=httpx.MockTransport(refuse),
    )  # fmt: skip
    with pytest.raises(SiteAway):
        site.deliver("hotline", {})


def test_token_is_given_to_people_of_the_traffic_only(demo):
    with pytest.raises(User.DoesNotExist):
        issue_token("dispatcher")


def test_room_is_counted_from_demo_orders(site, monkeypatch):
    assert has_room() is True
    monkeypatch.setattr("governance.management.commands.simulate.OPEN_LIMIT", 0)
    traffic_at(site).report(timezone.localtime())
    assert has_room() is False


def test_traffic_follows_the_hours_and_the_speed():
    noon = datetime(2026, 3, 2, 10, tzinfo=SHANGHAI)
    slow, fast = (Tempo(speed=speed, began_at=noon, seed="x") for speed in (1, 45))
    assert fast.clock(noon + timedelta(minutes=1)) == noon + timedelta(minutes=45)
    mean = {tempo.speed: sum(tempo.wait(noon) for _ in range(500)) / 500 for tempo in (slow, fast)}
    assert mean[1] > 10 * mean[45]


def test_same_seed_tells_the_same_story(demo):
    at = timezone.now()
    first, second = (Storyteller(spots(), seed="s").report(at=at) for _ in range(2))
    assert first == second
    assert random.Random("s").random() == random.Random("s").random()
