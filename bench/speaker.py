"""The process that commits and tells: reads what to say line by line, answers when it was said.

{"kind": "push", "first": 1, "count": 20, "pause": 0.5} commits twenty rows and tells each after its
commit; the answer has the instant of each commit on the machine's monotonic clock.
"""

import json
import sys
import time
from typing import Any

import django
from asgiref.sync import async_to_sync
from django.db import connection, transaction
from django.utils import timezone

from bench.sockets import RAW_CHANNEL
from bench.stock import GROUP, layer_of

django.setup()

from dashboards.push.bus import client  # noqa: E402
from dashboards.services import announce  # noqa: E402
from workorders.models import Announcement  # noqa: E402


def tell(kind: str, number: int, topics: list[str], layers: dict[str, Any]) -> bool:
    """Tell one message the way of this kind; False where Redis is away."""
    at = timezone.now()
    order = {
        "number": f"B{number:08d}", "action": "remark", "state": "handling", "version": number,
    }  # fmt: skip
    if kind == "push":
        # No event has such a number: the outbox is asked to forget a row that is not there.
        row = Announcement(event_id=-number, at=at, topics=topics, gone=[], **order)
        return announce(announcements=[row]).is_told
    head = {"topic": topics[0], "epoch": "0123456789ab", "seq": number, "type": "order"}
    text = json.dumps({**head, **order, "at": at.isoformat()}, separators=(",", ":"))
    if kind == "raw":
        client().publish(RAW_CHANNEL, text)
    else:
        layer = layers.setdefault(kind, layer_of(kind))
        async_to_sync(layer.group_send)(GROUP, {"type": "bench.frame", "text": text})
    return True


def speak(asked: dict[str, Any], layers: dict[str, Any]) -> dict[str, int]:
    """Commit and tell so many messages; what Redis does not take is told until it does."""
    committed: dict[str, int] = {}
    began_at = time.monotonic()
    for index in range(asked["count"]):
        time.sleep(max(0.0, began_at + index * asked["pause"] - time.monotonic()))
        number = asked["first"] + index
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_push (number) VALUES (%s)", [number])
        committed[f"B{number:08d}"] = time.monotonic_ns()
        while not tell(asked["kind"], number, asked["topics"], layers):
            time.sleep(0.1)
    return committed


def listen() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_push (number bigint)")
    layers: dict[str, Any] = {}
    for line in sys.stdin:
        print(json.dumps(speak(json.loads(line), layers)), flush=True)


if __name__ == "__main__":
    listen()
