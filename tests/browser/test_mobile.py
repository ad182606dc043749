"""The phone and the residents' pages in a browser: what only scripts or layout can break."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.conftest import HERE, PHONE, sign_in, wait_until
from tests.town import Town
from tests.workorders.pages import act, bring_to_follow_up, send_to_grid
from workorders.enums import Action
from workorders.models import Photo, WorkOrder

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
PHOTO_EDGE = 1600
FIRST_LOAD_BYTES = 300 * 1024
# Bytes of all that the page and its worker keep, compressed as a server sends it.
TRANSFERRED = """
async () => {
  const sizes = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of name.startsWith("yiwang-shell") ? await cache.keys() : ["/m/"]) {
      const answer = await cache.match(request, { ignoreVary: true });
      const zip = answer.clone().body.pipeThrough(new CompressionStream("gzip"));
      sizes[request.url ?? request] = (await new Response(zip).arrayBuffer()).byteLength;
    }
  }
  return sizes;
}
"""


@pytest.fixture(autouse=True)
def site(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PUBLIC_FORM_SECONDS = 0
    settings.PUBLIC_REPORTS_PER_HOUR = settings.PUBLIC_GUESSES_PER_HOUR = 1_000_000


@pytest.fixture
def phone(town: Town, visitor: Callable[..., Page], live_site: str) -> Callable[..., Page]:
    """Open the worker's phone at a page, with a position of 8 m."""

    def open_phone(path: str = "/m/", **options: Any) -> Page:
        page = visitor(
            viewport=PHONE, geolocation=HERE, permissions=["geolocation"], has_touch=True, **options
        )
        sign_in(page, live_site, "worker")
        page.goto(path)
        return page

    return open_phone


@pytest.fixture
def held(town: Town, channel_api: Any) -> str:
    number = channel_api("hotline", town.call()).data["number"]
    send_to_grid(town, number)
    return number


