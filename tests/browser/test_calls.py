"""A call that rings: written down by keyboard alone, kept over a reload, registered once."""

import re
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import sign_in, wait_until
from tests.browser.screens import violations
from tests.town import Town
from workorders.enums import KnowledgeState
from workorders.models import CallDraft, Event, KnowledgeEntry, WorkOrder

PAGE = "/console/register/"
SAVED = re.compile("已保存")


def open_form(page: Page, live_site: str, username: str = "dispatcher") -> Page:
    sign_in(page, live_site, username)
    page.goto(f"{live_site}{PAGE}")
    expect(page.locator("#call-text")).to_be_focused()
    return page


def add_entry(town: Town, question: str, answer: str, **changes: Any) -> KnowledgeEntry:
    return KnowledgeEntry.objects.create(
        question=question,
        answer=answer,
        department=town.departments["城管局"],
        state=KnowledgeState.PUBLISHED,
        **changes,
    )


def wait_for_map(page: Page) -> None:
    wait_until(lambda: page.locator("[data-call-map] canvas").count())


def test_call_by_keyboard_alone_survives_a_reload(live_site, town, visitor, call):
    page = visitor()
    twin = call(page, text="东街一号门口井盖缺失，请尽快处理")
    sign_in(page, live_site, "dispatcher")
    page.goto(f"{live_site}/console/")
    expect(page.locator("[data-queue]")).to_be_visible()
    keys = page.keyboard
    keys.press("=")
    expect(page.locator("#call-text")).to_be_focused()
    keys.type("东街一号门口井盖缺失，很危险")
    keys.press("Tab")
    keys.type("13900000000")
    # The hotline's earlier order of this telephone, and its likeness to what is typed.
    expect(page.locator("[data-caller]")).to_contain_text(twin)
    keys.press("Tab")
    keys.type("演示居民")
    keys.press("Enter")  # sends nothing
    keys.press("Tab")
    keys.type("东街1社区1格")
    expect(page.locator("#call-address-list [role=option]")).to_have_count(1)
    keys.press("Enter")
    keys.type("，菜场旁")
    expect(page.locator("[data-where-words]")).to_contain_text("东街1社区1格")
    expect(page.locator("[data-hints]")).to_contain_text(twin)
    expect(page.locator("[data-suggested]")).to_contain_text("井盖缺失")
    expect(page.locator("[data-saved]")).to_have_text(SAVED)
    assert WorkOrder.objects.count() == 1

    page.reload()
    expect(page.locator("#call-text")).to_have_value("东街一号门口井盖缺失，很危险")
    expect(page.locator("#call-address")).to_have_value("东街1社区1格，菜场旁")
    expect(page.locator("[data-where-words]")).to_contain_text("东街1社区1格")
    expect(page.locator("[data-caller]")).to_contain_text(twin)
    keys.press("Control+Enter")
    expect(page.locator("[data-receipt]")).to_be_visible()
    order = WorkOrder.objects.exclude(number=twin).get()
    expect(page.locator("[data-number]")).to_have_text(order.number)
    expect(page.locator("[data-code]")).to_have_text(order.tracking_code)
    assert (order.grid.name, order.address) == ("东街1社区1格", "东街1社区1格，菜场旁")
    assert CallDraft.objects.count() == 0
    page.reload()
    expect(page.locator("[data-number]")).to_have_text(order.number)
    keys.press("=")
    expect(page.locator("#call-text")).to_have_value("")


def test_direct_answer_by_keyboard_closes_the_call(live_site, town, visitor):
    add_entry(town, "社保卡丢了怎么补办", "带身份证到合作银行网点补领。")
    add_entry(town, "社保卡补办要多少钱", "工本费已取消。", valid_until=date(2026, 1, 1))
    page = open_form(visitor(viewport=(1280, 800)), live_site)
    keys = page.keyboard
    keys.type("想问一下社保卡丢了怎么补办")
    expect(page.locator("[data-use]")).to_have_count(1)
    expect(page.locator(".known__expired")).to_contain_text("已过期 1 条")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Tab")
    keys.type("东街1社区1格")
    expect(page.locator("#call-address-list [role=option]")).to_have_count(1)
    keys.press("Enter")
    page.locator("[data-use]").press("Enter")
    expect(page.locator("#call-answer")).to_be_focused()
    expect(page.locator("#call-answer")).to_be_in_viewport()
    keys.press("End")
    keys.type("，工作日都可以")
    expect(page.locator("[data-saved]")).to_have_text(SAVED)
    page.reload()
    expect(page.locator("#call-answer")).to_have_value("带身份证到合作银行网点补领。，工作日都可以")
    expect(page.locator("[name=nature][value=advice]")).to_be_checked()
    assert violations(page) == []
    keys.press("Control+Enter")
    expect(page.locator("[data-receipt]")).to_contain_text("已答复办结")
    order = WorkOrder.objects.get()
    assert (order.state, order.nature) == ("closed", "advice")
    event = Event.objects.get(action="answer")
    assert event.content["knowledge"]["question"] == "社保卡丢了怎么补办"


