"""Cross-checks and their findings, as their readers may see them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from datahub.columns import Column
from datahub.columns.masking import mask
from datahub.enums import FindingState
from datahub.models import CheckRun, CrossCheck, Finding, Resource
from datahub.querysets import Reader
from datahub.selectors.definitions import BadDefinitionError, Definition, definition_of
from datahub.selectors.rows import RowsPage, read_rows, revealing_query, rows_query
from governance.lib.errors import ForbiddenError, NotFoundError
from grids.enums import AreaLevel
from grids.models import Area
from grids.selectors.outlines import label_points

LEVELS = ("grid", "community", "street", "district")
POINTS = 3000  # on one map
S = FindingState


@dataclass(frozen=True)
class Told:
    """How findings of one check may be shown: which column masks the key, which the label."""

    key: Column | None
    label: Column | None

    def key_of(self, finding: Finding) -> str:
        return mask(self.key, finding.key) or "" if self.key else "***"

    def label_of(self, finding: Finding) -> str:
        return mask(self.label, finding.label) or "" if self.label else ""


@dataclass(frozen=True)
class ShownRows:
    """The rows of one side that a finding came from."""

    position: int
    resource: Resource
    page: RowsPage


@dataclass(frozen=True)
class Shown:
    finding: Finding
    key: str
    label: str
    sides: tuple[ShownRows, ...]


@dataclass(frozen=True)
class CheckStanding:
    """A check with what its reader may see of its findings."""

    check: CrossCheck
    counts: Mapping[str, int]
    last_run: CheckRun | None

    @property
    def open(self) -> int:
        return self.counts.get(S.OPEN, 0)

    @property
    def ordered(self) -> int:
        return self.counts.get(S.ORDERED, 0)


def find_checks(*, reader: Reader) -> QuerySet[CrossCheck]:
    """Find the checks in use of whose every resource the reader may read the rows."""
    found: QuerySet[CrossCheck] = CrossCheck.objects.visible_to(reader).filter(is_active=True)
    return found


def check_for(*, code: str, reader: Reader) -> CrossCheck:
    """Find one check; raise NotFoundError where the reader may not read all of its resources."""
    found = find_checks(reader=reader).filter(code=code).first()
    if found is None:
        raise NotFoundError()
    return found


def standings_of_checks(*, reader: Reader) -> list[CheckStanding]:
    """Give the checks with the numbers of findings that the reader may see, in three queries."""
    checks = list(find_checks(reader=reader).order_by("name", "id"))
    visible = Finding.objects.visible_to(reader).filter(cross_check__in=checks)
    counts: dict[int, Counter[str]] = {check.pk: Counter() for check in checks}
    rows = visible.order_by().values_list("cross_check", "state").annotate(Count("id"))
    for check, state, count in rows:
        counts[check][state] = count
    runs = CheckRun.objects.filter(cross_check__in=checks)
    newest = runs.order_by("cross_check", "-id").distinct("cross_check")
    last = {run.cross_check_id: run for run in newest}
    return [CheckStanding(one, counts[one.pk], last.get(one.pk)) for one in checks]


def runs_of(check: CrossCheck, *, limit: int = 5) -> list[CheckRun]:
    return list(check.runs.order_by("-id")[:limit])


def findings_of(*, check: CrossCheck, reader: Reader) -> QuerySet[Finding]:
    """Find what the reader may see of a check's findings."""
    found: QuerySet[Finding] = Finding.objects.visible_to(reader).filter(cross_check=check)
    return found.select_related(*LEVELS, "cross_check", "dismissed_by")


def finding_for(*, code: str, pk: int, reader: Reader) -> Finding:
    """Find one finding; raise NotFoundError for people whom it does not concern."""
    check = check_for(code=code, reader=reader)
    found = findings_of(check=check, reader=reader).filter(pk=pk).first()
    if found is None:
        raise NotFoundError()
    return found


def told(check: CrossCheck) -> Told:
    """Tell how findings are masked; of a check that fits its schemas no longer, wholly."""
    try:
        definition = definition_of(check)
    except BadDefinitionError:
        return Told(None, None)
    return Told(definition.key, definition.label)


