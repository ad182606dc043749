"""Soak of the wall: a browser looks at it for half an hour while a demo day passes, and stays flat.

Every minute it goes round all thirteen pages and two indicators, as rotation and touch do; then the
heap after a collection, the nodes and the listeners are counted, and what the page's process, the
web processes, the workers and the scheduler hold. Flat means that the median of the last third is
at most a tenth above that of the second third; the first warms up.

The page's process is told without a verdict: the debugger's line, by which all this is counted,
keeps the bodies of answers there. Nor may it be cut between rounds: each new line leaves listeners.
"""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench.clocks import workers
from bench.measure import Figure, at_most, keep, machine
from bench.memory import KINDS, held
from bench.place import (
    ROOT,
    drop_database,
    environment,
    make_database,
    manage,
    running_server,
    url_of,
)

SCENARIO, DATABASE = "wall", "bench_wall"
ARGUMENTS = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-quic", "--disable-default-apps",
    "--lang=zh-CN",
]  # fmt: skip
PAGES = 13
ROUND_SECONDS = 60
STAY = 1500  # milliseconds on each page
GROWTH_LIMIT = 1.1
UNJUDGED = "renderer"
MEASURES = {"JSHeapUsedSize": "heap", "Nodes": "nodes", "JSEventListeners": "listeners"}


def soak(page: Page, minutes: float) -> dict[str, list[float]]:
    """Go round and round until the time is up; give what was counted after each round."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    counted: dict[str, list[float]] = {name: [] for name in (*MEASURES.values(), *KINDS)}
    ends_at = monotonic() + minutes * 60
    while monotonic() < ends_at:
        next_round = monotonic() + ROUND_SECONDS
        go_round(page)
        page.wait_for_timeout(max(0.0, next_round - monotonic()) * 1000)
        for name, value in (count(session) | held()).items():
            counted[name].append(value)
        line = "  ".join(f"{name} {rows[-1]:,.0f}" for name, rows in counted.items())
        print(f"  {line}", flush=True)
    return counted


def go_round(page: Page) -> None:
    for _ in range(2):
        page.keyboard.press("0")  # wherever the last round ended
        page.locator("[data-tiles] .tile").first.click()
        page.locator("[data-chart] canvas").wait_for()
    for _ in range(PAGES):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(STAY)
    page.keyboard.press("0")
    page.locator("[data-tiles] .tile").first.wait_for()


def count(session: Any) -> dict[str, float]:
    session.send("HeapProfiler.collectGarbage")
    metrics = session.send("Performance.getMetrics")["metrics"]
    found = {metric["name"]: metric["value"] for metric in metrics}
    return {name: found[code] for code, name in MEASURES.items()}


def growth(rows: list[float]) -> float:
    """Give the last third's median as a multiple of the second third's."""
    third = max(1, len(rows) // 3)
    return statistics.median(rows[-third:]) / statistics.median(rows[third : 2 * third] or rows)


@contextlib.contextmanager
def traffic(env: dict[str, str], port: int) -> Iterator[None]:
    """Let a demo day pass forty-five times as fast as in life."""
    command = [sys.executable, "manage.py", "simulate", "--base-url", f"http://127.0.0.1:{port}"]
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def look(port: int, env: dict[str, str], minutes: float) -> dict[str, list[float]]:
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(f"http://127.0.0.1:{port}/sign-in/?next=/wall/pukou/")
        page.fill("#id_username", "leader")
        page.fill("#id_password", env["DEMO_PASSWORD"])
        page.click("form button")
        page.locator("[data-tiles] .tile").first.wait_for()
        counted = soak(page, minutes)
        browser.close()
    return counted


def main() -> None:
    parser = argparse.ArgumentParser(description="Look at the wall for long; its memory is flat.")
    parser.add_argument("--minutes", type=float, default=30)
    options = parser.parse_args()
    print(f"wall: {options.minutes:g} minutes, {machine()}")
    make_database(DATABASE)
    env = environment(url_of(DATABASE))
    manage("migrate", "--verbosity=0", env=env)
    manage("load_demo", env=env)
    try:
        with running_server(env) as port, workers(env), traffic(env, port):
            counted = look(port, env, options.minutes)
    finally:
        drop_database(DATABASE)
    figures = [
        Figure(SCENARIO, f"{name}, last third to second", "×", len(rows), [growth(rows)])
        for name, rows in counted.items()
    ]
    for figure in figures:
        is_judged = not figure.name.startswith(UNJUDGED)
        print(figure.line(), at_most(figure.median, GROWTH_LIMIT) if is_judged else "")
    print(f"  kept in {keep(figures, folder=Path(os.environ['YIWANG_VAR']))}")


if __name__ == "__main__":
    main()
