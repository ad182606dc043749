"""Calendars, limits and times that legal time takes, and those that it refuses."""

import json
import pickle
from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from django.core.management import call_command

from tests.workorders.legal_time import CALENDAR, SHANGHAI, at, pause
from workorders.selectors import working_calendar
from workorders.worktime import (
    Limit,
    LimitUnit,
    Pause,
    WorkingCalendar,
    due,
    elapsed,
    explain,
    remaining,
)

OFFICIAL_LIST = (
    Path(__file__).parents[2] / ".." / "shared" / "data" / "calendar" / "holiday_cn_2026.json"
)


def _official_days():
    if not OFFICIAL_LIST.exists():
        pytest.skip("the official list of 2026 is not beside the repository")
    days = json.loads(OFFICIAL_LIST.read_text(encoding="utf-8"))["days"]
    return {date.fromisoformat(day["date"]): not day["isOffDay"] for day in days}


def _year(number):
    return [date(number, 1, 1) + timedelta(days=each) for each in range(365)]


def test_calendar_agrees_with_the_official_list_of_2026():
    official = _official_days()
    assert {day.year for day in official} == {2026}
    expected = {day: official.get(day, day.weekday() < 5) for day in _year(2026)}
    assert {day: CALENDAR.is_working_day(day) for day in _year(2026)} == expected


# As the State Council's office announced them: off from and to, then the days worked for it.
ANNOUNCED = {
    2025: [
        ("01-01", "01-01"),
        ("01-28", "02-04", "01-26", "02-08"),
        ("04-04", "04-06"),
        ("05-01", "05-05", "04-27"),
        ("05-31", "06-02"),
        ("10-01", "10-08", "09-28", "10-11"),
    ],
    2026: [
        ("01-01", "01-03", "01-04"),
        ("02-15", "02-23", "02-14", "02-28"),
        ("04-04", "04-06"),
        ("05-01", "05-05", "05-09"),
        ("06-19", "06-21"),
        ("09-25", "09-27"),
        ("10-01", "10-07", "09-20", "10-10"),
    ],
}


@pytest.mark.parametrize("number", ANNOUNCED)
def test_calendar_agrees_with_the_announcement_on_every_day(number):
    expected = {day: day.weekday() < 5 for day in _year(number)}
    for first, last, *worked in ANNOUNCED[number]:
        span = [date.fromisoformat(f"{number}-{edge}") for edge in (first, last)]
        expected |= {day: False for day in expected if span[0] <= day <= span[1]}
        expected |= {date.fromisoformat(f"{number}-{day}"): True for day in worked}
    assert {day: CALENDAR.is_working_day(day) for day in expected} == expected


@pytest.mark.django_db
@pytest.mark.parametrize("number", ANNOUNCED)
def test_database_holds_the_calendar_that_the_tables_are_worked_out_on(number):
    call_command("load_calendar", str(number), stdout=StringIO())
    calendar = working_calendar()
    assert [calendar.is_working_day(day) for day in _year(number)] == [
        CALENDAR.is_working_day(day) for day in _year(number)
    ]
    assert (calendar.spans, calendar.known_years) == (CALENDAR.spans, {number})


def test_calendar_agrees_with_chinese_calendar_on_every_known_day():
    everything = WorkingCalendar(
        holidays=dict.fromkeys(chinese_calendar.constants.holidays, "休"),
        makeup_days=dict.fromkeys(chinese_calendar.constants.workdays, "班"),
    )
    days = [date(2004, 1, 1) + timedelta(days=number) for number in range(23 * 365)]
    expected = [chinese_calendar.is_workday(day) for day in days]
    assert [everything.is_working_day(day) for day in days] == expected


def test_one_working_day_from_each_opening_ends_that_working_day():
    year = _year(2026)
    working = [day for day in year if chinese_calendar.is_workday(day)]
    expected = [working[bisect_right(working, day)] for day in year[:-1] if day < working[-1]]
    limit = Limit.parse("1 working day")
    results = [
        due(start=datetime.combine(day, time(18), SHANGHAI), limit=limit, calendar=CALENDAR)
        for day in year[:-1]
        if day < working[-1]
    ]
    assert results == [datetime.combine(day, time(18), SHANGHAI) for day in expected]


