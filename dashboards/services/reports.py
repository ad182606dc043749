"""Values that departments report: taken row by row, and decided on where they are doubted."""

import math
from bisect import insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import User
from dashboards.enums import ReportResult, ReportStatus, Source
from dashboards.models import Indicator, ReportedValue
from dashboards.selectors.reported import areas_reached, recent_reported
from dashboards.selectors.reporting import NotReportedError
from dashboards.services.desks import note_waiting
from dashboards.services.figures import look_again
from dashboards.services.readings import chart_reports
from dashboards.states.plausibility import RECENT, Doubt, Scale, doubt
from dashboards.states.wire import factor_of, from_wire, to_wire
from governance.lib.errors import ConflictError, NotFoundError
from grids.enums import AreaLevel
from grids.models import Area

BATCH = 1000
AHEAD = timedelta(seconds=60)  # clocks of two departments are never quite the same
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
LARGEST = 1e15  # above it a float no longer tells whole numbers apart
KEPT = ["value", "status", "reason", "received_at", "reporter", "decided_at", "decided_by",
        "earlier"]  # fmt: skip
DOUBTS = {
    "too_low": "低于合理下限 {}",
    "too_high": "高于合理上限 {}",
    "other_magnitude": "与近期中位数 {} 相差十倍以上",
}


