"""Runs a WSGI application for ASGI in long-lived threads: one way there and one way back.

A request that fits into memory is read before a thread takes it, so a slow sender holds none, and
the answer is handed back whole. Only longer bodies and answers go in pieces.
"""

import asyncio
import contextvars
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from a2wsgi.wsgi import Body, build_environ

PIECE = 256 * 1024

Application = Callable[[Any, Any], Iterable[bytes]]


class ThreadedApplication:
    """An ASGI application over a WSGI one with a fixed pool of threads."""

    def __init__(self, application: Application, *, threads: int) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="http")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = await read_ahead(receive)
        answer = Answer(self._application, build_environ(scope, body))
        context, loop = contextvars.copy_context(), asyncio.get_running_loop()

        def in_thread(step: Callable[[], bytes]) -> Any:
            return loop.run_in_executor(self._threads, context.run, step)

        try:
            piece = await in_thread(answer.pull)
            await send(answer.head)
            while not answer.is_over:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                piece = await in_thread(answer.pull)
            await send({"type": "http.response.body", "body": piece})
        finally:
            if not answer.is_over:
                await in_thread(answer.close)


async def read_ahead(receive: Any) -> Body:
    """Read a request's body up to a piece; a thread reads what is left when it needs it."""
    body = Body(asyncio.get_running_loop(), receive)
    while body._has_more and len(body.buffer) < PIECE:
        message = await receive()
        body.buffer.extend(message.get("body", b""))
        body._has_more = message.get("more_body", False)
    return body


class Answer:
    """What the application answers, pulled piece by piece; the first pull runs the request."""

    def __init__(self, application: Application, environ: Any) -> None:
        self.head: dict[str, Any] = {}
        self.is_over = False
        self._application, self._environ = application, environ
        self._content: Iterable[bytes] = ()
        self._pieces: Iterator[bytes] | None = None

    def pull(self) -> bytes:
        """Give the next piece; `is_over` tells whether it was the last."""
        if self._pieces is None:
            self._content = self._application(self._environ, self._start)
            self._pieces = iter(self._content)
        taken, size = [], 0
        for chunk in self._pieces:
            taken.append(chunk)
            size += len(chunk)
            if size >= PIECE:
                return b"".join(taken)
        self.close()
        return b"".join(taken)

    def close(self) -> bytes:
        """End the answer, told or not: Django cleans up after the request here."""
        self.is_over = True
        getattr(self._content, "close", lambda: None)()
        return b""

    def _start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        self.head = {
            "type": "http.response.start",
            "status": int(status.split(" ", 1)[0]),
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1"))
                        for name, value in headers],
        }  # fmt: skip