def is_searchable(check: CrossCheck) -> bool:
    """Tell whether findings may be searched: where a key is personal, an answer would tell."""
    names = told(check)
    return names.key is not None and not any(
        column.is_personal for column in (names.key, names.label) if column
    )


def decides(*, finding: Finding, reader: Reader) -> bool:
    """Tell whether the reader may dismiss a finding: for its area or for one of its owners."""
    if reader.sees_everything:
        return True
    area_ids = {getattr(finding, f"{level}_id") for level in LEVELS}
    if area_ids & reader.deciding_areas:
        return True
    owners = finding.cross_check.sides.values_list("resource__department", flat=True)
    return bool(set(owners) & reader.personal_departments)


def show_finding(*, finding: Finding, reader: Reader, is_masked: bool = True) -> Shown:
    """Read the rows that a finding came from; raise ForbiddenError where they may not be seen."""
    column = told(finding.cross_check)
    sides = tuple(_sides(finding, reader, is_masked))
    if is_masked:
        return Shown(finding, column.key_of(finding), column.label_of(finding), sides)
    return Shown(finding, finding.key, finding.label, sides)


def _sides(finding: Finding, reader: Reader, is_masked: bool) -> Iterable[ShownRows]:
    query = rows_query if is_masked else revealing_query
    try:
        definition = definition_of(finding.cross_check)
    except BadDefinitionError as error:
        if not is_masked:
            raise ForbiddenError("比对规则与现有数据结构不符，不能查看原值。") from error
        return
    for side in definition.sides:
        # Also of a side without rows: who is unmasked concerns all of them.
        asked = query(resource=side.resource, reader=reader, given={})
        ids = finding.rows.get(str(side.position), [])
        yield ShownRows(side.position, side.resource, read_rows(asked, ids=ids, size=len(ids) or 1))


def may_reveal(*, finding: Finding, reader: Reader) -> bool:
    """Tell whether the reader may see personal data of every resource of the check."""
    try:
        definition: Definition = definition_of(finding.cross_check)
    except BadDefinitionError:
        return False
    is_personal = any(c.is_personal for side in definition.sides for c in side.columns.values())
    return is_personal and all(reader.reads_personal(side.resource) for side in definition.sides)


def area_of(finding: Finding) -> Area | None:
    """Give the narrowest area that a finding is known to lie in."""
    return finding.grid or finding.community or finding.street or finding.district


def in_area(found: QuerySet[Finding], area: Area) -> QuerySet[Finding]:
    """Keep the findings at or beneath an area."""
    level = AreaLevel(area.level).name.lower()
    return found.filter(**{f"{level}_id": area.pk})


def map_of(found: QuerySet[Finding], names: Told) -> dict[str, Any]:
    """Draw findings as GeoJSON: those with a point each, the others counted by area."""
    pointed = found.filter(lon__isnull=False).order_by("-first_seen_at", "-id")[:POINTS]
    features = [_point(one, names) for one in pointed]
    return {"type": "FeatureCollection", "features": [*features, *_by_area(found)]}


def _point(one: Finding, names: Told) -> dict[str, Any]:
    properties = {
        "id": one.pk, "name": names.label_of(one) or names.key_of(one), "count": 1,
        "state": one.state,
    }  # fmt: skip
    return _feature(one.lon, one.lat, properties)


def _by_area(found: QuerySet[Finding]) -> Iterable[dict[str, Any]]:
    rows = found.filter(lon__isnull=True, street__isnull=False).order_by()
    counts: Counter[int] = Counter()
    for street, community, grid, count in rows.values_list("street", "community", "grid").annotate(
        Count("id")
    ):
        counts[grid or community or street] += count
    points = label_points(area_ids=list(counts))
    for area in Area.objects.filter(pk__in=points).order_by("code"):
        properties = {"area": area.code, "name": area.name, "count": counts[area.pk]}
        yield _feature(*points[area.pk], properties)


def _feature(lon: float | None, lat: float | None, properties: dict[str, Any]) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": point, "properties": properties}


def matching_text(found: QuerySet[Finding], text: str) -> QuerySet[Finding]:
    return found.filter(Q(key__icontains=text) | Q(label__icontains=text))
