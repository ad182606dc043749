"""A past hour of the vital signs: how they stood at its start, and each change since."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dashboards.models import Indicator, Reading, StateChange
from tests.full_wall import hang_signs
from tests.walls import hang_bare_wall

START = datetime(2026, 11, 20, 14, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
MINUTE = timedelta(minutes=1)
URL = "/api/v1/walls/district/playback/"
CODE = "domain-economy-1"


@pytest.fixture
def sign(town):
    hang_bare_wall(town)
    hang_signs(area=town.areas["区"], at=START + timedelta(days=5), per_group=1)
    return Indicator.objects.get(code=CODE)


def read(town, sign, minute, value, state="normal"):
    Reading.objects.create(
        indicator=sign, area=town.areas["区"], at=START + minute * MINUTE, value=value, state=state
    )


def play(api, minutes=60):
    answer = api("leader").get(URL, {"from": START.isoformat(), "minutes": minutes})
    assert answer.status_code == 200
    return answer.data["steps"]


def moves(steps):
    return [
        (int((datetime.fromisoformat(step["at"]) - START) / MINUTE), row["value"], row["state"])
        for step in steps
        for row in step["rows"]
        if row["code"] == CODE
    ]


def test_first_step_is_how_everything_stood(town, sign, api):
    read(town, sign, -30, 5)
    read(town, sign, -1, 7)
    steps = play(api)
    assert moves(steps) == [(0, 7, "normal")]
    assert len(steps[0]["rows"]) == 6
    assert {row["state"] for row in steps[0]["rows"] if row["code"] != CODE} == {"no_data"}


def test_changes_follow_by_the_minute_until_the_end(town, sign, api):
    for minute, value in ((0, 1), (10, 2), (60, 3), (61, 4)):
        read(town, sign, minute, value)
    assert moves(play(api)) == [(0, 1, "normal"), (10, 2, "normal"), (60, 3, "normal")]
    assert moves(play(api, 10)) == [(0, 1, "normal"), (10, 2, "normal")]


def test_change_of_state_is_told_in_its_minute(town, sign, api):
    read(town, sign, 0, 1)
    StateChange.objects.create(
        indicator=sign, area=town.areas["区"], at=START + 5.5 * MINUTE, from_state="normal",
        to_state="red", since=START, previous_value=1, value=9, reason="达到告警阈值",
    )  # fmt: skip
    steps = play(api)
    assert moves(steps) == [(0, 1, "normal"), (5, 9, "red")]
    economy = [
        next(one for one in step["index"]["domains"] if one["code"] == "economy")["score"]
        for step in steps
    ]
    assert economy == [100, 0]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-11-20T14:00:00"}, "from"),
        ({"from": "2999-01-01T00:00:00+08:00"}, "from"),
        ({"from": START.isoformat(), "minutes": 0}, "minutes"),
        ({"from": START.isoformat(), "minutes": 10_000}, "minutes"),
    ],
)
def test_wrong_question_is_named(town, sign, api, query, field):
    answer = api("leader").get(URL, query)
    assert (answer.status_code, [*answer.data["fields"]]) == (400, [field])
