"""What an open page hears, through a real server and a real Redis."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.enums import Role
from dashboards.receivers import on_workorder_event
from dashboards.services import announce_undone, refresh_figures
from grids.models import Post
from grids.services import appoint, end_post
from tests.signs import load_signs
from tests.town import WEST_POINT
from workorders.models import Announcement
from workorders.signals import workorder_event

ORDER_KEYS = {"type", "number", "action", "state", "version", "at", "topic", "epoch", "seq"}
PLACE_KEYS = {"topic", "epoch", "seq", "also"}


@pytest.fixture
def page(listen):
    """Open a socket and wait for its greeting."""

    def open_page(username):
        ear = listen(username)
        ear.say()
        return ear

    return open_page


def test_own_order_is_heard_and_nothing_of_it_by_an_outsider(town, page, channel_api):
    hearers = {name: page(name) for name in ("dispatcher", "east", "worker", "leader")}
    outsiders = {name: page(name) for name in ("west", "west-worker")}
    number = channel_api("hotline", town.call()).data["number"]
    for ear in hearers.values():
        frame = ear.next("order", "resync")
        assert (frame["number"], frame["action"], frame["state"]) == (
            number, "register", "registered",
        )  # fmt: skip
        assert set(frame) == ORDER_KEYS
    assert [ear.quiet() for ear in outsiders.values()] == [[], []]
    own = channel_api("hotline", town.call("T-2", point=WEST_POINT)).data["number"]
    assert [ear.next("order")["number"] for ear in outsiders.values()] == [own, own]


def test_department_hears_from_dispatch_to_return_and_then_only_that_it_is_gone(
    town, page, channel_api, api
):
    handler, other, dispatcher = page("handler"), page("other-handler"), page("dispatcher")
    number = channel_api("hotline", town.call()).data["number"]
    url = f"/api/v1/orders/{number}"
    api("dispatcher").post(f"{url}/accept/", {"category": "noise"})
    api("dispatcher").post(f"{url}/dispatch/", {"department": "D2"})
    assert handler.next("order")["action"] == "dispatch"
    assert api("handler").post(f"{url}/send_back/", {"reason": "不属本单位"}).status_code == 200
    gone = handler.next("order")
    assert {name: gone[name] for name in gone if name not in PLACE_KEYS} == {
        "type": "order", "number": number, "gone": True,
    }  # fmt: skip
    api("dispatcher").post(f"{url}/dispatch/", {"department": "D3"})
    assert other.next("order")["action"] == "dispatch"
    heard = [dispatcher.next("order")["action"] for _ in range(5)]
    assert heard == ["register", "accept", "dispatch", "send_back", "dispatch"]


def test_page_with_several_matching_topics_hears_once(town, page, channel_api):
    appoint(
        user=town.people["dispatcher"],
        role=Role.DISPATCHER,
        starts_on=date(2026, 1, 1),
        area=town.areas["东街"],
    )
    ear = page("dispatcher")
    numbers = [channel_api("hotline", town.call(f"T-{n}")).data["number"] for n in range(3)]
    assert [ear.next("order")["number"] for _ in numbers] == numbers


def test_superuser_hears_everything_once(town, page, channel_api):
    user = town.people["clerk"]
    user.is_superuser = True
    user.save()
    ear = page("clerk")
    numbers = [
        channel_api("hotline", town.call(f"T-{n}", **place)).data["number"]
        for n, place in enumerate(({}, {"point": WEST_POINT}))
    ]
    assert [ear.next("order")["number"] for _ in numbers] == numbers


def test_nobody_is_refused(listen, town):
    assert listen(None).close_code() == 4401


def test_ending_the_session_closes_the_page(town, page):
    ear = page("east")
    ear.session.delete()
    assert ear.close_code() == 4401


def test_closing_the_account_closes_the_page(town, page):
    ear = page("east")
    town.people["east"].is_active = False
    town.people["east"].save()
    assert ear.close_code() == 4401


def test_ended_post_is_deaf_at_once(town, page, channel_api):
    ear, still = page("east"), page("dispatcher")
    end_post(post=Post.objects.get(user=town.people["east"]), ends_on=date(2026, 1, 2))
    assert ear.next("hello", "order")["topics"] == {}
    channel_api("hotline", town.call())
    still.next("order")
    assert ear.quiet() == []


def test_ping_tells_how_far_each_topic_is_told(town, page, channel_api):
    ear, topic = page("west"), f"area:{town.areas['西街'].pk}"
    epoch, start = ear.next("ping")["topics"][topic]
    channel_api("hotline", town.call(point=WEST_POINT))
    ear.next("order")
    assert ear.next("ping")["topics"][topic] == [epoch, start + 1]


def test_lost_doorbell_is_told_by_the_sweep(town, page, channel_api):
    ear = page("east")
    workorder_event.disconnect(on_workorder_event)
    try:
        number = channel_api("hotline", town.call()).data["number"]
    finally:
        workorder_event.connect(on_workorder_event)
    assert Announcement.objects.count() == 1
    assert announce_undone(at=timezone.now()) == 0
    assert announce_undone(at=timezone.now() + timedelta(seconds=2)) == 1
    assert ear.next("order")["number"] == number
    assert (Announcement.objects.count(), announce_undone(at=timezone.now())) == (0, 0)


def test_figures_name_only_areas_of_ones_own(town, page, channel_api):
    load_signs()
    refresh_figures(at=timezone.now())
    east, west, leader = page("east"), page("west"), page("leader")
    channel_api("hotline", town.call())
    refresh_figures(at=timezone.now())
    grid, street, district = (town.areas[name].code for name in ("东街1社区1格", "东街", "区"))
    assert sorted(east.next("figures")["areas"]) == [street, grid]
    assert sorted(leader.next("figures")["areas"]) == [district, street, grid]
    assert west.quiet() == []
