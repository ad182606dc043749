"""A shift at the console: by keyboard, with colleagues, on many orders, missing nothing."""

from uuid import uuid4

import numpy as np
import pytest
from django.utils import timezone
from playwright.sync_api import Route, expect

from grids.services.duties import Fixes, begin_duty, record_track
from tests.browser.conftest import open_console, wait_until
from tests.browser.screens import violations
from workorders.enums import Action
from workorders.models import BulkJob, ExportJob, WorkOrder
from workorders.services import Actor, apply, work_bulk, work_exports


def test_shift_by_keyboard_alone(live_site, town, visitor, call):
    page = visitor()
    numbers = [call(page, f"T-{n}") for n in range(3)]
    open_console(page, live_site, query="?view=open&sort=new")
    keys = page.keyboard
    keys.press("j")
    expect(page.locator(f"[data-order-pane='{numbers[2]}']")).to_be_visible()
    for key in ("a", "Enter"):
        keys.press(key)
    expect(page.locator("[data-order-pane][data-state=accepted]")).to_be_visible()
    expect(page.locator("form:focus-within")).to_have_id("act-dispatch")
    expect(page.locator("#act-dispatch [data-submit]")).to_be_focused()
    keys.press("Enter")
    expect(page.locator("[data-order-pane][data-state=dispatched]")).to_be_visible()

    keys.press("j")
    expect(page.locator(f"[data-order-pane='{numbers[1]}']")).to_be_visible()
    keys.press("c")
    expect(page.locator("#remark-text")).to_be_focused()
    keys.type("已电话联系 ajk?")
    keys.press("Control+Enter")
    expect(page.locator("[data-notice]")).to_have_text("已备注")

    keys.press("/")
    keys.type(numbers[0][-6:])
    keys.press("Enter")
    expect(page.locator("[data-order]")).to_have_count(1)
    expect(page.locator(".asked__chip")).to_contain_text(numbers[0][-6:])
    page.locator("[data-search]").press("Escape")
    keys.press("j")
    expect(page.locator(f"[data-order-pane='{numbers[0]}']")).to_be_visible()
    keys.press("t")
    page.locator("#act-reject input[type=radio]").first.press("Space")
    keys.press("Control+Enter")
    expect(page.locator("[data-order-pane][data-state=rejected]")).to_be_visible()
    states = dict(WorkOrder.objects.values_list("number", "state"))
    assert [states[number] for number in numbers] == ["rejected", "registered", "dispatched"]


def test_colleagues_at_one_order_see_each_other(live_site, town, visitor, call):
    first, second = visitor(), visitor()
    number = call(first)
    open_console(first, live_site, query=f"?order={number}")
    expect(first.locator("[data-presence]")).to_have_count(1)
    first.keyboard.press("c")
    first.fill("#remark-text", "正在联系")
    wait_until(lambda: first.locator("[data-presence].htmx-request").count() == 0)
    open_console(second, live_site, "east", f"?order={number}")
    expect(second.locator("[data-others]")).to_contain_text("dispatcher")
    expect(first.locator("[data-others]")).to_contain_text("east")
    assert first.input_value("#remark-text") == "正在联系"


def test_one_act_on_ticked_orders_and_on_all_that_match(live_site, town, visitor, call):
    page = visitor()
    for n in range(3):
        call(page, f"T-{n}")
    open_console(page, live_site, query="?view=registered")
    for _ in range(2):
        page.keyboard.press("j")
        expect(page.locator(".row--open")).to_have_count(1)
        expect(page.locator("[data-order-pane] [data-acts]")).to_be_visible()
        page.keyboard.press("x")
    expect(page.locator("[data-ticked-count]")).to_have_text("已选 2 张")
    page.click("[data-bulk-open]")
    page.click("[data-bulk] [data-act-open=remark]")
    page.fill("#remark-text", "请留意")
    page.press("#remark-text", "Control+Enter")
    wait_until(BulkJob.objects.exists)
    assert work_bulk() == 2
    expect(page.locator("[data-bulk-outcome][data-finished]")).to_contain_text("办成 2 张")

    page.locator("[data-tick]").first.check()
    page.click("[data-tick-all]")
    expect(page.locator("[data-ticked-count]")).to_have_text("全部符合条件的")
    page.click("[data-bulk-open]")
    page.click("[data-bulk] [data-act-open=remark]")
    page.fill("#remark-text", "都看过")
    page.press("#remark-text", "Control+Enter")
    wait_until(lambda: BulkJob.objects.count() == 2)
    assert work_bulk() == 3
    expect(page.locator("[data-bulk-outcome][data-finished]")).to_contain_text("办成 3 张")


def test_export_shows_its_progress_and_is_fetched(
    live_site, town, visitor, call, settings, tmp_path
):
    settings.MEDIA_ROOT = str(tmp_path)
    page = visitor()
    call(page)
    open_console(page, live_site, query="?view=open")
    page.click("[data-export]")
    expect(page.locator("progress")).to_be_visible()
    job = wait_until(ExportJob.objects.first)
    assert work_exports(at=job.asked_at) == 1
    with page.expect_download() as found:
        page.click("[data-download]")
    assert found.value.suggested_filename.endswith(".xlsx")


