"""What holds for every start, limit, calendar and pause, in whole minutes of 2025 to 2027."""

from datetime import UTC, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workorders.legal_time import CALENDAR, ENTERED, SHANGHAI, at
from workorders.worktime import (
    Limit,
    LimitUnit,
    Pause,
    WorkingCalendar,
    due,
    elapsed,
    explain,
    instant_at_share,
    remaining,
)

MINUTE = timedelta(minutes=1)
BEGIN = at("2025-01-01 00:00")
instants = st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: BEGIN + minutes * MINUTE)
durations = st.integers(0, 20 * 24 * 60).map(lambda minutes: minutes * MINUTE)
pauses_lists = st.lists(
    st.builds(lambda start, length: Pause(start, start + length), instants, durations), max_size=4
)
calendars = st.sampled_from(
    [
        CALENDAR,
        ENTERED,
        WorkingCalendar(),
        WorkingCalendar(spans=((time(0), time(0)),), holidays=CALENDAR.holidays),
        WorkingCalendar(
            spans=((time(8, 30), time(11)), (time(11), time(12, 15)), (time(20), time(0))),
            makeup_days=CALENDAR.makeup_days,
        ),
    ]
)


def holds_for(**strategies):
    """Try a test on drawn cases, however busy the machine is."""
    return lambda test: settings(deadline=None)(given(**strategies)(test))


def _limits(units):
    return st.builds(
        lambda unit, amount, to_end: Limit(amount, unit, to_end and unit.is_day),
        st.sampled_from(units),
        st.integers(1, 90),
        st.booleans(),
    )


limits = _limits(list(LimitUnit))
exact_limits = limits.filter(lambda limit: not limit.to_end_of_day)
working_limits = _limits([unit for unit in LimitUnit if unit.is_working])


def _is_working_minute(calendar, instant):
    """Tell by itself, without the code under test, whether a minute is working time."""
    wall = instant.astimezone(SHANGHAI)
    day = wall.date()
    if day in calendar.holidays or (wall.weekday() > 4 and day not in calendar.makeup_days):
        return False
    return any(
        start <= wall.time() and (wall.time() < end or end == time(0))
        for start, end in calendar.spans
    )


def _working_minutes(calendar, start, end):
    minutes = (end - start) // MINUTE
    return sum(_is_working_minute(calendar, start + step * MINUTE) for step in range(minutes))


@holds_for(start=instants, amount=st.integers(1, 3000), calendar=calendars)
def test_due_equals_counting_minute_by_minute(start, amount, calendar):
    left, instant = amount, start
    while left:
        left -= _is_working_minute(calendar, instant)
        instant += MINUTE
    limit = Limit(amount, LimitUnit.WORKING_MINUTE)
    assert due(start=start, limit=limit, calendar=calendar) == instant


@holds_for(data=st.data(), limit=limits, calendar=calendars, pauses=pauses_lists)
def test_due_is_monotonic_in_start(data, limit, calendar, pauses):
    starts = sorted([data.draw(instants), data.draw(instants)])
    results = [due(start=start, limit=limit, calendar=calendar, pauses=pauses) for start in starts]
    assert results == sorted(results)


@holds_for(start=instants, limit=limits, calendar=calendars, pauses=pauses_lists)
def test_due_is_monotonic_in_limit(start, limit, calendar, pauses):
    longer = Limit(limit.amount + 1, limit.unit, limit.to_end_of_day)
    results = [
        due(start=start, limit=each, calendar=calendar, pauses=pauses) for each in (limit, longer)
    ]
    assert results[0] < results[1]


@holds_for(
    start=instants, limit=working_limits, calendar=calendars, around=st.lists(instants, max_size=4)
)
def test_pause_outside_working_time_costs_nothing(start, limit, calendar, around):
    pauses = [_idle_around(calendar, moment) for moment in around]
    assert due(start=start, limit=limit, calendar=calendar, pauses=pauses) == due(
        start=start, limit=limit, calendar=calendar
    )


def _idle_around(calendar, moment):
    """Stretch an instant to the whole lunch, night, weekend or holiday around or after it."""
    while _is_working_minute(calendar, moment):
        moment += MINUTE
    begins = ends = moment
    while not _is_working_minute(calendar, begins - MINUTE):
        begins -= MINUTE
    while not _is_working_minute(calendar, ends):
        ends += MINUTE
    return Pause(begins, ends)


def _length_of_unit(unit, calendar):
    return {
        LimitUnit.MINUTE: MINUTE,
        LimitUnit.HOUR: timedelta(hours=1),
        LimitUnit.WORKING_MINUTE: MINUTE,
        LimitUnit.WORKING_HOUR: timedelta(hours=1),
        LimitUnit.WORKING_DAY: timedelta(seconds=calendar.working_seconds_per_day),
        LimitUnit.NATURAL_DAY: timedelta(days=1),
    }[unit]


