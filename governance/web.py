"""Serve the site with uvicorn in several processes that share the work evenly.

    python -m governance.web --host 127.0.0.1 --port 8000 --workers 2

Processes that inherit one listening socket leave nearly all connections to whichever wakes first,
and the second core idles. Here each opens a socket of its own with SO_REUSEPORT, and the kernel
deals new connections out. When one process dies the others are stopped too, and whoever started
this (the launcher, Docker) starts it anew.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
from types import FrameType

import uvicorn

from governance.sockets import SharedFrameProtocol

GRACE_SECONDS = 3  # open sockets of pages would hold up the stop for ever

SOCKET_MESSAGE_LIMIT = 64 * 1024  # bytes of one message of a page


def open_socket(*, host: str, port: int) -> socket.socket:
    """Open a socket on an address that our other processes open as well; OSError if it is taken."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    opened = socket.socket(family, kind, protocol)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    opened.bind(address)
    return opened


def serve_one(*, host: str, port: int) -> None:
    """Serve in this process until told to stop."""
    config = uvicorn.Config(
        "governance.asgi:application",
        access_log=False,
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=GRACE_SECONDS,
        # Frames are small and shared: compressing would be done for each socket by itself.
        ws=SharedFrameProtocol,
        ws_per_message_deflate=False,
        ws_max_size=SOCKET_MESSAGE_LIMIT,
    )
    uvicorn.Server(config).run(sockets=[open_socket(host=host, port=port)])


def serve_many(*, host: str, port: int, workers: int) -> int:
    """Keep the processes until one ends or a signal comes; return the exit status."""
    command = [sys.executable, "-m", "governance.web", "--host", host, "--port", str(port)]
    children = [subprocess.Popen([*command, "--workers", "1"]) for _ in range(workers)]  # noqa: S603

    def stop(number: int, frame: FrameType | None) -> None:
        for child in children:
            child.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    _, status = os.wait()
    stop(signal.SIGTERM, None)
    for child in children:
        child.wait()
    return os.waitstatus_to_exitcode(status)


def main() -> int:
    parser = argparse.ArgumentParser(description="Serve the site.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    if asked.workers > 1:
        return serve_many(host=asked.host, port=asked.port, workers=asked.workers)
    serve_one(host=asked.host, port=asked.port)
    return 0


if __name__ == "__main__":
    sys.exit(main())
