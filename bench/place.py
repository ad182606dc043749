"""A database of its own with the demo's reference data, and a real server before it."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN = 60.0


def connect(url: str) -> "psycopg2.extensions.connection":
    """Open a connection that commits each statement by itself."""
    connection = psycopg2.connect(url.replace("postgis://", "postgresql://", 1))
    connection.autocommit = True
    return connection


def url_of(name: str) -> str:
    """Give the URL of a database beside the one of DATABASE_URL."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def make_database(name: str) -> None:
    """Make an empty database beside the one of DATABASE_URL; a former one of its name goes."""
    drop_database(name)
    _on_server(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def drop_database(name: str) -> None:
    _on_server(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _on_server(statement: sql.Composed) -> None:
    connection = connect(os.environ["DATABASE_URL"])
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def environment(database_url: str) -> dict[str, str]:
    """Give the application's environment over a database of its own."""
    kept = {name: value for name, value in os.environ.items() if name != "DEBUG"}
    return kept | {
        "DATABASE_URL": database_url,
        "YIWANG_MODE": "demo",
        "DEMO_PASSWORD": os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(12),
        "LOG_LEVEL": "ERROR",
    }


def manage(*arguments: str, env: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=env,
        check=True,
        stdout=subprocess.DEVNULL,
    )


@contextmanager
def running_server(env: dict[str, str]) -> Iterator[int]:
    """Run the web server as script/server does; give its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        *(sys.executable, "-m", "governance.web", "--port", str(port)),
        *("--workers", env.get("WEB_WORKERS", "2")),
    ]
    server = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        _wait_until_ready(server, port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_until_ready(server: "subprocess.Popen[bytes]", port: int) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline and server.poll() is None:
        try:
            direct.open(f"http://127.0.0.1:{port}/healthz", timeout=5)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit("The server does not answer.")
