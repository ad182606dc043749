"""Tell in Chinese, day by day, how a due instant came about."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from workorders.worktime.calendar import SECOND, WorkingCalendar
from workorders.worktime.counting import Pause, Run, due, lay
from workorders.worktime.limit import Limit, LimitUnit

_WEEKDAYS = "一二三四五六日"
_ONE_DAY = timedelta(days=1)
# Nobody reads more days than these, and a limit of a million days must not hang who asks.
_LISTED_DAYS = 1100


def explain(
    *, start: datetime, limit: Limit, calendar: WorkingCalendar, pauses: Sequence[Pause] = ()
) -> list[str]:
    """Return Chinese lines that name each day that counts or not, the pauses and the due instant.

    Neighbouring days that are treated alike share a line; more than three years are not listed.
    """
    run = lay(start=start, limit=limit, calendar=calendar, pauses=pauses)
    ends = due(start=start, limit=limit, calendar=calendar, pauses=pauses)
    first, last = calendar.wall(start), calendar.wall(ends)
    return [
        _limit_line(limit, calendar),
        f"起算：{_instant(first)}",
        *_unknown_years(limit, calendar, first.year, last.year),
        *_day_lines(limit, calendar, run, first, last),
        *_pause_lines(limit, calendar, run, pauses),
        f"到期：{_due_instant(limit, last)}",
    ]


def _limit_line(limit: Limit, calendar: WorkingCalendar) -> str:
    if not limit.unit.is_working:
        return f"时限：{limit}，连续计时，夜间、周末和节假日都计入"
    hours = _duration(calendar.working_day_length)
    return f"时限：{limit}，只计工作时间（{calendar.hours_label}，每天{hours}）"


def _unknown_years(limit: Limit, calendar: WorkingCalendar, first: int, last: int) -> Iterator[str]:
    if not limit.unit.is_working:
        return
    years = groupby(range(first, last + 1), key=lambda year: year in calendar.known_years)
    for is_known, group in years:
        unknown = [] if is_known else list(group)
        if len(unknown) == 1:
            yield f"注意：{unknown[0]}年的放假调休安排尚未录入，该年暂只按周末休息计算"
        elif unknown:
            span = f"{unknown[0]}年至{unknown[-1]}年"
            yield f"注意：{span}的放假调休安排尚未录入，这些年暂只按周末休息计算"


def _day_lines(
    limit: Limit, calendar: WorkingCalendar, run: Run, first: datetime, last: datetime
) -> Iterator[str]:
    """Yield a line for each stretch of days that are treated alike."""
    if limit.unit in (LimitUnit.MINUTE, LimitUnit.HOUR):
        return
    if (last - first).days > _LISTED_DAYS:
        yield f"说明：历时{(last - first).days}天，不逐日列出"
        return
    total = 0
    days = ((_treatment(limit, calendar, run, first, day), day) for day in _days(first, last))
    for (reason, counted), group in groupby(days, key=lambda pair: pair[0]):
        alike = [day for _, day in group]
        total += counted * len(alike)
        if not counted:
            yield f"{_days_label(alike)}：{reason}，不计"
        elif len(alike) == 1:
            yield f"{_days_label(alike)}：{reason}，计{_duration(counted)}，累计{_duration(total)}"
        else:
            yield (
                f"{_days_label(alike)}：{reason}，{len(alike)}天，每天计{_duration(counted)}，"
                f"累计{_duration(total)}"
            )


def _days(first: datetime, last: datetime) -> Iterator[date]:
    """Yield the dates from one wall time to another; midnight ends the day before it."""
    day, end = first.date(), (last - timedelta(microseconds=1)).date()
    while day <= end:
        yield day
        day += _ONE_DAY


def _treatment(
    limit: Limit, calendar: WorkingCalendar, run: Run, first: datetime, day: date
) -> tuple[str, int]:
    """Return why a day counts or not, and how many microseconds of it count."""
    midnight = datetime.combine(day, first.time().min)
    begins = max(run.line.place(calendar.utc(midnight)), run.origin)
    ends = min(run.line.place(calendar.utc(midnight + _ONE_DAY)), run.due)
    counted = run.counted(ends) - run.counted(begins) if ends > begins else 0
    reason = _name(limit, calendar, day)
    if counted or (limit.unit.is_working and not calendar.is_working_day(day)):
        return reason, counted
    if limit.to_end_of_day and day == first.date():
        return f"{reason}，起始日", 0
    return f"{reason}，{'暂停' if ends > begins else '已过工作时间'}", 0


def _name(limit: Limit, calendar: WorkingCalendar, day: date) -> str:
    if not limit.unit.is_working:
        return "自然日"
    if day in calendar.holidays:
        return calendar.holidays[day]
    if day in calendar.makeup_days:
        return f"调休上班（{calendar.makeup_days[day]}）"
    return "工作日" if calendar.is_working_day(day) else "周末"


def _pause_lines(
    limit: Limit, calendar: WorkingCalendar, run: Run, pauses: Sequence[Pause]
) -> Iterator[str]:
    """Yield a line for each pause, with the time for which it stops the count.

    Overlapping pauses count once, so each shows what those before it have not stopped already.
    """
    if limit.to_end_of_day and run.due > run.origin + run.length:
        yield "说明：截至当日的时限，因暂停扣除的时间按整天顺延"
    seen = run.origin
    for pause in sorted(pauses, key=lambda pause: (pause.start, pause.end)):
        begins, ends = run.line.place(pause.start), run.line.place(pause.end)
        stopped = max(0, ends - max(begins, seen)) if begins < run.due else 0
        seen = max(seen, ends)
        span = f"{_instant(calendar.wall(pause.start))}至{_instant(calendar.wall(pause.end))}"
        kind = "工作时间" if limit.unit.is_working else ""
        yield f"暂停：{span}，" + (f"扣除{kind}{_duration(stopped)}" if stopped else "不影响时限")


def _due_instant(limit: Limit, last: datetime) -> str:
    if limit.to_end_of_day and last.time() == last.time().min:
        return f"{_day(last.date() - _ONE_DAY)}24:00"
    return _instant(last)


def _days_label(days: Sequence[date]) -> str:
    return _day(days[0]) if len(days) == 1 else f"{_day(days[0])}至{_day(days[-1])}"


def _day(day: date) -> str:
    return f"{day:%Y-%m-%d}（周{_WEEKDAYS[day.weekday()]}）"


def _instant(wall: datetime) -> str:
    return f"{_day(wall.date())}{wall:%H:%M:%S}".removesuffix(":00")


def _duration(length: int) -> str:
    """Return microseconds as hours, minutes and seconds; a shorter rest shows as no seconds."""
    minutes, seconds = divmod(length // SECOND, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "小时"), (minutes, "分钟"), (seconds, "秒"))
    return "".join(f"{amount}{unit}" for amount, unit in parts if amount) or "0秒"
