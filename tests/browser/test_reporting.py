"""The desk of those who report, in a real browser."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from dashboards.enums import ReportStatus
from dashboards.models import ReportedValue
from dashboards.services.reports import Observation, decide_report, report_values
from tests.browser.conftest import sign_in
from tests.browser.test_console import violations
from tests.reports import reported_indicator


def report_now(town, indicator, value):
    now = timezone.now()
    return report_values(
        indicator=indicator,
        observations=[Observation(now, value)],
        reporter=town.people["reporter"],
        at=now,
    )[0].row


@pytest.fixture
def doubted(live_site, town):
    indicator = reported_indicator(town, definition="工地出入口监测点的小时均值")
    reported_indicator(town, "silent")
    now = timezone.now()
    observations = [Observation(now - timedelta(minutes=5), 50), Observation(now, 9999)]
    report_values(
        indicator=indicator, observations=observations, reporter=town.people["reporter"], at=now
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(390, 844), (1920, 1080)])
def test_desk_is_readable_and_decides(live_site, town, visitor, doubted, theme, size):
    page = visitor(viewport=size, color_scheme=theme)
    sign_in(page, live_site, "reporter")
    expect(page.get_by_role("heading", name="数据报送")).to_be_visible()
    assert page.url == f"{live_site}/reporting/"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert violations(page) == []
    page.get_by_role("button", name="采用").click()
    expect(page.get_by_text("没有待核的值。")).to_be_visible()
    assert set(ReportedValue.objects.values_list("status", flat=True)) == {"accepted"}


def test_desk_follows_what_waits_without_reloading(live_site, town, visitor):
    indicator = reported_indicator(town)
    page = visitor()
    sign_in(page, live_site, "reporter")
    expect(page.locator("[data-live-chip]")).to_have_text("已连接")
    expect(page.get_by_text("没有待核的值。")).to_be_visible()
    page.evaluate("document.body.dataset.stays = 'yes'")
    first = report_now(town, indicator, 9999)
    expect(page.locator(".doubt")).to_have_count(1)
    page.locator(f"#accept-{first.pk}").focus()
    second = report_now(town, indicator, 8888)
    expect(page.locator(".doubt")).to_have_count(2)
    assert page.evaluate("document.activeElement.id") == f"accept-{first.pk}"
    decide_report(
        pk=second.pk, verdict=ReportStatus.REJECTED, decider=town.people["reporter"],
        at=timezone.now(),
    )  # fmt: skip
    expect(page.locator(".doubt")).to_have_count(1)
    assert page.evaluate("document.body.dataset.stays") == "yes"
