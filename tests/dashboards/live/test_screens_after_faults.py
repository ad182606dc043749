"""Redis restarts and web processes die under load: every screen ends with the server's state.

Real processes and a Redis of the test's own. `script/bench screens` does it for longer, with a
whole centre, more screens and more kinds of faults.
"""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.utils import timezone
from launcher.places import Places
from launcher.redis import address, private_redis

from bench.screen import until
from bench.screens import OrdersScreen, WallScreen, differences
from dashboards.push import bus, snapshots, wall_topic
from dashboards.services import announce_undone, refresh_figures
from grids.services import current_scope
from tests.dashboards.live.conftest import (
    database_url,
    free_port,
    run_apart,
    start_session,
    wait_until_open,
)
from tests.walls import hang_wall
from workorders.models import Announcement, WorkOrder

VIEWERS = ("dispatcher", "handler", "east")
EACH = 5
PATIENCE = 60  # seconds


class Site:
    """A Redis and two web processes of the test's own, which may be killed."""

    def __init__(self, folder: Path) -> None:
        places = Places(checkout=django_settings.BASE_DIR, var=folder)
        for made in (places.logs, places.secrets):
            made.mkdir()
        self._redis, self._log = private_redis(places=places), places.logs / "web.log"
        self._redis_process = self._redis.process()
        self.redis_url = address(places=places, port=self._redis.port)
        self.port = free_port()
        self._web: subprocess.Popen[bytes] | None = None

    def start_redis(self) -> None:
        self._redis_process.start()
        while not self._redis.is_ready():
            assert not self._redis_process.has_ended(), self._redis_process.last_lines()

    def kill_redis(self) -> None:
        self._redis_process.kill_group()
        assert self._redis_process.child is not None
        self._redis_process.child.wait()

    def start_web(self) -> None:
        command = [sys.executable, "-m", "governance.web", "--port", str(self.port)]
        env = {
            **os.environ, "DATABASE_URL": database_url(), "REDIS_URL": self.redis_url,
            "LIVE_PING_SECONDS": "0.5",
        }  # fmt: skip
        with self._log.open("ab") as log:
            self._web = subprocess.Popen(
                command, cwd=django_settings.BASE_DIR, env=env, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        wait_until_open(self.port, self._web, self._log)

    def kill_web(self) -> None:
        assert self._web is not None
        os.killpg(self._web.pid, signal.SIGKILL)
        self._web.wait()

    def stop(self) -> None:
        with suppress(ProcessLookupError):
            self.kill_web()
        self.kill_redis()


class Load:
    """People who act and a worker who looks, each in a thread, until told to stop."""

    def __init__(self, town, channel_api, api) -> None:
        self.acts = 0
        self.is_over = threading.Event()
        self._town, self._register = town, channel_api
        self._desk, self._crew = api("dispatcher"), api("handler")
        self._threads = [
            threading.Thread(target=self._repeat, args=(step,)) for step in (self._live, self._look)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self.is_over.set()
        for thread in self._threads:
            thread.join(timeout=PATIENCE)

    def _repeat(self, step: Callable[[], None]) -> None:
        while not self.is_over.is_set():
            step()
        connections.close_all()

    def _live(self) -> None:
        """Lead an order through the department and out of its sight again."""
        number = self._register("hotline", self._town.call(f"L-{self.acts}")).data["number"]
        url = f"/api/v1/orders/{number}"
        for person, action, carried in (
            (self._desk, "accept", {"category": "noise"}),
            (self._desk, "dispatch", {"department": "D2"}),
            (self._crew, "sign", {}) if self.acts % 2 else (self._crew, "remark", {"text": "在途"}),
            (self._crew, "send_back", {"reason": "不属本单位"}),
        ):
            person.post(f"{url}/{action}/", carried)
        self.acts += 1

    def _look(self) -> None:
        announce_undone(at=timezone.now())
        refresh_figures(at=timezone.now())
        self.is_over.wait(0.2)


@pytest.fixture
def site(town, settings, tmp_path) -> Iterator[Site]:
    site = Site(tmp_path)
    settings.REDIS_URL = site.redis_url
    bus.client.cache_clear()
    site.start_redis()
    try:
        site.start_web()
        yield site
    finally:
        site.stop()
        bus.client.cache_clear()


def truth(town, screens):
    """Read what the server holds: orders by person, places by topic, the wall's state."""
    rows = {
        name: WorkOrder.objects.visible_to(current_scope(user=town.people[name])).values_list(
            "number", "state", "version"
        )
        for name in VIEWERS
    }
    orders = {name: {number: [*rest] for number, *rest in found} for name, found in rows.items()}
    topics = {topic for one in screens for topic in one.screen.places}
    places = {}
    for topic in topics:
        epoch, seq = bus.client().hmget(f"{bus.channel()}:{topic}", "epoch", "seq")
        places[topic] = [epoch.decode(), int(seq or 0)]
    wall = wall_topic(town.areas["区"].pk)
    return orders, places, {wall: snapshots.provider_for("wall")(wall)}


class Scene:
    """The screens before the site, and the load behind it."""

    def __init__(self, town, site: Site, load: Load) -> None:
        self._town, self._site, self.load = town, site, load
        self.wall = wall_topic(town.areas["区"].pk)
        self.pages = [
            OrdersScreen(username=name, port=site.port, cookie=self._sign_in(name))
            for name in VIEWERS
            for _ in range(EACH)
        ]
        self.walls = [
            WallScreen(port=site.port, cookie=self._sign_in("leader"), topic=self.wall)
            for _ in range(EACH)
        ]
        self.screens = [*self.pages, *self.walls]

    def _sign_in(self, name: str) -> str:
        session = start_session(self._town.people[name])
        return f"{django_settings.SESSION_COOKIE_NAME}={session.session_key}"

    async def play(self) -> list[str]:
        """Break Redis, then the web processes, while people act; give what is wrong in the end."""
        site = self._site
        await asyncio.gather(*(one.screen.connect() for one in self.screens))
        await self._all_back()
        self.load.start()
        try:
            await self._more_acts()
            for break_it, mend in (
                (site.kill_redis, site.start_redis), (site.kill_web, site.start_web),
            ):  # fmt: skip
                await asyncio.to_thread(break_it)
                await self._more_acts()
                await asyncio.to_thread(mend)
                await self._all_back()
                await self._more_acts()
        finally:
            await asyncio.to_thread(self.load.stop)
        held = await asyncio.to_thread(self._settle)
        await self._all_back()
        await until(lambda: not self._wrong(held), within=PATIENCE)
        for one in self.screens:
            one.screen.close()
        return self._wrong(held)

    def _wrong(self, held):
        return differences(self.pages, self.walls, held, self.wall)

    def _settle(self):
        """Tell what is untold, and read what the server holds."""
        while Announcement.objects.exists():
            announce_undone(at=timezone.now() + timedelta(seconds=2))
        refresh_figures(at=timezone.now())
        held = truth(self._town, self.screens)
        connections.close_all()
        return held

    async def _more_acts(self) -> None:
        goal = self.load.acts + 6
        assert await until(lambda: self.load.acts >= goal, within=PATIENCE)

    async def _all_back(self) -> None:
        assert await until(lambda: all(one.is_settled for one in self.screens), within=PATIENCE)


def test_every_screen_ends_with_exactly_the_servers_state(town, site, channel_api, api):
    hang_wall(town)
    scene = Scene(town, site, Load(town, channel_api, api))
    assert run_apart(scene.play()) == []
    assert [len(one.orders) for one in scene.pages if one.username == "dispatcher"] == [
        scene.load.acts
    ] * EACH
    assert min(len(one.screen.frames) for one in scene.screens) > 0
    sent_away = [one.screen.troubles["sent away 1006"] > 0 for one in scene.screens]
    assert all(sent_away)
