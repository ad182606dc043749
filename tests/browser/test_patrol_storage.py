"""The patrol page of a phone whose storage is full: nothing is lost unsaid."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone
from playwright.sync_api import Page, expect

from grids.models import CheckIn, Duty, PatrolPlan, PatrolPoint
from tests.browser.conftest import HERE, PHONE, sign_in, wait_until
from tests.browser.test_patrol import FIXES, go_on_duty, walk
from tests.town import Town

# The browser's storage says that it is full as long as `window.isFull` holds.
FULL = """
() => {
  const put = IDBObjectStore.prototype.put;
  window.isFull = true;
  IDBObjectStore.prototype.put = function (...given) {
    if (window.isFull) throw new DOMException("no room", "QuotaExceededError");
    return put.apply(this, given);
  };
}
"""


@pytest.fixture
def phone(town: Town, visitor: Callable[..., Page], live_site: str) -> Page:
    """A grid worker's phone on the patrol page, with one point to visit where it is."""
    area, here = town.areas["东街1社区1格"], Point(HERE["longitude"], HERE["latitude"])
    point = PatrolPoint.objects.create(code="E1", name="演示点E1", area=area, point=here)
    # From yesterday: the day may change while the test runs.
    yesterday = timezone.localdate() - timedelta(days=1)
    plan = PatrolPlan.objects.create(name="日常", weekdays=[*range(1, 8)], starts_on=yesterday)
    plan.points.add(point)
    phone = visitor(viewport=PHONE, geolocation=HERE, permissions=["geolocation"], has_touch=True)
    sign_in(phone, live_site, "worker")
    phone.goto("/m/patrol/")
    return phone


def test_full_storage_is_told_and_the_way_waits_for_room(phone):
    go_on_duty(phone)
    wait_until(Duty.objects.exists)
    phone.evaluate(FULL)
    trouble, steps = phone.locator("[data-outbox-trouble]"), count(1)

    def is_short() -> bool:
        walk(phone, next(steps) % 2 * 10)
        return "轨迹暂时只在这一页上" in (trouble.text_content() or "")

    wait_until(is_short)
    phone.click("[data-near-check]")
    expect(trouble).to_contain_text("没有全部存进去")
    assert CheckIn.objects.count() == 0
    before = len(phone.evaluate(FIXES))
    phone.evaluate("window.isFull = false")

    def has_room() -> bool:
        walk(phone, next(steps) % 2 * 10)
        return len(phone.evaluate(FIXES)) >= before + 2

    wait_until(has_room)
    phone.click("[data-near-check]")
    wait_until(CheckIn.objects.exists)
    expect(trouble).to_be_hidden()
