"""The wall in a real browser: it shows what the API says, at once, and never pretends."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from governance.celery import app
from tests.browser.conftest import sign_in, wait_until
from tests.walls import hang_wall

AXE = Path(settings.BASE_DIR) / "node_modules/axe-core/axe.min.js"
# The attributes that say how long silence may last, shortened before the scripts run.
IMPATIENT = """document.addEventListener("readystatechange", () => Object.assign(
    document.body.dataset, {staleAfter: "1", lostAfter: "2", pollEvery: "0.3"}))"""
NO_GRAPHICS = "HTMLCanvasElement.prototype.getContext = () => null"
CLIPPED = """() => [...document.querySelectorAll("body *")].filter((node) => {
    if (node.closest("[hidden], .visually-hidden, svg, .maplibregl-map")) return false;
    const hides = getComputedStyle(node).overflow !== "visible";
    const wide = node.scrollWidth - node.clientWidth > 1;
    return hides && node.clientWidth > 0 && (wide || node.scrollHeight - node.clientHeight > 1);
}).map((node) => `${node.className}: ${node.textContent.trim().slice(0, 40)}`)"""
OUTSIDE = """() => [...document.querySelectorAll("dd, p, time, td, h1, h2, li")].filter((node) => {
    if (node.closest("[hidden], .visually-hidden")) return false;
    const { width, left, right, bottom } = node.getBoundingClientRect();
    return width > 0 && (left < -1 || right > innerWidth + 1 || bottom > innerHeight + 1);
}).map((node) => node.textContent.trim().slice(0, 40))"""


@pytest.fixture(autouse=True)
def eager_tasks():
    """Do the worker's part where the act happens."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.fixture
def wall(town):
    return hang_wall(town)


def open_wall(page: Page, live_site: str, *scripts: str) -> Page:
    for script in scripts:
        page.add_init_script(script)
    page.goto(f"{live_site}/sign-in/?next=/wall/district/")
    page.fill("#id_username", "leader")
    page.fill("#id_password", "town-pass-2026")
    page.click("form button")
    page.wait_for_url("**/wall/district/")
    expect(page.locator("[data-grid-total]")).to_have_text("8")
    wait_until(lambda: page.locator(".map canvas, .map svg").count())
    return page


def written(indicator: dict[str, Any]) -> str:
    """Write a value as the wall does."""
    if indicator["value"] is None:
        return "–"
    share = 100 if indicator["unit"] == "%" else 1
    return f"{indicator['value'] * share:,.{indicator['precision']}f}"


def test_tiles_show_what_the_api_says(live_site, town, wall, api, channel_api, visitor):
    number = channel_api("hotline", town.call()).data["number"]
    answer = api("dispatcher").post(
        f"/api/v1/orders/{number}/accept/", {"category": "manhole", "version": 1}
    )
    assert answer.status_code == 200
    page = open_wall(visitor(), live_site)
    content = api("leader").get("/api/v1/walls/district/").data
    shown = page.evaluate(
        """() => [...document.querySelectorAll("article.tile")].map((tile) => {
            const part = (name) => tile.querySelector(`[data-part="${name}"]`).textContent;
            return [tile.dataset.code, tile.dataset.state, part("value"), part("word")];
        })"""
    )
    words = {"normal": "正常", "yellow": "预警", "red": "告警", "no_data": "无数据"}
    assert shown == [
        [one["code"], one["state"], written(one), words[one["state"]]]
        for one in content["indicators"]
    ]
    assert len(shown) == 12
    assert "no_data" in [state for _, state, _, _ in shown]
    expect(page.locator('[data-figure="accepted_today"]')).to_have_text("1")
    expect(page.locator('[data-figure="on_time_rate"]')).to_have_text("–")
    expect(page.locator('[data-figure="on_time_rate_parts"]')).to_have_text("今日尚无样本")
    expect(page.locator("[data-streets] tr")).to_have_count(2)


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
    expect(page.locator(".event").first).to_contain_text("受理")
    expect(page.locator(".event")).to_have_count(2)
    assert page.evaluate("document.body.dataset.untouched") == "yes"


def test_lost_contact_covers_the_page_and_recovery_uncovers_it(
    live_site, town, wall, channel_api, visitor, troubles
):  # fmt: skip
    troubles.expect("ERR_INTERNET_DISCONNECTED")
    page = open_wall(visitor(), live_site, IMPATIENT)
    page.context.set_offline(True)
    expect(page.locator("[data-contact-word]")).to_have_text("数据陈旧")
    expect(page.locator("[data-cover]")).to_be_visible()
    word = page.locator("[data-cover-word]").inner_text()
    assert word.startswith("数据中断 自 ")
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
def test_nothing_is_clipped_or_overflows(live_site, town, wall, channel_api, visitor, size):
    for number in range(8):
        channel_api("hotline", town.call(f"T-{number}"))
    page = open_wall(visitor(viewport=size), live_site)
    expect(page.locator(".event")).to_have_count(6)
    assert page.evaluate(CLIPPED) == []
    assert page.evaluate(OUTSIDE) == []
    whole = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    assert page.evaluate(whole) == list(size)


def test_phone_shows_the_same_figures_without_sideways_scroll(live_site, town, wall, visitor):
    page = open_wall(visitor(viewport=(390, 844)), live_site)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(page.locator("article.tile")).to_have_count(12)
    expect(page.locator("[data-streets] tr").first).to_be_visible()


def test_map_without_webgl_is_a_drawing(live_site, town, wall, api, channel_api, visitor):
    channel_api("hotline", town.call())
    page = open_wall(visitor(), live_site, NO_GRAPHICS)
    expect(page.locator(".plain__grid")).to_have_count(8)
    grids = api("leader").get("/api/v1/walls/district/grids/").data
    states = "[...document.querySelectorAll('.plain__grid')].map((grid) => grid.dataset.state)"
    wait_until(lambda: page.evaluate(states) == [grid["state"] for grid in grids])
    assert sorted({grid["state"] for grid in grids}) == ["no_data", "normal"]


def test_keys_fill_the_screen_and_leave_it(live_site, town, wall, visitor):
    page = open_wall(visitor(), live_site)
    is_full = "document.fullscreenElement !== null"
    page.keyboard.press("f")
    wait_until(lambda: page.evaluate(is_full))
    page.keyboard.press("Escape")
    wait_until(lambda: not page.evaluate(is_full))


@pytest.mark.parametrize("size", [(1920, 1080), (390, 844)])
def test_wall_passes_the_accessibility_rules(live_site, town, wall, channel_api, visitor, size):
    channel_api("hotline", town.call())
    page = open_wall(visitor(viewport=size), live_site)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then((result) => result.violations)")
    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []


def test_outsider_finds_no_wall(live_site, town, wall, visitor, troubles):
    troubles.expect("404")
    page = visitor()
    sign_in(page, live_site, "dispatcher")
    answer = page.goto(f"{live_site}/wall/district/")
    assert answer.status == 404
