"""The phone without a line: nothing is lost, nothing comes twice, all of it is told."""

import contextlib
import hashlib
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from grids.services import end_post
from tests.browser.conftest import PHONE, Phone, enter, wait_until
from tests.browser.line import Line
from tests.browser.test_mobile import faults, is_wider_than_its_window, picture
from tests.town import Town
from tests.workorders.pages import act, send_to_grid
from workorders.enums import Action
from workorders.models import Event, Photo, PhotoUpload, WorkOrder
from workorders.views import shell

WORKER_VERSION = """
() => new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => resolve(data);
  const worker = navigator.serviceWorker.controller;
  if (worker) worker.postMessage({ type: "version" }, [port2]); else resolve("");
})
"""
STORED = """
() => new Promise((resolve) => {
  const asked = indexedDB.open("yiwang-outbox");
  asked.onsuccess = () => {
    const db = asked.result;
    const read = db.transaction("photos").objectStore("photos").getAll();
    read.onsuccess = () => { db.close(); resolve(read.result.map((row) => row.sha256).sort()); };
  };
})
"""


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def held(town: Town, channel_api: Any) -> str:
    number = channel_api("hotline", town.call()).data["number"]
    send_to_grid(town, number)
    return number


def submit_report(page: Page, photo: Any, text: str) -> None:
    page.goto("/m/report/")
    page.set_input_files("input[name=photos]", photo)
    page.wait_for_selector(".photos__item")
    page.click("text=井盖缺失")
    page.fill("#id_text", text)
    page.click(".sticky-act button")
    page.wait_for_selector("[data-flash]:not([hidden])")


def states(page: Page) -> list[str]:
    rows = page.query_selector_all("[data-outbox-list] .record")
    return [str(row.get_attribute("data-state")) for row in rows]


def wait_for_states(page: Page, wanted: list[str]) -> None:
    for _ in range(300):
        if states(page) == wanted:
            return
        page.wait_for_timeout(50)
    assert states(page) == wanted


def test_three_reports_outlive_the_browser_and_come_once(phone: Phone, line: Line) -> None:
    page = phone.sign_in()
    line.cut()
    for number, size in enumerate(((900, 600), (600, 900), (640, 640))):
        submit_report(page, picture(f"{number}.jpg", size), f"断网时写的第{number}条")
    kept = page.evaluate(STORED)
    phone.close()
    page = phone.open("/m/outbox/")
    wait_for_states(page, ["waiting"] * 3)
    assert (page.evaluate(STORED), WorkOrder.objects.count()) == (kept, 0)
    # The server hears the records, the phone hears no answer: it must ask again.
    line.lose_answers()
    page.click("text=现在就发")
    wait_until(lambda: WorkOrder.objects.count() >= 1)
    line.mend()
    page.reload()
    wait_for_states(page, ["delivered"] * 3)
    texts = sorted(WorkOrder.objects.values_list("text", flat=True))
    assert texts == [f"断网时写的第{number}条" for number in range(3)]
    photos = list(Photo.objects.all())
    assert sorted(photo.sha256 for photo in photos) == kept
    assert sorted(hashlib.sha256(photo.file.read()).hexdigest() for photo in photos) == kept
    assert sorted(photo.order.photos.count() for photo in photos) == [1, 1, 1]
    assert Event.objects.filter(action="register").count() == 3
    assert (page.evaluate(STORED), PhotoUpload.objects.count()) == ([], 0)


def test_photo_goes_on_where_the_line_was_cut(phone: Phone, line: Line) -> None:
    page = phone.sign_in()
    line.cut()
    submit_report(page, noisy("big.jpg"), "大照片")
    page.goto("/m/outbox/")
    line.cut_after(400_000)
    page.click("text=现在就发")
    wait_until(lambda: not line.is_up)
    assert Photo.objects.count() == 0
    line.mend()
    page.reload()
    wait_for_states(page, ["delivered"])
    assert Photo.objects.get().order == WorkOrder.objects.get()


def noisy(name: str) -> Any:
    """Make a photo that does not shrink below several pieces."""
    content = io.BytesIO()
    Image.effect_noise((1600, 1600), 120).convert("RGB").save(content, "JPEG", quality=90)
    return {"name": name, "mimeType": "image/jpeg", "buffer": content.getvalue()}


def test_worker_signs_arrives_and_resolves_without_a_line(phone, line, town, held):
    page = phone.sign_in()
    line.cut()
    page.click(f"a[href='/m/orders/{held}/']")
    with page.expect_navigation():  # what is kept, the page shows anew
        page.click(".action-bar button")
    page.wait_for_selector("#resolve:not([hidden])")
    page.click("summary:has-text('已到现场')")
    page.wait_for_selector("text=离工单位置约 0 米")
    with page.expect_navigation():
        page.click("button:has-text('记录到场')")
    page.wait_for_selector("[data-flash]:not([hidden])")
    page.set_input_files("#resolve input[name=after]", picture("after.jpg"))
    page.wait_for_selector("#resolve .photos__item")
    page.fill("#id_result", "离线办结：已更换井盖")
    page.click("#resolve button.button--huge")
    page.wait_for_selector(".record-mark:has-text('等待信号')")
    line.mend()
    page.goto("/m/outbox/")
    wait_for_states(page, ["delivered"] * 3)
    order = WorkOrder.objects.get(number=held)
    assert (order.state, order.result) == ("resolved", "离线办结：已更换井盖")
    assert [photo.stage for photo in order.photos.all()] == ["after"]
    own = order.events.filter(actor=town.people["worker"]).order_by("sequence")
    assert [event.action for event in own] == ["sign", "remark", "resolve"]
    assert ["device" in event.content for event in own] == [True, True, True]


