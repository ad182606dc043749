"""The way of a request into a thread and of its answer back."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from governance.http import PIECE, ThreadedApplication

SCOPE = {
    "type": "http", "method": "POST", "path": "/a/", "query_string": b"b=1", "http_version": "1.1",
    "headers": [(b"content-type", b"text/plain")], "server": ("site", 80), "client": ("there", 1),
}  # fmt: skip


class Content:
    """An answer's content that tells whether it was closed, and in which thread."""

    def __init__(self, pieces):
        self.pieces, self.closed_by = pieces, None

    def __iter__(self):
        return iter(self.pieces)

    def close(self):
        self.closed_by = threading.current_thread().name


def carry(application, messages, send=None):
    """Send messages to an application; give what it sent."""
    sent = []

    async def receive():
        return messages.pop(0)

    async def keep(message):
        sent.append(message)

    threaded = ThreadedApplication(application, threads=1)
    with ThreadPoolExecutor(1) as apart:  # a browser test may have left a loop on this thread
        apart.submit(asyncio.run, threaded(SCOPE, receive, send or keep)).result()
    return sent


def request(*bodies):
    more = [True] * (len(bodies) - 1) + [False]
    return [
        {"type": "http.request", "body": body, "more_body": is_more}
        for body, is_more in zip(bodies, more, strict=True)
    ]


def echo(environ, start_response):
    start_response("201 Created", [("X-Path", environ["PATH_INFO"])])
    return Content([environ["wsgi.input"].read()])


@pytest.mark.parametrize("bodies", [[b""], [b"one"], [b"one", b" and", b" two"]])
def test_short_answer_comes_whole(bodies):
    head, body = carry(echo, request(*bodies))
    assert (head["status"], head["headers"]) == (201, [(b"x-path", b"/a/")])
    assert body == {"type": "http.response.body", "body": b"".join(bodies)}


def test_long_body_and_answer_go_in_pieces():
    bodies = [bytes([number]) * PIECE for number in range(5)]
    content = Content(list(bodies))
    read = []

    def application(environ, start_response):
        read.append(environ["wsgi.input"].read())
        start_response("200 OK", [])
        return content

    _, *sent = carry(application, request(*bodies))
    assert read == [b"".join(bodies)]
    assert [message["body"] for message in sent] == [*bodies, b""]
    assert [message.get("more_body", False) for message in sent] == [True] * 5 + [False]
    assert content.closed_by.startswith("http")


def test_answer_is_closed_when_the_caller_has_gone():
    content = Content([b"a" * PIECE, b"b"])

    def application(environ, start_response):
        start_response("200 OK", [])
        return content

    async def send(message):
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError, match="gone"):
        carry(application, request(b""), send)
    assert content.closed_by.startswith("http")


def test_failure_of_the_application_reaches_the_server():
    def application(environ, start_response):
        raise LookupError("broken")

    with pytest.raises(LookupError, match="broken"):
        carry(application, request(b""))
