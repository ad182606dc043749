"""From a commit to a thousand open pages: latency, deliveries a second, nothing lost on the way.

A process of its own commits a row and tells it; a thousand sockets of one signed-in leader hear it
through the site's two web processes. Yardsticks, one after the other in each round: as many bare
Redis subscribers, and the stock `group_send` of Channels with both of its layers. Then Redis is
restarted and the web processes are killed while messages flow, and the pages come back by
themselves: each message must have reached each page once, or the page was told to read again.
"""

import argparse
import asyncio
import contextlib
import json
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import uvloop

from bench.measure import Figure, at_least, at_most, machine, percentile, report
from bench.place import ROOT, connect
from bench.screen import PATH, Screen, headers_of, until
from bench.sockets import RAW_CHANNEL, Subscription, WebSocket
from bench.stack import Stack, kill, own_stack, restart, wait_for

SCENARIO = "push"
KINDS = ("push", "raw", "core", "pubsub")
STOCK = ("core", "pubsub")
NAMES = {
    "push": "pushes", "raw": "raw Redis subscribe", "core": "group_send, core layer",
    "pubsub": "group_send, pub/sub layer",
}  # fmt: skip
PAUSE = 0.5  # two messages a second
READY_WITHIN = 180.0
QUIET_AFTER = 8.0  # seconds without a delivery until the rest counts as lost
LATENCY_SHARE, RATE_SHARE = 2.0, 10.0
SIGN_IN = """
import json, django
django.setup()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.conf import settings
from accounts.models import User
from workorders.selectors import topics_of
from workorders.models import WorkOrder
from grids.models import Area
from accounts.models import Department
user, session = User.objects.get(username="leader"), SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session.save()
grid = Area.objects.filter(level=4).select_related("parent__parent__parent").first()
order = WorkOrder(district_id=grid.parent.parent.parent_id, street_id=grid.parent.parent_id,
                  community_id=grid.parent_id, grid_id=grid.pk,
                  department=Department.objects.first())
print(json.dumps([f"{settings.SESSION_COOKIE_NAME}={session.session_key}", topics_of(order)]))
"""


class Speaker:
    """The process that commits and tells."""

    def __init__(self, env: dict[str, str], topics: list[str]) -> None:
        self._topics, self._first = topics, 1
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.speaker"],
            cwd=ROOT, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    async def speak(self, kind: str, *, count: int, pause: float) -> dict[str, int]:
        """Let it commit and tell so many; give the instant of each commit."""
        asked = {
            "kind": kind, "count": count, "pause": pause, "first": self._first,
            "topics": self._topics,
        }  # fmt: skip
        self._first += count
        return await asyncio.to_thread(self._ask, json.dumps(asked))

    def _ask(self, line: str) -> dict[str, int]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(line, file=self._process.stdin, flush=True)
        return dict(json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)


@dataclass
class Heard:
    """What came to one listener."""

    messages: list[tuple[int, bytes]] = field(default_factory=list)
    is_ready: bool = False

    def take(self, payload: bytes, at: int) -> None:
        if b'"type":"order"' in payload:
            self.messages.append((at, payload))
        elif b'"type":"hello"' in payload:
            self.be_ready()

    def be_ready(self) -> None:
        self.is_ready = True

    @property
    def numbers(self) -> list[tuple[str, int]]:
        return [
            (payload.partition(b'"number":"')[2][:9].decode(), at) for at, payload in self.messages
        ]


@dataclass
class Setting:
    """Where everything is."""

    stack: Stack
    speaker: Speaker
    cookie: str
    sockets: int
    stock_ports: dict[str, int]

    @property
    def redis_url(self) -> str:
        return self.stack.env["REDIS_URL"]

    def port_of(self, kind: str) -> int:
        if kind == "raw":
            return urlsplit(self.redis_url).port or 6379
        return self.stock_ports.get(kind, self.stack.site.port)


def listener(kind: str, setting: Setting, one: Heard) -> asyncio.Protocol:
    """Make what connects and listens; a page of ours says that it wants what is its person's."""
    if kind == "raw":
        return Subscription(
            url=setting.redis_url, channel=RAW_CHANNEL, on_text=one.take, on_ready=one.be_ready
        )

    def greet(line: WebSocket) -> None:
        if kind == "push":
            line.say('{"type":"subscribe"}')
        else:
            one.be_ready()

    return WebSocket(
        path=PATH, headers=headers_of(setting.port_of(kind), setting.cookie), on_text=one.take,
        on_open=greet, on_lost=lambda code: None,
    )  # fmt: skip


