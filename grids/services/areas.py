"""Load boundaries: a new version, areas created or changed, older boundaries closed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, cast

import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import connection, transaction
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from accounts.models import User
from governance.lib.errors import ConflictError
from grids.enums import AreaLevel, Crs
from grids.geometry import CoverageReport, DefectKind, NamedArea, check_coverage, check_nesting
from grids.models import Area, Boundary, BoundaryVersion
from grids.selectors import subtree_ids
from grids.services.area_files import AreaFileError, AreaRow

# Any number: loads of boundaries take this lock one after another.
LOAD_LOCK = 7_201_504


class BrokenCoverageError(ConflictError):
    """The areas overlap, leave gaps or are invalid; `plan.report` lists every fault."""

    code = "broken_coverage"

    def __init__(self, plan: "LoadPlan") -> None:
        self.plan = plan
        message = _("覆盖有 %d 处缺陷，未载入。") % len(plan.report.defects)
        super().__init__(message, extra={"report": plan.report.as_dict()})


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """What a load does: faults found, and the codes it creates, changes, leaves or closes.

    `skipped` are left out for their faults; `bare_parents` would have no area beneath them.
    """

    report: CoverageReport
    created: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    closed: tuple[str, ...]
    skipped: tuple[str, ...]
    bare_parents: tuple[str, ...]
    version_id: int | None = None

    @property
    def is_loaded(self) -> bool:
        """Say whether the plan was carried out and wrote a version."""
        return self.version_id is not None

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as plain JSON-ready values."""
        own = {name: value for name, value in asdict(self).items() if name != "report"}
        return {**self.report.as_dict(), **own}


