"""A whole centre of its own, whose processes may be killed: nobody else's server is touched."""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.place import ROOT, manage

sys.path.insert(0, str(ROOT / "script"))

from launcher import postgres, redis
from launcher.cluster_home import forget_home
from launcher.places import Places, is_port_free
from launcher.processes import Process
from launcher.server import Site, processes, server_environment

PARTS = ("postgres", "redis", "web", "worker", "scheduler")
SERVERS = ("postgres", "redis")
READY_WITHIN = 90.0


class Stack:
    """PostgreSQL, Redis, web, worker and scheduler, as script/server runs them."""

    def __init__(self, folder: Path) -> None:
        # Those of the caller are not ours to kill.
        for name in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name, None)
        self.places = Places(checkout=ROOT, var=folder)
        self.places.logs.mkdir(exist_ok=True)
        self.places.secrets.mkdir(mode=0o700, exist_ok=True)
        self._postgres = postgres.private_postgres(places=self.places)
        self._redis = redis.private_redis(places=self.places)
        self.site = Site(host="127.0.0.1", port=self.places.port_of(service="web"))
        self._postgres.prepare()
        self.parts: dict[str, Process] = {
            "postgres": self._postgres.process(),
            "redis": self._redis.process(),
        }

    def fill(self) -> None:
        """Start the servers, make the tables and load the demo without orders."""
        for name in SERVERS:
            self.start(name)
        self._postgres.make_database()
        self.env = server_environment(places=self.places, site=self.site)
        manage("migrate", "--noinput", "--verbosity=0", env=self.env)
        manage("load_demo", "--no-history", env=self.env)
        made = processes(
            places=self.places, site=self.site, environment=self.env, has_demo=False
        )  # fmt: skip
        self.parts |= {process.name: process for process in made}

    @property
    def url(self) -> str:
        return self.env["DATABASE_URL"]

    def start(self, name: str) -> None:
        """Start a part; a server is waited for, and tried again while remains are in its way."""
        part = self.parts[name]
        part.start()
        if name not in SERVERS:
            return
        server = self._postgres if name == "postgres" else self._redis

        def is_ready() -> bool:
            if part.has_ended():
                time.sleep(0.1)
                part.start()
            return server.is_ready()

        wait_for(is_ready, what=name)

    def start_all(self) -> None:
        for name in PARTS:
            self.start(name)

    def stop_all(self) -> None:
        for names in (PARTS[2:], SERVERS):
            chosen = [self.parts[name] for name in names if name in self.parts]
            for part in chosen:
                part.ask_to_stop()
            deadline = time.monotonic() + 15
            for part in chosen:
                part.wait_or_kill(deadline=deadline)

    def is_healthy(self) -> bool:
        """Tell whether the site answers and reaches both servers."""
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(f"{self.site.url}/healthz", timeout=2) as answer:
                return set(json.load(answer).values()) == {"ok"}
        except (urllib.error.URLError, OSError, ValueError):
            return False

    def bring_back(self, name: str) -> None:
        """Start what has ended, as whoever watches the processes does."""
        part = self.parts[name]
        if part.has_ended():
            part.kill_group()
            self.start(name)


def family(pid: int) -> list[int]:
    """List a process and all beneath it; PostgreSQL's children have groups of their own."""
    found = [pid]
    for one in found:
        with contextlib.suppress(OSError):
            children = Path(f"/proc/{one}/task/{one}/children").read_text()
            found += [int(child) for child in children.split()]
    return found


def signal_all(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def kill(stack: Stack, name: str) -> None:
    """kill -9 of the part; PostgreSQL's children must notice by themselves."""
    child = _child(stack, name)
    signal_all([child.pid] if name == "postgres" else family(child.pid), signal.SIGKILL)
    child.wait()


def kill_child(stack: Stack, name: str) -> None:
    """kill -9 of one process beneath the part, or of the part where there is none."""
    child = _child(stack, name)
    beneath = family(child.pid)[1:]
    signal_all([random.choice(beneath or [child.pid])], signal.SIGKILL)
    if name == "web" or not beneath:
        # One web process ends with the other; a worker's and a database's parent goes on.
        child.wait(timeout=20)


def freeze(stack: Stack, name: str) -> None:
    """SIGSTOP of the part and all beneath, SIGCONT a little later."""
    pids = family(_child(stack, name).pid)
    signal_all(pids, signal.SIGSTOP)
    time.sleep(random.uniform(0.5, 4.0))
    signal_all(pids, signal.SIGCONT)


def restart(stack: Stack, name: str) -> None:
    """Ask the part to stop as the launcher does, and wait for its end."""
    part = stack.parts[name]
    part.ask_to_stop()
    part.wait_or_kill(deadline=time.monotonic() + 15)


def quit_at_once(stack: Stack, name: str) -> None:
    """Immediate shutdown of PostgreSQL: no checkpoint, as after a power cut."""
    child = _child(stack, name)
    child.send_signal(signal.SIGQUIT)
    child.wait(timeout=20)


FAULTS: dict[str, tuple[Callable[[Stack, str], None], ...]] = {
    "postgres": (kill, kill_child, freeze, restart, quit_at_once),
    "redis": (kill, freeze, restart),
    "web": (kill, kill_child, freeze, restart),
    "worker": (kill, kill_child, freeze, restart),
    "scheduler": (kill, freeze, restart),
}


def _child(stack: Stack, name: str) -> "subprocess.Popen[bytes]":
    child = stack.parts[name].child
    assert child is not None
    return child


def wait_for(is_done: Callable[[], bool], *, what: str, within: float = READY_WITHIN) -> float:
    """Wait until something is so; give the seconds, or end the run."""
    began_at = time.monotonic()
    while not is_done():
        if time.monotonic() - began_at > within:
            raise SystemExit(f"{what}: not within {within:.0f} s.")
        time.sleep(0.05)
    return time.monotonic() - began_at


@contextmanager
def own_stack() -> Iterator[Stack]:
    """Make a centre in a folder that PostgreSQL's account can enter, and remove all of it."""
    # What was started must end with the run, however it is told to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix="yiwang-faults-", dir="/var/tmp"))
    folder.chmod(0o755)
    stack = Stack(folder)
    try:
        stack.fill()
        yield stack
    finally:
        stack.stop_all()
        forget_home(places=stack.places)
        if not is_port_free(host="127.0.0.1", port=stack.site.port):
            print("Something still listens on the web port.", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
