"""The patrol page on a phone: duty, check-ins and the way, with a line and without one."""

import base64
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import segno
from django.contrib.gis.geos import Point
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from grids.models import CheckIn, Duty, PatrolPlan, PatrolPoint, TrackPiece
from grids.services import end_post
from tests.browser.conftest import HERE, PHONE, sign_in, wait_until
from tests.browser.test_mobile import faults, is_wider_than_its_window, picture
from tests.browser.test_phone_offline import states, wait_for_states
from tests.town import Town
from workorders.models import WorkOrder

METRE = 1 / 94_500  # degrees of longitude at this latitude
PLACES = {"E1": 118.62, "E2": 118.62 + 400 * METRE, "E3": 118.62 + 900 * METRE}


@pytest.fixture(autouse=True)
def points(town: Town) -> dict[str, PatrolPoint]:
    """Three points of the worker's grid, to be visited today: one here, two further east."""
    area = town.areas["东街1社区1格"]
    made = {
        code: PatrolPoint.objects.create(
            code=code, name=f"演示点{code}", area=area, point=Point(lon, 32.02), is_demo=True
        )
        for code, lon in PLACES.items()
    }
    # From yesterday: the day may change while a test runs.
    plan = PatrolPlan.objects.create(
        name="日常",
        weekdays=[1, 2, 3, 4, 5, 6, 7],
        starts_on=timezone.localdate() - timedelta(days=1),
    )
    plan.points.set(made.values())
    return made


@pytest.fixture
def page(
    town: Town, points: Any, visitor: Callable[..., Page], live_site: str
) -> Callable[..., Page]:
    def open_page(**options: Any) -> Page:
        page = visitor(
            viewport=PHONE, geolocation=HERE, permissions=["geolocation"], has_touch=True, **options
        )
        sign_in(page, live_site, "worker")
        page.goto("/m/patrol/")
        return page

    return open_page


def go_on_duty(page: Page) -> None:
    page.click("[data-duty-begin]")
    page.wait_for_selector("[data-duty=on]")
    page.wait_for_selector("text=误差约 8 米")


def walk(page: Page, metres: float) -> None:
    """Move the phone eastwards from where the tests begin."""
    place = {**HERE, "longitude": HERE["longitude"] + metres * METRE}
    page.context.set_geolocation(place)  # type: ignore[arg-type]


def type_code(page: Page, code: str) -> None:
    page.click("[data-scan-open]")
    page.fill("#id_code", code)
    page.click("[data-scan-form] button")


def test_shift_takes_five_taps(page):
    phone = page()
    taps = 0
    for hook in ("[data-duty-begin]", "[data-near-check]:not([hidden])"):
        phone.click(hook)
        taps += 1
    phone.wait_for_selector("text=已打卡：演示点E1")
    wait_until(lambda: CheckIn.objects.filter(way="place", point__code="E1").exists())
    phone.wait_for_selector(".stop[data-stop=E1][data-state=seen]")
    expect(phone.locator("[data-coverage-seen]")).to_have_text("1")
    expect(phone.locator("[data-coverage-words]")).to_have_text("还有 2 个点没巡完")
    for hook in ("[data-duty-end]", "[data-duty-end][data-sure]"):
        phone.click(hook)
        taps += 1
    wait_until(lambda: Duty.objects.filter(ended_at__isnull=False).exists())
    assert (taps, CheckIn.objects.get().metres) == (4, 0.0)
    wait_until(TrackPiece.objects.exists)


def test_point_too_far_offers_no_check_in_and_the_plate_does(page, points):
    phone = page()
    go_on_duty(phone)
    walk(phone, 150)
    phone.wait_for_selector("text=最近 演示点E1 150 米，30 米内可打卡")
    assert phone.locator("[data-near-check]").is_hidden()
    type_code(phone, "e2")
    phone.wait_for_selector("text=已打卡：演示点E2")
    wait_until(CheckIn.objects.exists)
    found = CheckIn.objects.get()
    assert (found.point, found.way, round(found.metres, -1)) == (points["E2"], "code", 250)


def test_unsure_position_is_no_proof(page):
    phone = page()
    go_on_duty(phone)
    phone.context.set_geolocation({**HERE, "accuracy": 90})
    phone.wait_for_selector("text=误差 90 米太大，请扫牌")
    assert phone.locator("[data-near-check]").is_hidden()


