"""What the tests of the wall share: opening it, and looking whether anything is cut off."""

from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Page

from tests.browser.conftest import PASSWORD, wait_until

AXE = Path(settings.BASE_DIR) / "node_modules/axe-core/axe.min.js"
# The attributes that say how long silence may last, shortened before the scripts run.
IMPATIENT = """document.addEventListener("readystatechange", () => Object.assign(
    document.body.dataset, {staleAfter: "1", lostAfter: "2", pollEvery: "0.3"}))"""
NO_GRAPHICS = "HTMLCanvasElement.prototype.getContext = () => null"
HIDDEN = (
    "[hidden], .visually-hidden, svg, template, .maplibregl-map, dialog, .table-room, .is-turned"
)
# Boxes that hide a part of what they hold.
CLIPPED = f"""() => [...document.querySelectorAll("body *")].filter((node) => {{
    if (node.closest("{HIDDEN}") || node.closest(".nav") && innerWidth < 900) return false;
    const hides = getComputedStyle(node).overflow !== "visible";
    const wide = node.scrollWidth - node.clientWidth > 1;
    return hides && node.clientWidth > 0 && (wide || node.scrollHeight - node.clientHeight > 1);
}}).map((node) => `${{node.className}}: ${{node.textContent.trim().slice(0, 40)}}`)"""
# Texts that reach beyond the box they belong to, or beyond the screen.
SPILLED = f"""() => {{
    const found = [];
    const boxes = ".tile, .panel, .figure, .concern, .index__domain, .nav__tab, .nav__tool, "
        + ".domain__head, .tally__item, .alarm, .alarms__line, .alarms, td, th, .sheet__head, "
        + ".head, .day__part, body";
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {{
        if (!node.data.trim() || node.parentElement.closest("{HIDDEN}, script")) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const text = range.getBoundingClientRect();
        if (!text.width) continue;
        const box = node.parentElement.closest(boxes).getBoundingClientRect();
        const out = [box.left - text.left, text.right - box.right, text.bottom - box.bottom];
        if (innerWidth < 900 && node.parentElement.closest(".nav")) continue;
        if (Math.max(...out) > 1.5) found.push(`${{node.data.trim().slice(0, 30)}} ${{out}}`);
    }}
    return found;
}}"""


def open_wall(
    page: Page, live_site: str, *scripts: str, path: str = "/wall/district/", who: str = "leader"
) -> Page:
    """Sign in and open a page of the wall; return when its figures have come."""
    for script in scripts:
        page.add_init_script(script)
    page.goto(f"{live_site}/sign-in/?next={path}")
    page.fill("#id_username", who)
    page.fill("#id_password", PASSWORD)
    page.click("form button")
    page.wait_for_url(f"**{path}")
    wait_until(lambda: page.locator("[data-head-score]").inner_text() != "–")
    return page


def wait_for_map(page: Page) -> None:
    wait_until(lambda: page.locator(".map canvas, .map svg").count())


def violations(page: Page) -> list[Any]:
    """Ask axe what is against the rules of accessibility."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then((result) => result.violations)")
    return [(one["id"], one["nodes"][0]["html"][:160]) for one in found]
