"""Reading the catalogue: resources, their schemas and histories, and the code lists."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from datahub.columns import Column
from datahub.models import CodeItem, Resource, SchemaColumn, SchemaVersion
from datahub.querysets import Reader, ResourceQuerySet
from governance.lib.errors import NotFoundError

KEPT_VERSIONS = 1_000


def find_resources(*, reader: Reader) -> ResourceQuerySet:
    """Find the resources that a reader may know of."""
    return Resource.objects.visible_to(reader).select_related("department", "schema")


def resource_for(*, code: str, reader: Reader) -> Resource:
    """Find one resource; raise NotFoundError where the reader may not know of it."""
    found = find_resources(reader=reader).filter(code=code).first()
    if found is None:
        raise NotFoundError()
    return found


def history_of(resource: Resource) -> list[SchemaVersion]:
    """List the versions of a resource's schema, the newest first."""
    versions = resource.versions.select_related("published_by")
    return list(versions.order_by("-number"))


def columns_of(version: SchemaVersion | None) -> list[Column]:
    """Give the columns of a version in their order, with the codes in use now."""
    if version is None:
        return []
    rows = version.columns.select_related("code_list").order_by("position")
    return with_codes(list(rows))


def kept_columns_of(version: SchemaVersion | None) -> tuple[Column, ...]:
    """Give the columns of a version without their codes, from memory: a version never changes."""
    return _kept_columns(version.pk) if version is not None else ()


@lru_cache(maxsize=KEPT_VERSIONS)
def _kept_columns(version: int) -> tuple[Column, ...]:
    rows = SchemaColumn.objects.filter(version=version).select_related("code_list")
    return tuple(row.as_column() for row in rows.order_by("position"))


def columns_of_many(versions: Iterable[SchemaVersion]) -> dict[int, list[Column]]:
    """Give the columns of several versions by their ids, in two queries."""
    rows = SchemaColumn.objects.filter(version__in=[version.pk for version in versions])
    ordered = list(rows.select_related("code_list").order_by("version_id", "position"))
    found: dict[int, list[Column]] = defaultdict(list)
    for row, column in zip(ordered, with_codes(ordered), strict=True):
        found[row.version_id].append(column)
    return found


def with_codes(rows: Sequence[SchemaColumn]) -> list[Column]:
    codes = _codes({row.code_list_id for row in rows if row.code_list_id})
    return [row.as_column(codes.get(row.code_list_id or 0, ())) for row in rows]


def _codes(lists: set[int]) -> dict[int, tuple[str, ...]]:
    if not lists:
        return {}
    found: dict[int, list[str]] = defaultdict(list)
    items = CodeItem.objects.filter(code_list__in=lists).order_by("position", "code")
    for pk, code in items.values_list("code_list_id", "code"):
        found[pk].append(code)
    return {pk: tuple(codes) for pk, codes in found.items()}


def code_lists() -> dict[str, tuple[str, ...]]:
    """Give the codes of every list by its code."""
    found: dict[str, list[str]] = defaultdict(list)
    items = CodeItem.objects.order_by("position", "code")
    for code_list, code in items.values_list("code_list__code", "code"):
        found[code_list].append(code)
    return {code_list: tuple(codes) for code_list, codes in found.items()}


def labels_of_codes(code_list: str) -> dict[str, str]:
    """Give what the codes of a list stand for; nothing without a list."""
    items = (
        CodeItem.objects.filter(code_list__code=code_list) if code_list else CodeItem.objects.none()
    )
    return dict(items.values_list("code", "label"))
