"""A server process's hub within the test: a thousand sockets, slow ones, and looks at rights."""

import asyncio
import json
from time import monotonic

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from django.conf import settings as django_settings
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from dashboards.consumers import LiveConsumer
from dashboards.push import (
    Granted,
    Hub,
    Mailbox,
    Message,
    Place,
    Written,
    bus,
    publish,
    snapshots,
    wall_topic,
)
from dashboards.push.mailbox import MAILBOX_LIMIT, OVERFLOW
from tests.dashboards.live.conftest import (
    PATIENCE,
    keep_without_telling,
    run_apart,
    start_session,
)

GRANTED = Granted("user:1", frozenset({"area:1"}), frozenset({"wall:1"}))


@pytest.fixture
def in_loop():
    """Run a test's coroutine with a hub of its own; its threads keep no connection."""

    def run(main):
        async def whole():
            hub = Hub()
            try:
                return await main(hub)
            finally:
                await hub.close()
                await database_sync_to_async(connections.close_all)()

        return run_apart(whole())

    return run


async def tell(*numbers, topic="area:1"):
    messages = [Message({"type": "order", "number": str(n)}, [topic]) for n in numbers]
    await asyncio.to_thread(publish, messages)


async def hear(mailbox, count):
    """Take so many frames."""
    async with asyncio.timeout(PATIENCE):
        return [json.loads(await mailbox.take()) for _ in range(count)]


def test_thousand_pages_that_come_back_at_once_cost_one_read_of_the_state(town, in_loop):
    area, reads = town.areas["区"], []
    topic, standing = wall_topic(area.pk), snapshots.provider_for("wall")

    def counted(name):
        with CaptureQueriesContext(connection) as statements:
            state = standing(name)
        reads.append(len(statements))
        return state

    async def main(hub):
        pages = [Mailbox() for _ in range(1000)]
        granted = Granted("user:1", frozenset(), frozenset({topic}))
        async with asyncio.TaskGroup() as group:
            for page in pages:
                group.create_task(hub.subscribe(page, granted=granted, wanted={topic: None}))
        await tell("1", topic=topic)
        return [await hear(page, 3) for page in pages]

    snapshots.register_snapshot("wall", counted)
    try:
        heard = in_loop(main)
    finally:
        snapshots.register_snapshot("wall", standing)
    assert [statements > 0 for statements in reads] == [True]
    assert {tuple(frame["type"] for frame in frames) for frames in heard} == {
        ("hello", "snapshot", "order")
    }
    assert len({(frames[1]["seq"], frames[2]["seq"]) for frames in heard}) == 1
    assert heard[0][2]["seq"] == heard[0][1]["seq"] + 1


def test_state_that_was_read_while_its_topic_began_anew_is_read_again(in_loop, transactional_db):
    standing, hubs, reads = snapshots.provider_for("wall"), [], []

    def overtaken(topic):
        reads.append(topic)
        if len(reads) == 1:
            before = hubs[0].place_of(topic)
            bus.client().delete(f"{bus.channel()}:{topic}")
            publish([Message({"type": "values", "rows": []}, [topic])])
            deadline = monotonic() + PATIENCE
            while hubs[0].place_of(topic).epoch == before.epoch and monotonic() < deadline:
                pass
        return {"read": len(reads)}

    async def main(hub):
        hubs.append(hub)
        page = Mailbox()
        await hub.subscribe(page, granted=GRANTED, wanted={"wall:1": None})
        return await hear(page, 2)

    snapshots.register_snapshot("wall", overtaken)
    try:
        hello, snapshot = in_loop(main)
    finally:
        snapshots.register_snapshot("wall", standing)
    assert (hello["reread"], snapshot["state"]) == ([], {"read": 2})
    assert hello["topics"] == {"wall:1": [snapshot["epoch"], snapshot["seq"]]}