def test_plate_of_another_district_is_told_in_plain_words(page, troubles):
    troubles.expect("400 (Bad Request)")
    phone = page()
    go_on_duty(phone)
    type_code(phone, "X999")
    phone.wait_for_selector(
        "[data-outbox-trouble]:has-text('没有打上卡：不是本区的巡查点，或已停用。')"
    )
    phone.goto("/m/outbox/")
    wait_for_states(phone, ["delivered"])
    assert not CheckIn.objects.exists()


# Debian's Chromium reads no QR pictures itself: the camera shows nothing, the reader sees a plate.
CAMERA = """
navigator.mediaDevices.getUserMedia = async () => document.createElement("canvas").captureStream();
window.BarcodeDetector = class {
  async detect() { return [{ rawValue: "E3" }]; }
};
"""


def test_plate_is_scanned_where_the_browser_reads_pictures(page):
    phone = page()
    phone.add_init_script(CAMERA)
    phone.reload()
    go_on_duty(phone)
    phone.click("[data-scan-open]")
    phone.wait_for_selector("text=已打卡：演示点E3")
    wait_until(CheckIn.objects.filter(way="qr", point__code="E3").exists)


def test_denied_position_leaves_the_plate(points, town, visitor, live_site):
    phone = visitor(viewport=PHONE, has_touch=True)
    sign_in(phone, live_site, "worker")
    phone.goto("/m/patrol/")
    phone.click("[data-duty-begin]")
    phone.wait_for_selector("text=没有允许定位")
    type_code(phone, "E1")
    wait_until(CheckIn.objects.exists)
    assert CheckIn.objects.get().metres is None


def test_point_prefills_a_report(page):
    phone = page()
    phone.click(".stop[data-stop=E2] .stop__report")
    phone.wait_for_selector("text=用的是「演示点E2」的位置")
    phone.click("text=井盖缺失")
    phone.click(".sticky-act button")
    phone.wait_for_selector("text=已上报，编号")
    order = WorkOrder.objects.get()
    assert (order.address, round(order.point.x, 6)) == ("演示点E2", round(PLACES["E2"], 6))


def test_shift_without_a_line_arrives_once(phone, line):
    page = phone.sign_in()
    line.cut()
    page.goto("/m/patrol/")
    page.wait_for_selector("[data-kept]:not([hidden])")
    go_on_duty(page)
    page.click("[data-near-check]")
    page.wait_for_selector(".stop[data-stop=E1][data-unsent]")
    type_code(page, "E2")
    page.wait_for_selector(".stop[data-stop=E2][data-unsent]")
    expect(page.locator("[data-coverage-seen]")).to_have_text("2")
    phone.close()
    page = phone.open("/m/patrol/")
    page.wait_for_selector("[data-duty=on] [data-duty-words]:has-text('等待信号登记')")
    assert (Duty.objects.count(), CheckIn.objects.count()) == (0, 0)
    page.click("[data-duty-end]")
    page.click("[data-duty-end][data-sure]")
    page.wait_for_selector("[data-duty=off]")
    # The server hears the records, the phone hears no answer: it must ask again.
    line.lose_answers()
    page.goto("/m/outbox/")
    page.click("text=现在就发")
    wait_until(Duty.objects.exists)
    line.mend()
    page.reload()
    wait_for_states(page, ["delivered"] * 4)
    duty = Duty.objects.get()
    rows = CheckIn.objects.order_by("at").values_list("point__code", "way", "duty")
    assert list(rows) == [("E1", "place", duty.pk), ("E2", "code", duty.pk)]
    wait_until(lambda: sum(len(piece.seconds) for piece in TrackPiece.objects.all()) >= 2)
    seen = CheckIn.objects.earliest("at")
    assert duty.started_at <= seen.at <= duty.ended_at <= duty.recorded_at + timedelta(seconds=30)
    assert duty.ended_at < seen.received_at


def test_two_phones_share_one_duty(page, town):
    other = page()
    go_on_duty(other)
    wait_until(Duty.objects.exists)
    phone = page()
    phone.wait_for_selector("text=您在另一部手机上")
    go_on_duty(phone)
    phone.click("[data-near-check]")
    wait_until(CheckIn.objects.exists)
    assert CheckIn.objects.get().duty == Duty.objects.get()
    other.click("[data-duty-end]")
    other.click("[data-duty-end][data-sure]")
    wait_until(lambda: Duty.objects.get().ended_at)
    phone.reload()
    phone.wait_for_selector("text=在别处下了岗")
    phone.wait_for_selector("[data-duty=off]")