@transaction.atomic
def load_areas(
    *,
    rows: Sequence[AreaRow],
    level: AreaLevel,
    source: str,
    crs: Crs,
    at: datetime,
    keep_good: bool = False,
    loaded_by: User | None = None,
    note: str = "",
) -> LoadPlan:
    """Load the areas of one level as a new boundary version, or nothing at all.

    Areas under the same parents that the rows no longer hold are closed with all beneath them.
    With `keep_good` the faulty areas are left out and nothing is closed; else a fault raises
    BrokenCoverageError. Rows equal to what is in force make no version.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOAD_LOCK])
    plan = plan_load(rows=rows, level=level, keep_good=keep_good)
    if plan.report.defects and not keep_good:
        raise BrokenCoverageError(plan)
    if not (plan.created or plan.changed or plan.closed):
        return plan
    version = BoundaryVersion.objects.create(
        level=level, loaded_at=at, source=source[:200], crs=crs, note=note, loaded_by=loaded_by
    )
    touched = {*plan.created, *plan.changed}
    _close(plan, at)
    _write([row for row in rows if row.code in touched], level, version)
    return replace(plan, version_id=version.pk)


def plan_load(*, rows: Sequence[AreaRow], level: AreaLevel, keep_good: bool = False) -> LoadPlan:
    """Check the rows and say what loading them would do; writes nothing.

    Raises AreaFileError for parents that are unknown and codes that another level holds.
    """
    parents = _parents(rows, level)
    _refuse_codes_of_other_levels(rows, level)
    report = _checked(rows, _shapes(parents))
    bad = _bad_codes(report) if keep_good else set()
    good = [row for row in rows if row.code not in bad]
    same = _unchanged_codes(good)
    known = set(
        Area.objects.filter(code__in=[row.code for row in good]).values_list("code", flat=True)
    )
    return LoadPlan(
        report=report,
        created=_codes(row for row in good if row.code not in known),
        changed=_codes(row for row in good if row.code in known - same),
        unchanged=tuple(sorted(same)),
        closed=() if keep_good else _codes_to_close(rows, level, parents.values()),
        skipped=tuple(sorted(bad)),
        bare_parents=_bare_parents(level, parents),
    )


def _codes(rows: Iterable[AreaRow]) -> tuple[str, ...]:
    return tuple(sorted({row.code for row in rows}))


def _parents(rows: Sequence[AreaRow], level: AreaLevel) -> dict[str, Area]:
    """Map the parents that the rows name to their areas of the level above."""
    if level == AreaLevel.DISTRICT:
        return {}
    wanted = {row.parent for row in rows}
    found = Area.objects.filter(code__in=wanted, level=level - 1, is_active=True)
    parents = {area.code: area for area in found}
    above = AreaLevel(level - 1).label
    problems = {
        _("第 %(number)d 个要素 %(code)s") % {"number": row.feature, "code": row.code}: [
            _("没有上级“%(parent)s”（%(level)s）") % {"parent": row.parent, "level": above}
        ]
        for row in rows
        if row.parent not in parents
    }
    _refuse(problems)
    return parents


def _refuse_codes_of_other_levels(rows: Sequence[AreaRow], level: AreaLevel) -> None:
    codes = [row.code for row in rows]
    taken = Area.objects.filter(code__in=codes).exclude(level=level)
    _refuse(
        {
            area.code: [
                _("编码已用于%(level)s“%(name)s”")
                % {"level": area.get_level_display(), "name": area.name}
            ]
            for area in taken
        }
    )


def _refuse(problems: Mapping[str, list[str]]) -> None:
    if problems:
        lines = [f"{where}：{what[0]}" for where, what in problems.items()]
        shown = "\n".join(lines[:20])
        raise AreaFileError(shown, fields=problems)


def _shapes(parents: Mapping[str, Area]) -> dict[str, NamedArea]:
    current = Boundary.objects.filter(
        area__in=list(parents.values()), valid_to__isnull=True
    ).select_related("area")
    shapes = {row.area.code: NamedArea(row.area.code, _plain(row.geometry)) for row in current}
    _refuse(
        {
            code: [_("上级“%s”还没有边界，请先载入上级") % parents[code].name]
            for code in set(parents) - set(shapes)
        }
    )
    return shapes


def _checked(rows: Sequence[AreaRow], parents: Mapping[str, NamedArea]) -> CoverageReport:
    areas = [row.named for row in rows]
    return check_nesting(areas, parents) if parents else check_coverage(areas)


def _bad_codes(report: CoverageReport) -> set[str]:
    """Return the areas at fault: neighbours of a gap are not, nor is a parent stuck out of."""
    bad: set[str] = set()
    for defect in report.defects:
        if defect.kind is DefectKind.OUTSIDE:
            bad.add(defect.codes[0])
        elif defect.kind is not DefectKind.GAP:
            bad.update(defect.codes)
    return bad


def _unchanged_codes(rows: Sequence[AreaRow]) -> set[str]:
    wanted = {row.code: row for row in rows}
    current = Boundary.objects.filter(
        area__code__in=wanted, area__is_active=True, valid_to__isnull=True
    ).select_related("area__parent")
    return {row.area.code for row in current if _is_same(row, wanted[row.area.code])}


def _is_same(boundary: Boundary, row: AreaRow) -> bool:
    area = boundary.area
    known = (area.name, area.kind, area.parent.code if area.parent else "")
    is_named_so = known == (row.name, row.kind, row.parent)
    return is_named_so and _plain(boundary.geometry).equals_exact(_multi(row.geometry), 0.0)


def _codes_to_close(
    rows: Sequence[AreaRow], level: AreaLevel, parents: Iterable[Area]
) -> tuple[str, ...]:
    gone = Area.objects.filter(level=level, parent__in=list(parents), is_active=True).exclude(
        code__in=[row.code for row in rows]
    )
    ids = [pk for area in gone for pk in subtree_ids(area)]
    codes = Area.objects.filter(pk__in=ids, is_active=True).values_list("code", flat=True)
    return tuple(sorted(codes))


def _bare_parents(level: AreaLevel, parents: Mapping[str, Area]) -> tuple[str, ...]:
    others = Area.objects.filter(level=level - 1, is_active=True).exclude(code__in=parents)
    bare = others.exclude(children__is_active=True)
    return tuple(bare.order_by("code").values_list("code", flat=True))


def _close(plan: LoadPlan, at: datetime) -> None:
    old = Boundary.objects.filter(
        area__code__in=[*plan.changed, *plan.closed], valid_to__isnull=True
    )
    if old.filter(valid_from__gte=at).exists():
        raise ConflictError(_("已有同时或更晚生效的边界。"), code="newer_boundary")
    old.update(valid_to=at)
    Area.objects.filter(code__in=plan.closed).update(is_active=False)


def _write(rows: Sequence[AreaRow], level: AreaLevel, version: BoundaryVersion) -> None:
    parents = _parents(rows, level)
    areas = [
        Area(
            code=row.code,
            name=row.name,
            kind=row.kind,
            level=level,
            parent=parents.get(row.parent),
            is_active=True,
        )
        for row in rows
    ]
    Area.objects.bulk_create(
        areas,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "kind", "parent", "is_active"],
    )
    by_code = Area.objects.in_bulk([row.code for row in rows], field_name="code")
    Boundary.objects.bulk_create(
        Boundary(
            area=by_code[row.code],
            version=version,
            geometry=_stored(row.geometry),
            valid_from=version.loaded_at,
        )
        for row in rows
    )


def _stored(shape: BaseGeometry) -> MultiPolygon:
    stored = GEOSGeometry(memoryview(shapely.to_wkb(_multi(shape))), srid=4326)
    return cast(MultiPolygon, stored)


def _multi(shape: BaseGeometry) -> shapely.MultiPolygon:
    return shapely.MultiPolygon(list(shapely.get_parts(shape)))


def _plain(geometry: MultiPolygon) -> BaseGeometry:
    return cast(BaseGeometry, shapely.from_wkb(bytes(geometry.wkb)))