def picture(name: str, size: tuple[int, int] = (3000, 2000)) -> Any:
    content = io.BytesIO()
    Image.new("RGB", size, "green").save(content, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": content.getvalue()}


def is_wider_than_its_window(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def faults(page: Page) -> list[str]:
    """List what axe finds against WCAG 2.2 AA."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
    found = page.evaluate("tags => axe.run({runOnly: tags})", tags)
    return [f"{row['id']}: {row['nodes'][0]['html']}" for row in found["violations"]]


def state_of(number: str) -> str:
    return WorkOrder.objects.values_list("state", flat=True).get(number=number)


def test_worker_signs_and_resolves_with_photo(phone, held):
    page = phone()
    page.click(f"a[href='/m/orders/{held}/']")
    page.click(".action-bar button")
    page.wait_for_selector("text=已签收")
    assert state_of(held) == "handling"
    page.set_input_files("input[name=after]", picture("after.jpg"))
    page.wait_for_selector(".photos__item")
    page.click("#resolve .phrase >> nth=0")
    page.click("#resolve button.button--huge")
    page.wait_for_url("**/m/")
    order = WorkOrder.objects.get(number=held)
    photo = order.photos.get()
    assert (order.state, order.result) == ("resolved", "已到现场处置完毕。")
    assert (photo.stage, max(photo.width, photo.height)) == ("after", PHOTO_EDGE)


def test_worker_reports_with_photo_and_position(phone, live_site):
    page = phone("/m/report/")
    page.wait_for_selector("text=误差约 8 米")
    page.set_input_files("input[name=photos]", picture("before.jpg"))
    page.wait_for_selector(".photos__item")
    page.click("text=井盖缺失")
    page.click(".sticky-act button")
    page.wait_for_selector("text=已上报")
    order = WorkOrder.objects.get()
    assert (order.text, order.grid.name) == ("现场发现：井盖缺失", "东街1社区1格")
    assert (order.point.x, order.point.y) == (118.62, 32.02)
    assert Photo.objects.count() == 1


def test_new_order_appears_without_reload(phone, town, channel_api):
    page = phone()
    page.wait_for_selector("[data-live-chip][data-live=open]")
    number = channel_api("hotline", town.call()).data["number"]
    send_to_grid(town, number)
    page.wait_for_selector(f"a[href='/m/orders/{number}/']")


def test_draft_survives_a_restart_of_the_page(phone):
    page = phone("/m/report/")
    page.set_input_files("input[name=photos]", picture("before.jpg"))
    page.wait_for_selector(".photos__item")
    page.fill("#id_text", "写到一半")
    page.wait_for_selector("[data-outbox-chip]:has-text('草稿 1')")
    page.reload()
    page.wait_for_selector("text=已恢复没发出的草稿")
    assert page.input_value("#id_text") == "写到一半"
    assert page.locator(".photos__item").count() == 1


def test_report_with_photo_takes_at_most_five_taps(phone):
    page = phone()
    taps = [".tabs >> text=上报", "[data-photos=photos] .photos__take input", "text=井盖缺失",
            ".sticky-act button"]  # fmt: skip
    page.on("filechooser", lambda chooser: chooser.set_files(picture("before.jpg")))
    for tap in taps:
        page.click(tap)
        if "input" in tap:
            page.wait_for_selector(".photos__item")
    page.wait_for_selector("text=已上报，编号")
    assert (len(taps) <= 5, Photo.objects.count()) == (True, 1)


def test_first_load_is_small(phone, live_site):
    page = phone()
    page.wait_for_selector("html[data-kept]")
    sizes = page.evaluate(TRANSFERRED)
    assert sum(sizes.values()) <= FIRST_LOAD_BYTES, sizes


def test_wrong_file_is_named_at_once_and_the_act_waits(phone, held):
    page = phone(f"/m/orders/{held}/")
    page.click(".action-bar button")
    page.wait_for_selector("text=已签收")
    fake = {"name": "fake.jpg", "mimeType": "image/jpeg", "buffer": b"MZ" + b"\0" * 900}
    apple = {"name": "IMG_1.HEIC", "mimeType": "image/heic", "buffer": b"\0\0\0\x18ftypheic"}
    for file, words in ((fake, "fake.jpg：不是照片"), (apple, "IMG_1.HEIC：是 HEIC 照片")):
        page.set_input_files("input[name=after]", file)
        page.wait_for_selector(f"#error-after:has-text('{words}')")
    page.fill("#id_result", "已更换井盖")
    page.click("#resolve button.button--huge")
    page.wait_for_selector("#resolve :text('请拍处置后照片，或写佐证说明')")
    page.set_input_files("input[name=after]", picture("after.jpg"))
    page.wait_for_selector(".photos__item")
    page.click("#resolve button.button--huge")
    page.wait_for_url("**/m/")
    assert (state_of(held), Photo.objects.count()) == ("resolved", 1)


def test_colleague_was_faster_the_words_stay_and_can_be_sent(phone, town, held, troubles):
    troubles.expect("409 (Conflict)")
    page = phone(f"/m/orders/{held}/")
    page.click("summary:has-text('退回')")
    page.fill("#id_reason", "须由职能部门处置")
    act(town, "worker", held, Action.SIGN)
    page.click("button:has-text('退回中心')")
    page.wait_for_selector("text=内容还在，核对后可再次提交")
    assert page.input_value("#id_reason") == "须由职能部门处置"
    page.click("button:has-text('退回中心')")
    page.wait_for_url("**/m/")
    assert state_of(held) == "accepted"


def test_resident_reports_follows_and_says_no(visitor, town, live_site):
    page = visitor(viewport=PHONE, geolocation=HERE, permissions=["geolocation"])
    page.goto("/")
    page.fill("#id_text", "小区门口井盖缺失，晚上很危险。")
    page.click("text=用我的位置")
    page.wait_for_selector("text=误差约 8 米")
    page.set_input_files("input[name=photos]", picture("hole.jpg"))
    page.wait_for_selector(".photos__item")
    page.click("button:has-text('提交')")
    page.wait_for_selector("text=已收到您的反映")
    order = WorkOrder.objects.get()
    assert (order.grid.name, order.photos.count()) == ("东街1社区1格", 1)
    bring_to_follow_up(town, order.number)
    page.goto(page.input_value("#link").removeprefix(live_site))
    page.click("text=没有解决")
    page.fill("#id_note", "盖子还是松的")
    page.click("button:has-text('提交评价')")
    page.wait_for_selector("h1:has-text('承办单位正在办理')")
    assert wait_until(lambda: state_of(order.number) == "handling")


def test_report_works_without_javascript(visitor, town):
    page = visitor(viewport=PHONE, java_script_enabled=False)
    page.goto("/")
    page.fill("#id_text", "小区门口井盖缺失，晚上很危险。")
    page.click("button:has-text('提交')")
    page.wait_for_selector("text=已收到您的反映")
    assert WorkOrder.objects.count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_the_phone_and_pass_axe(phone, held, scheme):
    page = phone(color_scheme=scheme)
    for path in ("/m/", f"/m/orders/{held}/", "/m/report/", "/m/me/", "/", "/track/"):
        page.goto(path)
        assert (path, is_wider_than_its_window(page)) == (path, False)
        assert (path, faults(page)) == (path, [])


@pytest.mark.parametrize("size", [(390, 844), (768, 1024), (1280, 800), (1920, 1080)])
def test_public_pages_fit_every_width(visitor, town, channel_api, size):
    number = channel_api("hotline", town.call()).data["number"]
    code = WorkOrder.objects.get(number=number).tracking_code
    bring_to_follow_up(town, number)
    page = visitor(viewport=size)
    for path in ("/", "/track/", f"/track/{number}/{code}/"):
        page.goto(path)
        assert (path, is_wider_than_its_window(page)) == (path, False)
        assert (path, faults(page)) == (path, [])