@holds_for(
    start=instants, moment=instants, limit=exact_limits, calendar=calendars, pauses=pauses_lists
)
def test_elapsed_and_remaining_make_the_limit(start, moment, limit, calendar, pauses):
    case = {"start": start, "at": moment, "limit": limit, "calendar": calendar, "pauses": pauses}
    assert elapsed(**case) + remaining(**case) == limit.amount * _length_of_unit(
        limit.unit, calendar
    )


@holds_for(start=instants, limit=limits, calendar=calendars, pauses=pauses_lists)
def test_nothing_remains_at_the_due_instant_only(start, limit, calendar, pauses):
    case = {"start": start, "limit": limit, "calendar": calendar, "pauses": pauses}
    instant = due(**case)
    assert remaining(at=instant, **case) == timedelta(0)
    if not limit.to_end_of_day:
        assert remaining(at=instant - MINUTE, **case) > timedelta(0)


@holds_for(
    start=instants,
    limit=exact_limits,
    share=st.fractions(0, 1, max_denominator=50),
    length=durations,
    calendar=calendars,
)
def test_pause_and_resume_equals_an_extension_by_the_time_inside_it(
    start, limit, share, length, calendar
):
    last = due(start=start, limit=limit, calendar=calendar) - MINUTE
    pause_start = start + int(share * ((last - start) // MINUTE)) * MINUTE
    pause_end = pause_start + length
    inside = (
        _working_minutes(calendar, pause_start, pause_end)
        if limit.unit.is_working
        else (pause_end - pause_start) // MINUTE
    )
    extended = Limit(
        _in_minutes(limit, calendar) + inside,
        LimitUnit.WORKING_MINUTE if limit.unit.is_working else LimitUnit.MINUTE,
    )
    assert due(
        start=start, limit=limit, calendar=calendar, pauses=[Pause(pause_start, pause_end)]
    ) == due(start=start, limit=extended, calendar=calendar)


def _in_minutes(limit, calendar):
    return limit.amount * (_length_of_unit(limit.unit, calendar) // MINUTE)


@holds_for(start=instants, limit=working_limits, calendar=calendars, pauses=pauses_lists)
def test_due_of_working_units_ends_a_working_minute(start, limit, calendar, pauses):
    instant = due(start=start, limit=limit, calendar=calendar, pauses=pauses)
    assert _is_working_minute(calendar, instant - MINUTE)


@holds_for(start=instants, limit=limits, calendar=calendars, pauses=pauses_lists)
def test_pauses_count_once_in_any_order_and_any_zone(start, limit, calendar, pauses):
    zone = ZoneInfo("America/New_York")
    moved = [Pause(each.start.astimezone(zone), each.end.astimezone(UTC)) for each in pauses]
    assert due(
        start=start.astimezone(zone), limit=limit, calendar=calendar, pauses=[*moved[::-1], *moved]
    ) == due(start=start, limit=limit, calendar=calendar, pauses=pauses)


@holds_for(
    start=instants,
    limit=limits,
    calendar=calendars,
    pauses=pauses_lists,
    shares=st.lists(st.fractions(0, 1), min_size=1, max_size=3),
)
def test_shares_lie_in_order_between_start_and_due(start, limit, calendar, pauses, shares):
    case = {"start": start, "limit": limit, "calendar": calendar, "pauses": pauses}
    results = [instant_at_share(share=share, **case) for share in [0, *sorted(shares), 1]]
    assert results == sorted(results)
    assert results[0] >= start
    assert results[-1] == due(**case)


@holds_for(start=instants, limit=limits, calendar=calendars, pauses=pauses_lists)
def test_elapsed_at_a_share_is_that_share(start, limit, calendar, pauses):
    case = {"start": start, "limit": limit, "calendar": calendar, "pauses": pauses}
    whole = elapsed(at=due(**case), **case)
    half = instant_at_share(share=Fraction(1, 2), **case)
    assert elapsed(at=half, **case) == whole / 2


@holds_for(start=instants, limit=limits, calendar=calendars, pauses=pauses_lists)
def test_explanation_ends_with_the_due_instant(start, limit, calendar, pauses):
    case = {"start": start, "limit": limit, "calendar": calendar, "pauses": pauses}
    wall = due(**case).astimezone(SHANGHAI)
    label = f"{wall:%H:%M}"
    if limit.to_end_of_day and label == "00:00":
        wall, label = wall - timedelta(days=1), "24:00"
    weekday = "一二三四五六日"[wall.weekday()]
    assert explain(**case)[-1] == f"到期：{wall:%Y-%m-%d}（周{weekday}）{label}"
