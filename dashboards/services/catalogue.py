"""Setting up indicators and walls."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import yaml
from django.db import transaction

from accounts.models import Department
from dashboards.indicators import INDEX, Definition, faults_in, read_files, shipped_files
from dashboards.models import IndexRule, Indicator, Wall
from dashboards.selectors.cube import is_called
from governance.lib.errors import InvalidError
from grids.models import Area
from workorders.models import Category


@transaction.atomic
def load_indicators(*, definitions: Sequence[Definition] | None = None) -> int:
    """Add the indicators that are missing; those that exist keep what was edited. Count them.

    Without definitions the shipped catalogue is loaded. Raises InvalidError with every fault of
    every row; then nothing is written.
    """
    rows = read_files(shipped_files()) if definitions is None else definitions
    if faults := faults_in(rows):
        raise InvalidError(fields={"indicators": [str(fault) for fault in faults]})
    existing = set(Indicator.objects.values_list("code", flat=True))
    owners, categories = _owners(rows), _categories()
    Indicator.objects.bulk_create(
        Indicator(**_columns(row, owners, categories), position=position)
        for position, row in enumerate(rows, start=1)
        if row.code not in existing
    )
    ensure_index_rule()
    return len(rows)


def _columns(
    row: Definition, owners: dict[str, Department], categories: dict[str, Category]
) -> dict[str, Any]:
    columns = asdict(row)
    columns["thresholds"] = list(row.thresholds)
    columns["owner"] = owners.get(columns.pop("owner"))
    columns["order_category"] = categories.get(columns.pop("category"))
    return columns


def _owners(rows: Sequence[Definition]) -> dict[str, Department]:
    """Find the department that goes by each trade code; unknown ones are left out."""
    departments = list(Department.objects.all())
    return {
        row.owner: department
        for row in rows
        for department in departments
        if row.owner and is_called(department.code, row.owner)
    }


def _categories() -> dict[str, Category]:
    return {category.code: category for category in Category.objects.all()}


def ensure_index_rule() -> IndexRule:
    """Give the rule of the index that is in force; the shipped one where there is none."""
    content = yaml.safe_load(INDEX.read_text(encoding="utf-8"))
    name = content.pop("name")
    rule = IndexRule.objects.filter(is_active=True).first()
    return rule or IndexRule.objects.create(name=name, **content)


def ensure_wall(*, slug: str, title: str, area: Area) -> Wall:
    """Give the wall of this address; make it, showing every indicator, where it is missing."""
    wall, _ = Wall.objects.get_or_create(slug=slug, defaults={"title": title, "area": area})
    return wall
