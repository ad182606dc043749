"""What a changed calendar says otherwise, in words."""

from dataclasses import replace
from datetime import date, time

import pytest

from tests.workorders.legal_time import CALENDAR
from workorders.worktime import WorkingCalendar, changed_days, tell_changes

PLAIN = WorkingCalendar()
WHOLE_YEAR = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}


def test_made_up_saturday_is_told():
    new = WorkingCalendar(makeup_days={date(2026, 10, 10): "国庆节"})
    assert tell_changes(old=PLAIN, new=new, **WHOLE_YEAR) == ["2026-10-10 由休息日改为上班"]
    assert tell_changes(old=new, new=PLAIN, **WHOLE_YEAR) == ["2026-10-10 由上班改为休息"]


def test_neighbouring_days_share_an_entry_and_weekends_are_no_change():
    # 1 and 2 October are a Thursday and a Friday, 3 and 4 a weekend, 5 to 7 Monday to Wednesday.
    assert tell_changes(
        old=PLAIN, new=CALENDAR, first=date(2026, 9, 20), last=date(2026, 10, 31)
    ) == [
        "2026-09-20 由休息日改为上班",
        "2026-09-25 由上班改为休息",
        "2026-10-01 至 2026-10-02 由上班改为休息",
        "2026-10-05 至 2026-10-07 由上班改为休息",
        "2026-10-10 由休息日改为上班",
    ]


def test_opposite_neighbours_are_told_apart():
    new = WorkingCalendar(
        holidays={date(2026, 11, 6): "演示"}, makeup_days={date(2026, 11, 7): "演示"}
    )
    assert tell_changes(old=PLAIN, new=new, **WHOLE_YEAR) == [
        "2026-11-06 由上班改为休息",
        "2026-11-07 由休息日改为上班",
    ]


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        (date(2026, 10, 1), date(2026, 10, 1), 1),
        (date(2026, 10, 2), date(2026, 10, 4), 1),
        (date(2026, 10, 3), date(2026, 10, 4), 0),
        (date(2026, 10, 8), date(2026, 10, 9), 0),
    ],
)
def test_only_days_in_between_are_told(first, last, count):
    assert len(tell_changes(old=PLAIN, new=CALENDAR, first=first, last=last)) == count


def test_changed_hours_come_first():
    new = replace(
        WorkingCalendar(makeup_days={date(2026, 10, 10): "国庆节"}), spans=((time(8), time(0)),)
    )
    assert tell_changes(old=PLAIN, new=new, **WHOLE_YEAR) == [
        "工作时间由 09:00-12:00、14:00-18:00 改为 08:00-24:00",
        "2026-10-10 由休息日改为上班",
    ]


def test_another_name_is_no_change():
    new = WorkingCalendar(holidays=dict.fromkeys(CALENDAR.holidays, "演示"))
    old = WorkingCalendar(holidays=CALENDAR.holidays)
    assert changed_days(old=old, new=new) == []
    assert tell_changes(old=old, new=new, **WHOLE_YEAR) == []
