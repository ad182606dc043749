"""Photograph the pages of a running demo for the README; see script/screenshots."""

import os
import re
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Error, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
BASE_URL = os.environ.get("BASE_URL", "http://localhost:8000").rstrip("/")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-quic", "--disable-default-apps",
    "--lang=zh-CN",
]  # fmt: skip
PLACE = {"longitude": 118.6273, "latitude": 32.0584, "accuracy": 8}  # in 江浦街道
GRID = "320111001005001"  # one with elements of every kind in the demo
PATIENCE = 30_000
SETTLING = 3_000  # milliseconds, for maps to be drawn and marks of change to fade
SIZE_LIMIT = 400 * 1024


@dataclass(frozen=True)
class Shot:
    """One picture: who looks at which address, on what screen, and when the page is ready."""

    name: str
    username: str
    path: str
    width: int
    height: int
    scale: int
    prepare: Callable[[Page], None]


def open_placed_order(page: Page) -> None:
    page.locator("[data-rows] .row:not(:has(.row__unplaced)) .row__link").first.click()
    page.wait_for_load_state("networkidle")


def take_call(page: Page) -> None:
    """Write down what a caller says, until what is known about it stands beside it."""
    page.fill("[name=text]", "小区门口的井盖缺了一块，晚上看不见，请尽快来修。")
    page.locator("[data-hints] [data-where]").wait_for(state="attached")
    page.wait_for_load_state("networkidle")


def open_report_if_idle(page: Page) -> None:
    """Show the form for reports where the worker has nothing to do."""
    page.locator("html[data-kept]").wait_for()
    if page.locator(".cards li").count() == 0:
        page.goto(f"{BASE_URL}/m/report/")


def wait_for_place(page: Page) -> None:
    page.locator("text=已定位").wait_for()


def fill_outbox(page: Page) -> None:
    """Leave a draft and a finding that waits for a line, and show the outbox."""
    page.locator("html[data-kept]").wait_for()
    page.context.set_offline(True)
    page.locator(".pick__item").first.click()
    page.locator(".sticky-act button").click()
    page.locator("[data-flash]:not([hidden])").wait_for()
    page.fill("#id_text", "路灯不亮")
    page.locator("[data-drafts], [data-outbox-chip]").first.wait_for()
    page.goto(f"{BASE_URL}/m/outbox/")
    page.locator(".record").first.wait_for()


def wait_for_map(page: Page) -> None:
    page.locator(".map canvas, .map svg").first.wait_for()
    page.locator("[data-tiles] .tile").first.wait_for()


def wait_for_tiles(page: Page) -> None:
    page.locator(".sheet .tile").first.wait_for()


def open_gravest_sign(page: Page) -> None:
    """Touch what needs attention most, or else the first tile."""
    page.locator("[data-tiles] .tile").first.wait_for()
    concerns = page.locator(".concern")
    (concerns if concerns.count() else page.locator("[data-tiles] .tile")).first.click()
    page.locator("[data-chart] canvas").wait_for()


def wait_for_canvas(page: Page) -> None:
    page.locator("canvas").first.wait_for()


def open_first_check(page: Page) -> None:
    page.locator("main a.entry__name, main a[href*='/hub/checks/']").first.click()
    page.wait_for_load_state()


SHOTS = (
    Shot("console", "dispatcher", "/console/", 1920, 1080, 1, open_placed_order),
    Shot("call", "dispatcher", "/console/register/", 1440, 900, 1, take_call),
    Shot("supervision", "supervisor", "/console/supervision/", 1440, 900, 1, lambda page: None),
    Shot("hub", "admin", "/hub/quality/", 1440, 900, 1, lambda page: None),
    Shot("console-map", "dispatcher", "/console/map/", 1440, 900, 1, wait_for_canvas),
    Shot("hub-checks", "admin", "/hub/checks/", 1440, 900, 1, open_first_check),
    Shot("hub-elements", "admin", f"/hub/elements/?grid={GRID}", 1440, 900, 1, lambda page: None),
    Shot("open", "admin", "/open/", 1440, 900, 1, lambda page: None),
    Shot("mobile", "worker", "/m/", 390, 844, 2, open_report_if_idle),
    Shot("mobile-report", "worker", "/m/report/", 390, 844, 2, wait_for_place),
    Shot("mobile-patrol", "worker", "/m/patrol/", 390, 844, 2, lambda page: None),
    Shot("mobile-map", "worker", "/m/map/", 390, 844, 2, lambda page: None),
    Shot("mobile-outbox", "worker", "/m/report/", 390, 844, 2, fill_outbox),
    Shot("wall", "leader", "/wall/pukou/", 1920, 1080, 1, wait_for_map),
    Shot("wall-domain", "leader", "/wall/pukou/domain-environment/", 1920, 1080, 1, wait_for_tiles),
    Shot("wall-theme", "leader", "/wall/pukou/theme-environment/", 1920, 1080, 1, wait_for_tiles),
    Shot("wall-indicator", "leader", "/wall/pukou/", 1920, 1080, 1, open_gravest_sign),
    Shot("wall-phone", "leader", "/wall/pukou/", 390, 844, 2, wait_for_map),
    Shot("wall-table", "leader", "/wall/pukou/table/", 1280, 900, 1, lambda page: None),
)


def main() -> int:
    wanted = sys.argv[1:] or [shot.name for shot in SHOTS]
    password = demo_password()
    if not password:
        print("DEMO_PASSWORD is not set and not kept under var/.", file=sys.stderr)
        return 2
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            for shot in SHOTS:
                if shot.name in wanted:
                    keep(shot.name, take(browser, shot, password))
        except Error as error:
            print(f"No picture from {BASE_URL}: {error.message.splitlines()[0]}", file=sys.stderr)
            return 1
        finally:
            browser.close()
    return 0


def demo_password() -> str:
    """Read the demo's password from the environment, or from where script/server keeps it."""
    if password := os.environ.get("DEMO_PASSWORD"):
        return password
    kept = Path(os.environ.get("YIWANG_VAR", ROOT / "var")) / "environment"
    found = re.search(r"^DEMO_PASSWORD=(.+)$", kept.read_text(), re.M) if kept.exists() else None
    return shlex.split(found.group(1))[0] if found else ""


def take(browser: Browser, shot: Shot, password: str) -> bytes:
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        device_scale_factor=shot.scale,
        is_mobile=shot.width < 900,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        color_scheme="light",
        permissions=["geolocation"],
        geolocation=PLACE,
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{BASE_URL}/sign-in/?next={shot.path}")
    page.fill("#id_username", shot.username)
    page.fill("#id_password", password)
    page.click("form button")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.goto(f"{BASE_URL}{shot.path}")
    shot.prepare(page)
    page.wait_for_timeout(SETTLING)
    picture = page.screenshot(animations="disabled")
    context.close()
    return picture


def keep(name: str, picture: bytes) -> None:
    """Store a picture with as many colours as fit the limit.

    Maximum coverage keeps rare colours, so a small yellow mark never turns red.
    """
    image = Image.open(BytesIO(picture)).convert("RGB")
    path = IMAGES / f"{name}.png"
    for colours in (256, 128, 64):
        palette = image.quantize(colours, Image.Quantize.MAXCOVERAGE, kmeans=1)
        palette.save(path, optimize=True)
        if path.stat().st_size < SIZE_LIMIT:
            break
    print(f"{path.relative_to(ROOT)}  {image.width}×{image.height}  {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    sys.exit(main())
