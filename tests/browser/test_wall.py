"""The wall in a real browser: it shows what the API says, at once, and never pretends."""

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from governance.celery import app
from tests.browser.conftest import sign_in, wait_until
from tests.browser.screens import (
    CLIPPED,
    IMPATIENT,
    NO_GRAPHICS,
    SPILLED,
    open_wall,
    violations,
    wait_for_map,
)
from tests.full_wall import hang_signs
from tests.walls import hang_bare_wall, hang_wall


@pytest.fixture(autouse=True)
def eager_tasks():
    """Do the worker's part where the act happens."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.fixture
def wall(town):
    return hang_wall(town)


@pytest.fixture
def full_wall(town):
    """Eighty-four signs in all four states, as a city has them."""
    hang_signs(area=town.areas["区"], at=timezone.now())
    return hang_bare_wall(town)


def written(sign: dict[str, Any]) -> str:
    """Write a value as the wall does."""
    if sign["value"] is None:
        return "–"
    share = 100 if sign["unit"] == "%" else 1
    return f"{sign['value'] * share:,.{sign['precision']}f}"


def test_tiles_show_what_the_api_says(live_site, full_wall, api, visitor):
    page = open_wall(visitor(), live_site)
    content = api("leader").get("/api/v1/walls/district/").data
    shown = page.evaluate(
        """() => [...document.querySelectorAll("[data-tiles] .tile")].map((tile) => {
            const part = (name) => tile.querySelector(`[data-part="${name}"]`).textContent;
            return [tile.dataset.code, tile.dataset.state, part("value"), part("word")];
        })"""
    )
    words = {"normal": "正常", "yellow": "预警", "red": "告警", "no_data": "无数据"}
    signs = {sign["code"]: sign for sign in content["signs"]}
    chosen = [signs[code] for codes in content["chosen"].values() for code in codes]
    assert shown == [
        [one["code"], one["state"], written(one), words[one["state"]]] for one in chosen
    ]
    assert len(shown) == 24


def test_every_sign_is_on_the_wall_as_shape_and_colour(live_site, full_wall, api, visitor):
    page = open_wall(visitor(), live_site)
    content = api("leader").get("/api/v1/walls/district/").data
    states = page.evaluate(
        """() => [...document.querySelectorAll(".domain")].flatMap((domain) => [
            ...domain.querySelectorAll(".tile, .domain__marks .shape"),
        ]).map((node) => node.dataset.state)"""
    )
    assert sorted(states) == sorted(sign["state"] for sign in content["signs"])
    assert len(states) == 84
    shown = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("[data-tally-count]")]
            .map((node) => [node.dataset.tallyCount, Number(node.textContent)]))"""
    )
    assert shown == content["tally"]


def test_reds_stand_before_yellows_with_their_owner(live_site, full_wall, visitor):
    page = open_wall(visitor(), live_site)
    words = page.locator("[data-attention] [data-part='word']").all_inner_texts()
    assert words == ["告警"] * 5
    owners = page.locator("[data-attention] [data-part='who']").all_inner_texts()
    assert all(owners)


def test_act_moves_the_figures_without_reload(
    live_site, town, wall, api, channel_api, visitor
):  # fmt: skip
    page = open_wall(visitor(), live_site)
    expect(page.locator("[data-contact-word]")).to_have_text("实时连接")
    page.evaluate("document.body.dataset.untouched = 'yes'")
    number = channel_api("hotline", town.call()).data["number"]
    expect(page.locator('[data-figure="registered_today"]')).to_have_text("1")
    expect(page.locator(".event").first).to_contain_text("东街1社区1格")
    api("dispatcher").post(
        f"/api/v1/orders/{number}/accept/", {"category": "manhole", "version": 1}
    )
    expect(page.locator('[data-figure="accepted_today"]')).to_have_text("1")
    expect(page.locator('[data-trend="accepted_today"]')).to_have_text("较上周同时 +1")
    expect(page.locator(".event").first).to_contain_text("受理")
    assert page.evaluate("document.body.dataset.untouched") == "yes"


def test_lost_contact_covers_the_page_and_recovery_uncovers_it(
    live_site, town, wall, channel_api, visitor, troubles
):  # fmt: skip
    troubles.expect("ERR_INTERNET_DISCONNECTED")
    page = open_wall(visitor(), live_site, IMPATIENT)
    wait_for_map(page)
    page.context.set_offline(True)
    expect(page.locator("[data-contact-word]")).to_have_text("数据陈旧")
    expect(page.locator("[data-cover]")).to_be_visible()
    assert page.locator("[data-cover-word]").inner_text().startswith("数据中断 自 ")
    channel_api("hotline", town.call())
    assert page.locator('[data-figure="registered_today"]').inner_text() == "0"
    page.context.set_offline(False)
    expect(page.locator("[data-cover]")).to_be_hidden()
    expect(page.locator('[data-figure="registered_today"]')).to_have_text("1")


def test_new_version_of_the_page_is_taken_up_when_contact_returns(
    live_site, town, wall, visitor, troubles
):  # fmt: skip
    troubles.expect("ERR_INTERNET_DISCONNECTED")
    page = open_wall(visitor(), live_site, IMPATIENT)
    wait_for_map(page)
    version = page.evaluate("document.body.dataset.version")
    page.evaluate("document.body.dataset.version = 'of yesterday'")
    page.context.set_offline(True)
    expect(page.locator("[data-cover]")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("body")).to_have_attribute("data-version", version)