def test_reader_says_that_an_entry_is_outdated(live_site, town, visitor):
    entry = add_entry(town, "社保卡丢了怎么补办", "带身份证到合作银行网点补领。")
    page = open_form(visitor(), live_site)
    page.fill("[name=asked]", "社保卡")
    expect(page.locator("[data-entry]")).to_have_count(1)
    page.click(".mark summary")
    page.fill(".mark [name=note]", "网点已搬")
    page.press(".mark [name=note]", "Enter")
    expect(page.locator(".mark__done")).to_contain_text("已反馈")
    assert entry.marks.get().note == "网点已搬"
    page.fill("[name=asked]", "社保卡 补办")
    expect(page.locator("[data-entry] .status")).to_have_text("有人反馈已过时")


def test_two_calls_at_once(live_site, town, visitor):
    page = open_form(visitor(), live_site)
    page.keyboard.type("第一通：路灯不亮")
    expect(page.locator("[data-saved]")).to_have_text(SAVED)
    page.keyboard.press("Escape")
    page.keyboard.press("=")
    expect(page.locator("#call-text")).to_have_value("")
    page.keyboard.type("第二通：噪声")
    expect(page.locator(".draft")).to_have_count(2)
    page.locator(".draft__link", has_text="第一通").click()
    expect(page.locator("#call-text")).to_have_value("第一通：路灯不亮")


def test_refusal_names_the_field_and_loses_nothing(live_site, town, visitor, troubles):
    troubles.expect("422")
    page = open_form(visitor(), live_site)
    page.fill("#call-text", "东街路灯不亮")
    page.fill("#call-phone", "一三九")
    page.click("label.option--urgent")
    page.press("#call-phone", "Control+Enter")
    expect(page.locator("#error-phone")).to_have_text("电话号码格式不正确")
    expect(page.locator("#call-phone")).to_be_focused()
    expect(page.locator("#call-text")).to_have_value("东街路灯不亮")
    expect(page.locator("[name=urgency]")).to_be_checked()
    page.fill("#call-phone", "13900000001")
    page.press("#call-phone", "Control+Enter")
    expect(page.locator("[data-receipt]")).to_be_visible()
    assert WorkOrder.objects.get().urgency == "urgent"


def test_double_click_and_a_lost_answer_make_one_order(live_site, town, visitor, troubles):
    for part in ("ERR_FAILED", "htmx:sendError", "htmx:afterRequest"):
        troubles.expect(part)
    page = open_form(visitor(), live_site)
    page.fill("#call-text", "东街路灯不亮")
    lost: list[bool] = []

    def lose_the_first_answer(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().ok)
            route.abort()
        else:
            route.continue_()

    page.route(f"**{PAGE}", lose_the_first_answer)
    page.click("[data-submit]")
    expect(page.locator("[data-toasts]")).to_contain_text("填写的内容还在")
    assert lost == [True]
    page.dblclick("[data-submit]")
    expect(page.locator("[data-receipt]")).to_contain_text("没有重复登记")
    assert WorkOrder.objects.count() == 1


def test_saving_tells_when_the_line_is_cut(live_site, town, visitor, troubles):
    for part in ("ERR_INTERNET_DISCONNECTED", "Worker failed to load", "Failed to fetch"):
        troubles.expect(part)
    page = open_form(visitor(), live_site)
    page.context.set_offline(True)
    page.keyboard.type("东街路灯不亮")
    expect(page.locator("[data-saved]")).to_contain_text("还没保存")
    page.context.set_offline(False)
    page.keyboard.type("了")
    expect(page.locator("[data-saved]")).to_have_text(SAVED)
    assert CallDraft.objects.count() == 1


def test_click_on_the_map_gives_the_place(live_site, town, visitor):
    page = open_form(visitor(), live_site)
    wait_for_map(page)
    box = page.locator("[data-call-map]").bounding_box()
    assert box is not None
    # The town fills the middle: a third of its width from the left edge is the west street.
    page.mouse.click(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.5)
    expect(page.locator("[data-where-words]")).to_contain_text("西街")
    expect(page.locator(".maplibregl-marker")).to_have_count(1)
    page.click("[data-unpin]")
    expect(page.locator("[data-where-line]")).to_be_hidden()


@pytest.mark.parametrize(("scheme", "viewport"), [("light", (1280, 800)), ("dark", (390, 844))])
def test_page_is_accessible_and_fits(live_site, town, visitor, call, scheme, viewport):
    page = visitor(viewport=viewport, color_scheme=scheme)
    call(page, text="东街一号门口井盖缺失，请尽快处理")
    open_form(page, live_site)
    page.fill("#call-text", "东街一号门口井盖缺失，很危险")
    page.fill("#call-phone", "13900000000")
    page.fill("#call-address", "东街1社区")
    expect(page.locator("[data-hints] .twin")).to_have_count(1)
    expect(page.locator("[data-caller] .twin")).to_have_count(1)
    assert violations(page) == []
    for width, height in ((768, 1024), (1920, 1080), viewport):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") == width
    page.press("#call-address", "Control+Enter")
    expect(page.locator("[data-receipt]")).to_be_visible()
    assert violations(page) == []
