"""The sides of a cross-check, held against the schemas that there are now, and said in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from datahub.columns import Column
from datahub.columns.conditions import (
    KEYS,
    Condition,
    ConditionError,
    Sides,
    check_condition,
    describe_condition,
    read_conditions,
)
from datahub.columns.sql import TYPES
from datahub.enums import CheckKind, ColumnType
from datahub.models import CheckSide, CrossCheck, Resource
from datahub.selectors.catalogue import columns_of_many

NEEDED = 2
TAKEN = ("value_column", "label_column", "place_column")
# (position of the side, or 0 for the whole; field; what is wrong)
Fault = tuple[int, str, str]


@dataclass(frozen=True)
class Side:
    """One resource of a check with the columns that it is looked at by."""

    position: int
    resource: Resource
    columns: dict[str, Column]
    key: Column
    is_absent: bool
    conditions: tuple[Condition, ...]
    value: Column | None
    label: Column | None
    place: Column | None


@dataclass(frozen=True)
class Definition:
    """A check that can be run: every name in it is a column of the catalogue."""

    kind: CheckKind
    sides: tuple[Side, ...]

    @property
    def present(self) -> list[Side]:
        return [side for side in self.sides if not side.is_absent]

    @property
    def columns(self) -> Sides:
        return {side.position: side.columns for side in self.sides}

    @property
    def key(self) -> Column:
        """Give the column that says how a key is masked: the most careful side decides."""
        return next((one.key for one in self.sides if one.key.is_personal), self.sides[0].key)

    @property
    def label(self) -> Column | None:
        return next((one.label for one in self.sides if one.label), None)

    @property
    def place(self) -> tuple[Side, Column] | None:
        return next(((one, one.place) for one in self.sides if one.place), None)


class BadDefinitionError(ValueError):
    """A check that cannot be run; `faults` say where and why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("；".join(_worded(fault) for fault in faults))
        self.faults = list(faults)


def _worded(fault: Fault) -> str:
    position, _, words = fault
    return f"第 {position} 方：{words}" if position else words


def definition_of(check: CrossCheck) -> Definition:
    """Read a check as it is kept; raise BadDefinitionError."""
    sides = check.sides.select_related("resource__schema", "resource__department")
    return read_definition(CheckKind(check.kind), list(sides.order_by("position")))


def read_definition(kind: CheckKind, given: Sequence[CheckSide]) -> Definition:
    """Hold sides, kept or not yet, against the catalogue; raise BadDefinitionError."""
    faults = list(_of_sides(kind, given))
    versions = [one.resource.schema for one in given if one.resource.schema is not None]
    known = columns_of_many(versions)
    columns = {
        one.position: {c.name: c for c in known.get(one.resource.schema_id or 0, [])}
        for one in given
    }
    sides = []
    for one in given:
        try:
            sides.append(_side(one, columns))
        except BadDefinitionError as error:
            faults += error.faults
    if not faults:
        faults = list(_across(kind, sides))
    if faults:
        raise BadDefinitionError(faults)
    return Definition(kind, tuple(sorted(sides, key=lambda side: side.position)))


def _of_sides(kind: CheckKind, given: Sequence[CheckSide]) -> Iterable[Fault]:
    places = [one.position for one in given]
    if len(given) < NEEDED:
        yield 0, "", "至少要有两方。"
    if sorted(places) != list(range(1, len(places) + 1)):
        yield 0, "", "各方须从 1 起依次编号。"
    absent = [one.position for one in given if one.is_absent]
    if kind == CheckKind.MISSING and not absent:
        yield 0, "", "“有一方没有”须有一方勾选“应有而没有”。"
    if kind != CheckKind.MISSING:
        yield from ((place, "is_absent", "只用于“有一方没有”。") for place in absent)
    if sum(bool(one.place_column) for one in given) > 1:
        yield 0, "", "位置列只能有一个。"
    if sum(bool(one.label_column) for one in given) > 1:
        yield 0, "", "标题列只能有一个。"
    if kind == CheckKind.DIFFER and sum(bool(one.value_column) for one in given) < NEEDED:
        yield 0, "", "“数值不一”至少要有两方的比较列。"