LATE = """async () => {
    const db = await new Promise((done) => {
        const opened = indexedDB.open("yiwang-outbox");
        opened.onsuccess = () => done(opened.result);
    });
    const store = db.transaction("records", "readwrite").objectStore("records");
    const rows = await new Promise((done) => {
        const read = store.getAll();
        read.onsuccess = () => done(read.result);
    });
    const { uuid, person } = rows.find((row) => row.kind === "begin");
    const now = Date.now();
    store.put({ uuid: crypto.randomUUID(), person, kind: "check-in", duty: uuid, label: "打卡",
        title: "E1", code: "E1", values: { code: "E1", way: "code" }, state: "waiting",
        created: now, touched: now, queued: now, at: new Date(now).toISOString() });
    store.transaction.oncomplete = () => window.dispatchEvent(new Event("online"));
}"""


def test_check_in_made_before_the_answer_goes_to_the_duty_that_runs(page, town):
    other = page()
    go_on_duty(other)
    wait_until(Duty.objects.exists)
    phone = page()
    phone.wait_for_selector("text=您在另一部手机上")
    go_on_duty(phone)
    phone.goto("/m/outbox/")
    wait_for_states(phone, ["delivered"])
    phone.evaluate(LATE)
    wait_until(CheckIn.objects.exists)
    assert CheckIn.objects.get().duty == Duty.objects.get()


def test_post_that_ended_meanwhile_refuses_and_keeps_all(phone, line, town, troubles):
    troubles.expect("403 (Forbidden)")
    troubles.expect("404 (Not Found)")
    page = phone.sign_in()
    line.cut()
    page.goto("/m/patrol/")
    go_on_duty(page)
    page.click("[data-near-check]")
    page.wait_for_selector(".stop[data-stop=E1][data-unsent]")
    yesterday = timezone.localdate() - timedelta(days=1)
    end_post(post=town.people["worker"].posts.get(), ends_on=yesterday)
    line.mend()
    page.goto("/m/outbox/")
    page.wait_for_selector("text=您的网格员岗位已结束，或不再负责这个网格")
    page.wait_for_selector("text=这次上岗没有登记上")
    wait_until(lambda: set(states(page)) == {"refused"})
    page.goto("/m/patrol/")
    page.wait_for_selector("text=您没有网格员岗位")
    page.wait_for_selector("[data-duty=off]")
    assert (Duty.objects.count(), CheckIn.objects.count()) == (0, 0)


def test_post_that_ends_on_duty_ends_the_duty(page, town, troubles):
    troubles.expect("403")  # the pages that a phone keeps are no longer this person's
    phone = page()
    go_on_duty(phone)
    wait_until(Duty.objects.exists)
    yesterday = timezone.localdate() - timedelta(days=1)
    end_post(post=town.people["worker"].posts.get(), ends_on=yesterday)
    phone.goto("/m/")
    phone.wait_for_selector("text=岗位已结束")
    assert Duty.objects.get().ended_at is not None


def test_way_is_drawn_with_its_gap(page, town):
    phone = page()
    go_on_duty(phone)
    wait_until(Duty.objects.exists)
    now = timezone.now()
    for second, metres in ((10, 20), (20, 40), (30, 60), (400, 80), (410, 100)):
        phone.clock.set_system_time(now + timedelta(seconds=second))
        walk(phone, metres)
        lon = round(HERE["longitude"] + metres * METRE, 6)
        wait_until(lambda lon=lon: phone.evaluate(FIXES)[-1][1] == lon)
    phone.click("[data-patrol-map] summary")
    expect(phone.locator("[data-way-local] path")).to_have_count(2)
    expect(phone.locator("[data-way-words]")).to_have_text("点线还没发出")
    # The clock is put right by the server; the duty has to reach back that far.
    Duty.objects.update(started_at=now - timedelta(hours=1))
    phone.click("[data-duty-end]")
    phone.click("[data-duty-end][data-sure]")
    phone.wait_for_selector("text=断了 1 处")
    expect(phone.locator(".way:not(.way--own) path")).to_have_count(2)
    expect(phone.locator("[data-way-local] path")).to_have_count(0)
    assert sum(len(piece.seconds) for piece in TrackPiece.objects.all()) >= 5


