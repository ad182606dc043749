"""The catalogue as it stands in the database, and what a change would make of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from accounts.models import Department
from dashboards.enums import OrderAt
from dashboards.indicators.definitions import FIELDS, Definition, Fault, faults_in
from dashboards.models import Indicator
from dashboards.selectors.cube import is_called
from dashboards.states import FormulaError, parse
from dashboards.states.terms import Counted, Where, walk
from workorders.models import Category, Channel


def definition_of(row: Indicator) -> Definition:
    """Give an indicator as a row of a file."""
    same = {name: getattr(row, name) for name in FIELDS if name not in ("owner", "category")}
    return Definition(
        **same,
        owner=row.owner.code if row.owner else "",
        category=row.order_category.code if row.order_category else "",
        place="数据库",
    )


def standing_definitions() -> list[Definition]:
    """Give all indicators of the database as rows of a file, in their order."""
    rows = Indicator.objects.select_related("owner", "order_category")
    return [definition_of(row) for row in rows.order_by("position", "code")]


def new_faults(
    changed: Sequence[Definition], *, standing: Sequence[Definition], replaced: Collection[str]
) -> list[Fault]:
    """Find the faults that the catalogue would have anew with these rows instead of others."""
    kept = [row for row in standing if row.code not in replaced]
    before = set(faults_in(standing))
    return [fault for fault in faults_in([*kept, *changed]) if fault not in before]


@dataclass(frozen=True)
class Difference:
    """A field that reads otherwise in the file than in the database; empty: the whole row."""

    code: str
    field: str
    standing: Any
    written: Any


def differences(
    written: Iterable[Definition], *, standing: Iterable[Definition]
) -> list[Difference]:
    """Compare settled rows of files with those of the database, field by field."""
    known = {row.code: row for row in standing}
    found = []
    for row in written:
        if row.code not in known:
            found.append(Difference(row.code, "", None, row))
            continue
        pairs = [(name, getattr(known[row.code], name), getattr(row, name)) for name in FIELDS]
        found += [Difference(row.code, name, old, new) for name, old, new in pairs if old != new]
    return found


class Names:
    """The departments, categories and channels that rows name by their codes."""

    def __init__(self) -> None:
        self.departments = {row.code: row for row in Department.objects.order_by("code")}
        self.categories = {row.code: row for row in Category.objects.all()}
        self.channels = set(Channel.objects.values_list("code", flat=True))

    def settle(self, row: Definition) -> tuple[Definition, list[str]]:
        """Put the codes of this installation in place; warn of each that it does not know."""
        owner = self.department(row.owner)
        warnings = self._unknown_in_formula(row)
        if row.owner and not owner:
            warnings.append(f"{row.code}（owner）：没有部门 {row.owner}，责任部门留空")
        settled = replace(row, owner=owner.code if owner else "")
        if row.category and row.category not in self.categories:
            warnings.append(f"{row.code}（order）：没有类别 {row.category}，不自动派单")
            settled = replace(settled, category="", order_at=OrderAt.NEVER.value)
        return settled, warnings

    def department(self, code: str) -> Department | None:
        """Find the department of this code, or the first that goes by it after a prefix."""
        if code in self.departments:
            return self.departments[code]
        called = (row for full, row in self.departments.items() if is_called(full, code))
        return next(called, None) if code else None

    def _unknown_in_formula(self, row: Definition) -> list[str]:
        return [
            f"{row.code}（formula）：没有{word} {code}，指标将无数据"
            for where in _wheres(row)
            for word, code, is_known in self._codes(where)
            if code and not is_known
        ]

    def _codes(self, where: Where) -> Iterable[tuple[str, str, bool]]:
        yield "类别", where.category, where.category in self.categories
        yield "渠道", where.channel, where.channel in self.channels
        yield "部门", where.department, self.department(where.department) is not None


def _wheres(row: Definition) -> list[Where]:
    """List what the terms of a formula count; each once."""
    try:
        terms = walk(parse(row.formula))
    except FormulaError:
        return []
    wheres = [term.where for term in terms if isinstance(term, Counted)]
    return list(dict.fromkeys(wheres))


def columns_of(row: Definition, *, names: Names) -> Mapping[str, Any]:
    """Give a settled row as the columns of `Indicator`."""
    columns = {name: getattr(row, name) for name in FIELDS if name not in ("owner", "category")}
    return {
        **columns,
        "thresholds": [dict(line) for line in row.thresholds],
        "owner": names.departments.get(row.owner),
        "order_category": names.categories.get(row.category),
    }
