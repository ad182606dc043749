"""Reads of patrols: what is to be visited on a day, what was, and how much of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from accounts.enums import Right
from governance.lib.days import start_of
from grids.models import Area, CheckIn, PatrolPoint
from grids.selectors.scopes import Scope, beneath

# Somebody this near to a point is at it (metres).
CIRCLE_M = 30.0
# Sooner than this after a visit is the same visit.
APART = timedelta(minutes=30)


@dataclass(frozen=True)
class Round:
    """A point on a day: how often it is to be visited, and the instants of its visits."""

    point: PatrolPoint
    planned: int
    visits: tuple[datetime, ...]

    @property
    def done(self) -> int:
        return min(len(self.visits), self.planned)


@dataclass(frozen=True)
class Coverage:
    """How much of a day's plan is done in an area; `done` counts no point beyond its plan."""

    area: Area
    points: int
    planned: int
    done: int

    @property
    def share(self) -> float | None:
        """The share that is done, 0 to 1; None where nothing is planned."""
        return self.done / self.planned if self.planned else None


def visits(instants: Iterable[datetime]) -> tuple[datetime, ...]:
    """Keep the visits of all check-ins: one within half an hour of the last is the same."""
    kept: list[datetime] = []
    for instant in sorted(instants):
        if not kept or instant - kept[-1] >= APART:
            kept.append(instant)
    return tuple(kept)


def rounds_of(*, grids: Sequence[int], day: date) -> list[Round]:
    """List the points that are planned in some grids on a day, grid by grid, with their visits."""
    planned = _planned(PatrolPoint.objects.filter(area__in=grids), day)
    points = PatrolPoint.objects.filter(pk__in=planned).select_related("area")
    points = points.order_by("area__code", "code")
    seen = _visits(planned, day)
    return [Round(point, planned[point.pk], seen.get(point.pk, ())) for point in points]


def _planned(points: QuerySet[PatrolPoint], day: date) -> dict[int, int]:
    """Count by point how often the plans want it visited on a day."""
    in_force = Q(plans__ends_on=None) | Q(plans__ends_on__gte=day)
    asked = points.filter(
        in_force,
        is_active=True,
        plans__starts_on__lte=day,
        plans__weekdays__contains=[day.isoweekday()],
    )
    planned: dict[int, int] = defaultdict(int)
    for pk, times in asked.values_list("pk", "plans__times"):
        planned[pk] += times
    return planned


def _visits(points: Mapping[int, int], day: date) -> dict[int, tuple[datetime, ...]]:
    began = start_of(day)
    rows = CheckIn.objects.filter(
        point__in=list(points), at__gte=began, at__lt=began + timedelta(days=1)
    )
    instants: dict[int, list[datetime]] = defaultdict(list)
    for pk, at in rows.values_list("point_id", "at"):
        instants[pk].append(at)
    return {pk: visits(found) for pk, found in instants.items()}


def coverage_of(*, scope: Scope, day: date) -> list[Coverage]:
    """Say how much of a day's plan is done, by grid, in the areas whose orders one may see."""
    grids = Area.objects.filter(
        beneath(scope, Right.VIEW_ORDERS), patrol_points__isnull=False
    ).distinct()
    by_grid: dict[int, list[Round]] = defaultdict(list)
    for one in rounds_of(grids=[grid.pk for grid in grids], day=day):
        by_grid[one.point.area_id].append(one)
    return [_coverage(grid, by_grid[grid.pk]) for grid in grids.order_by("code")]


def _coverage(grid: Area, rounds: Sequence[Round]) -> Coverage:
    planned, done = sum(one.planned for one in rounds), sum(one.done for one in rounds)
    return Coverage(grid, len(rounds), planned, done)
