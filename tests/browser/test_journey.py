"""One order's journey: five people in five browsers, the wall beside them, an outsider watching."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from governance.celery import app
from tests.browser.conftest import sign_in
from tests.browser.test_mobile import PHONE, picture
from tests.town import Town
from tests.walls import hang_wall
from workorders.models import WorkOrder


@pytest.fixture(autouse=True)
def eager_tasks(settings: Any, tmp_path: Path) -> Iterator[None]:
    """Do the worker's part where the act happens."""
    settings.MEDIA_ROOT = tmp_path / "media"
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.fixture
def deliver(live_site: str, town: Town) -> Callable[[Page], str]:
    """Deliver a hotline call over HTTP, as the channel does; give the order's number."""

    def deliver(page: Page) -> str:
        header = {"Authorization": f"Bearer {town.tokens['hotline']}"}
        answer = page.request.post(
            f"{live_site}/api/v1/intake/hotline/",
            headers={**header, "Content-Type": "application/json"},
            data=json.dumps(town.call()),
        )
        assert answer.status == 201
        return answer.json()["number"]

    return deliver


@pytest.fixture
def figure(visitor: Callable[..., Page], live_site: str, town: Town) -> Callable[[str, str], None]:
    """Open the leader's wall; the fixture waits until a figure on it shows a value."""
    hang_wall(town)
    page = visitor()
    sign_in(page, live_site, "leader")
    page.goto(f"{live_site}/wall/district/")
    expect(page.locator("[data-contact-word]")).to_have_text("实时连接")

    def shows(name: str, value: str) -> None:
        expect(page.locator(f'[data-figure="{name}"]')).to_have_text(value)

    return shows


class Outsider:
    """The west street's dispatcher, with the console open and every frame kept."""

    def __init__(self, page: Page, live_site: str) -> None:
        self.page, self.live_site, self.frames = page, live_site, []
        page.on("websocket", self._on_socket)
        sign_in(page, live_site, "west")
        page.goto(f"{live_site}/console/?view=open")
        expect(page.locator("[data-live-chip]")).to_have_text("已连接")

    def _on_socket(self, socket: Any) -> None:
        socket.on("framereceived", lambda frame: self.frames.append(str(frame)))

    def sees_nothing_of(self, number: str) -> bool:
        """Look in the page, the API and the frames of the socket."""
        in_page = self.page.locator(f"[data-order='{number}']").count()
        in_list = self.page.request.get(f"{self.live_site}/api/v1/orders/").text()
        alone = self.page.request.get(f"{self.live_site}/api/v1/orders/{number}/").status
        orders = [frame for frame in self.frames if '"order"' in frame or number in frame]
        return (in_page, number in in_list, alone, orders) == (0, False, 404, [])


def test_from_the_call_to_the_close(live_site, town, visitor, deliver, figure):
    category = town.categories["manhole"]
    category.is_grid_matter = True
    category.save(update_fields=["is_grid_matter"])
    outsider = Outsider(visitor(), live_site)
    desk = visitor()
    number = deliver(desk)
    figure("registered_today", "1")
    figure("open", "1")

    sign_in(desk, live_site, "dispatcher")
    desk.goto(f"{live_site}/console/?order={number}")
    act(desk, "accept", "accepted")
    figure("accepted_today", "1")
    act(desk, "dispatch", "dispatched")

    phone = visitor(viewport=PHONE, has_touch=True)
    sign_in(phone, live_site, "worker")
    phone.goto(f"{live_site}/m/orders/{number}/")
    phone.click(".action-bar button")
    phone.wait_for_selector("text=已签收")
    phone.set_input_files("input[name=after]", picture("after.jpg"))
    phone.wait_for_selector(".photos__item")
    phone.click("#resolve .phrase >> nth=0")
    phone.click("#resolve button.button--huge")
    phone.wait_for_url("**/m/")
    figure("on_time_rate", "100.0")

    supervisor = visitor()
    sign_in(supervisor, live_site, "supervisor")
    supervisor.goto(f"{live_site}/console/?order={number}")
    expect(supervisor.locator("img[src^='/photos/']").first).to_be_visible()
    act(supervisor, "pass_check", "follow_up")

    clerk = visitor()
    sign_in(clerk, live_site, "clerk")
    clerk.goto(f"{live_site}/console/?order={number}")
    for name, value in (
        ("is_reached", "true"),
        ("is_solved", "true"),
        ("satisfaction", "satisfied"),
    ):
        clerk.check(f"#act-follow_up input[name={name}][value={value}]", force=True)
    act(clerk, "follow_up", "closed")
    figure("closed_today", "1")
    figure("open", "0")
    figure("satisfaction_rate", "100.0")

    assert WorkOrder.objects.get(number=number).state == "closed"
    assert outsider.sees_nothing_of(number)


def act(page: Page, action: str, state: str) -> None:
    """Submit the form of an action in the console and wait for the state it leads to."""
    form = page.locator(f"#act-{action}")
    if form.is_hidden():
        page.click(f"[data-open-act='{action}']")
    form.locator("[data-submit]").click()
    expect(page.locator(f"[data-order-pane][data-state={state}]")).to_be_visible()
