"""Pages that come back, gaps on the way, and topics that a page names: a real server and Redis."""

import json

import pytest
from django.utils import timezone

from accounts.enums import Role
from dashboards.models import Episode, FiguresMark
from dashboards.push import Message, bus, publish, wall_topic
from dashboards.push.lines import RING
from dashboards.push.wishes import TOPIC_LIMIT
from dashboards.services.telling import tell_untold
from grids.services import appoint
from tests.dashboards.live.conftest import keep_without_telling
from tests.flood import flood
from tests.full_wall import hang_signs
from tests.town import WEST_POINT


@pytest.fixture
def call(town, channel_api):
    """Register orders by the hotline; give their numbers."""

    def register(*tickets, **changes):
        return [
            channel_api("hotline", town.call(ticket, **changes)).data["number"]
            for ticket in tickets
        ]

    return register


@pytest.fixture
def comes_back(listen):
    """Leave as one of the town's people, let something happen, come back with the places known."""

    def come_back(username, happens, **places):
        ear = listen(username)
        hello = ear.say()
        ear.socket.close()
        numbers = happens()
        told = {
            topic: {"epoch": epoch, "seq": seq} for topic, (epoch, seq) in hello["topics"].items()
        }
        ear = listen(username)
        return ear, numbers, ear.say(mine={**told, **places}), hello

    return come_back


def remark(number, topics, version=1):
    return Message({"type": "order", "number": number, "version": version}, topics)


def test_page_that_comes_back_hears_what_it_missed_once_and_in_order(comes_back, call):
    ear, numbers, hello, before = comes_back("east", lambda: call("T-1", "T-2", "T-3"))
    assert (hello["topics"], hello["reread"]) == (before["topics"], [])
    (later,) = call("T-4")
    frames = [ear.next("order") for _ in range(4)]
    topic, (epoch, seq) = next(
        (topic, place) for topic, place in before["topics"].items() if topic.startswith("area")
    )
    assert [
        (frame["number"], frame["topic"], frame["epoch"], frame["seq"]) for frame in frames
    ] == [
        (number, topic, epoch, seq + step) for step, number in enumerate([*numbers, later], start=1)
    ]


def test_what_several_topics_missed_is_made_up_for_in_one_frame_each(comes_back, town, call):
    appoint(
        user=town.people["dispatcher"], role=Role.DISPATCHER, area=town.areas["东街"],
        starts_on=town.people["dispatcher"].date_joined.date(),
    )  # fmt: skip
    ear, numbers, hello, _ = comes_back(
        "dispatcher", lambda: [*call("T-1", "T-2"), *call("T-3", point=WEST_POINT)]
    )
    frames = [ear.next("order") for _ in numbers]
    assert [frame["number"] for frame in frames] == numbers
    assert [len(frame.get("also", {})) for frame in frames] == [1, 1, 0]
    assert (hello["reread"], ear.quiet()) == ([], [])


def test_place_of_another_epoch_is_read_anew(comes_back, town, call):
    topic = f"area:{town.areas['东街'].pk}"
    place = {"epoch": "000000000000", "seq": 1}
    ear, _, hello, before = comes_back("east", lambda: call("T-1"), **{topic: place})
    epoch, seq = before["topics"][topic]
    assert (hello["topics"][topic], hello["reread"]) == ([epoch, seq + 1], [topic])
    assert ear.quiet() == []


def test_more_than_is_kept_is_read_anew(comes_back, town):
    topic = f"area:{town.areas['东街'].pk}"
    ear, _, hello, before = comes_back(
        "east", lambda: publish([remark(f"B-{n}", [topic]) for n in range(RING + 1)])
    )
    assert hello["topics"][topic][1] == before["topics"][topic][1] + RING + 1
    assert (hello["reread"], ear.quiet()) == ([topic], [])


def test_silent_loss_on_the_way_from_redis_is_made_up_for_by_the_heartbeat(listen, town):
    topic = f"area:{town.areas['东街'].pk}"
    ear = listen("east")
    _, seq = ear.say()["topics"][topic]
    keep_without_telling(remark("B-1", [topic]))
    frame = ear.next("order", "resync")
    assert (frame["number"], frame["seq"]) == ("B-1", seq + 1)


def test_emptied_redis_makes_pages_ask_again_and_read_anew(listen, town, call):
    topic = f"area:{town.areas['东街'].pk}"
    ear = listen("east")
    before = ear.say()["topics"]
    bus.client().delete(*bus.client().keys(f"{bus.channel()}*"))
    assert ear.next("resync", "order")["type"] == "resync"
    hello = ear.say(mine={name: {"epoch": e, "seq": n} for name, (e, n) in before.items()})
    assert (hello["topics"][topic][0] != before[topic][0], topic in hello["reread"]) == (True, True)
    (number,) = call("T-1")
    frame = ear.next("order", "resync")
    assert (frame["number"], frame["seq"]) == (number, hello["topics"][topic][1] + 1)


def test_wall_gives_its_state_and_then_what_changes(listen, town):
    topic = wall_topic(town.areas["区"].pk)
    ear = listen("leader")
    hello = ear.say(topics={topic: None})
    snapshot = ear.next("snapshot", "values")
    assert (list(hello["topics"]), hello["reread"]) == ([topic], [])
    assert [snapshot[key] for key in ("topic", "epoch", "seq")] == [topic, *hello["topics"][topic]]
    publish([Message({"type": "values", "revision": 1, "rows": []}, [topic])])
    assert ear.next("values")["seq"] == snapshot["seq"] + 1
    again = ear.say(topics={topic: {"epoch": snapshot["epoch"], "seq": snapshot["seq"]}})
    assert (again["reread"], ear.next("snapshot", "values")["type"]) == ([], "values")