EARLY_TAP = """document.addEventListener("readystatechange", () => {
    const button = document.querySelector(".action-bar button");
    if (document.readyState === "interactive") button?.click();
})"""


def test_tap_before_the_scripts_is_done_when_they_are_there(phone, line, town, held):
    page = phone.sign_in()
    line.cut()
    page.add_init_script(EARLY_TAP)
    page.click(f"a[href='/m/orders/{held}/']")
    page.wait_for_selector("#resolve:not([hidden])")
    line.mend()
    wait_until(lambda: WorkOrder.objects.get(number=held).state == "handling")


def test_post_that_ended_meanwhile_refuses_and_keeps_the_words(phone, line, town, held, troubles):
    troubles.expect("403 (Forbidden)")
    troubles.expect("404 (Not Found)")
    page = phone.sign_in()
    line.cut()
    submit_report(page, picture("a.jpg"), "岗位结束前写的")
    page.goto(f"/m/orders/{held}/")
    page.click(".action-bar button")
    page.wait_for_selector("#resolve:not([hidden])")
    yesterday = timezone.localdate() - timedelta(days=1)
    end_post(post=town.people["worker"].posts.get(), ends_on=yesterday)
    line.mend()
    page.goto("/m/outbox/")
    wait_for_states(page, ["refused", "refused"])
    told = page.inner_text("[data-outbox-list]")
    assert "您没有上报的权限。" in told
    assert "工单已转走，或您的岗位已结束" in told
    assert "岗位结束前写的" in told
    assert (WorkOrder.objects.count(), len(page.evaluate(STORED))) == (1, 1)


def test_refused_record_never_holds_up_the_next(phone, line, town, held, troubles):
    troubles.expect("409 (Conflict)")
    page = phone.sign_in()
    line.cut()
    page.goto(f"/m/orders/{held}/")
    page.click("summary:has-text('退回')")
    page.fill("#id_reason", "须由职能部门处置")
    page.click("button:has-text('退回中心')")
    page.wait_for_selector("[data-flash]:not([hidden])")
    submit_report(page, picture("b.jpg"), "后面这条照发")
    act(town, "worker", held, Action.SEND_BACK, reason="已由同事退回")
    line.mend()
    page.goto("/m/outbox/")
    wait_for_states(page, ["refused", "delivered"])
    assert "须由职能部门处置" in page.inner_text(".record[data-state=refused]")
    assert WorkOrder.objects.filter(text="后面这条照发").count() == 1


def test_next_person_on_the_phone_finds_nothing(phone, line, town, held):
    page = phone.sign_in()
    line.cut()
    submit_report(page, picture("c.jpg"), "前一个人写的")
    page.goto("/m/me/")
    page.click("text=退出登录")
    page.wait_for_selector("[data-unsent]:has-text('还有 1 条没发出')")
    kept = page.evaluate("caches.keys()")
    assert any(name.startswith("yiwang-pages-") for name in kept)
    page.context.clear_cookies()
    line.mend()
    page.goto("/sign-in/?next=/m/")
    enter(page, "west-worker")
    page.goto("/m/outbox/")
    page.wait_for_selector("text=没有草稿，也没有要发的")
    line.cut()
    page.goto(f"/m/orders/{held}/")
    page.wait_for_selector("text=没有网络，这一页没有存在手机上")
    assert WorkOrder.objects.filter(text="前一个人写的").count() == 0


def test_signing_out_takes_the_kept_pages_away(phone, line):
    page = phone.sign_in()
    page.goto("/m/me/")
    page.click("text=退出登录")
    page.wait_for_url("**/sign-in/**")
    kept = page.evaluate("caches.keys()")
    assert [name for name in kept if name.startswith("yiwang-pages-")] == []


def test_new_version_waits_and_loses_no_form(phone, line, monkeypatch):
    page = phone.sign_in()
    page.goto("/m/report/")
    page.fill("#id_text", "更新前写的")
    page.wait_for_selector("[data-outbox-chip]:has-text('草稿 1')")
    before = page.evaluate(WORKER_VERSION)
    # Another file among those that the phone keeps makes another version.
    monkeypatch.setattr(shell, "NAMED", (*shell.NAMED, "css/console.css"))
    forget_shell()
    page.reload()
    page.click("[data-update-now]")
    page.wait_for_selector("[data-update]", state="hidden")
    wait_until(lambda: page.evaluate(WORKER_VERSION) not in ("", before))
    page.wait_for_selector("text=已恢复没发出的草稿")
    assert page.input_value("#id_text") == "更新前写的"
    monkeypatch.undo()
    forget_shell()


