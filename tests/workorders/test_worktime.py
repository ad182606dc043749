"""The table of cases is the specification of legal time."""

from datetime import UTC, timedelta
from fractions import Fraction

import pytest

from tests.workorders.legal_time import CALENDAR, at, pause, pauses_of_2026
from workorders.worktime import Limit, due, elapsed, instant_at_share, remaining

# Start, limit, pauses of 2026 without their year, due instant.
CASES = [
    # Working days across the autumn holiday of 2026 (1 to 7 October; work on Saturday the 10th).
    ("2026-09-30 16:00", "1 working day", "", "2026-10-08 16:00"),
    ("2026-09-30 16:00", "2 working days", "", "2026-10-09 16:00"),
    ("2026-09-30 16:00", "3 working days", "", "2026-10-10 16:00"),
    ("2026-09-30 16:00", "4 working days", "", "2026-10-12 16:00"),
    ("2026-09-30 16:00", "15 working days", "", "2026-10-27 16:00"),
    ("2026-09-30 16:00", "60 working days", "", "2026-12-29 16:00"),
    # Sunday 20 September is a working day, Friday 25 September is not.
    ("2026-09-18 17:00", "1 working day", "", "2026-09-20 17:00"),
    ("2026-09-24 17:00", "1 working day", "", "2026-09-28 17:00"),
    # Make-up days on both sides of the Spring Festival.
    ("2026-02-13 10:00", "2 working days", "", "2026-02-24 10:00"),
    ("2026-02-27 10:00", "1 working day", "", "2026-02-28 10:00"),
    ("2026-02-27 10:00", "2 working days", "", "2026-03-02 10:00"),
    # Starts on the edges of working time: a limit that ends with a span ends at its end.
    ("2026-11-02 09:00", "1 working day", "", "2026-11-02 18:00"),
    ("2026-11-02 08:59", "1 working day", "", "2026-11-02 18:00"),
    ("2026-11-02 12:00", "1 working day", "", "2026-11-03 12:00"),
    ("2026-11-02 14:00", "1 working day", "", "2026-11-03 12:00"),
    ("2026-11-02 18:00", "1 working day", "", "2026-11-03 18:00"),
    ("2026-11-02 09:00", "3 working hours", "", "2026-11-02 12:00"),
    ("2026-11-02 12:00", "4 working hours", "", "2026-11-02 18:00"),
    ("2026-11-02 14:00", "30 working minutes", "", "2026-11-02 14:30"),
    ("2026-11-02 12:00", "30 working minutes", "", "2026-11-02 14:30"),
    ("2026-11-02 11:45", "30 working minutes", "", "2026-11-02 14:15"),
    ("2026-11-02 17:59", "30 working minutes", "", "2026-11-03 09:29"),
    ("2026-11-02 18:00", "30 working minutes", "", "2026-11-03 09:30"),
    # Starts outside working time.
    ("2026-11-02 02:00", "2 working hours", "", "2026-11-02 11:00"),
    ("2026-11-06 23:00", "2 working hours", "", "2026-11-09 11:00"),
    ("2026-11-07 10:00", "1 working day", "", "2026-11-09 18:00"),
    ("2026-10-03 10:00", "30 working minutes", "", "2026-10-08 09:30"),
    ("2026-10-10 17:30", "1 working hour", "", "2026-10-12 09:30"),
    # Round the clock.
    ("2026-09-30 23:50", "15 minutes", "", "2026-10-01 00:05"),
    ("2026-10-03 22:30", "2 hours", "", "2026-10-04 00:30"),
    ("2026-09-30 16:00", "10000 minutes", "", "2026-10-07 14:40"),
    ("2026-09-30 16:00", "10000 working minutes", "", "2026-11-09 14:40"),
    ("2026-09-30 16:00", "3 natural days", "", "2026-10-03 16:00"),
    ("2026-02-27 16:00", "60 natural days", "", "2026-04-28 16:00"),
    # To the end of the day: the day of the start does not count, whatever its hour.
    ("2026-09-30 16:00", "1 natural day to end of day", "", "2026-10-01 24:00"),
    ("2026-09-30 00:00", "1 natural day to end of day", "", "2026-10-01 24:00"),
    ("2026-09-30 23:59", "60 natural days to end of day", "", "2026-11-29 24:00"),
    ("2026-09-30 16:00", "1 working day to end of day", "", "2026-10-08 18:00"),
    ("2026-09-30 00:00", "1 working day to end of day", "", "2026-10-08 18:00"),
    ("2026-09-30 22:00", "3 working days to end of day", "", "2026-10-10 18:00"),
    ("2026-10-03 10:00", "1 working day to end of day", "", "2026-10-08 18:00"),
    # Pauses.
    ("2026-11-02 09:00", "1 working day", "11-02 10:00/11-02 11:00", "2026-11-03 10:00"),
    ("2026-11-02 09:00", "1 working day", "11-02 11:00/11-02 15:00", "2026-11-03 11:00"),
    # A weekend pause costs nothing, although 63 hours pass on the wall.
    ("2026-11-06 09:00", "2 working days", "11-06 18:00/11-09 09:00", "2026-11-09 18:00"),
    # A pause over the holiday costs the one working hour that it covers on each side.
    ("2026-09-30 16:00", "1 working day", "09-30 17:00/10-08 10:00", "2026-10-08 18:00"),
    # Overlapping pauses count once, in whatever order they are given.
    (
        "2026-11-02 09:00",
        "2 working hours",
        "11-02 10:30/11-02 11:30, 11-02 10:00/11-02 11:00",
        "2026-11-02 14:30",
    ),
    # A pause that begins before the start counts from the start.
    ("2026-11-02 09:00", "2 working hours", "11-01 10:00/11-02 10:00", "2026-11-02 12:00"),
    # A pause that begins when the limit is used up comes too late.
    ("2026-11-02 09:00", "2 working hours", "11-02 11:00/11-02 17:00", "2026-11-02 11:00"),
    # A second pause counts when the first moves the due instant past its beginning.
    (
        "2026-11-02 09:00",
        "2 working hours",
        "11-02 10:00/11-02 11:00, 11-02 11:30/11-02 12:00",
        "2026-11-02 14:30",
    ),
    ("2026-11-02 23:00", "2 hours", "11-02 23:30/11-03 08:30", "2026-11-03 10:00"),
    # To the end of the day, pauses add whole days.
    (
        "2026-11-02 09:00",
        "3 natural days to end of day",
        "11-04 10:00/11-04 11:00",
        "2026-11-06 24:00",
    ),
    (
        "2026-11-02 09:00",
        "3 natural days to end of day",
        "11-03 10:00/11-03 22:00, 11-04 10:00/11-04 22:00",
        "2026-11-06 24:00",
    ),
    (
        "2026-11-02 09:00",
        "3 working days to end of day",
        "11-04 10:00/11-04 11:00",
        "2026-11-06 18:00",
    ),
    (
        "2026-11-02 09:00",
        "3 natural days to end of day",
        "11-02 10:00/11-02 20:00",
        "2026-11-05 24:00",
    ),
    # A second pause fits into the day that the first one has won.
    (
        "2026-11-02 09:00",
        "1 natural day to end of day",
        "11-03 10:00/11-03 12:00, 11-04 20:00/11-04 24:00",
        "2026-11-04 24:00",
    ),
    # A long one that begins in that day wins another.
    (
        "2026-11-02 09:00",
        "1 natural day to end of day",
        "11-03 10:00/11-03 12:00, 11-04 20:00/11-05 20:00",
        "2026-11-05 24:00",
    ),
    # The year 2027 is unknown: only its weekends are off, 1 January is not.
    ("2026-12-31 16:00", "1 working day", "", "2027-01-01 16:00"),
    ("2026-12-31 16:00", "2 working days", "", "2027-01-04 16:00"),
]


@pytest.mark.parametrize(("start", "limit", "pauses", "expected"), CASES)
def test_due_follows_the_table(start, limit, pauses, expected):
    result = due(
        start=at(start), limit=Limit.parse(limit), calendar=CALENDAR, pauses=pauses_of_2026(pauses)
    )
    assert (result, result.tzinfo) == (at(expected), UTC)


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