def test_alarm_of_a_street_is_told_there_and_above_and_nowhere_else(listen, town):
    places = {name: wall_topic(town.areas[name].pk) for name in ("区", "东街", "西街")}
    ears = {name: listen("leader") for name in places}
    for name, topic in places.items():
        ears[name].say(topics={topic: None})
    signs = hang_signs(area=town.areas["东街"], at=timezone.now(), per_group=2)
    red = Episode.objects.filter(indicator__in=signs, red_at__isnull=False)
    assert list(red.values_list("area", flat=True)) == [town.areas["东街"].pk]
    FiguresMark.objects.update_or_create(pk=1, defaults={"revision": 1})
    Episode.objects.update(revision=1)
    tell_untold()
    told = [ears[name].next("alarms")["alarms"] for name in ("区", "东街")]
    assert [{row["area"]["name"] for row in rows} for rows in told] == [{"东街"}] * 2
    assert [frame for frame in ears["西街"].quiet() if frame["type"] == "alarms"] == []


def test_act_on_a_flood_is_told_on_every_wall_it_concerns(listen, town, api):
    places = {name: wall_topic(town.areas[name].pk) for name in ("区", "东街", "西街")}
    ids = {row.pk for row in flood(town, at=timezone.now()) if row.area == town.areas["东街"]}
    ears = {name: listen("leader") for name in places}
    for name, topic in places.items():
        ears[name].say(topics={topic: None})
    api("leader").post("/api/v1/episodes/acknowledge/", {"episodes": list(ids)}, format="json")
    for name in ("区", "东街"):
        told = ears[name].next("alarms")["alarms"]
        while ids.isdisjoint(row["id"] for row in told):  # what another test has told there
            told = ears[name].next("alarms")["alarms"]
        assert {row["id"] for row in told if not row["is_alarm"]} == ids
    elsewhere = [frame for frame in ears["西街"].quiet() if frame["type"] == "alarms"]
    assert all(ids.isdisjoint(row["id"] for row in frame["alarms"]) for frame in elsewhere)


@pytest.mark.parametrize(
    ("person", "place"), [("east", "区"), ("east", "西街"), ("handler", "区"), ("leader", None)]
)
def test_wall_without_the_right_is_refused_like_one_that_does_not_exist(
    listen, town, person, place
):
    topic = wall_topic(town.areas[place].pk if place else 987_654_321)
    ear = listen(person)
    ear.socket.send(json.dumps({"type": "subscribe", "topics": {topic: None}}))
    assert ear.next("refused", "snapshot") == {
        "type": "refused",
        "code": "no_right",
        "topic": topic,
    }
    assert ear.next("hello", "snapshot")["topics"] == {}
    publish([Message({"type": "values", "revision": 1, "rows": []}, [topic])])
    assert ear.quiet() == []


def test_order_is_heard_by_its_number_while_one_may_see_it(listen, town, call, api):
    (number,) = call("T-1")
    topic, url = f"order:{number}", f"/api/v1/orders/{number}"
    ear = listen("handler")
    assert ear.say(topics={topic: None})["topics"] == {}
    api("dispatcher").post(f"{url}/accept/", {"category": "noise"})
    api("dispatcher").post(f"{url}/dispatch/", {"department": "D2"})
    assert list(ear.say(topics={topic: None})["topics"]) == [topic]
    api("handler").post(f"{url}/remark/", {"text": "已到场"})
    assert ear.next("order")["action"] == "remark"
    api("handler").post(f"{url}/send_back/", {"reason": "不属本单位"})
    gone = ear.next("order", "refused")
    assert {key: gone[key] for key in gone if key not in ("topic", "epoch", "seq")} == {
        "type": "order", "number": number, "gone": True,
    }  # fmt: skip
    assert ear.next("refused", "order")["topic"] == topic
    assert ear.next("hello")["topics"] == {}
    api("dispatcher").post(f"{url}/dispatch/", {"department": "D3"})
    assert ear.quiet() == []


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("{", "bad_message"),
        ("[" * 30_000, "bad_message"),
        (b"\x00\xff", "bad_message"),
        ('{"type":"publish","topics":{"*":null}}', "bad_message"),
        ('{"type":"subscribe","topics":{"\\ud800":null}}', "bad_topic"),
        (
            json.dumps(
                {
                    "type": "subscribe",
                    "topics": {f"area:{n}": None for n in range(1, TOPIC_LIMIT + 2)},
                }
            ),
            "too_many_topics",
        ),
    ],
)
def test_nonsense_is_refused_and_the_socket_goes_on(listen, town, call, said, code):
    ear = listen("east")
    ear.socket.send(said)
    assert ear.next("refused", "hello") == {"type": "refused", "code": code}
    ear.say()
    (number,) = call("T-1")
    assert ear.next("order")["number"] == number


def test_page_that_talks_without_end_is_sent_away(listen, town):
    ear = listen("east")
    for _ in range(100):
        ear.socket.send("{")
    assert ear.close_code() == 4429


def test_message_that_is_far_too_large_ends_the_line(listen, town):
    ear = listen("east")
    ear.socket.send("x" * 100_000)
    assert ear.close_code() == 1009


def test_everything_is_not_for_asking(listen, town, call):
    ear = listen("east")
    ear.socket.send(json.dumps({"type": "subscribe", "topics": {"*": None}, "mine": {"*": None}}))
    assert ear.next("refused")["topic"] == "*"
    ear.next("hello")
    call("T-1", point=WEST_POINT)
    assert ear.quiet() == []