@pytest.mark.parametrize(
    ("text", "limit", "label"),
    [
        ("15 minutes", Limit(15, LimitUnit.MINUTE), "15分钟"),
        ("1 hour", Limit(1, LimitUnit.HOUR), "1小时"),
        ("2 Hours", Limit(2, LimitUnit.HOUR), "2小时"),
        ("30 working minutes", Limit(30, LimitUnit.WORKING_MINUTE), "30工作分钟"),
        ("30 working_minute", Limit(30, LimitUnit.WORKING_MINUTE), "30工作分钟"),
        ("4 working hours", Limit(4, LimitUnit.WORKING_HOUR), "4工作小时"),
        (" 3 working days ", Limit(3, LimitUnit.WORKING_DAY), "3个工作日"),
        ("60 natural days", Limit(60, LimitUnit.NATURAL_DAY), "60个自然日"),
        (
            "15 working days to the end of the day",
            Limit(15, LimitUnit.WORKING_DAY, to_end_of_day=True),
            "15个工作日（截至当日下班）",
        ),
        (
            "30 natural days to end of day",
            Limit(30, LimitUnit.NATURAL_DAY, to_end_of_day=True),
            "30个自然日（截至当日24时）",
        ),
    ],
)
def test_limit_reads_english_and_its_own_label(text, limit, label):
    assert (Limit.parse(text), str(limit), Limit.parse(label)) == (limit, label, limit)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3 days",
        "0 hours",
        "-1 hours",
        "1.5 hours",
        "hours",
        "3 weeks",
        "２ hours",
        "9999999 hours",
        "3 hours to end of day",
        "3 working days!",
        "3小时（截至当日24时）",
    ],
)
def test_limit_refuses_other_text(text):
    with pytest.raises(ValueError, match=r"limit"):
        Limit.parse(text)


@pytest.mark.parametrize("amount", [0, -1, True, 1.5, "3", None])
def test_limit_refuses_other_amounts(amount):
    with pytest.raises(ValueError, match="whole number above 0"):
        Limit(amount, LimitUnit.HOUR)


def test_limit_takes_the_unit_by_its_value():
    assert Limit(3, "working_day").unit is LimitUnit.WORKING_DAY


@pytest.mark.parametrize("limit", ["1 hour", "1 working hour", "1 natural day"])
def test_naive_times_are_refused(limit):
    naive, aware = datetime(2026, 11, 2, 9), at("2026-11-02 09:00")  # noqa: DTZ001
    case = {"limit": Limit.parse(limit), "calendar": CALENDAR}
    with pytest.raises(ValueError, match="naive"):
        due(start=naive, **case)
    with pytest.raises(ValueError, match="naive"):
        elapsed(start=aware, at=naive, **case)
    with pytest.raises(ValueError, match="naive"):
        remaining(start=aware, at=naive, **case)
    with pytest.raises(ValueError, match="naive"):
        explain(start=naive, **case)
    with pytest.raises(ValueError, match="naive"):
        Pause(aware, naive)


def test_pause_refuses_to_end_before_it_starts():
    with pytest.raises(ValueError, match="ends before it starts"):
        pause("2026-11-02 10:00", "2026-11-02 09:00")


@pytest.mark.parametrize("unit", ["natural days", "working days", "working days to end of day"])
def test_due_refuses_what_no_calendar_can_write(unit):
    with pytest.raises(ValueError, match="beyond the year 9999"):
        due(start=at("9990-01-01 00:00"), limit=Limit.parse(f"999999 {unit}"), calendar=CALENDAR)


@pytest.mark.parametrize(
    "spans",
    [
        (),
        ((time(9), time(9)),),
        ((time(12), time(9)),),
        ((time(14), time(18)), (time(9), time(12))),
        ((time(9), time(12)), (time(11), time(18))),
        ((time(20), time(0)), (time(21), time(22))),
        ((time(9, tzinfo=UTC), time(12)),),
        ((time(9, 0, 0, 1), time(12)),),
    ],
)
def test_calendar_refuses_impossible_spans(spans):
    with pytest.raises(ValueError, match="working hours"):
        WorkingCalendar(spans=spans)


def test_calendar_refuses_a_day_that_is_both():
    day = date(2026, 10, 10)
    with pytest.raises(ValueError, match="2026-10-10"):
        WorkingCalendar(holidays={day: "国庆节"}, makeup_days={day: "国庆节"})


def test_calendar_survives_a_cache_and_later_changes_of_its_source():
    source = {date(2026, 11, 2): "演示假日"}
    calendar = WorkingCalendar(holidays=source)
    case = {"start": at("2026-11-01 09:00"), "limit": Limit.parse("1 working day")}
    assert due(calendar=calendar, **case) == at("2026-11-03 18:00")
    source.clear()
    assert calendar.is_working_day(date(2026, 11, 2)) is False
    copy = pickle.loads(pickle.dumps(calendar))
    assert (copy, hash(copy)) == (calendar, hash(calendar))
    assert due(calendar=copy, **case) == at("2026-11-03 18:00")


def test_calendar_counts_seconds_of_a_working_day():
    assert CALENDAR.working_seconds_per_day == 7 * 3600


def test_hours_round_the_clock_ignore_a_change_of_the_wall_clock():
    calendar = WorkingCalendar(timezone=ZoneInfo("Europe/Berlin"))
    start = datetime(2026, 3, 28, 20, tzinfo=ZoneInfo("Europe/Berlin"))
    results = [
        due(start=start, limit=Limit.parse(text), calendar=calendar)
        for text in ("24 hours", "1 natural day")
    ]
    assert results == [
        datetime(2026, 3, 29, 19, tzinfo=UTC),
        datetime(2026, 3, 29, 18, tzinfo=UTC),
    ]
