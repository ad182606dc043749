"""What the base libraries hold of one grid: rows whose point, or whose address, lies in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from accounts.enums import Right
from datahub.columns import Column, is_about_people
from datahub.columns.sql import name
from datahub.enums import ColumnType, PersonalClass
from datahub.models import Resource
from datahub.querysets import Reader
from datahub.selectors.catalogue import columns_of_many, find_resources
from datahub.selectors.rows import count_rows, read_rows, rows_query
from grids.enums import AreaLevel
from grids.models import Area
from grids.selectors import Scope
from grids.selectors.scopes import beneath

ROWS, COLUMNS, GRIDS = 20, 8, 20
SHAPE = "(SELECT geometry FROM grids_boundary WHERE area_id = %s AND valid_to IS NULL LIMIT 1)"
BY_ADDRESS = "ANY (ARRAY(SELECT text FROM grids_address WHERE ST_Covers({shape}, point)))"


@dataclass(frozen=True)
class LinkedRows:
    """The first rows of one resource that lie in a grid, masked, and how many there are."""

    resource: Resource
    columns: tuple[Column, ...]
    rows: list[dict[str, Any]]
    count: int
    is_about_people: bool


def find_grids(*, words: str, scope: Scope) -> list[Area]:
    """Find the grids where one may see orders, by code or a part of the name."""
    found = Area.objects.filter(beneath(scope, Right.VIEW_ORDERS), level=AreaLevel.GRID)
    found = found.filter(is_active=True).select_related("parent__parent").order_by("code")
    exact = list(found.filter(code=words))
    return exact or list(found.filter(name__icontains=words)[:GRIDS])


def sees_people(*, grid: Area, scope: Scope) -> bool:
    return Area.objects.filter(beneath(scope, Right.VIEW_PERSONAL), pk=grid.pk).exists()


def linked_rows(*, grid: Area, reader: Reader, scope: Scope) -> list[LinkedRows]:
    """Read what the libraries hold of a grid, of those whose rows the reader may see.

    Rows about people only to those who may see personal data in that grid; they stay masked.
    """
    known = find_resources(reader=reader).filter(is_active=True, schema__isnull=False)
    resources = list(known.exclude(library="").order_by("library", "code"))
    columns = columns_of_many(one.schema for one in resources if one.schema)
    shows_people = sees_people(grid=grid, scope=scope)
    found = []
    for resource in resources:
        is_personal = is_about_people(columns[resource.schema_id or 0])
        if not reader.reads_some(resource) or (is_personal and not shows_people):
            continue
        allowed = rows_query(resource=resource, reader=reader, given={})
        # By a column that is not shown a row would tell where it lies all the same.
        link = _link(allowed.columns, grid)
        if not link:
            continue
        query = replace(allowed, columns=allowed.columns[:COLUMNS], within=link)
        if count := count_rows(query):
            rows = read_rows(query, size=ROWS).rows
            found.append(LinkedRows(resource, query.columns, rows, count, is_personal))
    return found


def _link(columns: Sequence[Column], grid: Area) -> tuple[str, tuple[Any, ...]] | None:
    """Say in SQL which rows lie in a grid: by their point, else by a standard address."""
    for column in columns:
        if column.type == ColumnType.POINT:
            return f"ST_Covers({SHAPE}, {name(column)})", (grid.pk,)
    for column in columns:
        if column.personal == PersonalClass.ADDRESS and column.type == ColumnType.TEXT:
            return f"{name(column)} = {BY_ADDRESS.format(shape=SHAPE)}", (grid.pk,)
    return None
