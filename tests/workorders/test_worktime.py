"""The tables of cases are the specification of legal time."""

from datetime import UTC, timedelta
from fractions import Fraction

import pytest

from tests.workorders.cases_2025 import CASES_2025
from tests.workorders.cases_2026 import CASES_2026
from tests.workorders.cases_2027 import CASES_2027_ENTERED, CASES_2027_UNKNOWN
from tests.workorders.legal_time import CALENDAR, ENTERED, at, pause, pauses_of
from workorders.worktime import Limit, LimitUnit, due, elapsed, instant_at_share, remaining

TABLES = {
    "2025": (CALENDAR, CASES_2025),
    "2026": (CALENDAR, CASES_2026),
    "2027 unknown": (CALENDAR, CASES_2027_UNKNOWN),
    "2027 entered": (ENTERED, CASES_2027_ENTERED),
}
ROWS = [(name, *row) for name, (_, rows) in TABLES.items() for row in rows]


@pytest.mark.parametrize(("table", "start", "limit", "pauses", "expected"), ROWS)
def test_due_follows_the_table(table, start, limit, pauses, expected):
    result = due(
        start=at(start),
        limit=Limit.parse(limit),
        calendar=TABLES[table][0],
        pauses=pauses_of(pauses, year=start[:4]),
    )
    assert (result, result.tzinfo) == (at(expected), UTC)


@pytest.mark.parametrize("table", TABLES)
def test_table_holds_every_kind_of_limit_with_and_without_pause(table):
    limits = [(Limit.parse(limit), bool(pauses)) for _, limit, pauses, _ in TABLES[table][1]]
    assert {limit.unit for limit, _ in limits} == set(LimitUnit)
    assert {limit.unit for limit, _ in limits if limit.to_end_of_day} == {
        LimitUnit.WORKING_DAY,
        LimitUnit.NATURAL_DAY,
    }
    assert {is_paused for _, is_paused in limits} == {True, False}


def test_no_row_is_counted_twice():
    assert len(set(ROWS)) == len(ROWS)


def test_share_of_working_hours_is_counted_in_working_time():
    case = {"start": at("2026-11-02 16:00"), "limit": Limit.parse("1 working day")}
    results = {
        share: instant_at_share(share=share, calendar=CALENDAR, **case)
        for share in (0, 0.8, Fraction(8, 10), 1, 2)
    }
    assert results == {
        0: at("2026-11-02 16:00"),
        0.8: at("2026-11-03 14:36"),
        Fraction(8, 10): at("2026-11-03 14:36"),
        1: at("2026-11-03 16:00"),
        2: at("2026-11-04 16:00"),
    }


def test_share_zero_is_the_first_moment_that_counts():
    limit = Limit.parse("2 working hours")
    starts = ["2026-11-02 12:00", "2026-11-06 18:00", "2026-11-02 10:00"]
    results = [
        instant_at_share(start=at(start), limit=limit, share=0, calendar=CALENDAR)
        for start in starts
    ]
    assert results == [at("2026-11-02 14:00"), at("2026-11-09 09:00"), at("2026-11-02 10:00")]


def test_share_one_is_the_due_instant_when_a_pause_fills_the_last_evening():
    case = {
        "start": at("2026-11-02 09:00"),
        "limit": Limit.parse("1 natural day to end of day"),
        "calendar": CALENDAR,
        "pauses": [
            pause("2026-11-03 10:00", "2026-11-03 12:00"),
            pause("2026-11-04 20:00", "2026-11-04 24:00"),
        ],
    }
    assert instant_at_share(share=1, **case) == at("2026-11-04 24:00")
    assert remaining(at=at("2026-11-04 21:00"), **case) == timedelta(0)


@pytest.mark.parametrize("share", [-0.1, float("nan"), float("inf")])
def test_share_refuses_what_is_no_share(share):
    with pytest.raises(ValueError, match="not a share"):
        instant_at_share(
            start=at("2026-11-02 12:00"),
            limit=Limit.parse("2 hours"),
            share=share,
            calendar=CALENDAR,
        )


def test_elapsed_is_nothing_before_the_start_and_runs_on_after_the_due_instant():
    case = {"start": at("2026-11-02 10:00"), "limit": Limit.parse("2 working hours")}
    moments = ["2026-11-01 10:00", "2026-11-02 11:00", "2026-11-02 13:00", "2026-11-02 15:00"]
    used = [elapsed(at=at(moment), calendar=CALENDAR, **case) for moment in moments]
    left = [remaining(at=at(moment), calendar=CALENDAR, **case) for moment in moments]
    assert used == [timedelta(hours=hours) for hours in (0, 1, 2, 3)]
    assert left == [timedelta(hours=hours) for hours in (2, 1, 0, -1)]
