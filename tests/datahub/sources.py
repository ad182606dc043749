"""What the tests of fetching share: a real server with its whims, and sources that ask it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from django.db import connection

from datahub.enums import Cadence, LoadMode, SourceAuth, SourceKind
from datahub.models import AllowedHost, Fetch, Source
from datahub.services import current_reader, save_source, work_fetches
from datahub.services.sources import Wish

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PAST = datetime(2026, 1, 1, tzinfo=UTC)
LOOPBACK = "127.0.0.0/8"


class Whims(BaseHTTPRequestHandler):
    """Serve what the test has put on `server.answers`: a function for each path."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        self.server.answers[self.path.partition("?")[0]](self)

    def log_message(self, *args):
        pass

    def tell(self, status, headers, content=b""):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def serving() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Whims)
    server.daemon_threads = True
    server.answers, server.asked, server.released = {}, [], Event()
    server.origin = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


def give(content, kind="text/csv", status=200, **headers):
    """Answer with a whole file, and with 304 to whoever has it."""

    def answer(handler):
        etag = '"' + hashlib.md5(content).hexdigest() + '"'
        if handler.headers.get("If-None-Match") == etag:
            handler.tell(304, {"Content-Length": "0"})
            return
        length = str(len(content))
        told = {"Content-Type": kind, "Content-Length": length, "ETag": etag}
        handler.tell(status, told | headers, content)

    return answer


def give_plainly(content):
    """Answer without any validator."""
    told = {"Content-Type": "text/csv", "Content-Length": str(len(content))}
    return lambda handler: handler.tell(200, told, content)


def send_on(location, status=302):
    return lambda handler: handler.tell(status, {"Location": location, "Content-Length": "0"})


def allow(place, department=None):
    host, _, port = place.partition("//")[2].rpartition(":")
    return AllowedHost.objects.create(host=host, port=int(port), department=department)


def wish(address, **changes):
    given = {"kind": SourceKind.WEB, "mode": LoadMode.FULL, "cadence": Cadence.BY_HAND,
             "clock": time(2)}  # fmt: skip
    return Wish(address=address, **{**given, **changes})


def save(resource, by, address, **changes):
    return save_source(
        resource=resource, wish=wish(address, **changes), reader=current_reader(user=by),
        by=by, at=AT,
    )  # fmt: skip


def fetch(source):
    """Let a worker fetch a source that is due; give the attempt."""
    Source.objects.filter(pk=source.pk).update(next_at=PAST)
    assert work_fetches() == 1
    source.refresh_from_db()
    return Fetch.objects.filter(source=source).order_by("-id").first()


def our_database():
    """Give the test's own database as a department's: its address, user and any password."""
    made = connection.settings_dict
    host, port = made["HOST"], made["PORT"] or 5432
    return f"postgresql://{host}:{port}", f"/{made['NAME']}", made["USER"], made["PASSWORD"] or "x"


NAMED = {"auth": SourceAuth.BASIC, "kind": SourceKind.DATABASE}