@asynccontextmanager
async def listeners(kind: str, setting: Setting) -> AsyncIterator[list[Heard]]:
    """Connect as many listeners of a kind as asked for."""
    loop, heard = asyncio.get_running_loop(), [Heard() for _ in range(setting.sockets)]
    opened: list[Any] = []
    try:
        for part in batched(heard):
            coming = [
                loop.create_connection(
                    partial(listener, kind, setting, one), "127.0.0.1", setting.port_of(kind)
                )
                for one in part
            ]
            opened += [protocol for _, protocol in await asyncio.gather(*coming)]
        if not await until(lambda: all(one.is_ready for one in heard), within=READY_WITHIN):
            raise SystemExit(f"{kind}: only {sum(one.is_ready for one in heard)} are ready.")
        await asyncio.sleep(1)  # the last of the groups is joined
        yield heard
    finally:
        for one in opened:
            one.close()


def batched(many: list[Any]) -> list[list[Any]]:
    """Cut into parts that come at once."""
    return [many[begin : begin + 100] for begin in range(0, len(many), 100)]


@dataclass
class Result:
    """What one kind did in one round."""

    latencies: list[float]
    rate: float
    lost: int
    doubled: int
    disordered: int


async def told(setting: Setting, heard: list[Heard], kind: str, *, count: int, pause: float) -> Any:
    """Tell messages and wait until all have come, or nothing comes any more."""
    for one in heard:
        one.messages.clear()
    committed = await setting.speaker.speak(kind, count=count, pause=pause)
    seen, since = -1, time.monotonic()
    while (now := sum(len(one.messages) for one in heard)) < count * len(heard):
        if now != seen:
            seen, since = now, time.monotonic()
        if time.monotonic() - since > QUIET_AFTER:
            break
        await asyncio.sleep(0.02)
    return committed


async def measure(kind: str, setting: Setting, options: argparse.Namespace) -> Result:
    """Measure one kind: two messages a second, then a burst."""
    async with listeners(kind, setting) as heard:
        await told(setting, heard, kind, count=2, pause=PAUSE)  # warm-up
        committed = await told(setting, heard, kind, count=options.messages, pause=PAUSE)
        latencies = [(at - committed[number]) / 1e6 for one in heard for number, at in one.numbers]
        troubles = check(heard, committed)
        committed = await told(setting, heard, kind, count=options.burst, pause=0)
        troubles += check(heard, committed)
        arrivals = [at for one in heard for at, _ in one.messages]
        took = (max(arrivals) - min(committed.values())) / 1e9
    return Result(
        latencies, len(arrivals) / took,
        troubles["lost"], troubles["doubled"], troubles["disordered"],
    )  # fmt: skip


def check(heard: list[Heard], committed: dict[str, int]) -> Counter[str]:
    """Count what each listener did not hear once and in order."""
    troubles: Counter[str] = Counter()
    for one in heard:
        numbers = [number for number, _ in one.numbers]
        troubles["lost"] += len(committed.keys() - set(numbers))
        troubles["doubled"] += len(numbers) - len(set(numbers))
        troubles["disordered"] += sum(a > b for a, b in pairwise(numbers))
    return troubles


async def through_faults(setting: Setting, options: argparse.Namespace) -> Counter[str]:
    """Restart Redis and kill the web processes while messages flow; count what went wrong."""
    stack = setting.stack
    screens = [Screen(port=stack.site.port, cookie=setting.cookie) for _ in range(setting.sockets)]
    for part in batched(screens):
        await asyncio.gather(*(one.connect() for one in part))
    await until(lambda: all(one.is_open for one in screens), within=READY_WITHIN)
    speaking = asyncio.create_task(setting.speaker.speak("push", count=options.faulty, pause=0.1))
    pause = options.faulty * 0.1 / 4
    for name, fault in (("redis", restart), ("web", kill)):
        await asyncio.sleep(pause)
        await asyncio.to_thread(fault, stack, name)
        await asyncio.to_thread(stack.bring_back, name)
    committed = await speaking
    last = max(committed)

    def has_last(one: Screen) -> bool:
        is_told = bool(one.frames) and one.frames[-1][1].get("number") == last
        return one.is_open and (is_told or one.read_at > committed[last])

    await until(lambda: all(map(has_last, screens)), within=60)
    troubles = sum((troubles_of(one, committed) for one in screens), Counter[str]())
    troubles["pages that did not come back"] = sum(not has_last(one) for one in screens)
    for one in screens:
        one.close()
    return troubles


def troubles_of(one: Screen, committed: dict[str, int]) -> Counter[str]:
    """Count what a page neither heard nor read after it was told to read again."""
    numbers = Counter(frame["number"] for _, frame in one.frames)
    unheard = [at for number, at in committed.items() if number not in numbers]
    return Counter({
        "lost": sum(at > one.read_at for at in unheard),
        "doubled": one.troubles["doubled"] + sum(numbers.values()) - len(numbers),
        "disordered": one.troubles["out of order"],
        "readings": len(one.rereads) - 1,
    })  # fmt: skip