@dataclass(frozen=True)
class Observation:
    """A value as it was reported; "" as area means the district, as unit the indicator's own."""

    at: datetime
    value: float
    area_code: str = ""
    unit: str = ""
    is_correction: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of one observation; `row` is what is now kept for its area and instant."""

    result: ReportResult
    row: ReportedValue | None = None
    code: str = ""
    detail: str = ""
    is_history: bool = False


class AlreadyDecidedError(ConflictError):
    code = "not_quarantined"
    detail = "该值不在待核之列，无需核定。"


@transaction.atomic
def report_values(
    *, indicator: Indicator, observations: Sequence[Observation], reporter: User, at: datetime
) -> list[Outcome]:
    """Take a department's observations, each by itself; give what became of each, in order.

    One batch of an indicator at a time: a repeat that arrives meanwhile finds what the first kept.
    """
    if indicator.source != Source.REPORT:
        raise NotReportedError()
    indicator = Indicator.objects.select_for_update(no_key=True).get(pk=indicator.pk)
    desk = _Desk(indicator, reporter, at)
    return desk.take(observations)


@transaction.atomic
def decide_report(*, pk: int, verdict: ReportStatus, decider: User, at: datetime) -> ReportedValue:
    """Accept or reject a value in quarantine; the same decision again changes nothing.

    Raises NotFoundError, and AlreadyDecidedError for a value that is in no quarantine.
    """
    row = ReportedValue.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if row is None:
        raise NotFoundError()
    if row.status == verdict and row.decided_at is not None:
        return row
    if row.status != ReportStatus.QUARANTINED:
        raise AlreadyDecidedError()
    row.status, row.decided_at, row.decided_by = verdict, at, decider
    row.save(update_fields=["status", "decided_at", "decided_by"])
    look_again(pairs=[(row.area_id, row.indicator_id)], at=at)
    note_waiting(indicators=[row.indicator])
    if verdict == ReportStatus.ACCEPTED:
        chart_reports(indicator=row.indicator, rows=[row])
    return row


@transaction.atomic
def drop_reports(*, reporters: Iterable[User], at: datetime) -> int:
    """Delete all that some people have reported, as when the demo goes; count it."""
    rows = ReportedValue.objects.filter(reporter__in=reporters)
    pairs = sorted(set(rows.values_list("area_id", "indicator_id")))
    waiting = rows.filter(status=ReportStatus.QUARANTINED).select_related("indicator")
    note_waiting(indicators=[row.indicator for row in waiting])
    count, _ = rows.delete()
    look_again(pairs=pairs, at=at)
    return count


class _Desk:
    """Takes the observations of one batch, each knowing what came before it."""

    def __init__(self, indicator: Indicator, reporter: User, at: datetime) -> None:
        self._indicator, self._reporter, self._at = indicator, reporter, at
        self._areas = {area.code: area for area in areas_reached(indicator=indicator)}
        self._scale = _scale_of(indicator)
        self._known: dict[tuple[int, datetime], ReportedValue] = {}
        self._recent: dict[int, list[tuple[datetime, float]]] = {}
        self._new: list[ReportedValue] = []
        self._changed: dict[int, ReportedValue] = {}
        self._touched: set[tuple[int, int]] = set()  # pairs of area and indicator to judge anew
        self._is_queue_moved = False  # something came into quarantine or left it

    def take(self, observations: Sequence[Observation]) -> list[Outcome]:
        self._read(observations)
        outcomes = [self._take(observation) for observation in observations]
        ReportedValue.objects.bulk_create(self._new)
        if self._changed:
            ReportedValue.objects.bulk_update(self._changed.values(), KEPT)
        if self._touched:
            look_again(pairs=sorted(self._touched), at=self._at)
        if self._is_queue_moved:
            note_waiting(indicators=[self._indicator])
        kept = [*self._new, *self._changed.values()]
        accepted = [row for row in kept if row.status == ReportStatus.ACCEPTED]
        chart_reports(indicator=self._indicator, rows=accepted)
        return outcomes

    def _read(self, observations: Sequence[Observation]) -> None:
        """Read what is known of the areas and instants of the batch, in two statements."""
        found = {self._area(each.area_code) for each in observations}
        areas = [area.pk for area in found if area is not None]
        instants = {each.at for each in observations}
        rows = ReportedValue.objects.filter(
            area__in=areas, indicator=self._indicator, at__in=instants
        ).select_related("reporter")
        # A decision on one of them may be under way.
        locked = rows.select_for_update(of=("self",), no_key=True)
        self._known = {(row.area_id, row.at): row for row in locked}
        self._recent = recent_reported(indicator=self._indicator, area_ids=areas, count=RECENT)

    def _area(self, code: str) -> Area | None:
        """Find the area; without a code the district that the walls show."""
        return self._areas.get(code or settings.DISTRICT_CODE)

    def _take(self, observation: Observation) -> Outcome:
        area = self._area(observation.area_code)
        factor = factor_of(unit=self._indicator.unit, given=observation.unit)
        if (refusal := self._refusal(observation, area, factor)) is not None:
            return refusal
        assert area is not None and factor is not None  # noqa: S101, PT018  # for the type checker
        value = from_wire(observation.value, factor=factor)
        old = self._known.get((area.pk, observation.at))
        if old is None:
            return self._keep(area, observation.at, value)
        if math.isclose(old.value, value, rel_tol=1e-12):
            return Outcome(ReportResult.UNCHANGED, old)
        if not observation.is_correction:
            kept = to_wire(old.value, unit=self._indicator.unit)
            return refused("differs", f"此时刻已报送 {kept:g}；确需更正请注明 correct。")
        return self._correct(old, value)

    def _refusal(
        self, observation: Observation, area: Area | None, factor: float | None
    ) -> Outcome | None:
        if not abs(observation.value) <= LARGEST:  # "nan" compares with nothing
            return refused("value", "数值须为有限的数。")
        if observation.at > self._at + AHEAD:
            return refused("future", "观测时间在将来。")
        if observation.at < OLDEST:
            return refused("too_old", f"观测时间早于 {OLDEST:%Y} 年。")
        if area is None:
            level = AreaLevel.DISTRICT if len(self._areas) == 1 else AreaLevel.STREET
            return refused("area", f"没有此区域，或该指标不报送到此区域（报送到{level.label}）。")
        if factor is None:
            return refused("unit", f"单位不符，应为 {self._indicator.unit or '（无）'}。")
        return None

    def _keep(self, area: Area, at: datetime, value: float) -> Outcome:
        row = ReportedValue(indicator=self._indicator, area=area, at=at)
        self._new.append(row)
        self._known[area.pk, at] = row
        return self._judge(row, value)

    def _correct(self, row: ReportedValue, value: float) -> Outcome:
        """Replace the value; what stood there before goes on the row's own record."""
        self._touched.add((row.area_id, self._indicator.pk))
        self._is_queue_moved |= row.status == ReportStatus.QUARANTINED
        row.earlier = [*row.earlier, _as_record(row)]
        row.decided_at = row.decided_by = None
        recent = self._recent[row.area_id]
        self._recent[row.area_id] = [seen for seen in recent if seen[0] != row.at]
        if row.pk is not None:
            self._changed[row.pk] = row
        return self._judge(row, value)

    def _judge(self, row: ReportedValue, value: float) -> Outcome:
        """Accept a value or put it in quarantine, in memory."""
        recent = self._recent[row.area_id]
        found = doubt(value=value, scale=self._scale, recent=[seen for _, seen in recent])
        row.value, row.received_at, row.reporter = value, self._at, self._reporter
        row.reason = self._reason(found) if found else ""
        if found is not None:
            row.status, self._is_queue_moved = ReportStatus.QUARANTINED, True
            return Outcome(ReportResult.QUARANTINED, row, found.code, row.reason)
        row.status = ReportStatus.ACCEPTED
        self._touched.add((row.area_id, self._indicator.pk))
        is_history = bool(recent) and row.at < recent[-1][0]
        insort(recent, (row.at, value))
        del recent[:-RECENT]
        return Outcome(ReportResult.ACCEPTED, row, is_history=is_history)

    def _reason(self, found: Doubt) -> str:
        unit = self._indicator.unit
        return DOUBTS[found.code].format(f"{to_wire(found.against, unit=unit):g}{unit}")


def refused(code: str, detail: str) -> Outcome:
    """Say that an observation was not kept, and why."""
    return Outcome(ReportResult.REFUSED, None, code, detail)


def _scale_of(indicator: Indicator) -> Scale:
    step = 10.0**-indicator.precision / (factor_of(unit=indicator.unit, given="") or 1)
    return Scale(indicator.plausible_low, indicator.plausible_high, step)


def _as_record(row: ReportedValue) -> dict[str, object]:
    return {
        "value": row.value,
        "status": row.status,
        "reason": row.reason,
        "reporter": row.reporter.username,
        "received_at": row.received_at.isoformat(),
    }
