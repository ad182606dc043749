"""The lines by which a person can follow how a due instant came about."""

import re
from datetime import time
from pathlib import Path

from tests.workorders.legal_time import CALENDAR, at, pause, pauses_of
from workorders.worktime import Limit, WorkingCalendar, due, explain


def test_explanation_names_each_day_and_pause():
    lines = explain(
        start=at("2026-09-30 16:00"),
        limit=Limit.parse("3 working days"),
        calendar=CALENDAR,
        pauses=[
            pause("2026-10-09 10:00", "2026-10-09 20:00"),
            pause("2026-10-02 10:00", "2026-10-03 10:00"),
        ],
    )
    assert lines == [
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


def test_explanation_counts_overlapping_pauses_once_and_late_ones_not():
    lines = explain(
        start=at("2026-11-02 09:00"),
        limit=Limit.parse("3 working hours"),
        calendar=CALENDAR,
        pauses=[
            pause("2026-11-02 17:00", "2026-11-02 18:00"),
            pause("2026-11-02 10:30", "2026-11-02 11:30"),
            pause("2026-11-02 10:00", "2026-11-02 11:00"),
        ],
    )
    assert lines == [
        "时限：3工作小时，只计工作时间（09:00-12:00、14:00-18:00，每天7小时）",
        "起算：2026-11-02（周一）09:00",
        "2026-11-02（周一）：工作日，计3小时，累计3小时",
        "暂停：2026-11-02（周一）10:00至2026-11-02（周一）11:00，扣除工作时间1小时",
        "暂停：2026-11-02（周一）10:30至2026-11-02（周一）11:30，扣除工作时间30分钟",
        "暂停：2026-11-02（周一）17:00至2026-11-02（周一）18:00，不影响时限",
        "到期：2026-11-02（周一）15:30",
    ]


def test_explanation_says_that_a_year_is_unknown():
    lines = explain(
        start=at("2026-12-31 18:30"), limit=Limit.parse("6 working days"), calendar=CALENDAR
    )
    assert lines == [
        "时限：6个工作日，只计工作时间（09:00-12:00、14:00-18:00，每天7小时）",
        "起算：2026-12-31（周四）18:30",
        "注意：2027年的放假调休安排尚未录入，该年暂只按周末休息计算",
        "2026-12-31（周四）：工作日，已过工作时间，不计",
        "2027-01-01（周五）：工作日，计7小时，累计7小时",
        "2027-01-02（周六）至2027-01-03（周日）：周末，不计",
        "2027-01-04（周一）至2027-01-08（周五）：工作日，5天，每天计7小时，累计42小时",
        "到期：2027-01-08（周五）18:00",
    ]


def test_explanation_does_not_list_more_than_three_years():
    lines = explain(
        start=at("2026-12-31 16:00"), limit=Limit.parse("999999 working days"), calendar=CALENDAR
    )
    assert lines == [
        "时限：999999个工作日，只计工作时间（09:00-12:00、14:00-18:00，每天7小时）",
        "起算：2026-12-31（周四）16:00",
        "注意：2027年至5860年的放假调休安排尚未录入，这些年暂只按周末休息计算",
        "说明：历时1399999天，不逐日列出",
        "到期：5860-01-25（周三）16:00",
    ]


def test_explanation_of_a_limit_to_the_end_of_the_day():
    lines = explain(
        start=at("2026-12-30 16:00"),
        limit=Limit.parse("3 natural days to end of day"),
        calendar=CALENDAR,
        pauses=[pause("2027-01-01 00:00", "2027-01-02 06:30")],
    )
    assert lines == [
        "时限：3个自然日（截至当日24时），连续计时，夜间、周末和节假日都计入",
        "起算：2026-12-30（周三）16:00",
        "2026-12-30（周三）：自然日，起始日，不计",
        "2026-12-31（周四）：自然日，计24小时，累计24小时",
        "2027-01-01（周五）：自然日，暂停，不计",
        "2027-01-02（周六）：自然日，计17小时30分钟，累计41小时30分钟",
        "2027-01-03（周日）至2027-01-04（周一）：自然日，2天，每天计24小时，累计89小时30分钟",
        "说明：截至当日的时限，因暂停扣除的时间按整天顺延",
        "暂停：2027-01-01（周五）00:00至2027-01-02（周六）06:30，扣除30小时30分钟",
        "到期：2027-01-04（周一）24:00",
    ]


def test_explanation_of_minutes_round_the_clock_has_no_days():
    lines = explain(
        start=at("2026-10-03 22:30:15"),
        limit=Limit.parse("2 hours"),
        calendar=CALENDAR,
        pauses=[pause("2026-10-03 22:40", "2026-10-03 22:40:30")],
    )
    assert lines == [
        "时限：2小时，连续计时，夜间、周末和节假日都计入",
        "起算：2026-10-03（周六）22:30:15",
        "暂停：2026-10-03（周六）22:40至2026-10-03（周六）22:40:30，扣除30秒",
        "到期：2026-10-04（周日）00:30:45",
    ]


def test_explanation_shows_a_span_to_midnight_as_24_hours():
    calendar = WorkingCalendar(spans=((time(0), time(0)),), known_years={2026})
    lines = explain(
        start=at("2026-11-06 12:00"), limit=Limit.parse("1 working day"), calendar=calendar
    )
    assert lines == [
        "时限：1个工作日，只计工作时间（00:00-24:00，每天24小时）",
        "起算：2026-11-06（周五）12:00",
        "2026-11-06（周五）：工作日，计12小时，累计12小时",
        "2026-11-07（周六）至2026-11-08（周日）：周末，不计",
        "2026-11-09（周一）：工作日，计12小时，累计24小时",
        "到期：2026-11-09（周一）12:00",
    ]


def test_documentation_shows_what_the_code_answers():
    text = (Path(__file__).parents[2] / "docs" / "legal-time.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (2026\S+ \S+) \| (.+?) \| (.*?) ?\| (\S+ \S+) \|$", text, re.MULTILINE)
    cases = [
        {
            "start": at(start),
            "limit": Limit.parse(limit),
            "pauses": pauses_of(pauses, year="2026"),
            "calendar": CALENDAR,
        }
        for start, limit, pauses, _ in rows
    ]
    assert [due(**case) for case in cases] == [at(expected) for *_, expected in rows]
    assert len(rows) == 8
    assert "\n".join(explain(**cases[-1])) in text