def test_urgent_order_stays_until_it_was_seen(live_site, town, visitor, call):
    page = visitor()
    open_console(page, live_site)
    call(page, "N-1")
    expect(page.locator("[data-new-orders]")).to_have_text("1 条新工单")
    expect(page.locator("[data-attention]")).to_be_hidden()
    number = call(page, "U-1", urgency="urgent")
    expect(page.locator("[data-attention]")).to_contain_text(number)
    assert page.title().startswith("🔴1")
    page.reload()
    expect(page.locator("[data-attention]")).to_contain_text("1 张紧急或红灯工单")
    page.click("[data-attention-seen]")
    expect(page.locator("[data-attention]")).to_be_hidden()
    page.reload()
    expect(page.locator("[data-live-chip]")).to_have_text("已连接")
    assert page.locator("[data-attention]").is_hidden()


def test_key_that_was_changed_is_kept(live_site, town, visitor, call):
    page = visitor()
    number = call(page)
    open_console(page, live_site)
    page.keyboard.press("?")
    page.click("[data-key-slot=j]")
    page.keyboard.press("h")
    expect(page.locator("[data-key-slot=j]")).to_have_text("h")
    expect(page.locator("[data-key-slot=h]")).to_have_count(0)
    page.reload()
    expect(page.locator("[data-live-chip]")).to_have_text("已连接")
    page.keyboard.press("h")
    expect(page.locator(f"[data-order-pane='{number}']")).to_be_visible()
    page.keyboard.press("?")
    page.click("[data-keys-reset]")
    expect(page.locator("[data-key-slot=j]")).to_have_text("j")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_the_desk_are_accessible_and_fit(live_site, town, visitor, call, theme):
    page = visitor(viewport=(1280, 800), color_scheme=theme)
    number = call(page, urgency="urgent")
    open_console(page, live_site, query=f"?view=open&category=manhole&order={number}")
    page.click("[data-filters-toggle]")
    page.click(".keep summary")
    page.locator("[data-tick]").first.check()
    assert violations(page) == []
    page.click("[data-bulk-open]")
    page.click("[data-bulk] [data-act-open=reject]")
    assert violations(page) == []
    page.click("[data-export]")
    expect(page.locator("progress")).to_be_visible()
    assert violations(page) == []
    for path in (
        "/console/?view=open",
        "/console/supervision/",
        f"/console/orders/{number}/print/",
    ):
        page.goto(f"{live_site}{path}")
        for size in ((390, 844), (768, 1024), (1280, 800), (1920, 1080)):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            assert not page.evaluate(wide), (path, size)
        assert violations(page) == [], path


def test_keys_wait_for_the_order_that_was_asked_for(live_site, town, visitor, call):
    page = visitor()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    first, second = call(page, "T-1"), call(page, "T-2")
    open_console(page, live_site, query=f"?view=registered&sort=old&order={first}")
    page.route(f"**/orders/{second}/", hold)
    page.keyboard.press("j")
    wait_until(lambda: page.title() and held)
    submit = page.locator("#act-accept [data-submit]")
    page.keyboard.press("a")  # would accept the first order while the second is on its way
    expect(submit).not_to_be_focused()
    held[0].continue_()
    expect(page.locator(f"[data-order-pane='{second}']")).to_be_visible()
    page.keyboard.press("a")
    expect(submit).to_be_focused()


def test_form_stays_open_while_a_colleague_writes_in_the_order(live_site, town, visitor, call):
    page = visitor()
    number = call(page)
    open_console(page, live_site, query=f"?order={number}")
    page.keyboard.press("c")
    expect(page.locator("#remark-text")).to_be_focused()
    actor = Actor.from_user(town.people["east"])
    apply(
        number=number, action=Action.REMARK, actor=actor, at=timezone.now(),
        carried={"text": "已电话联系"},
    )  # fmt: skip
    expect(page.locator("[data-order-pane]")).to_contain_text("已电话联系")
    expect(page.locator("#remark-text")).to_be_focused()


def test_search_keeps_the_keys_while_an_act_is_answered(live_site, town, visitor, call):
    page = visitor()
    number = call(page)
    open_console(page, live_site, query=f"?order={number}")
    page.evaluate(
        "htmx.config.defaultSettleDelay = 300; window.settled = 0;"
        "document.addEventListener('htmx:afterSettle', () => { window.settled += 1; })"
    )
    page.keyboard.press("c")
    expect(page.locator("#remark-text")).to_be_focused()
    page.keyboard.type("已电话联系")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-notice]")).to_have_text("已备注")
    page.keyboard.press("/")
    wait_until(lambda: page.evaluate("window.settled"))
    expect(page.locator("[data-search]")).to_be_focused()


def test_order_is_sent_to_whoever_is_near(live_site, town, visitor, call):
    page = visitor()
    number = call(page)
    worker, now = town.people["worker"], timezone.now()
    duty = begin_duty(user=worker, duty_id=uuid4(), area=None, at=now)
    rows = np.array([[now.timestamp(), 118.62, 32.02, 6]])
    record_track(user=worker, duty_id=duty.pk, fixes=Fixes(uuid4(), now, rows), at=now)
    open_console(page, live_site, query=f"?order={number}")
    for key in ("a", "Enter"):
        page.keyboard.press(key)
    near = page.locator("[data-nearby]")
    expect(near).to_contain_text("本网格")
    near.locator("[data-send]").click()
    expect(page.locator("#act-dispatch [data-submit]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-order-pane][data-state=dispatched]")).to_be_visible()
    assert WorkOrder.objects.get(number=number).holder_area == town.areas["东街1社区1格"]
