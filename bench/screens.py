"""Screens through faults: Redis restarts and web processes die while people act.

A centre of its own, clients that live orders over HTTP, and pages that follow them by the live
socket alone: a page keeps what frames say, reads again through HTTP when it is told to, and takes
the state of a wall from its snapshot and frames. In the end every page must hold exactly what the
server holds, at exactly the server's numbers, and no number may have come twice or out of order.
"""

import argparse
import asyncio
import http.client
import json
import random
import subprocess
import sys
import threading
from collections import Counter
from typing import Any
from urllib.parse import quote

import uvloop

from bench.clients import Client, Ledger
from bench.faults import Watch, settle, tokens
from bench.measure import Figure, machine, report
from bench.place import ROOT
from bench.screen import Frame, Screen, until
from bench.stack import PARTS, Stack, freeze, kill, kill_child, own_stack, restart, wait_for

SCENARIO = "screens"
VIEWERS = ("dispatcher", "handler", "leader")
BREAKS = (
    ("redis", restart),
    ("web", kill),
    ("redis", kill),
    ("web", kill_child),
    ("redis", freeze),
)
BACK_WITHIN = 60.0
PAGE_SIZE = 200
SIGN_IN = """
import json, sys, django
django.setup()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.conf import settings
from accounts.models import User
from grids.models import Area
found = {}
for user in User.objects.filter(username__in=sys.argv[1:]):
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session.save()
    found[user.username] = f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
print(json.dumps([found, Area.objects.get(level=1).pk]))
"""
TRUTH = """
import json, sys, django
django.setup()
from accounts.models import User
from dashboards.push import bus
from dashboards.push.snapshots import provider_for
import dashboards.services
from grids.services import current_scope
from workorders.models import WorkOrder
usernames, topics = json.loads(sys.argv[1])
orders = {}
for username in usernames:
    scope = current_scope(user=User.objects.get(username=username))
    rows = WorkOrder.objects.visible_to(scope).values_list("number", "state", "version")
    orders[username] = {number: [state, version] for number, state, version in rows}
places = {}
for topic in topics:
    epoch, seq = bus.client().hmget(f"{bus.channel()}:{topic}", "epoch", "seq")
    places[topic] = [epoch and epoch.decode(), int(seq or 0)]
walls = {topic: provider_for("wall")(topic) for topic in topics if topic.startswith("wall:")}
print(json.dumps([orders, places, walls], default=str))
"""


class OrdersScreen:
    """A page that shows what its person may see, by frames and by reading when told to."""

    def __init__(self, *, username: str, port: int, cookie: str) -> None:
        self.username, self._port, self._cookie = username, port, cookie
        self.orders: dict[str, list[Any]] = {}
        self._told: set[str] = set()  # since the reading began: frames know better
        self._reading: asyncio.Task[None] | None = None
        self.is_stale = False
        self.screen = Screen(
            port=port, cookie=cookie, on_frame=self._on_frame, on_reread=self._on_reread
        )

    @property
    def is_settled(self) -> bool:
        is_reading = self._reading is not None and not self._reading.done()
        return self.screen.is_open and not (is_reading or self.is_stale)

    def _on_frame(self, frame: Frame) -> None:
        if frame["type"] != "order":
            return
        number = frame["number"]
        self._told.add(number)
        if frame.get("gone"):
            self.orders.pop(number, None)
        else:
            self._show(number, frame["state"], frame["version"])

    def _show(self, number: str, state: str, version: int) -> None:
        if number not in self.orders or self.orders[number][1] <= version:
            self.orders[number] = [state, version]

    def _on_reread(self) -> None:
        self.is_stale = True
        if self._reading is None or self._reading.done():
            self._reading = asyncio.get_running_loop().create_task(self._read())

    async def _read(self) -> None:
        """Read until it has worked once without another order to read."""
        while self.is_stale:
            self.is_stale, self._told = False, set()
            try:
                found = await asyncio.to_thread(self._fetch)
            except (OSError, http.client.HTTPException, ValueError):
                self.is_stale = True
                await asyncio.sleep(0.3)
                continue
            for number in self.orders.keys() - found.keys() - self._told:
                del self.orders[number]
            for number in found.keys() - self._told:
                self._show(number, *found[number])

    def _fetch(self) -> dict[str, tuple[str, int]]:
        found: dict[str, tuple[str, int]] = {}
        cursor: str | None = ""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        while cursor is not None:
            url = f"/api/v1/orders/?size={PAGE_SIZE}&cursor={quote(cursor)}"
            connection.request("GET", url, headers={"Cookie": self._cookie})
            answer = connection.getresponse()
            content = json.loads(answer.read())
            if answer.status != 200:
                raise ValueError(content)
            found |= {row["number"]: (row["state"], row["version"]) for row in content["results"]}
            cursor = content["next_cursor"] or None
        connection.close()
        return found


class WallScreen:
    """A wall: its state from the snapshot, then absolute values from frames."""

    def __init__(self, *, port: int, cookie: str, topic: str) -> None:
        self.values: dict[str, Any] = {}
        self.screen = Screen(port=port, cookie=cookie, topics=[topic], on_frame=self._on_frame)

    @property
    def is_settled(self) -> bool:
        return self.screen.is_open

    def _on_frame(self, frame: Frame) -> None:
        if frame["type"] == "snapshot":
            self.values = {}
        told = {"snapshot": frame.get("state"), "values": frame}.get(frame["type"]) or {}
        for row in told.get("rows", ()):
            held = self.values.get(row["code"])
            if held is None or held["revision"] <= row["revision"]:
                self.values[row["code"]] = row


