"""Tell in Chinese what one calendar says otherwise than another."""

from collections.abc import Sequence
from datetime import date, timedelta

from workorders.worktime.calendar import WorkingCalendar

_ONE_DAY = timedelta(days=1)


def changed_days(*, old: WorkingCalendar, new: WorkingCalendar) -> list[date]:
    """List the days that are worked in one calendar and not in the other."""
    named = {*old.holidays, *old.makeup_days, *new.holidays, *new.makeup_days}
    return sorted(day for day in named if old.is_working_day(day) != new.is_working_day(day))


def tell_changes(
    *, old: WorkingCalendar, new: WorkingCalendar, first: date, last: date
) -> list[str]:
    """Return what changed between two days, such as "2026-10-10 由休息日改为上班".

    Neighbouring days that changed alike share an entry.
    """
    told = []
    if old.spans != new.spans:
        told.append(f"工作时间由 {old.hours_label} 改为 {new.hours_label}")
    days = [day for day in changed_days(old=old, new=new) if first <= day <= last]
    for stretch in _stretches(days, new):
        label = f"{stretch[0]}" if len(stretch) == 1 else f"{stretch[0]} 至 {stretch[-1]}"
        is_worked = new.is_working_day(stretch[0])
        told.append(f"{label} {'由休息日改为上班' if is_worked else '由上班改为休息'}")
    return told


def _stretches(days: Sequence[date], calendar: WorkingCalendar) -> list[list[date]]:
    """Put neighbouring days that changed alike together."""
    stretches: list[list[date]] = []
    for day in days:
        before = stretches[-1][-1] if stretches else None
        is_next = before is not None and before + _ONE_DAY == day
        if is_next and calendar.is_working_day(stretches[-1][-1]) == calendar.is_working_day(day):
            stretches[-1].append(day)
        else:
            stretches.append([day])
    return stretches