FIXES = """
() => new Promise((resolve) => {
  const asked = indexedDB.open("yiwang-outbox");
  asked.onsuccess = () => {
    const db = asked.result;
    const read = db.transaction("records").objectStore("records").getAll();
    read.onsuccess = () => {
      db.close();
      const way = read.result.filter((row) => row.kind === "track");
      const found = way.flatMap((row) => row.values.fixes);
      resolve(found.sort((one, other) => one[0] - other[0]));
    };
  };
})
"""


def test_off_duty_nothing_is_collected(page):
    phone = page()
    phone.goto("/m/")
    phone.goto("/m/patrol/")
    walk(phone, 50)
    assert phone.evaluate(FIXES) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_patrol_pages_fit_the_phone_and_pass_axe(page, scheme):
    phone = page(color_scheme=scheme)
    for step in (None, "[data-duty-begin]", "[data-patrol-map] summary", "[data-scan-open]"):
        if step:
            phone.click(step)
            phone.wait_for_selector("[data-duty=on]")
        phone.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        assert (step, is_wider_than_its_window(phone)) == (step, False)
        # What the bar at the bottom covers is reached by scrolling; axe would call it too small.
        phone.set_viewport_size({"width": PHONE[0], "height": 2 * PHONE[1]})
        assert (step, faults(phone)) == (step, [])


def test_who_patrols_nothing_has_no_such_tab(town, visitor, live_site):
    phone = visitor(viewport=PHONE)
    sign_in(phone, live_site, "handler")
    phone.goto("/m/patrol/")
    phone.wait_for_selector("text=您没有网格员岗位")
    assert phone.locator("[data-duty-begin]").count() == 0
    assert phone.locator(".tabs >> text=巡查").count() == 0


def plate(text: str) -> Any:
    """Photograph a plate with a QR code, a little askew."""
    content = io.BytesIO()
    segno.make(text, micro=False).save(content, kind="png", scale=12, border=4)
    sheet = Image.new("RGB", (1400, 1100), "#b7b1a3")
    code = Image.open(content).convert("RGB")
    sheet.paste(code.rotate(7, expand=True, fillcolor="#b7b1a3"), (320, 240))
    photo = io.BytesIO()
    sheet.save(photo, "JPEG", quality=80)
    return {"name": "plate.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()}


WITHOUT_READER = "delete window.BarcodeDetector;"
FILMED = """
delete window.BarcodeDetector;
navigator.mediaDevices.getUserMedia = async () => {
  const picture = new Image();
  picture.src = window.plate;
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 700, height: 550 });
  const pen = canvas.getContext("2d");
  setInterval(() => pen.drawImage(picture, 0, 0, 700, 550), 50);
  return canvas.captureStream(20);
};
"""


def test_plate_is_filmed_where_the_browser_reads_no_pictures(page):
    phone = page()
    phone.add_init_script(FILMED)
    phone.reload()
    go_on_duty(phone)
    content = base64.b64encode(plate("E3")["buffer"]).decode()
    phone.evaluate("(bytes) => (window.plate = `data:image/jpeg;base64,${bytes}`)", content)
    phone.click("[data-scan-open]")
    phone.wait_for_selector("text=已打卡：演示点E3")
    wait_until(CheckIn.objects.filter(way="qr", point__code="E3").exists)


def test_photo_of_a_plate_is_read_without_a_line(phone, line):
    page = phone.sign_in()
    line.cut()
    page.goto("/m/patrol/")
    page.add_init_script(WITHOUT_READER)
    page.reload()
    go_on_duty(page)
    page.click("[data-scan-open]")
    words = page.locator("[data-scan-words]")
    page.set_input_files("[data-scan-photo]", picture("wall.jpg"))
    expect(words).to_contain_text("没有读出二维码")
    page.set_input_files("[data-scan-photo]", plate("https://elsewhere.example/p/1"))
    expect(words).to_have_text("这不是巡查点的点位牌。")
    page.set_input_files("[data-scan-photo]", plate("E3"))
    page.wait_for_selector("text=已打卡：演示点E3，有信号自动发出")
    line.mend()
    page.goto("/m/outbox/")
    wait_until(CheckIn.objects.filter(way="qr", point__code="E3").exists)


def test_photo_of_another_districts_plate_is_told_plainly(page, troubles):
    troubles.expect("400")
    phone = page()
    go_on_duty(phone)
    phone.click("[data-scan-open]")
    phone.set_input_files("[data-scan-photo]", plate("P-OTHER-77"))
    phone.wait_for_selector(
        "[data-outbox-trouble]:has-text('没有打上卡：不是本区的巡查点，或已停用。')"
    )
    assert not CheckIn.objects.exists()
