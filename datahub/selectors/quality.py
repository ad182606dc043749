"""How current and how good data is: by resource, by department, and who is reminded of what."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from accounts.models import Department
from datahub.enums import Reach
from datahub.models import Load, OverdueReminder, Resource
from datahub.querysets import Reader
from datahub.selectors.catalogue import find_resources
from datahub.states import (
    DimensionScore,
    Freshness,
    freshness_of,
    read_measures,
    score_dimensions,
    score_of,
    timeliness,
)

OWED = (Freshness.FRESH, Freshness.SOON, Freshness.OVERDUE, Freshness.EMPTY)
CURRENT = (Freshness.FRESH, Freshness.SOON)


@dataclass(frozen=True)
class Standing:
    """One resource: how it stands, what it scores and why."""

    resource: Resource
    freshness: Freshness
    days_late: float
    scores: tuple[DimensionScore, ...]
    score: float | None


@dataclass(frozen=True)
class Board:
    """Several resources together: those of a department, or all that a reader may know of."""

    department: Department | None
    standings: tuple[Standing, ...]

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(one.freshness for one in self.standings)
        return {state.name.lower(): found[state] for state in Freshness}

    @property
    def owed(self) -> int:
        """Count the resources that must be brought up to date."""
        return sum(one.freshness in OWED for one in self.standings)

    @property
    def current(self) -> int:
        return sum(one.freshness in CURRENT for one in self.standings)

    @property
    def current_share(self) -> float | None:
        """Give the share of what is owed that is not overdue, in percent."""
        return 100 * self.current / self.owed if self.owed else None

    @property
    def scored(self) -> int:
        return sum(one.score is not None for one in self.standings)

    @property
    def score(self) -> float | None:
        """Give the mean of the resources that were measured."""
        known = [one.score for one in self.standings if one.score is not None]
        return sum(known) / len(known) if known else None

    @property
    def rows(self) -> int:
        return sum(one.resource.rows for one in self.standings)

    @property
    def days_late(self) -> float:
        return max((one.days_late for one in self.standings), default=0)


def standing_of(resource: Resource, *, at: datetime) -> Standing:
    """Judge one resource at an instant."""
    since, due_at = resource.counted_from, resource.due_at
    freshness = freshness_of(loaded_at=resource.loaded_at, since=since, due_at=due_at, at=at)
    measures = read_measures(resource.measures)
    if measures and since and due_at:
        measures.append(timeliness(since=since, due_at=due_at, at=at))
    scores = tuple(score_dimensions(measures))
    late = max(0.0, (at - due_at).total_seconds() / 86400) if due_at else 0.0
    return Standing(resource, freshness, late, scores, score_of(scores))


def standings_for(
    *, reader: Reader, at: datetime, department: str = "", freshness: str = ""
) -> list[Standing]:
    """Judge the resources in use that a reader may know of, the latest and worst first."""
    found = find_resources(reader=reader).filter(is_active=True, schema__isnull=False)
    if department:
        found = found.filter(department__code=department)
    known = (standing_of(resource, at=at) for resource in found)
    return sorted((one for one in known if freshness in ("", one.freshness)), key=_urgency)


def _urgency(one: Standing) -> tuple[float, float, str]:
    return -one.days_late, 101 if one.score is None else one.score, one.resource.code


def boards_of(standings: Sequence[Standing]) -> list[Board]:
    """Put resources together by department, the department that owes most first."""
    by_department: dict[Department, list[Standing]] = defaultdict(list)
    for one in standings:
        by_department[one.resource.department].append(one)
    boards = [Board(department, tuple(found)) for department, found in by_department.items()]
    return sorted(boards, key=_merit)


def _merit(board: Board) -> tuple[float, float, str]:
    share, score = board.current_share, board.score
    code = board.department.code if board.department else ""
    return 101 if share is None else share, 101 if score is None else score, code


def scores_of_load(load: Load) -> list[DimensionScore]:
    return score_dimensions(read_measures(load.measures))


def reminders_for(*, reader: Reader) -> list[OverdueReminder]:
    """List what a reader is reminded of now: the highest rung of each resource still owed."""
    reached = Q(reach=Reach.LOADERS, resource__department__in=reader.loading_departments)
    reached |= Q(reach=Reach.OWNERS, resource__department__in=reader.departments)
    if reader.administers or reader.sees_everything:
        reached |= Q(reach=Reach.ADMINISTRATORS)
    found = _open_reminders().filter(reached).select_related("resource__department")
    return _highest(found.order_by("due_at", "resource_id", "share"))


def reminders_of(resource: Resource) -> list[OverdueReminder]:
    """List what was reminded of for the due date that holds now, the newest first."""
    return list(_open_reminders().filter(resource=resource).order_by("-share"))


def _open_reminders() -> QuerySet[OverdueReminder]:
    return OverdueReminder.objects.filter(resource__is_active=True, due_at=F("resource__due_at"))


def _highest(reminders: Iterable[OverdueReminder]) -> list[OverdueReminder]:
    return list({one.resource_id: one for one in reminders}.values())
