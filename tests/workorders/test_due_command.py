"""`manage.py due` answers by the calendar in the database, and refuses in one line."""

from datetime import date, time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from workorders.models import WorkCalendar
from workorders.services import change_calendar


@pytest.fixture
def calendar(db):
    call_command("load_calendar", "2025", "2026", stdout=StringIO())


def ask(*arguments):
    """Run the command and give what it prints."""
    out = StringIO()
    call_command("due", *arguments, stdout=out)
    return out.getvalue().splitlines()


def refusal(*arguments):
    """Run the command and give the line it refuses with."""
    with pytest.raises(CommandError) as refused:
        call_command("due", *arguments, stdout=StringIO())
    assert refused.value.returncode == 1
    return str(refused.value)


@pytest.mark.parametrize(
    ("limit", "start", "expected"),
    [
        ("1 working day", "2026-09-30T16:00", "2026-10-08T16:00:00+08:00"),
        ("3 working days", "2026-09-30T16:00", "2026-10-10T16:00:00+08:00"),
        ("15 minutes", "2026-09-30T23:50", "2026-10-01T00:05:00+08:00"),
        ("2 hours", "2026-10-03T22:30:15", "2026-10-04T00:30:15+08:00"),
        ("30 working minutes", "2026-11-02 17:59", "2026-11-03T09:29:00+08:00"),
        ("4 working hours", "2025-01-25T09:00", "2025-01-26T15:00:00+08:00"),
        ("60 natural days", "2026-02-27T16:00", "2026-04-28T16:00:00+08:00"),
        # 24:00 of a day is the first instant of the next one.
        ("1 natural day to end of day", "2026-09-30T16:00", "2026-10-02T00:00:00+08:00"),
        ("3 working days to end of day", "2026-09-30T16:00", "2026-10-10T18:00:00+08:00"),
        ("3个工作日", "2026-09-30T16:00", "2026-10-10T16:00:00+08:00"),
        # A time with an offset is that instant.
        ("3 working days", "2026-09-30T08:00Z", "2026-10-10T16:00:00+08:00"),
        ("3 working days", "2026-09-30T10:00+02:00", "2026-10-10T16:00:00+08:00"),
    ],
)
def test_first_line_is_the_due_instant(calendar, limit, start, expected):
    assert ask(limit, start)[0] == expected


def test_explanation_follows_with_every_pause(calendar):
    lines = ask(
        "3 working days", "2026-09-30T16:00",
        "--pause", "2026-10-09T10:00", "2026-10-09T20:00",
        "--pause", "2026-10-02T10:00", "2026-10-03T10:00",
    )  # fmt: skip
    assert lines == [
        "2026-10-12T15:00:00+08:00",
        "时限：3个工作日，只计工作时间（09:00-12:00、14:00-18:00，每天7小时）",
        "起算：2026-09-30（周三）16:00",
        "2026-09-30（周三）：工作日，计2小时，累计2小时",
        "2026-10-01（周四）至2026-10-07（周三）：国庆节，不计",
        "2026-10-08（周四）：工作日，计7小时，累计9小时",
        "2026-10-09（周五）：工作日，计1小时，累计10小时",
        "2026-10-10（周六）：调休上班（国庆节），计7小时，累计17小时",
        "2026-10-11（周日）：周末，不计",
        "2026-10-12（周一）：工作日，计4小时，累计21小时",
        "暂停：2026-10-02（周五）10:00至2026-10-03（周六）10:00，不影响时限",
        "暂停：2026-10-09（周五）10:00至2026-10-09（周五）20:00，扣除工作时间6小时",
        "到期：2026-10-12（周一）15:00",
    ]


def test_answer_follows_the_table_in_the_database(calendar):
    change_calendar(days=[(date(2026, 10, 10), False, "演示假日")])
    assert ask("3 working days", "2026-09-30T16:00")[0] == "2026-10-12T16:00:00+08:00"
    WorkCalendar.objects.update(morning_from=time(8), morning_to=time(11))
    assert ask("1 working hour", "2026-11-02T11:30")[0] == "2026-11-02T15:00:00+08:00"


def test_unknown_year_is_said(calendar):
    lines = ask("1 working day", "2026-12-31T16:00")
    assert lines[0] == "2027-01-01T16:00:00+08:00"
    assert "注意：2027年的放假调休安排尚未录入，该年暂只按周末休息计算" in lines


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("3 days", "2026-09-30T16:00"), "not a limit: '3 days'"),
        (("", "2026-09-30T16:00"), "not a limit: ''"),
        (("0 hours", "2026-09-30T16:00"), "limit amount must be a whole number above 0, got 0"),
        (
            ("3 hours", "yesterday"),
            "not a time: 'yesterday' (such as 2026-09-30T16:00)",
        ),
        (
            ("3 hours", "2026-02-30T16:00"),
            "not a time: '2026-02-30T16:00' (such as 2026-09-30T16:00)",
        ),
        (
            ("3 hours", "2026-09-30"),
            "no time of day: '2026-09-30' (such as 2026-09-30T16:00)",
        ),
        (
            (
                "3 hours", "2026-09-30T16:00",
                "--pause", "2026-09-30T18:00", "2026-09-30T17:00",
            ),
            "a pause ends before it starts",
        ),
        (
            ("3 hours", "2026-09-30T16:00", "--pause", "2026-09-30T17:00", "soon"),
            "not a time: 'soon' (such as 2026-09-30T16:00)",
        ),
        (("999999 natural days", "9990-01-01T00:00"), "the limit ends beyond the year 9999"),
    ],
)  # fmt: skip
def test_bad_input_is_one_clear_line(calendar, arguments, line):
    assert refusal(*arguments) == line


@pytest.mark.parametrize("start", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_edges_of_the_calendar_are_refused(calendar, start):
    line = refusal("1 natural day to end of day", start)
    assert line == "a time lies outside the years 1 to 9999"


def test_missing_tables_are_one_line(calendar):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE reference_revision RENAME TO elsewhere")
    line = refusal("3 hours", "2026-09-30T16:00")
    assert line.startswith("the calendar cannot be read: ")
    assert "\n" not in line
