"""Who may report for an indicator, and who may read what was reported."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet

from accounts.enums import Right
from dashboards.enums import FeedState, ReportStatus, Source
from dashboards.models import Indicator, ReportedValue
from dashboards.selectors.reported import areas_reached, newest_reported
from dashboards.states import missing_at
from governance.lib.errors import ConflictError, NotFoundError
from grids.models import Area
from grids.selectors import Scope, place_of


class NotReportedError(ConflictError):
    """The indicator's value comes from elsewhere; nobody reports it."""

    code = "not_reported"
    detail = "该指标由系统计算，不接受报送。"


def indicator_to_report(*, code: str, scope: Scope) -> Indicator:
    """Find an indicator of one's own department.

    Raises NotFoundError for one that is unknown or another department's, NotReportedError for one
    that the system computes itself.
    """
    indicator = _active(code)
    if indicator is None or not answers_for(indicator=indicator, scope=scope):
        raise NotFoundError()
    if indicator.source != Source.REPORT:
        raise NotReportedError(fields={"code": [NotReportedError.detail]})
    return indicator


def indicator_to_read(*, code: str, scope: Scope) -> tuple[Indicator, list[Area]]:
    """Find an indicator with the areas of which one may read what was reported.

    Its owner's people read all of it, leaders what lies at or beneath the areas of their walls.
    """
    indicator = _active(code)
    if indicator is None:
        raise NotFoundError()
    areas: Collection[Area] = areas_reached(indicator=indicator)
    if not answers_for(indicator=indicator, scope=scope):
        areas = [area for area in areas if scope.covers_place(Right.VIEW_WALL, place_of(area))]
    if not areas:
        raise NotFoundError()
    if indicator.source != Source.REPORT:
        raise NotReportedError(fields={"code": [NotReportedError.detail]})
    return indicator, list(areas)


@dataclass(frozen=True)
class FeedLine:
    """What a department owes for one indicator: its newest value, and whether more is due."""

    indicator: Indicator
    value: float | None
    at: datetime | None
    state: FeedState
    quarantined: int


def feeds_of(*, scope: Scope, at: datetime) -> list[FeedLine]:
    """List what one's departments report, in the order of display, in three statements."""
    rows = list(_owned(scope).order_by("position", "code"))
    newest: dict[int, tuple[datetime, float]] = {}
    for (pk, _), (value, seen) in newest_reported(indicator_ids=[row.pk for row in rows]).items():
        newest[pk] = max(newest.get(pk, (seen, value)), (seen, value))
    waiting = quarantined(indicators=rows).order_by().values_list("indicator")
    counts = dict(waiting.annotate(Count("pk")))
    return [
        FeedLine(
            indicator=row,
            value=newest[row.pk][1] if row.pk in newest else None,
            at=newest[row.pk][0] if row.pk in newest else None,
            state=_feed_state(row, newest[row.pk][0] if row.pk in newest else None, at),
            quarantined=counts.get(row.pk, 0),
        )
        for row in rows
    ]


def quarantined(*, indicators: Iterable[Indicator]) -> QuerySet[ReportedValue]:
    """Select what waits for a decision, the newest arrivals first."""
    rows = ReportedValue.objects.filter(
        status=ReportStatus.QUARANTINED, indicator__in=list(indicators)
    )
    return rows.select_related("indicator", "area", "reporter").order_by("-received_at", "-pk")


def reports_anything(*, scope: Scope) -> bool:
    """Tell whether the right to report is held on any department."""
    return scope.has_anywhere(Right.REPORT_VALUES)


def _owned(scope: Scope) -> QuerySet[Indicator]:
    rows = Indicator.objects.filter(source=Source.REPORT, is_active=True).select_related("owner")
    if scope.sees_everything:
        return rows
    return rows.filter(owner__in=scope.departments.get(Right.REPORT_VALUES, frozenset()))


def _feed_state(row: Indicator, seen: datetime | None, at: datetime) -> FeedState:
    """Judge by the age of the newest value: in time, due, or missing on the wall."""
    interval = timedelta(seconds=row.interval_seconds) if row.interval_seconds else None
    if seen is None:
        return FeedState.MISSING
    missing = missing_at(observed_at=seen, interval=interval)
    if missing is not None and missing <= at:
        return FeedState.MISSING
    return FeedState.DUE if interval is not None and seen + interval < at else FeedState.IN_TIME


def answers_for(*, indicator: Indicator, scope: Scope) -> bool:
    """Tell whether the right to report is held on the indicator's owner."""
    held = scope.departments.get(Right.REPORT_VALUES, frozenset())
    return scope.sees_everything or indicator.owner_id in held


def _active(code: str) -> Indicator | None:
    return Indicator.objects.filter(code=code, is_active=True).select_related("owner").first()
