"""A live site and a browser: the whole ASGI application on the test's database, and Chromium.

    def test_x(live_site, visitor, town):
        page = visitor()                      # its own context; viewport=(390, 844) for a phone
        sign_in(page, live_site, "dispatcher")

Every page of `visitor` is watched: console errors (a CSP violation is one) fail the test at its
end, except those that the test named with `troubles.expect("409")`.
"""

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from socket import socket
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection, connections
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.line import Line
from tests.town import Town, build_town

# Playwright's synchronous interface keeps an event loop on this thread, which Django would refuse.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

PASSWORD = "town-pass-2026"
PHONE = (390, 844)
# How long a test waits for what must come: how quick it comes is measured elsewhere.
PATIENCE = 30
expect.set_options(timeout=PATIENCE * 1000)
HERE = {"longitude": 118.62, "latitude": 32.02, "accuracy": 8}
# What a browser says of a line that is cut; everything else is a fault.
CUT = ("net::ERR_", "WebSocket connection to", "502 (")
ARGUMENTS = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-quic", "--disable-default-apps",
    "--lang=zh-CN",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[Any]) -> None:
    for item in items:
        if "/tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def town(transactional_db: Any) -> Town:
    """The small town, committed, so that the server's own connections see it."""
    return build_town()


@pytest.fixture
def live_site(transactional_db: Any) -> Iterator[str]:
    """Serve the whole application, sockets included, from a thread; give its address."""
    import uvicorn  # noqa: PLC0415  # only where a browser test runs

    from governance.asgi import application  # noqa: PLC0415

    listener = socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        application, log_level="error", lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    wait_until(lambda: server.started)
    try:
        yield "http://{}:{}".format(*listener.getsockname())
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()
        _end_other_sessions()


def _end_other_sessions() -> None:
    """End the server's database sessions: they would block the truncation and the drop."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    for alias in connections:
        connections[alias].close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with (
        sync_playwright() as playwright,
        closing(playwright.chromium.launch(executable_path=path, args=ARGUMENTS)) as browser,
    ):
        yield browser


class Troubles:
    """What browsers complained about, and which complaints the test expects."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.expected: list[str] = []

    def expect(self, part: str) -> None:
        """Pass over complaints with this part, such as the status of a refused request."""
        self.expected.append(part)

    def watch(self, page: Page) -> None:
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.seen.append(f"page error: {error}"))

    def _on_console(self, message: Any) -> None:
        if message.type == "error":
            place = (message.location or {}).get("url", "")
            self.seen.append(f"{message.text} ({place})")

    def unexpected(self) -> list[str]:
        return [
            seen for seen in self.seen if not any(expected in seen for expected in self.expected)
        ]


@pytest.fixture
def troubles() -> Troubles:
    return Troubles()


@pytest.fixture
def visitor(chromium: Browser, live_site: str, troubles: Troubles) -> Iterator[Callable[..., Page]]:
    """Open a page in a context of its own; its complaints fail the test."""
    contexts: list[BrowserContext] = []

    def open_page(*, viewport: tuple[int, int] = (1920, 1080), **options: Any) -> Page:
        size: Any = {"width": viewport[0], "height": viewport[1]}
        context = chromium.new_context(
            viewport=size,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            base_url=live_site,
            **options,
        )
        context.set_default_timeout(PATIENCE * 1000)
        contexts.append(context)
        page = context.new_page()
        troubles.watch(page)
        return page

    yield open_page
    for context in contexts:
        with suppress(Exception):  # a browser that died must not hide the test's own failure
            context.close()
    assert troubles.unexpected() == []


def sign_in(page: Page, live_site: str, username: str, password: str = PASSWORD) -> None:
    """Sign in through the page; ends wherever the site sends this person."""
    page.goto(f"{live_site}/sign-in/")
    page.fill("#id_username", username)
    page.fill("#id_password", password)
    page.click("form button")
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def wait_until(is_done: Callable[[], Any], *, seconds: float = PATIENCE) -> Any:
    """Poll a condition of this process, such as a row in the database; fail when time is up."""
    deadline = monotonic() + seconds
    pause = threading.Event()
    while True:
        if found := is_done():
            return found
        assert monotonic() < deadline, "the condition did not come true in time"
        pause.wait(0.02)


@pytest.fixture
def call(live_site: str, town: Any) -> Any:
    """Deliver a hotline call over HTTP, as the channel does; give the order's number."""

    def deliver(page: Page, number: str = "T-1", **changes: Any) -> str:
        answer = page.request.post(
            f"{live_site}/api/v1/intake/hotline/",
            headers={
                "Authorization": f"Bearer {town.tokens['hotline']}",
                "Content-Type": "application/json",
            },
            data=json.dumps(town.call(number, **changes)),
        )
        assert answer.status == 201
        return answer.json()["number"]

    return deliver


def open_console(page: Page, live_site: str, username: str = "dispatcher", query: str = "") -> Page:
    """Sign in and wait until the socket is open, so that nothing is missed."""
    sign_in(page, live_site, username)
    page.goto(f"{live_site}/console/{query}")
    expect(page.locator("[data-live-chip]")).to_have_text("已连接")
    return page


@pytest.fixture
def line(live_site: str) -> Iterator[Line]:
    place = urlsplit(live_site)
    line = Line(str(place.hostname), int(place.port or 0))
    yield line
    line.close()


class Phone:
    """One phone: its browser may be closed and opened again, and finds what it had kept."""

    def __init__(self, browser: Browser, home: Path, line: Line, troubles: Troubles) -> None:
        self._browser, self._home, self._line, self._troubles = browser, home, line, troubles
        self._context: BrowserContext | None = None

    def open(self, path: str = "/m/", **options: Any) -> Page:
        """Start the browser on this phone's own memory and show a page."""
        self._context = self._browser.browser_type.launch_persistent_context(
            self._home,
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=ARGUMENTS,
            viewport={"width": PHONE[0], "height": PHONE[1]},
            has_touch=True,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            base_url=self._line.address,
            geolocation=HERE,
            permissions=["geolocation"],
            **options,
        )
        self._context.set_default_timeout(PATIENCE * 1000)
        page = self._context.pages[0]
        self._troubles.watch(page)
        page.goto(path)
        return page

    def sign_in(self, username: str = "worker", **options: Any) -> Page:
        """Sign in and wait until today's work is kept."""
        page = self.open("/sign-in/?next=/m/", **options)
        enter(page, username)
        return page

    def close(self) -> None:
        if self._context is not None:
            with suppress(Exception):  # a browser that died must not hide the test's own failure
                self._context.close()


def enter(page: Page, username: str) -> None:
    page.fill("#id_username", username)
    page.fill("#id_password", PASSWORD)
    page.click("form button")
    page.wait_for_url("**/m/")
    page.wait_for_selector("html[data-kept]")


@pytest.fixture
def phone(
    town: Town, chromium: Browser, line: Line, tmp_path: Path, troubles: Troubles
) -> Iterator[Phone]:
    for words in CUT:
        troubles.expect(words)
    phone = Phone(chromium, tmp_path / "phone", line, troubles)
    yield phone
    phone.close()
    assert troubles.unexpected() == []
