"""Who else is at an order: seen by those who see the order, gone after seconds, never a fault."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from redis import Redis

from governance.lib.presence import Present, leave, meet


@pytest.fixture(autouse=True)
def clean():
    client = Redis.from_url(django_settings.REDIS_URL)
    for key in client.scan_iter("yiwang:presence:*"):
        client.delete(key)


def present(client, number, **posted):
    answer = client.post(f"/console/orders/{number}/presence/", posted)
    return answer.status_code, answer.context and [
        (other.name, other.is_writing) for other in answer.context["others"]
    ]


def test_two_at_one_order_see_each_other(desk, number):
    dispatcher, east = desk("dispatcher"), desk("east")
    assert present(dispatcher, number) == (200, [])
    assert present(east, number, writing="yes") == (200, [("dispatcher", False)])
    assert present(dispatcher, number) == (200, [("east", True)])


def test_outsider_sees_nobody_and_is_not_seen(desk, number):
    present(desk("dispatcher"), number)
    assert desk("west").post(f"/console/orders/{number}/presence/").status_code == 404
    assert present(desk("dispatcher"), number) == (200, [])
    assert Client().post(f"/console/orders/{number}/presence/").status_code == 302


def test_who_does_not_say_so_any_more_is_gone():
    at = timezone.now()
    meet(place="1", person=1, name="甲", is_writing=False, at=at)
    later = at + timedelta(seconds=19)
    assert meet(place="1", person=2, name="乙", is_writing=False, at=later) == [
        Present("甲", False)
    ]
    later = at + timedelta(seconds=21)
    assert meet(place="1", person=2, name="乙", is_writing=False, at=later) == []


def test_who_leaves_is_gone():
    at = timezone.now()
    meet(place="1", person=1, name="甲", is_writing=False, at=at)
    leave(place="1", person=1)
    assert meet(place="1", person=2, name="乙", is_writing=False, at=at) == []


def test_without_redis_nobody_is_seen_and_nothing_fails(desk, number, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert present(desk("dispatcher"), number) == (200, [])
    leave(place=number, person=1)
