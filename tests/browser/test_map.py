"""The console's map: orders and people on it, the way to a dispatch, and the list without it."""

from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import numpy as np
import pytest
from django.utils import timezone
from playwright.sync_api import TimeoutError, expect

from accounts.enums import AccessKind
from accounts.models import AccessLog
from grids.services.duties import Fixes, begin_duty, record_track
from tests.browser.conftest import sign_in, wait_until
from tests.browser.screens import NO_GRAPHICS, violations
from tests.town import EAST_POINT, WEST_POINT

WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
CHROME_ONLY = "GPU stall"
# The page hears of its new address later than who has set it.
MOVE = """async (hash) => {
  if (location.hash === hash) return;
  const heard = new Promise((done) => addEventListener("hashchange", done, { once: true }));
  location.hash = hash;
  await heard;
}"""


@pytest.fixture(autouse=True)
def slow_machine(troubles):
    troubles.expect(CHROME_ONLY)


def open_map(page, live_site, username="dispatcher", query=""):
    sign_in(page, live_site, username)
    page.goto(f"{live_site}/console/map/{query}")
    wait_until(lambda: page.locator("[data-map-ready]").count(), seconds=60)
    expect(page.locator("[data-live-chip]")).to_have_text("已连接")
    return page


def walk(town, username, point, *, seconds=(0, 10, 20, 400, 410)):
    """Let somebody be on duty and have walked, with a gap in the middle."""
    user, now = town.people[username], timezone.now()
    area = user.posts.get().area
    begin = now - timedelta(minutes=8)
    duty = begin_duty(user=user, duty_id=uuid4(), area=area, at=begin, told=None)
    rows = [
        [begin.timestamp() + second + 1, point["lon"] + 0.0001 * index, point["lat"], 6]
        for index, second in enumerate(seconds)
    ]
    record_track(user=user, duty_id=duty.pk, fixes=Fixes(uuid4(), now, np.array(rows)), at=now)
    return duty


def click_at(page, lon, lat):
    """Look at a place from near and click on it."""
    box = page.locator("[data-map-place]").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    card = page.locator("[data-map-chosen]")

    def clicked():
        page.evaluate(MOVE, f"#map=16/{lat}/{lon}")
        page.mouse.click(*middle)
        with suppress(TimeoutError):  # the tile with the point is not drawn yet
            card.wait_for(state="visible", timeout=600)
        return card.is_visible()

    wait_until(clicked, seconds=60)
    return card


def test_chosen_order_leads_over_somebody_near_to_the_consoles_form(live_site, town, visitor, call):
    page = visitor()
    number = call(page)
    walk(town, "worker", EAST_POINT)
    open_map(page, live_site)
    expect(page.locator("[data-worker-count]")).to_have_text("1")
    page.click(f"[data-map-rows] [data-order='{number}'] a")
    card = page.locator("[data-map-chosen]")
    expect(card.locator(f"[data-order='{number}']")).to_be_visible()
    expect(card.locator("[data-near=worker]")).to_be_visible()
    assert card.locator("[data-send]").count() == 0  # not accepted yet
    assert card.locator("a").get_attribute("href").endswith(f"?order={number}")

    page.request.post(
        f"{live_site}/api/v1/orders/{number}/accept/",
        headers={"X-CSRFToken": page.locator("meta[name=csrf-token]").get_attribute("content")},
        data={"category": "manhole"},
    )
    expect(page.locator("[data-map-rows] .status")).to_have_text("待派发")
    page.click(f"[data-map-rows] [data-order='{number}'] a")
    card.locator("[data-near=worker] [data-send]").click()
    page.wait_for_url(f"**/console/?order={number}*")
    expect(page.locator("#act-dispatch [data-submit]")).to_be_focused()
    assert page.locator("#act-dispatch input[name=grid]").input_value() == "320111001001001"
    page.keyboard.press("Enter")
    expect(page.locator("[data-order-pane][data-state=dispatched]")).to_be_visible()


def test_click_on_the_map_opens_an_order_or_a_person(live_site, town, visitor, call):
    page = visitor()
    number = call(page, point=WEST_POINT)
    walk(town, "worker", EAST_POINT)
    open_map(page, live_site)
    card = click_at(page, **WEST_POINT)
    expect(card.locator(f"[data-order='{number}']")).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    click_at(page, EAST_POINT["lon"] + 0.0004, EAST_POINT["lat"])
    expect(card.locator("h2")).to_have_text("worker")
    expect(card).to_contain_text("东街1社区1格")
    assert not AccessLog.objects.filter(kind=AccessKind.TRACK_VIEWED).exists()
    card.get_by_role("button", name="看今天的轨迹").click()
    expect(card).to_contain_text("共 2 段")
    expect(page.locator("[data-track-layer]")).to_be_visible()
    seen = AccessLog.objects.get(kind=AccessKind.TRACK_VIEWED)
    assert (seen.user.username, seen.subject) == ("dispatcher", "worker")


def test_new_order_shows_without_reloading_and_filters_stay_in_the_address(
    live_site, town, visitor, call
):
    page = visitor()
    open_map(page, live_site)
    expect(page.locator("[data-map-placed]")).to_have_text("0")
    call(page, "T-1")
    expect(page.locator("[data-map-placed]")).to_have_text("1")
    call(page, "T-2", point=WEST_POINT)
    expect(page.locator("[data-map-placed]")).to_have_text("2")
    page.select_option("select[name=street]", "320111002")
    expect(page.locator("[data-map-placed]")).to_have_text("1")
    assert "street=320111002" in page.url
    page.reload()
    expect(page.locator("[data-map-placed]")).to_have_text("1")
    assert page.locator("select[name=street]").input_value() == "320111002"
    page.click(".asked__chip")
    expect(page.locator("[data-map-placed]")).to_have_text("2")


def test_without_graphics_the_list_leads_to_the_console(live_site, town, visitor, call):
    page = visitor()
    number = call(page)
    page.add_init_script(NO_GRAPHICS)
    troubles_of_the_map = page.locator("[data-map-notice]")
    sign_in(page, live_site, "dispatcher")
    page.goto(f"{live_site}/console/map/")
    expect(troubles_of_the_map).to_contain_text("清单照常使用")
    page.click(f"[data-order='{number}'] a")
    expect(page.locator(f"[data-order-pane='{number}']")).to_be_visible()


def test_key_takes_the_queues_filters_to_the_map(live_site, town, visitor, call):
    page = visitor()
    call(page)
    sign_in(page, live_site, "dispatcher")
    page.goto(f"{live_site}/console/?view=registered&category=manhole")
    expect(page.locator("[data-live-chip]")).to_have_text("已连接")
    page.keyboard.press("m")
    page.wait_for_url("**/console/map/?view=registered&category=manhole*")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_is_accessible_in_both_themes(live_site, town, visitor, call, scheme):
    page = visitor(color_scheme=scheme)
    number = call(page)
    walk(town, "worker", EAST_POINT)
    open_map(page, live_site)
    page.click(f"[data-map-rows] [data-order='{number}'] a")
    expect(page.locator("[data-map-chosen] [data-near=worker]")).to_be_visible()
    assert violations(page) == []


def test_page_fits_every_screen(live_site, town, visitor, call):
    page = visitor()
    call(page)
    open_map(page, live_site)
    for width, height in ((390, 844), (768, 1024), (1280, 800), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        assert not page.evaluate(WIDE), width
