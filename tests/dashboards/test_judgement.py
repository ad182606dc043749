"""States of values: thresholds, hysteresis, minimum duration, seasons, missing data."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.enums import Direction
from dashboards.states import (
    Limits,
    Rule,
    Standing,
    ThresholdError,
    at_level,
    is_worse,
    judge,
    limits_at,
    next_change,
    read_table,
)

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def minutes(count):
    return timedelta(minutes=count)


def rule(direction="lower", yellow=None, red=None, **more):
    return Rule(direction, Limits(yellow, red), **more)


def lead(values, by):
    """Judge a value a minute; give the states."""
    standing, states = None, []
    for minute, value in enumerate(values):
        standing = judge(before=standing, value=value, rule=by, at=NOON + minutes(minute))
        states.append(standing.state.value)
    return states


@pytest.mark.parametrize(
    ("value", "direction", "yellow", "red", "state"),
    [
        (None, "lower", 1, 3, "no_data"),
        (None, "higher", None, None, "no_data"),
        (0, "lower", 1, 3, "normal"),
        (1, "lower", 1, 3, "yellow"),
        (2.9, "lower", 1, 3, "yellow"),
        (3, "lower", 1, 3, "red"),
        (0.96, "higher", 0.95, 0.9, "normal"),
        (0.95, "higher", 0.95, 0.9, "yellow"),
        (0.9, "higher", 0.95, 0.9, "red"),
        (0.0, "higher", 0.95, 0.9, "red"),
        (1000, "lower", None, None, "normal"),
        (1000, "lower", 500, None, "yellow"),
        (1000, "lower", None, 500, "red"),
        (0.2, "band", (0.2, 0.4), (0.1, 0.5), "normal"),
        (0.15, "band", (0.2, 0.4), (0.1, 0.5), "yellow"),
        (0.45, "band", (0.2, 0.4), (0.1, 0.5), "yellow"),
        (0.05, "band", (0.2, 0.4), (0.1, 0.5), "red"),
        (0.51, "band", (0.2, 0.4), (0.1, 0.5), "red"),
    ],
)
def test_first_value_is_judged_by_the_thresholds_alone(value, direction, yellow, red, state):
    by = rule(direction, yellow, red, hysteresis=0.01, minimum=minutes(60))
    assert lead([value], by) == [state]


@pytest.mark.parametrize(
    ("direction", "yellow", "red", "values", "states"),
    [
        # Back below the threshold is not enough: it must be back by more than 2.
        ("lower", 10, 20, [9, 10, 9, 8, 7.9, 9], "normal yellow yellow yellow normal normal"),
        ("lower", 10, 20, [21, 19, 18, 17.9, 8, 7], "red red red yellow yellow normal"),
        ("lower", 10, 20, [5, 25, 5], "normal red normal"),
        ("higher", 10, 5, [11, 10, 12, 12.1, 5, 7, 7.1],
         "normal yellow yellow normal red red yellow"),
        ("band", (10, 20), (5, 25), [15, 21, 19, 17, 26, 24, 22],
         "normal yellow yellow normal red red yellow"),
    ],
)  # fmt: skip
def test_hysteresis_holds_a_state_until_the_value_is_well_back(
    direction, yellow, red, values, states
):
    by = rule(direction, yellow, red, hysteresis=2)
    assert lead(values, by) == states.split()


@pytest.mark.parametrize(
    ("values", "states"),
    [
        # A state counts when it has held for three minutes, from the first value that showed it.
        ([1, 11, 11, 11, 11], "normal normal normal normal yellow"),
        # One good value in between begins the wait anew.
        ([1, 11, 11, 1, 11, 11, 11, 11], "normal normal normal normal normal normal normal yellow"),
        # Yellow is told when it has held, red when red has held.
        ([1, 11, 21, 21, 21, 21], "normal normal normal normal yellow red"),
        # Getting better takes as long.
        ([21, 1, 1, 1, 1], "red red red red normal"),
        ([21, 11, 11, 11, 11], "red red red red yellow"),
        # Missing data is told at once, and so is the first value after it.
        ([1, 11, None, 11], "normal normal no_data yellow"),
        ([21, 1, None, 1], "red red no_data normal"),
    ],
)
def test_a_state_counts_when_it_has_held_for_the_minimum_duration(values, states):
    by = rule("lower", 10, 20, minimum=minutes(3))
    assert lead(values, by) == states.split()


def test_a_look_without_a_new_value_turns_the_state_at_its_instant_not_at_the_look():
    by = rule("lower", 10, 20, minimum=minutes(3))
    normal = judge(before=None, value=1, rule=by, at=NOON)
    waiting = judge(before=normal, value=11, rule=by, at=NOON + minutes(1))
    assert (waiting.state, waiting.yellow_turns_at) == ("normal", NOON + minutes(4))
    late = judge(before=waiting, value=11, rule=by, at=NOON + minutes(9))
    assert late == Standing("yellow", since=NOON + minutes(4))


@given(
    values=st.lists(st.one_of(st.none(), st.integers(0, 30)), min_size=2, max_size=40),
    hysteresis=st.integers(0, 4),
    wait=st.integers(0, 4),
)
def test_states_never_flicker_and_never_lie(values, hysteresis, wait):
    """Against the plain reading: what a state says has been true within hysteresis and duration."""
    by = rule("lower", 10, 20, hysteresis=hysteresis, minimum=minutes(wait))
    standing, seen = None, []
    for minute, value in enumerate(values):
        at = NOON + minutes(minute)
        standing = judge(before=standing, value=value, rule=by, at=at)
        seen.append(standing)
        assert (standing.state == "no_data") == (value is None)
        assert standing.since <= at
        if standing.state == "red":
            recent = values[max(0, minute - wait) : minute + 1]
            assert any(one is not None and one >= 20 - hysteresis for one in recent)
    for one, other in pairwise(seen):
        if one.state == other.state:
            assert one.since == other.since
        elif "no_data" not in (one.state, other.state) and wait and one.state != "red":
            assert other.since - one.since >= minutes(1)


@pytest.mark.parametrize(
    ("local", "limits"),
    [
        ("2026-01-15T12:00", Limits(120, 180)),  # the heating season
        ("2026-03-31T23:59", Limits(120, 180)),
        ("2026-04-01T06:00", Limits(100, 150)),
        ("2026-10-31T21:59", Limits(100, 150)),
        ("2026-11-01T00:00", Limits(120, 180)),
        ("2026-07-01T21:59", Limits(100, 150)),
        ("2026-07-01T22:00", Limits(50, 80)),  # summer nights
        ("2026-07-02T05:59", Limits(50, 80)),
        ("2026-07-02T06:00", Limits(100, 150)),
        ("2026-12-01T23:00", Limits(120, 180)),  # the season comes first
    ],
)
def test_first_row_whose_months_and_hours_match_holds(local, limits):
    table = read_table(
        [
            {"months": "11-3", "yellow": 120, "red": 180},
            {"hours": "22-6", "yellow": 50, "red": 80},
            {"yellow": 100, "red": 150},
        ],
        direction="lower",
    )
    assert limits_at(table, datetime.fromisoformat(local)) == limits


LEVELS = [
    {"months": "11-3", "yellow": 120, "red": 180},
    {"level": "street", "months": "6-8", "hours": "22-6", "yellow": 5, "red": 8},
    {"level": "district", "hours": "22-6", "yellow": 50, "red": 80},
    {"level": "street", "months": "6-8", "yellow": 20, "red": 30},
    {"yellow": 100, "red": 150},
]


@pytest.mark.parametrize(
    ("level", "local", "limits"),
    [
        ("street", "2026-07-01T23:00", Limits(5, 8)),
        ("street", "2026-07-01T06:00", Limits(20, 30)),
        ("street", "2026-09-01T23:00", Limits(100, 150)),  # none of its own: the one for all
        ("street", "2026-12-01T23:00", Limits(120, 180)),
        ("district", "2026-07-01T23:00", Limits(50, 80)),
        ("district", "2026-12-01T23:00", Limits(50, 80)),  # its own go before the season of all
        ("district", "2026-12-01T12:00", Limits(120, 180)),
        ("district", "2026-07-01T12:00", Limits(100, 150)),
    ],
)
def test_rows_of_a_level_go_before_those_for_all(level, local, limits):
    table = at_level(read_table(LEVELS, direction="lower"), level)
    assert limits_at(table, datetime.fromisoformat(local)) == limits


@pytest.mark.parametrize(
    ("level", "now", "then"),
    [
        ("street", "2026-07-01T12:30", "2026-07-01T22:00"),
        ("district", "2026-07-01T12:30", "2026-07-01T22:00"),
        ("street", "2026-09-01T12:30", "2026-11-01T00:00"),
        ("district", "2026-09-01T23:30", "2026-09-02T06:00"),
    ],
)
def test_next_change_is_that_of_the_level(level, now, then):
    table = at_level(read_table(LEVELS, direction="lower"), level)
    assert next_change(table, datetime.fromisoformat(now)) == datetime.fromisoformat(then)


@pytest.mark.parametrize(
    ("rows", "now", "then"),
    [
        ([{"yellow": 1}], "2026-07-01T12:30", None),
        ([{"hours": "22-6", "yellow": 1}, {"yellow": 2}], "2026-07-01T12:30", "2026-07-01T22:00"),
        ([{"hours": "22-6", "yellow": 1}, {"yellow": 2}], "2026-07-01T23:30", "2026-07-02T06:00"),
        ([{"months": "11-3", "yellow": 1}, {"yellow": 2}], "2026-07-01T12:30", "2026-11-01T00:00"),
        ([{"months": "2", "yellow": 1}, {"yellow": 2}], "2026-02-03T04:05", "2026-03-01T00:00"),
    ],
)
def test_next_change_of_the_limits_is_known_to_the_hour(rows, now, then):
    found = next_change(read_table(rows, direction="lower"), datetime.fromisoformat(now))
    assert found == (datetime.fromisoformat(then) if then else None)


@pytest.mark.parametrize(
    ("direction", "rows", "words"),
    [
        ("lower", [{"yellow": 5, "red": 3}], "次序"),
        ("lower", [{"yellow": 5, "red": 5}], "次序"),
        ("higher", [{"yellow": 3, "red": 5}], "次序"),
        ("band", [{"yellow": [1, 9], "red": [2, 8]}], "次序"),
        ("band", [{"yellow": [9, 1]}], "上限"),
        ("band", [{"yellow": 5}], "第 1 行"),
        ("lower", [{"yellow": [1, 2]}], "第 1 行"),
        ("lower", [{"yellow": "5"}], "须为数"),
        ("lower", [{"yellow": True}], "须为数"),
        ("lower", [{"months": "0-3", "yellow": 1}, {"yellow": 2}], "1 至 12"),
        ("lower", [{"months": "spring", "yellow": 1}, {"yellow": 2}], "第 1 行"),
        ("lower", [{"hours": "5-5", "yellow": 1}, {"yellow": 2}], "第 1 行"),
        ("lower", [{"hours": "20-25", "yellow": 1}, {"yellow": 2}], "第 1 行"),
        ("lower", [{"months": "11-3", "yellow": 1}], "最后一行"),
        ("lower", [{"yellow": 1, "orange": 2}], "orange"),
        ("lower", [{"level": "street", "yellow": 1}], "最后一行"),
        ("lower", [{"level": "grid", "yellow": 1}, {"yellow": 2}], "第 1 行：层级须为"),
        ("lower", [{"level": 2, "yellow": 1}, {"yellow": 2}], "第 1 行：层级须为"),
        (
            "lower",
            [{"yellow": 2}, {"level": "street", "yellow": 5, "red": 3}, {}],
            "第 2 行的.*次序",
        ),
    ],
)
def test_bad_table_is_refused_with_its_row(direction, rows, words):
    with pytest.raises(ThresholdError, match=words):
        read_table(rows, direction=direction)


def test_direction_has_no_other_value():
    assert set(Direction.values) == {"higher", "lower", "band"}


@pytest.mark.parametrize(
    ("direction", "red", "value", "than", "worse"),
    [
        (Direction.LOWER, 70, 90, 72, True), (Direction.LOWER, 70, 72, 90, False),
        (Direction.HIGHER, 0.9, 0.5, 0.8, True), (Direction.HIGHER, 0.9, 0.8, 0.5, False),
        (Direction.BAND, (0.2, 0.5), 0.9, 0.1, True), (Direction.BAND, (0.2, 0.5), 0.1, 0.9, False),
        (Direction.BAND, (0.2, 0.5), 0.4, 0.6, False), (Direction.LOWER, 70, 72, 72, False),
        (Direction.LOWER, 70, 72, None, True), (Direction.LOWER, 70, None, 72, False),
    ],
)  # fmt: skip
def test_worse_is_what_lies_further_on_the_bad_side(direction, red, value, than, worse):
    rule = Rule(direction, Limits(red=red))
    assert is_worse(value=value, than=than, rule=rule) is worse
