"""Visits on a phone: found, put on record, turned into a finding, with a line and without one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from playwright.sync_api import Page

from accounts.models import AccessLog
from grids.models import Element, Visit
from grids.services.elements import save_element
from tests.browser.conftest import HERE, PHONE, sign_in, wait_until
from tests.browser.test_mobile import faults, is_wider_than_its_window
from tests.browser.test_phone_offline import wait_for_states
from tests.town import Town
from workorders.models import WorkOrder


@pytest.fixture
def held(town: Town) -> list[Element]:
    """What the worker's grid holds: a person and a place."""
    area, made = town.areas["东街1社区1格"], []
    for kind, name, number in (
        ("person", "演示住户 1", "13900000001"),
        ("place", "演示小区 2", ""),
    ):
        element = Element(
            kind=kind, area=area, address=f"演示路{name[-1]}号", is_demo=True,
            point=Point(118.62, 32.02), attributes={"备注": "演示"},
        )  # fmt: skip
        made.append(save_element(element=element, name=name, phone=number))
    return made


@pytest.fixture
def page(held: Any, visitor: Callable[..., Page], live_site: str) -> Callable[..., Page]:
    def open_page(**options: Any) -> Page:
        page = visitor(
            viewport=PHONE, geolocation=HERE, permissions=["geolocation"], has_touch=True, **options
        )
        sign_in(page, live_site, "worker")
        page.goto("/m/elements/")
        return page

    return open_page


def test_visit_takes_two_taps_from_the_list(page, held):
    phone = page()
    phone.fill("#element-search", "小区")
    assert phone.locator(".element:visible").count() == 1
    phone.click(".element:visible .stop__report")
    phone.click("button:has-text('记下') >> nth=0")
    phone.wait_for_selector("text=走访已记录。")
    visit = Visit.objects.get()
    assert (visit.element, visit.purpose, visit.outcome) == (held[1], "routine", "met")


def test_finding_of_a_visit_becomes_an_order_by_one_tap(page, held):
    phone = page()
    phone.click(".element >> nth=1 >> .stop__report")
    phone.click("button:has-text('记下并上报')")
    phone.wait_for_selector("[data-error-for=findings]:has-text('请填写')")
    phone.fill("#id_findings", "楼道堆了杂物")
    phone.click("button:has-text('记下并上报')")
    phone.wait_for_url("**/m/report/**")
    phone.wait_for_selector("text=的位置。不在那里就重新定位")
    assert phone.input_value("#id_text") == "楼道堆了杂物"
    phone.click(".sticky-act button")
    phone.wait_for_selector("text=已上报，编号")
    order = WorkOrder.objects.get()
    assert (order.text, order.point.x) == ("楼道堆了杂物", 118.62)
    assert Visit.objects.get().findings == "楼道堆了杂物"


def test_contact_is_shown_on_record(page):
    phone = page()
    assert "13900000001" not in phone.content()
    phone.click(".element__contact button >> nth=0")
    phone.wait_for_selector("a[href='tel:13900000001']")
    assert AccessLog.objects.filter(kind="personal_viewed").count() == 1


def test_visits_without_a_line_arrive_once(phone, line, held, troubles):
    page = phone.sign_in()
    line.cut()
    page.goto("/m/elements/")
    page.click(".element >> nth=0 >> .stop__report")
    page.click("text=关爱帮扶")
    page.fill("#id_findings", "断网时写的")
    page.click("button:has-text('记下') >> nth=0")
    page.wait_for_selector("text=已存进发件箱")
    phone.close()
    page = phone.open("/m/outbox/")
    wait_for_states(page, ["waiting"])
    line.lose_answers()
    page.click("text=现在就发")
    wait_until(Visit.objects.exists)
    line.mend()
    page.reload()
    wait_for_states(page, ["delivered"])
    visit = Visit.objects.get()
    assert (visit.purpose, visit.findings) == ("care", "断网时写的")
    assert visit.at < visit.received_at


def test_visit_that_is_refused_can_be_changed(phone, line, held, troubles):
    troubles.expect("404 (Not Found)")
    page = phone.sign_in()
    line.cut()
    page.goto("/m/elements/")
    page.click(".element >> nth=1 >> .stop__report")
    page.fill("#id_findings", "写了很多字")
    page.click("button:has-text('记下') >> nth=0")
    page.wait_for_selector("text=已存进发件箱")
    Element.objects.filter(address="演示路2号").update(is_active=False)
    line.mend()
    page.goto("/m/outbox/")
    page.wait_for_selector("text=已不在册，或不归您管了。")
    page.click("text=打开修改")
    page.wait_for_selector("text=已恢复没发出的草稿")
    assert page.input_value("#id_findings") == "写了很多字"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_visit_pages_fit_the_phone_and_pass_axe(page, scheme):
    phone = page(color_scheme=scheme)
    for path in ("/m/elements/", "/m/visit/"):
        phone.goto(path)
        assert (path, is_wider_than_its_window(phone)) == (path, False)
        assert (path, faults(phone)) == (path, [])