def ask(stack: Stack, program: str, *arguments: str) -> Any:
    """Run a program inside the application and read its answer."""
    env = stack.env | {"DJANGO_SETTINGS_MODULE": "governance.settings"}
    command = [sys.executable, "-c", program, *arguments]
    told = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    return json.loads(told.stdout)


async def break_parts(stack: Stack, options: argparse.Namespace) -> None:
    """Break Redis and the web processes in turn, each while acts flow."""
    for number in range(options.breaks):
        name, fault = BREAKS[number % len(BREAKS)]
        await asyncio.sleep(options.pause)
        await asyncio.to_thread(fault, stack, name)
        await asyncio.to_thread(bring_back_all, stack)
        print(f"  {fault.__name__} {name}", flush=True)
    await asyncio.sleep(options.pause)
    await asyncio.to_thread(bring_back_all, stack)


def bring_back_all(stack: Stack) -> None:
    """Start whatever has ended: a worker may end with its Redis."""
    for name in PARTS:
        stack.bring_back(name)


async def follow(
    stack: Stack, ledger: Ledger, options: argparse.Namespace, watch: Watch
) -> tuple[list[str], Counter[str]]:
    """Let screens follow through the faults; give what is wrong in the end, and what they saw."""
    cookies, district = ask(stack, SIGN_IN, *VIEWERS)
    port, wall = stack.site.port, f"wall:{district}"
    pages = [
        OrdersScreen(username=name, port=port, cookie=cookies[name])
        for name in VIEWERS
        for _ in range(options.screens)
    ]
    walls = [
        WallScreen(port=port, cookie=cookies["leader"], topic=wall) for _ in range(options.screens)
    ]
    every: list[OrdersScreen | WallScreen] = [*pages, *walls]
    await asyncio.gather(*(one.screen.connect() for one in every))
    await break_parts(stack, options)
    ledger.is_over.set()
    await asyncio.to_thread(settle, watch, ledger)
    wrong: list[str] = []

    async def compare() -> bool:
        topics = sorted({topic for one in every for topic in one.screen.places})
        truth = await asyncio.to_thread(ask, stack, TRUTH, json.dumps([VIEWERS, topics]))
        wrong[:] = [*differences(pages, walls, truth, wall)]
        return not wrong

    await until(lambda: all(one.is_settled for one in every), within=BACK_WITHIN)
    for _ in range(5):  # a wall's next minute may just have come
        if await compare():
            break
        await asyncio.sleep(1)
    seen = sum((one.screen.troubles for one in every), Counter[str]())
    seen["frames"] = sum(len(one.screen.frames) for one in every)
    seen["orders to read again"] = sum(len(one.screen.rereads) - 1 for one in pages)
    for one in every:
        one.screen.close()
    return wrong, seen


def differences(
    pages: list[OrdersScreen], walls: list[WallScreen], truth: Any, wall: str
) -> list[str]:
    """Name every screen that does not hold what the server holds, at the server's numbers."""
    orders, places, states = truth
    wrong = [
        f"{one.username}: {len(one.orders)} orders, the server has {len(orders[one.username])}"
        for one in pages
        if one.orders != orders[one.username]
    ]
    told = {row["code"]: row["value"] for row in states[wall]["rows"]}
    wrong += [
        "a wall does not show the server's values"
        for one in walls
        if {code: row["value"] for code, row in one.values.items()} != told
    ]
    for one in [*pages, *walls]:
        held = one.screen.places
        wrong += [
            f"{topic}: a screen is at {held[topic]}, the server at {places[topic]}"
            for topic in held
            if held[topic] != places[topic]
        ]
        wrong += [f"a screen heard frames {why}" for why in ("doubled", "out of order")
                  if one.screen.troubles[why]]  # fmt: skip
    return wrong


def run(options: argparse.Namespace) -> tuple[list[str], Counter[str], Ledger]:
    ledger = Ledger()
    with own_stack() as stack:
        watch = Watch(stack.url)
        for name in ("web", "worker", "scheduler"):
            stack.start(name)
        wait_for(stack.is_healthy, what="the site")
        signed = tokens(stack)
        clients = [
            Client(port=stack.site.port, tokens=signed, ledger=ledger, seed=f"{options.seed}-{n}")
            for n in range(options.clients)
        ]
        threads = [threading.Thread(target=client.work, daemon=True) for client in clients]
        for thread in threads:
            thread.start()
        wrong, seen = uvloop.run(follow(stack, ledger, options, watch))
        for thread in threads:
            thread.join(timeout=60)
    return wrong + ledger.violations, seen, ledger


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench screens", description=__doc__)
    parser.add_argument("--screens", type=int, default=50, help="of each kind of viewer")
    parser.add_argument("--clients", type=int, default=3)
    parser.add_argument("--breaks", type=int, default=10)
    parser.add_argument("--pause", type=float, default=3.0, help="seconds between faults")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    return parser.parse_args()


def main() -> int:
    options = _options()
    print(f"{machine()}\n{SCENARIO}, {options.screens} of each, seed {options.seed}", flush=True)
    wrong, seen, ledger = run(options)
    print(f"  {ledger.acknowledged} commands, screens saw {dict(seen)}", flush=True)
    size = options.screens * (len(VIEWERS) + 1)
    measured = [
        Figure(SCENARIO, "frames that counted", "", size, [seen["frames"]]),
        Figure(SCENARIO, "violations", "", size, [len(wrong)], "target 0"),
    ]
    report(measured)
    for violation in wrong[:50]:
        print(f"VIOLATION {violation}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
