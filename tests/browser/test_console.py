"""The console in a real browser: by keyboard, with two people at once, and live."""

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect
from rest_framework.test import APIClient

from tests.browser.conftest import open_console, sign_in, wait_until
from workorders.models import WorkOrder


def state_of(number: str) -> str:
    return WorkOrder.objects.get(number=number).state


def test_clear_order_is_accepted_and_dispatched_in_three_keystrokes(live_site, town, visitor, call):
    page = visitor()
    number = call(page)
    open_console(page, live_site, "dispatcher")
    page.keyboard.press("j")
    expect(page.locator(f"[data-order-pane='{number}'][data-state=registered]")).to_be_visible()

    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.locator(f"[data-order-pane='{number}'][data-state=accepted]")).to_be_visible()
    expect(page.locator("#act-dispatch [data-submit]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(f"[data-order-pane='{number}'][data-state=dispatched]")).to_be_visible()

    order = WorkOrder.objects.get(number=number)
    assert (order.state, order.department.name) == ("dispatched", "城管局")
    assert page.locator(".entry__deed").all_inner_texts() == [
        "派发给 城管局",
        "受理，类别为「井盖缺失」",
        "登记，渠道编号 T-1",
    ]
    expect(page.locator("[data-view=registered] .views__count")).to_have_text("0")


def test_picker_chooses_another_department_by_keyboard(live_site, town, visitor, call):
    page = visitor()
    number = call(page)
    town_order = WorkOrder.objects.get(number=number)
    api = APIClient()
    api.force_authenticate(town.people["dispatcher"])
    assert api.post(f"/api/v1/orders/{number}/accept/", {"version": 1}).status_code == 200
    sign_in(page, live_site, "dispatcher")
    page.goto(f"{live_site}/console/?view=accepted&order={number}")
    holder = page.locator("#dispatch-holder")
    expect(holder).to_have_value("城管局")
    page.keyboard.press("d")
    holder.fill("水务")
    expect(page.locator("#dispatch-holder-list [data-code]")).to_have_count(1)
    holder.press("Enter")
    expect(holder).to_have_value("水务局")
    holder.press("Control+Enter")
    expect(page.locator("[data-order-pane][data-state=dispatched]")).to_be_visible()
    town_order.refresh_from_db()
    assert town_order.department.name == "水务局"


def test_second_dispatcher_gets_the_conflict_with_the_typed_text(
    live_site, town, visitor, call, troubles
):
    troubles.expect("409")
    first, second = visitor(), visitor()
    number = call(first)
    for page, username in ((first, "dispatcher"), (second, "east")):
        open_console(page, live_site, username)
        page.click(f"[data-order='{number}'] a")
        expect(page.locator(f"[data-order-pane='{number}']")).to_be_visible()
    second.keyboard.press("r")
    second.fill("#answer-answer", "井盖今天下午更换，请放心。")

    first.keyboard.press("a")
    first.keyboard.press("Enter")
    expect(first.locator("[data-state=accepted]")).to_be_visible()

    # Told at once, and nothing that was typed is swept away.
    expect(second.locator("[data-fresh]")).to_be_visible()
    assert second.input_value("#answer-answer") == "井盖今天下午更换，请放心。"
    second.press("#answer-answer", "Control+Enter")
    expect(second.locator("[data-conflict]")).to_contain_text("受理")
    expect(second.locator("[data-kept]")).to_have_value("井盖今天下午更换，请放心。")
    expect(second.locator("[data-order-pane]")).to_have_attribute("data-state", "accepted")
    assert state_of(number) == "accepted"


def test_new_order_waits_behind_a_button(live_site, town, visitor, call):
    page = visitor()
    open_console(page, live_site, "dispatcher")
    expect(page.locator(".empty")).to_be_visible()
    number = call(page)
    expect(page.locator("[data-new-orders]")).to_have_text("1 条新工单")
    expect(page.locator("[data-view=registered] .views__count")).to_have_text("1")
    assert page.locator("[data-order]").count() == 0
    page.keyboard.press("n")
    expect(page.locator(f"[data-order='{number}']")).to_be_visible()
    expect(page.locator("[data-new-orders]")).to_be_hidden()


def test_rows_follow_what_others_do(live_site, town, visitor, call):
    page = visitor()
    number = call(page)
    open_console(page, live_site, "dispatcher")
    page.click("[data-view=open]")
    row = page.locator(f"[data-order='{number}']")
    expect(row.locator(".status")).to_have_text("待受理")
    api = APIClient()
    api.force_authenticate(town.people["east"])
    api.post(f"/api/v1/orders/{number}/accept/", {"category": "manhole"})
    expect(row.locator(".status")).to_have_text("待派发")
    page.click("[data-view=accepted]")
    expect(row).to_be_visible()
    api.post(f"/api/v1/orders/{number}/dispatch/", {"department": "D2"})
    expect(row).to_have_count(0)


def test_other_streets_dispatcher_sees_nothing(live_site, town, visitor, call):
    east, west = visitor(), visitor()
    open_console(east, live_site, "east")
    open_console(west, live_site, "west")
    west.click("[data-view=open]")
    number = call(east)
    # The event has gone round when the other street's page shows it.
    expect(east.locator("[data-new-orders]")).to_have_text("1 条新工单")
    assert west.locator("[data-new-orders]").is_hidden()
    assert west.locator("[data-order]").count() == 0
    west.goto(f"{live_site}/console/?view=open&order={number}")
    expect(west.locator(".pane__none-title")).to_have_text("没有这张工单，或它不在您的范围内。")
    assert west.locator(".views__count").all_inner_texts() == ["0"] * 7


def test_keys_are_letters_while_somebody_types(live_site, town, visitor, call):
    page = visitor()
    number = call(page)
    sign_in(page, live_site, "dispatcher")
    page.goto(f"{live_site}/console/?order={number}")
    page.keyboard.press("c")
    expect(page.locator("#remark-text")).to_be_visible()
    page.fill("#remark-text", "")
    page.locator("#remark-text").press_sequentially("adjk?")
    expect(page.locator("#remark-text")).to_have_value("adjk?")
    assert page.locator("[data-help]").is_hidden()
    # An input method composing a word must not act either.
    page.locator("#remark-text").blur()
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'a', isComposing: true, bubbles: true}))"
    )
    assert page.get_attribute("[data-act-open=remark]", "aria-expanded") == "true"
    page.keyboard.press("?")
    expect(page.locator("[data-help]")).to_be_visible()


