"""A server process of its own beside the test: real sockets, real Redis, the test's database."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from socket import create_connection, socket
from time import monotonic
from typing import Any, TypeVar

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from accounts.models import User
from dashboards.push import Message, bus
from tests.town import Town, build_town

T = TypeVar("T")
# Seconds until a test gives up: a busy machine is slow, and only what fails waits so long.
PATIENCE = 30
# Rights are looked at when they change; the look in between is never waited for here.
QUICK = {"LIVE_RECHECK_SECONDS": "600", "LIVE_PING_SECONDS": "0.5"}


@dataclass
class Ear:
    """One signed-in page's socket."""

    socket: ClientConnection
    session: SessionStore

    def next(self, *types: str) -> dict[str, Any]:
        """Wait for the next frame of one of these types; others are passed over."""
        deadline = monotonic() + PATIENCE
        while True:
            frame = json.loads(self.socket.recv(timeout=deadline - monotonic()))
            if frame["type"] in types:
                return frame

    def quiet(self) -> list[dict[str, Any]]:
        """Collect what is heard until the next ping, which comes after all that was told."""
        heard = []
        while True:
            frame = json.loads(self.socket.recv(timeout=PATIENCE))
            if frame["type"] == "ping":
                return heard
            heard.append(frame)

    def say(self, **wish: Any) -> dict[str, Any]:
        """Subscribe, and give the greeting."""
        self.socket.send(json.dumps({"type": "subscribe", **wish}))
        return self.next("hello")

    def close_code(self) -> int | None:
        """Wait until the server closes, and give its reason."""
        deadline = monotonic() + PATIENCE
        with suppress(ConnectionClosed):
            while True:
                self.socket.recv(timeout=deadline - monotonic())
        return self.socket.close_code


def keep_without_telling(message: Message) -> None:
    """Number and keep a message as publishing does, but let the channel lose it."""
    silent = bus.PUBLISH.rpartition("return redis.call('PUBLISH'")[0]
    bus.client().eval(silent, 1, bus.channel(), *message.arguments())


def run_apart(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a thread of its own: a browser test leaves a loop running on this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, main).result()


def start_session(user: User) -> SessionStore:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session


@pytest.fixture
def town(transactional_db: Any) -> Iterator[Town]:
    """The town, committed, so that the server and the doorbell see it."""
    return build_town()


@pytest.fixture(scope="session")
def server(django_db_setup: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run the web server with the test's database; give its port."""
    log = tmp_path_factory.mktemp("server") / "log"
    port = free_port()
    command = [sys.executable, "-m", "governance.web", "--workers", "1", "--port", str(port)]
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env={**os.environ, "DATABASE_URL": database_url(), **QUICK},
            stdout=output,
            stderr=output,
        )
    try:
        wait_until_open(port, process, log)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


@pytest.fixture
def listen(server: int, town: Town) -> Iterator[Callable[..., Ear]]:
    """Open a socket as one of the town's people (None: as nobody)."""
    with ExitStack() as stack:

        def open_ear(username: str | None) -> Ear:
            session = start_session(town.people[username]) if username else SessionStore()
            cookie = f"{settings.SESSION_COOKIE_NAME}={session.session_key or ''}"
            origin: Any = f"http://127.0.0.1:{server}"
            line = stack.enter_context(
                connect(
                    f"ws://127.0.0.1:{server}/ws/live/",
                    additional_headers={"Cookie": cookie},
                    origin=origin,
                )
            )
            return Ear(line, session)

        yield open_ear


def free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def database_url() -> str:
    place = connection.settings_dict
    address = f"{place['HOST']}:{place['PORT']}" if place["PORT"] else place["HOST"]
    secret = f":{place['PASSWORD']}" if place["PASSWORD"] else ""
    return f"postgis://{place['USER']}{secret}@{address}/{place['NAME']}"


def wait_until_open(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = monotonic() + 30
    while monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        with suppress(OSError), create_connection(("127.0.0.1", port), timeout=1):
            return
    raise AssertionError(log.read_text())