def forget_shell() -> None:
    shell.shell_files.cache_clear()
    shell.shell_version.cache_clear()


def test_clock_that_is_a_day_ahead_is_told_and_set_right(phone, line):
    page = phone.sign_in()
    page.clock.set_system_time(timezone.now() + timedelta(days=1))
    submit_report(page, picture("e.jpg"), "手机时间快一天")
    wait_until(Photo.objects.exists)
    order = WorkOrder.objects.get()
    assert abs(order.occurred_at - order.registered_at) < timedelta(minutes=5)
    device = order.events.get(action="register").content["device"]
    assert round(device["skew_seconds"] / 3600) == -24


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phone_pages_open_without_a_line_and_pass_axe(phone, line, held, scheme):
    page = phone.sign_in(color_scheme=scheme)
    line.cut()
    page.goto("/m/report/")
    page.fill("#id_text", "写到一半的草稿")
    submit_report(page, picture("d.jpg"), "等信号的")
    for path in ("/m/", f"/m/orders/{held}/", "/m/report/", "/m/map/", "/m/outbox/", "/m/check/"):
        page.goto(path)
        page.wait_for_selector("[data-kept]:not([hidden])")
        for size in (PHONE, (768, 1024)):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            assert (path, is_wider_than_its_window(page)) == (path, False)
        assert (path, faults(page)) == (path, [])


def quota(page: Page, room: int | None) -> None:
    """Let the phone's storage hold so many bytes more; None: it is over-full already."""
    session = page.context.new_cdp_session(page)
    origin = page.evaluate("location.origin")
    used = session.send("Storage.getUsageAndQuota", {"origin": origin})["usage"]
    size = 1 if room is None else used + room
    session.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": size})


def is_kept(page: Page) -> bool:
    """Type once more and see whether it could be kept; what was deleted is free a little later."""
    page.fill("#id_text", "存满之后写的")
    return not page.locator("[data-outbox-trouble]").is_visible()


def is_sent(page: Page) -> bool:
    """Open the page anew, which tries again, and see whether nothing waits any more."""
    page.reload()
    with contextlib.suppress(AssertionError):
        expect(page.locator("[data-outbox-none]")).to_be_visible(timeout=15_000)
        return True
    return False


# As a page that is closed in the middle of sending leaves them.
CUT_OFF = """async () => {
    const db = await new Promise((done) => {
        const opened = indexedDB.open("yiwang-outbox");
        opened.onsuccess = () => done(opened.result);
    });
    const store = db.transaction("records", "readwrite").objectStore("records");
    const rows = await new Promise((done) => {
        const read = store.getAll();
        read.onsuccess = () => done(read.result);
    });
    // The phone may just be trying one of them again.
    const waiting = rows.filter((row) => ["waiting", "sending"].includes(row.state));
    for (const row of waiting) store.put({ ...row, state: "sending" });
    return new Promise((done) => {
        store.transaction.oncomplete = () => done(waiting.length);
    });
}"""


def test_full_storage_loses_nothing_and_holds_nothing_up(phone: Phone, line: Line) -> None:
    phone.sign_in()
    phone.close()
    # The browser asks how much room there is before the page stores anything, then reckons itself.
    page = phone.open("/healthz")
    quota(page, 3_000_000)
    line.cut()
    submit_report(page, picture("first.jpg"), "存满之前写的")
    page.goto("/m/report/")
    page.fill("#id_text", "存满之后写的")
    page.click("text=井盖缺失")
    wait_until(lambda: "#" in page.evaluate("location.href"))
    trouble = page.locator("[data-outbox-trouble]")
    for number in range(5):
        page.set_input_files("input[name=photos]", noisy(f"{number}.jpg"))
    expect(trouble).to_contain_text("手机存储已满")
    page.click(".sticky-act button")
    expect(trouble).to_contain_text("请删去几张照片")
    assert page.input_value("#id_text") == "存满之后写的"
    page.reload()
    expect(page.locator("#id_text")).to_have_value("存满之后写的")
    for number in range(4):
        page.set_input_files("input[name=photos]", noisy(f"more-{number}.jpg"))
    expect(trouble).to_contain_text("手机存储已满")
    while page.locator(".photos__drop").count():
        page.locator(".photos__drop").last.click()
    wait_until(lambda: is_kept(page))
    page.click(".sticky-act button")
    page.wait_for_selector("[data-flash]:not([hidden])")
    assert page.evaluate(CUT_OFF) == 2
    phone.close()
    line.mend()
    page = phone.open("/healthz")
    quota(page, None)
    page.goto("/m/outbox/")
    wait_until(lambda: is_sent(page), seconds=120)
    texts = sorted(WorkOrder.objects.values_list("text", flat=True))
    assert texts == ["存满之前写的", "存满之后写的"]
    assert Event.objects.filter(action="register").count() == len(texts)
    assert WorkOrder.objects.get(text="存满之前写的").photos.count() == 1
    assert page.evaluate(STORED) == []
