"""The reference data of work orders, held in memory until its revision rises."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from functools import cached_property, lru_cache
from typing import NamedTuple

from accounts.models import Department
from governance.lib.reference import reference_revision
from grids.models import Area
from workorders.models import CalendarDay, Category, Channel, Rung, TimeLimit, WorkCalendar
from workorders.selectors.calendar import known_years
from workorders.worktime import WorkingCalendar

Named = dict[int | None, dict[str, str]]


class Names(NamedTuple):
    """Code and name of each thing by id, as rows show them: written once, shared, not changed."""

    channels: Named
    categories: Named
    areas: Named
    departments: Named


@dataclass(frozen=True)
class Reference:
    """Channels, categories, areas and departments by id; limits; rungs in use; the calendar.

    The objects are shared by every request of the process: read them, never change them.
    """

    channels: dict[int, Channel]
    categories: dict[int, Category]
    areas: dict[int, Area]
    departments: dict[int, Department]
    limits: tuple[TimeLimit, ...]
    rungs: tuple[Rung, ...]
    calendar: WorkingCalendar

    @cached_property
    def names(self) -> Names:
        things = (self.channels, self.categories, self.areas, self.departments)
        return Names(*(_named(rows) for rows in things))

    @cached_property
    def categories_by_code(self) -> dict[str, Category]:
        return {row.code: row for row in self.categories.values()}

    @cached_property
    def areas_by_code(self) -> dict[str, Area]:
        return {row.code: row for row in self.areas.values()}

    @cached_property
    def departments_by_code(self) -> dict[str, Department]:
        return {row.code: row for row in self.departments.values()}

    @cached_property
    def _ladders(self) -> dict[tuple[str, int | None], tuple[Rung, ...]]:
        ladders: dict[tuple[str, int | None], tuple[Rung, ...]] = {}
        for rung in self.rungs:
            key = (rung.clock, rung.category_id)
            ladders[key] = (*ladders.get(key, ()), rung)
        return ladders

    def ladder(self, clock: str, category_id: int | None) -> tuple[Rung, ...]:
        """Give the rungs of a clock: the category's own, else its parent's, else the common."""
        category = self.category(category_id)
        for owner in (category_id, category.parent_id if category else None, None):
            if rungs := self._ladders.get((clock, owner)):
                return rungs
        return ()

    def channel(self, channel_id: int) -> Channel | None:
        return self.channels.get(channel_id)

    def channel_named(self, code: str) -> Channel | None:
        return next((row for row in self.channels.values() if row.code == code), None)

    def category(self, category_id: int | None) -> Category | None:
        return self.categories.get(category_id) if category_id else None

    def area(self, area_id: int | None) -> Area | None:
        return self.areas.get(area_id) if area_id else None

    def department(self, department_id: int | None) -> Department | None:
        return self.departments.get(department_id) if department_id else None


def _named(rows: Mapping[int, Area | Category | Channel | Department]) -> Named:
    return {pk: {"code": row.code, "name": row.name} for pk, row in rows.items()}


def reference() -> Reference:
    """Give the reference data as of now; one small query unless something changed."""
    return _reference(reference_revision())


@lru_cache(maxsize=4)
def _reference(revision: int) -> Reference:
    departments = {department.pk: department for department in Department.objects.all()}
    return Reference(
        channels={channel.pk: channel for channel in Channel.objects.all()},
        categories={category.pk: category for category in Category.objects.order_by("code")},
        areas=_linked_areas(departments),
        departments=departments,
        limits=tuple(TimeLimit.objects.select_related("category", "channel")),
        rungs=tuple(Rung.objects.filter(is_active=True).order_by("pk")),
        calendar=_calendar(),
    )


def _linked_areas(departments: dict[int, Department]) -> dict[int, Area]:
    """Read the areas with their parents and centres at hand, so that walking up asks nothing."""
    areas = {area.pk: area for area in Area.objects.all()}
    for area in areas.values():
        if area.parent_id:
            area.parent = areas[area.parent_id]
        if area.centre_id:
            area.centre = departments[area.centre_id]
    return areas


def _calendar() -> WorkingCalendar:
    row = WorkCalendar.objects.order_by("pk").first() or WorkCalendar()
    days = list(CalendarDay.objects.values_list("day", "is_working", "name"))
    return WorkingCalendar(
        spans=(
            (_time(row.morning_from), _time(row.morning_to)),
            (_time(row.afternoon_from), _time(row.afternoon_to)),
        ),
        holidays={day: name for day, is_working, name in days if not is_working},
        makeup_days={day: name for day, is_working, name in days if is_working},
        known_years=known_years(day for day, *_ in days),
    )


def _time(value: time | str) -> time:
    return time.fromisoformat(value) if isinstance(value, str) else value
