"""Measuring the quality of what a load has brought, in the transaction that brings it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from datahub.columns import Column, key_of
from datahub.columns.sql import name
from datahub.enums import ColumnType, Dimension, Fault, LoadMode, LoadState, RuleKind
from datahub.models import Load, QualityRule, Resource
from datahub.selectors import columns_of
from datahub.services.tables import SHIFT, scalar, table_of
from datahub.states import Measure, add_measures, read_measures, timeliness, write_measures

D = Dimension
REQUIRED_WEIGHT = 2  # an empty cell of a required column against one of another
NOT_VALUES = {Fault.DUPLICATE.value, Fault.EXISTS.value}
DIMENSIONS = {
    RuleKind.FILLED: D.COMPLETENESS, RuleKind.UNIQUE: D.UNIQUENESS, RuleKind.ORDERED: D.VALIDITY,
    RuleKind.RECENT: D.TIMELINESS, RuleKind.REFERS: D.CONSISTENCY,
}  # fmt: skip
DATED = {ColumnType.DATE, ColumnType.DATETIME}
ADDED_UP = 200  # loads of one resource, at most


def measure_load(*, load: Load, resource: Resource, columns: Sequence[Column]) -> None:
    """Put what a load is worth on `load`, and what the resource is worth now on `resource`.

    A refused load is measured by its faults alone and leaves the resource as it was.
    """
    found = [*_of_faults(load, columns)]
    if resource.due_at and resource.counted_from:
        since = resource.counted_from
        found.append(timeliness(since=since, due_at=resource.due_at, at=load.asked_at))
    if load.state != LoadState.REFUSED:
        found += [*_of_cells(load, resource, columns), *_of_rules(load, resource, columns)]
    load.measures = write_measures(found)
    if load.state == LoadState.DONE:
        resource.measures = standing_measures(resource, newest=load)


def standing_measures(resource: Resource, *, newest: Load | None = None) -> list[dict[str, object]]:
    """Add up the loads whose rows are there: the newest full one and all after it.

    Timeliness is left out: what is due does not stand still.
    """
    done = Load.objects.filter(resource=resource, state=LoadState.DONE).order_by("-id")
    loads = list(done.exclude(pk=newest.pk)[:ADDED_UP] if newest else done[:ADDED_UP])
    standing: list[Load] = []
    for load in [newest, *loads] if newest else loads:
        standing.append(load)
        if load.mode == LoadMode.FULL:
            break
    parts = ([one for one in read_measures(load.measures) if one.dimension != D.TIMELINESS]
             for load in reversed(standing))  # fmt: skip
    return write_measures(add_measures(parts))


def _of_faults(load: Load, columns: Sequence[Column]) -> Iterator[Measure]:
    """Judge by what was refused: bad values explain, whole rows count."""
    labels = {column.name: column.label for column in columns}
    faults: Counter[str] = Counter()
    for key, count in load.faults.items():
        column, _, fault = key.partition(":")
        faults[fault] += count
        if fault not in NOT_VALUES:
            about = f"{labels.get(column, '整行')} {Fault(fault).label}"
            yield Measure(D.VALIDITY, about, load.rows_read, count, weight=0)
    repeated = sum(faults[fault] for fault in NOT_VALUES)
    bad = max(0, load.rows_bad - repeated)
    yield Measure(D.VALIDITY, "有不合规则之处的行", load.rows_read, bad)
    if key_of(columns):
        failed = load.rows_same + repeated
        yield Measure(D.UNIQUENESS, "主键重复的行", load.rows_read, failed)


def _of_cells(load: Load, resource: Resource, columns: Sequence[Column]) -> Iterator[Measure]:
    """Count the empty cells of each column; rows refused for an empty one count with them."""
    counts = ", ".join(f"count({name(column)})" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), {counts} FROM {_rows_of(load, resource)}")
        rows, *filled = cursor.fetchone()
    for column, count in zip(columns, filled, strict=True):
        missing = load.faults.get(f"{column.name}:{Fault.MISSING.value}", 0)
        weight = REQUIRED_WEIGHT if column.is_required else 1
        empty = rows - count + missing
        yield Measure(D.COMPLETENESS, f"{column.label}为空", rows + missing, empty, weight)


def _rows_of(load: Load, resource: Resource) -> str:
    first, end = load.pk << SHIFT, (load.pk + 1) << SHIFT
    return f"{table_of(resource)} own WHERE own._id >= {first} AND own._id < {end}"


def _of_rules(load: Load, resource: Resource, columns: Sequence[Column]) -> Iterator[Measure]:
    """Apply the rules of the resource; one whose column is gone is passed over."""
    known = {column.name: column for column in columns}
    rules = QualityRule.objects.filter(resource=resource, is_active=True)
    for rule in rules.select_related("other_resource__schema").order_by("id"):
        failing = _failing(rule, resource, known, load)
        column = known.get(rule.column)
        if failing is None or column is None:
            continue
        value = f"own.{name(column)}"
        rows = _rows_of(load, resource)
        if rule.kind != RuleKind.FILLED:
            rows += f" AND {value} IS NOT NULL"
        checked = scalar(f"SELECT count(*) FROM {rows}")
        failed = scalar(f"SELECT count(*) FROM {rows} AND {failing}")
        kind = RuleKind(rule.kind)
        about = f"{column.label}{_fault_of(rule, kind)}"
        yield Measure(DIMENSIONS[kind], about, checked, failed, rule.weight, rule.pk)


def _fault_of(rule: QualityRule, kind: RuleKind) -> str:
    other = rule.other_resource.name if rule.other_resource else ""
    return {
        RuleKind.FILLED: "为空",
        RuleKind.UNIQUE: "重复",
        RuleKind.ORDERED: f"大于 {rule.other_column}",
        RuleKind.RECENT: f"最新的早于 {rule.days} 天前",
        RuleKind.REFERS: f"在{other}中没有",
    }[kind]


def _failing(
    rule: QualityRule, resource: Resource, known: dict[str, Column], load: Load
) -> str | None:
    """Write the condition that failing rows meet; None where the rule fits the schema no longer."""
    column = known.get(rule.column)
    if column is None:
        return None
    value = f"own.{name(column)}"
    table = table_of(resource)
    if rule.kind == RuleKind.FILLED:
        return f"{value} IS NULL"
    if rule.kind == RuleKind.UNIQUE:
        again = f"again.{name(column)} = {value} AND again._id <> own._id"
        return f"EXISTS (SELECT FROM {table} again WHERE {again})"
    if rule.kind == RuleKind.ORDERED:
        other = known.get(rule.other_column)
        is_same = other is not None and other.type == column.type
        return f"{value} > own.{name(other)}" if other and is_same else None
    if rule.kind == RuleKind.RECENT:
        return _too_old(rule, column, resource, load)
    return _unknown_there(rule, value)


def _too_old(rule: QualityRule, column: Column, resource: Resource, load: Load) -> str | None:
    """All rows fail together: the newest of them is too old."""
    if column.type not in DATED:
        return None
    day = timezone.localdate(load.asked_at - timedelta(days=rule.days or 0))
    return f"(SELECT max({name(column)}) FROM {table_of(resource)}) < DATE '{day.isoformat()}'"


def _unknown_there(rule: QualityRule, value: str) -> str | None:
    other = rule.other_resource
    if other is None or not other.rows:
        return None
    there = {column.name: column for column in columns_of(other.schema)}.get(rule.other_column)
    if there is None:
        return None
    # As text, since the two need not be of one type.
    there_too = f"there.{name(there)}::text = {value}::text"
    return f"NOT EXISTS (SELECT FROM {table_of(other)} there WHERE {there_too})"
