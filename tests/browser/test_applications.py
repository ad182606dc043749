"""Asked for on one screen, decided on another: a look on the phone, more time at the desk."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from rest_framework.test import APIClient

from tests.browser.conftest import sign_in
from workorders.models import WorkOrder


@pytest.fixture
def number(town: Any) -> str:
    header = f"Bearer {town.tokens['hotline']}"
    answer = APIClient().post(
        "/api/v1/intake/hotline/", town.call(), format="json", HTTP_AUTHORIZATION=header
    )
    return answer.json()["number"]


@pytest.fixture
def act(town: Any, number: str) -> Any:
    def act(person: str, action: str, **carried: Any) -> None:
        client = APIClient()
        client.force_authenticate(town.people[person])
        answer = client.post(f"/api/v1/orders/{number}/{action}/", carried, format="json")
        assert answer.status_code == 200, answer.data

    return act


def test_worker_reports_on_the_phone_what_the_desk_asked(live_site, visitor, number, act):
    act("dispatcher", "request_verification", note="井盖还在不在？")
    page = visitor(viewport=(390, 844))
    sign_in(page, live_site, "worker")
    page.goto(f"{live_site}/m/")
    expect(page.locator(".card")).to_contain_text("待核实")
    page.locator(".card").click()
    page.fill("#id_finding", "井盖缺失，已放警示牌")
    page.click("#report_verification button.button--primary")
    page.wait_for_url(f"{live_site}/m/")
    assert WorkOrder.objects.get(number=number).state == "registered"


def test_handler_asks_for_more_time_and_the_supervisor_grants_it(live_site, visitor, number, act):
    act("dispatcher", "accept", category="noise")
    act("dispatcher", "dispatch", department="D2")
    act("handler", "sign")
    desk = visitor()
    sign_in(desk, live_site, "handler")
    desk.goto(f"{live_site}/console/?order={number}")
    desk.click("[data-act-open=request_extension]")
    until = timezone.localtime() + timedelta(days=40)
    desk.fill("#request_extension-until", f"{until:%Y-%m-%dT%H:%M}")
    desk.fill("#request_extension-reason", "等待材料")
    desk.click("#act-request_extension [data-submit]")
    expect(desk.locator("[data-pending]")).to_contain_text("待督办员审批")

    supervisor = visitor()
    sign_in(supervisor, live_site, "supervisor")
    supervisor.goto(f"{live_site}/console/?view=asked_for&order={number}")
    expect(supervisor.locator("[data-view=asked_for] [data-count]")).to_have_text("1")
    expect(supervisor.locator("#act-approve .act__reason")).to_contain_text("等待材料")
    supervisor.click("#act-approve [data-submit]")
    expect(supervisor.locator("[data-notice]")).to_contain_text("已同意申请")
    order = WorkOrder.objects.get(number=number)
    assert order.due_at == until.replace(second=0, microsecond=0)
