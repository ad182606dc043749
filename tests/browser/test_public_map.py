"""The small map of the public page: fetched on a tap, marks the place, and is never needed."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import wait_until
from tests.browser.screens import NO_GRAPHICS, violations
from workorders.models import WorkOrder

HERE = {"longitude": 118.62, "latitude": 32.02, "accuracy": 8}
WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def open_place(page, live_site):
    page.goto(f"{live_site}/")
    page.click("[data-place-open]")
    wait_until(lambda: page.locator("[data-place-ready]").count(), seconds=60)
    return page


def place(page):
    return [
        float(page.locator(f"input[name={name}]").input_value() or 0) for name in ("lon", "lat")
    ]


@pytest.fixture(autouse=True)
def patient(settings, troubles):
    settings.PUBLIC_FORM_SECONDS = 0
    troubles.expect("GPU stall")


def test_tap_marks_the_place_and_the_report_lies_there(live_site, town, visitor):
    page = visitor(viewport=(390, 844))
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(f"{live_site}/")
    assert not [url for url in fetched if "maplibre" in url or url.endswith("/areas/")]
    open_place(page, live_site)
    page.locator("[data-place-map]").scroll_into_view_if_needed()
    box = page.locator("[data-place-map]").bounding_box()
    # A quarter from the right: the middle of the east street.
    page.mouse.click(box["x"] + box["width"] * 0.7, box["y"] + box["height"] / 2)
    expect(page.locator("[data-position-words]")).to_contain_text("已在地图上标出")
    expect(page.locator(".maplibregl-marker")).to_be_visible()
    lon, lat = place(page)
    assert 118.6 < lon < 118.7
    assert 32.0 < lat < 32.1
    page.fill("#id_text", "路灯不亮，请来看看")
    page.click("form[data-send] button.button--primary")
    page.wait_for_url("**/track/**")
    assert WorkOrder.objects.get().street == town.areas["东街"]


def test_own_position_shows_on_the_map_and_a_tap_holds_against_it(live_site, town, visitor):
    page = visitor(geolocation=HERE, permissions=["geolocation"])
    open_place(page, live_site)
    page.click("[data-position-start]")
    expect(page.locator("[data-position-words]")).to_contain_text("已定位")
    assert place(page) == [118.62, 32.02]
    expect(page.locator(".maplibregl-marker")).to_be_visible()
    page.locator("[data-place-map]").scroll_into_view_if_needed()
    box = page.locator("[data-place-map]").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + box["height"] / 2)
    expect(page.locator("[data-position-words]")).to_contain_text("已在地图上标出")
    assert place(page)[0] < 118.6


def test_without_graphics_the_address_is_enough(live_site, town, visitor):
    page = visitor()
    page.add_init_script(NO_GRAPHICS)
    page.goto(f"{live_site}/")
    page.click("[data-place-open]")
    expect(page.locator("[data-place-map]")).to_contain_text("写地址即可")


def test_without_scripts_nothing_of_it_shows(live_site, town, visitor):
    page = visitor(java_script_enabled=False)
    page.goto(f"{live_site}/")
    expect(page.locator("[data-place-open]")).to_be_hidden()
    expect(page.locator("[data-place-map]")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_with_its_map_is_accessible_and_fits(live_site, town, visitor, scheme):
    page = visitor(viewport=(390, 844), color_scheme=scheme)
    open_place(page, live_site)
    assert violations(page) == []
    for width, height in ((390, 844), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        assert not page.evaluate(WIDE), width
