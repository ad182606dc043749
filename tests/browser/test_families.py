"""Duplicates merged with one click, and an order split row by row, in a real browser."""

from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.workorders.desk import NEXT_YEAR, Desk
from workorders.enums import ClockKind
from workorders.models import Clock, WorkOrder


def open_order(page: Page, live_site: str, number: str) -> None:
    page.goto(f"{live_site}/console/?order={number}")
    expect(page.locator(f"[data-order-pane='{number}']")).to_be_visible()


def test_likely_duplicate_is_merged_with_one_click(live_site: str, town: Any, visitor: Any) -> None:
    people = Desk(town)
    first = people.call("T-1", text="东街一号门口的路灯坏了三天，晚上一片漆黑。")
    second = people.call("T-2", text="东街一号路灯坏了，晚上漆黑。", point=(118.6205, 32.02))
    page = visitor()
    sign_in(page, live_site, "dispatcher")
    open_order(page, live_site, second.number)
    twin = page.locator(".twin", has_text=first.number)
    expect(twin).to_contain_text("同网格、50 米内")
    twin.get_by_role("button", name="并入此单").click()
    expect(page.locator(f"[data-order-pane='{second.number}'][data-state=merged]")).to_be_visible()
    expect(page.locator(".kin")).to_contain_text("已并入")
    page.goto(f"{live_site}/track/{second.number}/{second.tracking_code}/")
    expect(page.locator(".story")).to_contain_text("已与相同诉求一并办理")


def test_order_is_split_row_by_row(live_site: str, town: Any, visitor: Any) -> None:
    order = Desk(town).begin("T-1")
    page = visitor()
    sign_in(page, live_site, "handler")
    open_order(page, live_site, order.number)
    page.keyboard.press("f")
    form = page.locator("#act-split")
    expect(form).to_be_visible()
    for row, (name, text) in enumerate((("水务局", "疏通雨水口"), ("城管局", "清扫路面"))):
        form.locator(f"[name=parts-{row}-holder_words]").fill(name)
        form.locator(f"#split-parts-{row}-holder-list [data-code]").first.click()
        form.locator(f"[name=parts-{row}-text]").fill(text)
    form.locator("[name=parts-1-due_at]").fill(f"{NEXT_YEAR}-01-02T09:30")
    form.locator("[data-submit]").click()
    expect(page.locator(".kin__line")).to_have_count(2)
    limits = Clock.objects.filter(kind=ClockKind.RESOLUTION, order__parent=order)
    assert list(limits.order_by("order").values_list("fixed_due_at", flat=True)) == [
        None, datetime(NEXT_YEAR, 1, 2, 1, 30, tzinfo=UTC),
    ]  # fmt: skip
    assert [part.department.name for part in WorkOrder.objects.filter(parent=order)] == [
        "水务局", "城管局",
    ]  # fmt: skip