def test_wall_taken_out_of_use_says_so(live_site, town, wall, visitor, troubles):
    troubles.expect("404")
    page = open_wall(visitor(), live_site, IMPATIENT)
    wall.is_active = False
    wall.save(update_fields=["is_active"])
    expect(page.locator("[data-cover-word]")).to_contain_text("无权查看 自 ")


@pytest.mark.parametrize("size", [(1920, 1080), (3840, 2160)])
def test_nothing_is_clipped_or_overflows(live_site, town, full_wall, channel_api, visitor, size):
    for number in range(8):
        channel_api("hotline", town.call(f"T-{number}"))
    page = open_wall(visitor(viewport=size), live_site)
    wait_for_map(page)
    expect(page.locator(".event")).to_have_count(4)
    assert page.evaluate(CLIPPED) == []
    assert page.evaluate(SPILLED) == []
    whole = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    assert page.evaluate(whole) == list(size)


def test_phone_shows_the_same_signs_without_sideways_scroll(live_site, full_wall, visitor):
    page = open_wall(visitor(viewport=(390, 844)), live_site)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate(CLIPPED) == []
    assert page.evaluate(SPILLED) == []
    expect(page.locator("[data-tiles] .tile")).to_have_count(24)


def test_map_without_webgl_is_a_drawing(live_site, town, wall, api, channel_api, visitor):
    channel_api("hotline", town.call())
    page = open_wall(visitor(), live_site, NO_GRAPHICS)
    expect(page.locator(".plain__grid")).to_have_count(8)
    grids = api("leader").get("/api/v1/walls/district/grids/").data
    states = "[...document.querySelectorAll('.plain__grid')].map((grid) => grid.dataset.state)"
    wait_until(lambda: page.evaluate(states) == [grid["state"] for grid in grids])
    known = {grid["state"] for grid in grids} - {"no_data"}
    # By day the order is due within two hours, by night it is not.
    assert known in ({"normal"}, {"yellow"})


CROWD = """async () => {
  const { drawPlainMap } = await import("/static/js/wall/map_plain.js");
  const square = (x, y, size, properties) => ({ properties, geometry: { type: "Polygon",
    coordinates: [[[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]] } });
  const cells = [...Array(100).keys()];
  const code = (n) => `G${n}`;
  const grid = cells.map((n) => square(118 + (n % 10) / 100, 32 + Math.floor(n / 10) / 100, 0.01,
    { code: code(n) }));
  const part = cells.filter((n) => n % 7 === 0).map((n) => square(118 + (n % 10) / 100,
    32 + Math.floor(n / 10) / 100, 0.01, { name: `演示第${n}街道办事处辖区` }));
  const place = document.querySelector("[data-map]");
  const map = drawPlainMap(place, { grid: { features: grid }, part: { features: part },
    own: { features: [square(118, 32, 0.1, {})] } });
  const rows = cells.filter((n) => n % 3).map((n) => ({ code: code(n), open: 1000000 + n,
    state: n % 2 ? "red" : "yellow" }));
  map.show(rows);
  const first = place.innerHTML;
  map.show(rows);
  const shown = [...place.querySelectorAll("text")].filter((node) => node.style.display !== "none"
    && node.textContent);
  const boxes = shown.map((node) => node.getBoundingClientRect());
  const frame = place.querySelector("svg").getBoundingClientRect();
  const over = boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => a.left < b.right - 1 &&
    b.left < a.right - 1 && a.top < b.bottom - 6 && b.top < a.bottom - 6));
  const cut = boxes.filter((box) => box.left < frame.left - 1 || box.right > frame.right + 1);
  const marks = shown.filter((node) => node.dataset.state).map((node) => node.textContent);
  return { over: over.length, cut: cut.length, isSame: first === place.innerHTML,
    gravest: marks.includes("■1000097"), marks: marks.length, names: shown.length - marks.length };
}"""


@pytest.mark.parametrize("size", [(1920, 1080), (3840, 2160)])
def test_drawing_leaves_out_labels_that_find_no_room(live_site, wall, visitor, size):
    page = open_wall(visitor(viewport=size), live_site, NO_GRAPHICS)
    expect(page.locator(".plain__grid")).to_have_count(8)
    found = page.evaluate(CROWD)
    names, marks = found.pop("names"), found.pop("marks")
    assert found == {"over": 0, "cut": 0, "isSame": True, "gravest": True}
    assert (0 < names < 15, 0 < marks < 66) == (True, True)


@pytest.mark.parametrize("size", [(1920, 1080), (390, 844)])
def test_wall_passes_the_accessibility_rules(live_site, town, full_wall, visitor, size):
    page = open_wall(visitor(viewport=size), live_site)
    wait_for_map(page)
    assert violations(page) == []


def test_outsider_finds_no_wall(live_site, town, wall, visitor, troubles):
    troubles.expect("404")
    page = visitor()
    sign_in(page, live_site, "dispatcher")
    answer = page.goto(f"{live_site}/wall/district/")
    assert answer.status == 404
