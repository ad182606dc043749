"""The pages of departments' data on desk and phone, in both themes."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from datahub.models import Finding, SharingRequest
from datahub.services import (
    ask_publication,
    ask_sharing,
    current_reader,
    prepare_publications,
    publish_publication,
    run_cross_check,
)
from tests.browser.conftest import open_console, sign_in
from tests.browser.screens import violations
from tests.datahub.catalogue import build_hub
from tests.datahub.checks import add_table, both, fill
from tests.datahub.loading import as_csv, load, person
from tests.town import EAST_POINT

pytestmark = pytest.mark.browser


@pytest.fixture
def hub(town, live_site, settings, tmp_path):
    """Residents with some faults, and a request that waits for their owner."""
    settings.MEDIA_ROOT = str(tmp_path)
    hub, people = build_hub(town), town.people
    rows = [*(person(n) for n in range(1, 15)), person(15, 手机号="123")]
    load(hub.people, people["reporter"], as_csv(rows))
    at, asker = timezone.now(), people["dispatcher"]
    ask_sharing(
        resource=hub.people, reader=current_reader(user=asker), by=asker,
        purpose="核对", is_personal=True, ends_on=timezone.localdate(at + timedelta(days=3)), at=at,
    )  # fmt: skip
    tables = [add_table(f"t{n}", town.departments["城管局"]) for n in (1, 2)]
    where = (EAST_POINT["lon"], EAST_POINT["lat"])
    for table in tables:
        fill(table, [{"no": "S1", "title": "演示店", "place": where}])
    check = both("fire", (tables[0], {"place_column": "place"}), (tables[1], {}))
    run_cross_check(check=check, at=at)
    return hub


@pytest.mark.parametrize(
    ("viewport", "scheme"), [((390, 844), "dark"), ((768, 1024), "light"), ((1920, 1080), "dark")]
)
def test_pages_fit_and_pass_axe(hub, visitor, live_site, viewport, scheme):
    page = visitor(viewport=viewport, color_scheme=scheme)
    sign_in(page, live_site, "handler")
    made = SharingRequest.objects.get()
    for path in (
        "/hub/", "/hub/people/", "/hub/people/rows/",
        "/hub/people/groups/?by=gender&figures=filled:mobile",
        "/hub/quality/", "/hub/quality/resources/",
        "/hub/notices/", "/hub/requests/", f"/hub/requests/{made.uuid}/", "/hub/checks/",
        "/hub/checks/fire/", f"/hub/checks/fire/{Finding.objects.first().pk}/",
    ):  # fmt: skip
        assert_fits(page, live_site, path)


@pytest.mark.parametrize(
    ("viewport", "scheme"), [((390, 844), "dark"), ((390, 844), "light"), ((1920, 1080), "dark")]
)
def test_open_data_is_opened_and_fetched(hub, visitor, live_site, viewport, scheme):
    people = User.objects.in_bulk(field_name="username")
    owner, at = people["handler"], timezone.now()
    reader, plan = current_reader(user=owner), {"gender": {"treatment": "raw"}}
    asked = {"resource": hub.people, "plan": plan, "description": "", "licence": "注明来源"}
    made = ask_publication(**asked, reader=reader, by=owner, at=at)
    prepare_publications()
    publish_publication(publication=made, reader=reader, by=owner, at=at)
    ask_publication(**asked, reader=reader, by=owner, at=at)
    prepare_publications()
    page = visitor(viewport=viewport, color_scheme=scheme)
    for path in ("/open/", "/open/?q=x", "/open/people/"):
        assert_fits(page, live_site, path)
    with page.expect_download() as download:
        page.click("text=CSV")
    assert download.value.suggested_filename.startswith("常住人口-")
    sign_in(page, live_site, "handler")
    assert_fits(page, live_site, "/hub/people/open/")
    page.click("text=向社会公开")
    page.wait_for_selector("text=已有新版")


def assert_fits(page, live_site, path):
    page.goto(f"{live_site}{path}")
    assert (path, violations(page)) == (path, [])
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert (path, max(0, wide)) == (path, 0)


def test_owner_approves_and_asker_reads(hub, visitor, live_site):
    owner = visitor()
    sign_in(owner, live_site, "handler")
    owner.goto(f"{live_site}/hub/requests/")
    owner.click("#waiting ~ ul .entry__name")
    owner.click("text=同意并授权")
    owner.wait_for_selector("text=已授权")
    asker = visitor()
    sign_in(asker, live_site, "dispatcher")
    asker.goto(f"{live_site}/hub/people/rows/")
    asker.fill("[name=purpose]", "核对")
    asker.click("text=显示本页")
    asker.wait_for_selector("text=本次查看已记入访问日志")
    owner.reload()
    owner.wait_for_selector("text=核对（14 行")


def test_findings_are_drawn_on_the_map(hub, visitor, live_site):
    page = visitor()
    sign_in(page, live_site, "dispatcher")
    page.goto(f"{live_site}/hub/checks/fire/")
    page.wait_for_selector("[data-findings-map][data-drawn]")
    page.click("th a")
    page.fill("[name=reason]", "已搬迁")
    page.click("text=排除此疑点")
    page.wait_for_selector("text=已排除")


def test_bell_of_the_console_tells_of_data_as_well(hub, visitor, live_site):
    page = open_console(visitor(viewport=(1280, 800)), live_site, "handler")
    page.click("button[title=提醒]")
    told = page.locator("[data-hub-notices]")
    expect(told).to_contain_text("共享申请：待您审批")
    assert violations(page) == []
    told.get_by_role("link", name="常住人口").first.click()
    page.wait_for_url("**/hub/requests/*/")