def _side(one: CheckSide, columns: Sides) -> Side:
    """Find the columns that a side names."""
    own = columns[one.position]
    if not own:
        raise BadDefinitionError([(one.position, "resource", "此资源还没有数据结构。")])
    faults = [*_of_names(one, own)]
    conditions: tuple[Condition, ...] = ()
    try:
        conditions = tuple(read_conditions(one.conditions))
        for condition in conditions:
            check_condition(condition, position=one.position, sides=columns)
    except ConditionError as error:
        faults.append((one.position, "conditions", str(error)))
    if faults:
        raise BadDefinitionError(faults)
    value, label, place = (own.get(getattr(one, field)) for field in TAKEN)
    return Side(one.position, one.resource, dict(own), own[one.key_column], one.is_absent,
                conditions, value, label, place)  # fmt: skip


def _of_names(one: CheckSide, own: Mapping[str, Column]) -> Iterable[Fault]:
    for field in ("key_column", *TAKEN):
        wanted = getattr(one, field)
        if wanted and wanted not in own:
            yield one.position, field, f"没有列 {wanted}；有 {'、'.join(own)}"
        elif wanted and one.is_absent and field in TAKEN:
            yield one.position, field, "“应有而没有”的一方没有可取的值。"
    key = own.get(one.key_column)
    if key is not None and key.type not in KEYS:
        yield one.position, "key_column", f"{key.type.label}不能用来比对。"
    if not one.key_column:
        yield one.position, "key_column", "必填。"


def _across(kind: CheckKind, sides: Sequence[Side]) -> Iterable[Fault]:
    """Hold the sides against one another."""
    first = sides[0]
    absent = {side.position for side in sides if side.is_absent}
    for side in sides:
        if TYPES[side.key.type] != TYPES[first.key.type]:
            yield side.position, "key_column", f"与第 1 方的{first.key.label}类型不同。"
        if any(one.side in absent for one in side.conditions):
            yield side.position, "conditions", "“应有而没有”的一方没有可比的值。"
    valued = [side for side in sides if side.value]
    if kind != CheckKind.DIFFER:
        yield from ((one.position, "value_column", "只用于“数值不一”。") for one in valued)
        return
    kinds = {side.position: TYPES[side.value.type] for side in valued if side.value}
    for position, one in kinds.items():
        if one != kinds[valued[0].position] or one.startswith("geometry"):
            yield position, "value_column", "比较列的类型须相同，且不能是坐标。"


def describe(definition: Definition) -> list[str]:
    """Say a check in sentences, a side each."""
    return [_sentence(definition, side) for side in definition.sides]


def _sentence(definition: Definition, side: Side) -> str:
    where = f"第{side.position}方 {side.resource.department.name}《{side.resource.name}》"
    sides = definition.columns
    said = [describe_condition(one, position=side.position, sides=sides) for one in side.conditions]
    rows = f"中{'且'.join(said)}的行" if said else ""
    verb = "没有" if side.is_absent else "有"
    value = f"，比较{side.value.label}" if side.value else ""
    return f"{where}{rows}{verb}同一{side.key.label}{value}"


def sentence_of(definition: Definition) -> str:
    kind = "" if definition.kind != CheckKind.DIFFER else "，而比较列的值不同"
    return "；".join(describe(definition)) + kind + "。"


def words_of(check: CrossCheck) -> str:
    """Say what a check looks at, or why it cannot."""
    try:
        return sentence_of(definition_of(check))
    except BadDefinitionError as error:
        return str(error)


def has_point(definition: Definition) -> bool:
    """Tell whether the place is a point that may be shown: no home of a person."""
    place = definition.place
    return place is not None and place[1].type == ColumnType.POINT and not place[1].is_personal