@contextmanager
def stock_servers(env: dict[str, str]) -> Iterator[dict[str, int]]:
    """Run the stock consumers, two processes for each layer; give their ports."""
    ports, running = {}, []
    for kind in STOCK:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            ports[kind] = int(probe.getsockname()[1])
        command = [sys.executable, "-m", "bench.stock", "--kind", kind, "--port", str(ports[kind])]
        running += [subprocess.Popen(command, cwd=ROOT, env=env) for _ in range(2)]
    try:
        for port in ports.values():
            wait_for(lambda port=port: is_open(port), what="the stock server")
        time.sleep(3)  # the second process of each
        yield ports
    finally:
        for process in running:
            process.kill()
            process.wait()


def is_open(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def figures(results: dict[str, list[Result]], options: argparse.Namespace) -> list[Figure]:
    made: list[Figure] = []

    def add(name: str, unit: str, rounds: list[float], note: str = "") -> Figure:
        made.append(Figure(SCENARIO, name, unit, options.sockets, rounds, note))
        return made[-1]

    def by_round(kind: str, value: Callable[[Result], float]) -> list[float]:
        return [value(one) for one in results[kind]]

    for kind in results:
        for share in (0.5, 0.99):
            rounds = by_round(kind, lambda one: percentile(one.latencies, share))  # noqa: B023
            add(f"{NAMES[kind]} p{share * 100:.0f}", "ms", rounds)
        add(f"{NAMES[kind]} deliveries", "/s", by_round(kind, lambda one: one.rate))
        rounds = by_round(kind, lambda one: one.lost + one.doubled + one.disordered)
        add(f"{NAMES[kind]} lost, doubled, disordered", "", rounds)
    ratios = [
        percentile(one.latencies, 0.99) / percentile(bare.latencies, 0.99)
        for one, bare in zip(results["push"], results["raw"], strict=True)
    ]
    latency = add("p99 / raw Redis subscribe", "×", ratios)
    made[-1] = Figure(**{**vars(latency), "note": at_most(latency.median, LATENCY_SHARE)})
    stock = [kind for kind in STOCK if kind in results]
    if stock:
        rates = [
            one.rate / max(results[kind][index].rate for kind in stock)
            for index, one in enumerate(results["push"])
        ]
        rate = add("deliveries / the better group_send", "×", rates)
        made[-1] = Figure(**{**vars(rate), "note": at_least(rate.median, RATE_SHARE)})
    return made


async def run(setting: Setting, options: argparse.Namespace) -> list[Figure]:
    results: dict[str, list[Result]] = {kind: [] for kind in options.kinds}
    for number in range(1, options.rounds + 1):
        for kind in options.kinds:
            one = await measure(kind, setting, options)
            results[kind].append(one)
            print(
                f"  round {number}: {NAMES[kind]}, p50 {percentile(one.latencies, 0.5):.1f} ms,"
                f" p99 {percentile(one.latencies, 0.99):.1f} ms, {one.rate:,.0f} deliveries/s,"
                f" {one.lost} lost, {one.doubled} doubled, {one.disordered} disordered",
                flush=True,
            )
    made = figures(results, options) if "raw" in results else []
    if options.faulty:
        troubles = await through_faults(setting, options)
        print(f"  through restarts: {dict(troubles)}", flush=True)
        wrong = sum(count for name, count in troubles.items() if name != "readings")
        name = "lost, doubled, disordered through faults"
        made.append(Figure(SCENARIO, name, "", options.sockets, [wrong], "target 0"))
    return made


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench push", description=__doc__)
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--messages", type=int, default=20, help="at two a second")
    parser.add_argument("--burst", type=int, default=50, help="messages at once")
    parser.add_argument("--faulty", type=int, default=200, help="messages while things break")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    return parser.parse_args()


def main() -> int:
    options = _options()
    print(f"{machine()}\n{SCENARIO}, {options.sockets} sockets", flush=True)
    with own_stack() as stack:
        stack.start("web")
        wait_for(stack.is_healthy, what="the site")
        env = stack.env | {"DJANGO_SETTINGS_MODULE": "governance.settings"}
        connect(stack.url).close()
        signed = subprocess.run(
            [sys.executable, "-c", SIGN_IN],
            cwd=ROOT, env=env, check=True, capture_output=True, text=True,
        )  # fmt: skip
        cookie, topics = json.loads(signed.stdout)
        with stock_servers(env) as ports, contextlib.closing(Speaker(env, topics)) as speaker:
            setting = Setting(stack, speaker, cookie, options.sockets, ports)
            measured = uvloop.run(run(setting, options))
    if measured:
        report(measured)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
