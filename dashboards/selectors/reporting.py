"""Who may report for an indicator, and who may read what was reported."""

from collections.abc import Collection

from accounts.enums import Right
from dashboards.enums import Source
from dashboards.models import Indicator
from dashboards.selectors.reported import areas_reached
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


def answers_for(*, indicator: Indicator, scope: Scope) -> bool:
    """Tell whether the right to report is held on the indicator's owner."""
    held = scope.departments.get(Right.REPORT_VALUES, frozenset())
    return scope.sees_everything or indicator.owner_id in held


def _active(code: str) -> Indicator | None:
    return Indicator.objects.filter(code=code, is_active=True).select_related("owner").first()
