"""Places on numbered lines, what one has missed, and what pages say: no Redis, no sockets."""

import json

import pytest

from dashboards.push.lines import RING, Entry, Line, Place, compose, merge
from dashboards.push.wishes import (
    MINE_LIMIT,
    SIZE_LIMIT,
    TOPIC_LIMIT,
    BadWishError,
    Wish,
    read_wish,
)

BODY = '{"type":"order","number":"1"}'
GONE = '{"type":"order","number":"1","gone":true}'


def entry(number, seq, *, is_gone=False):
    return Entry(number, seq, is_gone, GONE if is_gone else BODY)


def line_at(seq, *, kept):
    line = Line("area:1", Place("e", seq - kept))
    for number in range(seq - kept + 1, seq + 1):
        line.add(entry(number, number))
    return line


@pytest.mark.parametrize(
    ("place", "missed"),
    [
        (Place("e", 10), []),
        (Place("e", 8), [9, 10]),
        (Place("e", 5), [6, 7, 8, 9, 10]),
        (Place("e", 4), None),  # what followed is not kept any more
        (Place("e", 11), None),  # from a time that this line does not know
        (Place("other", 8), None),
        (Place("e", -1), None),
        (None, None),
    ],
)
def test_line_knows_what_followed_a_place(place, missed):
    entries = line_at(10, kept=5).since(place)
    assert (None if entries is None else [one.seq for one in entries]) == missed


def test_line_keeps_the_newest():
    line = line_at(RING + 50, kept=RING + 50)
    assert (len(line.ring), line.ring[0].seq, line.place) == (RING, 51, Place("e", RING + 50))


@pytest.mark.parametrize(
    ("place", "seqs", "is_whole", "kept"),
    [
        (Place("e", 12), [11, 12], True, [9, 10, 11, 12]),
        (Place("e", 12), [12], False, [12]),  # older ones are gone
        (Place("e", 12), [10, 11], False, [10, 11]),
        (Place("f", 12), [11, 12], False, [11, 12]),
        (Place("f", 0), [], False, []),
    ],
)
def test_line_moves_on_and_says_whether_that_was_all(place, seqs, is_whole, kept):
    line = line_at(10, kept=2)
    assert line.extend(place, [entry(seq, seq) for seq in seqs]) is is_whole
    assert (line.place, [one.seq for one in line.ring]) == (place, kept)


def test_one_message_on_several_lines_is_one_frame_in_the_order_of_messages():
    missed = {
        "area:1": [entry(4, 11), entry(7, 12)],
        "department:2": [entry(5, 3), entry(7, 4)],
    }
    told = merge(missed)
    assert [sorted(one) for one in told] == [
        ["area:1"],
        ["department:2"],
        ["area:1", "department:2"],
    ]
    assert json.loads(compose(told[2], {"area:1": "e", "department:2": "f"})) == {
        "topic": "area:1", "epoch": "e", "seq": 12, "also": {"department:2": ["f", 4]},
        "type": "order", "number": "1",
    }  # fmt: skip


def test_order_that_one_still_sees_by_another_topic_is_not_gone():
    told = merge({"department:2": [entry(7, 4, is_gone=True)], "area:1": [entry(7, 12)]})
    frame = json.loads(compose(told[0], {"area:1": "e", "department:2": "f"}))
    assert (frame["topic"], frame["also"], "gone" in frame) == (
        "area:1", {"department:2": ["f", 4]}, False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ({}, Wish()),
        ({"mine": {}}, Wish()),
        ({"topics": {}}, Wish({}, None)),
        ({"topics": {"wall:12": None}}, Wish({"wall:12": None}, None)),
        (
            {"topics": {"order:20260302-000001": {"epoch": "e", "seq": 3}}, "mine": {"*": None}},
            Wish({"order:20260302-000001": Place("e", 3)}, {"*": None}),
        ),
        ({"mine": {"area:1": {"epoch": 5, "seq": 3}}}, Wish({}, {"area:1": None})),
        ({"mine": {"area:1": {"epoch": "e", "seq": True}}}, Wish({}, {"area:1": None})),
        ({"mine": {"area:1": {"epoch": "e", "seq": 1.5}}}, Wish({}, {"area:1": None})),
        ({"mine": {"area:1": [1, 2]}}, Wish({}, {"area:1": None})),
    ],
)
def test_wish_is_read(said, wish):
    assert read_wish(json.dumps({"type": "subscribe", **said})) == wish


def subscribe(**said):
    return json.dumps({"type": "subscribe", **said})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "bad_message"),
        ("", "bad_message"),
        ("{", "bad_message"),
        ("[]", "bad_message"),
        ("null", "bad_message"),
        ("NaN", "bad_message"),
        ("[" * 20_000, "bad_message"),
        ("1" * 20_000, "bad_message"),
        ('{"type":"publish"}', "bad_message"),
        (subscribe(topics=[]), "bad_message"),
        (subscribe(topics="area:1"), "bad_message"),
        (subscribe(mine=3), "bad_message"),
        (subscribe(topics={"area:x": None}), "bad_topic"),
        (subscribe(topics={"area:0": None}), "bad_topic"),
        (subscribe(topics={"area:٣": None}), "bad_topic"),
        (subscribe(topics={"area:1\n": None}), "bad_topic"),
        (subscribe(topics={"\ud800": None}), "bad_topic"),
        (subscribe(topics={"rights": None}), "bad_topic"),
        (subscribe(topics={f"area:{'9' * 40}": None}), "bad_topic"),
        (subscribe(topics={"order:": None}), "bad_topic"),
        (
            subscribe(topics={f"area:{n}": None for n in range(1, TOPIC_LIMIT + 2)}),
            "too_many_topics",
        ),
        (subscribe(mine={f"area:{n}": None for n in range(1, MINE_LIMIT + 2)}), "too_many_topics"),
        (subscribe(topics={"x" * SIZE_LIMIT: None}), "too_large"),
    ],
)
def test_what_no_page_says_is_refused_by_name(text, code):
    with pytest.raises(BadWishError) as refusal:
        read_wish(text)
    assert refusal.value.code == code
