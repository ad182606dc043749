"""Writing the catalogue: entries, and versions of their schemas."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from datahub.columns import Column, Flaw, describe_changes, find_flaws
from datahub.models import CodeList, Resource, SchemaColumn, SchemaVersion
from datahub.selectors import columns_of
from datahub.services.freshness import DUE, settle_due
from datahub.services.publications import withdraw_unfit
from datahub.services.tables import bring_table
from governance.lib.errors import InvalidError


class BadSchemaError(InvalidError):
    """A list of columns that makes no schema; `fields` name each column at fault."""

    code = "bad_schema"
    detail = "数据结构有误。"

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        fields: dict[str, list[str]] = {}
        for flaw in flaws:
            at = "columns" if flaw.place is None else f"columns.{flaw.place}"
            fields.setdefault(f"{at}.{flaw.field}", []).append(flaw.message)
        super().__init__(fields=fields)


@transaction.atomic
def publish_schema(
    *, resource: Resource, columns: Sequence[Column], at: datetime, by: User | None = None
) -> SchemaVersion:
    """Give a resource its columns; the same columns again publish nothing.

    Raises BadSchemaError for columns that make no schema.
    """
    if flaws := find_flaws(columns):
        raise BadSchemaError(flaws)
    locked = Resource.objects.select_for_update(of=("self",)).get(pk=resource.pk)
    former = columns_of(locked.schema)
    changes = describe_changes(former, columns)
    if locked.schema is not None and not changes:
        return locked.schema
    if flaws := bring_table(resource=locked, before=former, after=columns):
        raise BadSchemaError(flaws)
    version = SchemaVersion.objects.create(
        resource=locked,
        number=locked.schema.number + 1 if locked.schema else 1,
        published_at=at,
        published_by=by,
        changes=changes if former else ["首次发布"],
    )
    SchemaColumn.objects.bulk_create(_rows(version, columns))
    locked.schema, locked.changed_at = version, at
    locked.save(update_fields=["schema", "changed_at"])
    settle_due(resource=locked)
    withdraw_unfit(resource=locked, at=at)
    resource.schema, resource.changed_at = version, at
    for field in DUE:
        setattr(resource, field, getattr(locked, field))
    return version


def _rows(version: SchemaVersion, columns: Sequence[Column]) -> list[SchemaColumn]:
    lists = CodeList.objects.in_bulk(
        {column.code_list for column in columns if column.code_list}, field_name="code"
    )
    if unknown := [
        Flaw(place, "code_list", f"没有代码表 {column.code_list}")
        for place, column in enumerate(columns)
        if column.code_list and column.code_list not in lists
    ]:
        raise BadSchemaError(unknown)
    return [
        SchemaColumn(
            version=version,
            position=position,
            code_list=lists.get(column.code_list),
            **{name: getattr(column, name) for name in PLAIN},
        )
        for position, column in enumerate(columns, start=1)
    ]


PLAIN = (
    "name", "label", "type", "unit", "is_required", "is_key", "pattern", "minimum", "maximum",
    "personal",
)  # fmt: skip