def test_page_that_does_not_read_is_sent_away_and_resumes_without_loss(in_loop, transactional_db):
    """Only the slow one is sent away; what it had not read it hears after coming back."""

    async def main(hub):
        slow, quick, back = Mailbox(), Mailbox(), Mailbox()
        wanted = {"area:1": None}
        for page in (slow, quick):
            await hub.subscribe(page, granted=GRANTED, wanted=wanted)
        read = await hear(slow, 1)
        count = MAILBOX_LIMIT + 2
        await hear(quick, 1)
        for begin in range(0, count, 10):
            numbers = range(begin, min(begin + 10, count))
            await tell(*numbers)
            await hear(quick, len(numbers))
        code = await asyncio.wait_for(slow.closed, PATIENCE)
        hub.leave(slow)
        read += await hear(slow, 5)
        place = Place(read[-1]["epoch"], read[-1]["seq"])
        await hub.subscribe(back, granted=GRANTED, wanted={"area:1": place})
        hello, *rest = await hear(back, 1 + count - 5)
        return code, hello["reread"], read[1:] + rest, quick.closed.done(), count

    code, reread, frames, is_quick_closed, count = in_loop(main)
    assert (code, reread, is_quick_closed) == (OVERFLOW, [], False)
    assert [int(frame["number"]) for frame in frames] == list(range(count))


def test_straight_way_to_the_wire_never_overtakes_the_queue():
    async def main():
        wire, is_ready = [], [True]
        page = Mailbox(lambda frame: is_ready[0] and not wire.append(frame))
        page.put(Written("1"))
        is_ready[0] = False
        page.put(Written("2"))
        page.put(Written("3"))
        is_ready[0] = True
        page.put(Written("4"))
        queued = [await page.take() for _ in range(3)]
        page.put(Written("5"))  # the fourth is still on its way
        async with asyncio.timeout(PATIENCE):
            return wire, [*queued, await page.take()]

    wire, queued = run_apart(main())
    assert ([frame[2:] for frame in wire], queued) == ([b"1"], ["2", "3", "4", "5"])


def test_loss_that_the_next_message_shows_is_made_up_for_before_it(
    in_loop, transactional_db, settings
):
    settings.LIVE_PING_SECONDS = 600

    async def main(hub):
        page = Mailbox()
        await hub.subscribe(page, granted=GRANTED, wanted={"area:1": None})
        await asyncio.to_thread(
            keep_without_telling, Message({"type": "order", "number": "1"}, ["area:1"])
        )
        await tell("2")
        return await hear(page, 3)

    assert [frame.get("number") for frame in in_loop(main)] == [None, "1", "2"]


def test_sockets_that_hear_the_same_share_each_frame(in_loop, transactional_db):
    async def main(hub):
        written = [[], []]
        for each in written:
            page = Mailbox(lambda frame, each=each: each.append(frame) or True)
            await hub.subscribe(page, granted=GRANTED, wanted={"area:1": None})
        await tell("1")
        async with asyncio.timeout(PATIENCE):
            while any(len(each) < 2 for each in written):
                await asyncio.sleep(0)
        return written

    first, second = in_loop(main)
    assert first[1] is second[1]


def test_rights_that_changed_unheard_are_seen_in_time(town, in_loop, settings):
    """A change that rang no bell, such as one by hand in the database."""
    settings.LIVE_RECHECK_SECONDS = 0.05
    session = start_session(town.people["east"])
    cookies = {django_settings.SESSION_COOKIE_NAME: session.session_key}
    scope = {"type": "websocket", "path": "/ws/live/", "cookies": cookies}

    async def main(hub):
        page = ApplicationCommunicator(LiveConsumer.as_asgi(), scope)
        await page.send_input({"type": "websocket.connect"})
        assert (await page.receive_output(PATIENCE))["type"] == "websocket.accept"
        await page.send_input({"type": "websocket.receive", "text": '{"type":"subscribe"}'})
        hello = await page.receive_output(PATIENCE)
        east = User.objects.filter(pk=town.people["east"].pk)
        await database_sync_to_async(east.update)(is_active=False)
        return hello, await page.receive_output(PATIENCE)

    hello, ended = in_loop(main)
    assert (json.loads(hello["text"])["type"], ended["code"]) == ("hello", 4401)