def test_wrong_form_names_the_field_and_keeps_the_rest(live_site, town, visitor, call, troubles):
    troubles.expect("422")
    page = visitor()
    number = call(page)
    sign_in(page, live_site, "dispatcher")
    page.goto(f"{live_site}/console/?order={number}")
    page.keyboard.press("t")
    page.fill("#reject-note", "请拨打市水务热线")
    page.press("#reject-note", "Control+Enter")
    expect(page.locator("#reject-reason-error")).to_be_visible()
    expect(page.locator("#reject-note")).to_have_value("请拨打市水务热线")
    assert state_of(number) == "registered"


def test_reporter_is_shown_on_purpose(live_site, town, visitor, call):
    page = visitor()
    number = call(page)
    sign_in(page, live_site, "dispatcher")
    page.goto(f"{live_site}/console/?order={number}")
    expect(page.locator("[data-reporter]")).to_contain_text("139******00")
    page.click("text=显示联系方式")
    page.fill("#reveal-purpose", "核实位置")
    page.press("#reveal-purpose", "Enter")
    expect(page.locator("[data-reporter]")).to_contain_text("13900000000")


def test_work_goes_on_without_webgl(live_site, town, visitor, call):
    page = visitor()
    number = call(page)
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    sign_in(page, live_site, "dispatcher")
    page.goto(f"{live_site}/console/?order={number}")
    expect(page.locator("[data-order-map]")).to_have_text("地图不可用，不影响办理")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.locator("[data-state=accepted]")).to_be_visible()
    assert wait_until(lambda: state_of(number) == "accepted")


def test_expired_session_loses_nothing(live_site, town, visitor, call, troubles):
    troubles.expect("401")  # the map may still ask for its grids when the session goes
    page = visitor()
    number = call(page)
    sign_in(page, live_site, "dispatcher")
    page.goto(f"{live_site}/console/?order={number}")
    page.keyboard.press("c")
    page.fill("#remark-text", "已电话联系，约下午三点。")
    page.context.clear_cookies(name="sessionid")
    page.press("#remark-text", "Control+Enter")
    expect(page.locator(".toast")).to_contain_text("登录已过期")
    assert page.input_value("#remark-text") == "已电话联系，约下午三点。"


def test_old_data_says_so_after_a_minute_without_contact(live_site, town, visitor, call, troubles):
    for broken in ("ERR_INTERNET_DISCONNECTED", "WebSocket", "htmx:"):
        troubles.expect(broken)
    page = visitor()
    page.clock.install()
    open_console(page, live_site, "dispatcher")
    expect(page.locator("[data-stale]")).to_be_hidden()
    page.context.set_offline(True)
    page.clock.fast_forward(45_000)
    expect(page.locator("[data-live-chip]")).to_have_text("连接中断")
    page.clock.fast_forward(70_000)
    page.clock.run_for(6_000)
    expect(page.locator("[data-stale]")).to_contain_text("数据停在")
    page.context.set_offline(False)
    page.clock.run_for(20_000)
    expect(page.locator("[data-stale]")).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_console_has_no_accessibility_violation(live_site, town, visitor, call, theme):
    page = visitor(viewport=(1280, 800), color_scheme=theme)
    number = call(page)
    sign_in(page, live_site, "dispatcher")
    page.goto(f"{live_site}/console/?view=open&order={number}")
    for prepare in ("c", "r", "t", "?"):
        page.keyboard.press(prepare)
        page.locator(":focus").blur() if prepare != "?" else None
        assert violations(page) == []


def violations(page: Page) -> list[str]:
    """Run axe on the page as it stands; name each rule that is broken and where."""
    page.evaluate((Path(settings.BASE_DIR) / "node_modules/axe-core/axe.min.js").read_text())
    found = page.evaluate("axe.run().then((results) => results.violations)")
    return [
        f"{rule['id']}: {node['target']} {node['any'][:1]}"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("size", [(390, 844), (768, 1024), (1280, 800), (1920, 1080)])
def test_console_fits_its_screens(live_site, town, visitor, call, size):
    page = visitor(viewport=size)
    number = call(page)
    sign_in(page, live_site, "dispatcher")
    page.goto(f"{live_site}/console/?order={number}")
    expect(page.locator("[data-order-pane]")).to_be_visible()
    wider = "[...document.querySelectorAll('html, .queue, .pane')]"
    assert page.evaluate(f"{wider}.filter((e) => e.scrollWidth > e.clientWidth).length") == 0
