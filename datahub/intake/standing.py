"""The catalogue as it stands, in the form in which files carry it."""

from collections.abc import Iterable

from django.db.models import Prefetch

from datahub.enums import Frequency, Sharing
from datahub.intake.entries import Entry, ListEntry
from datahub.models import CodeItem, CodeList, Resource
from datahub.selectors import columns_of_many


def entries_of(resources: Iterable[Resource]) -> list[Entry]:
    """Give resources as files carry them, by code; two queries for all columns."""
    rows = sorted(resources, key=lambda resource: resource.code)
    columns = columns_of_many(row.schema for row in rows if row.schema)
    return [
        Entry(
            code=row.code,
            name=row.name,
            department=row.department.code,
            description=row.description,
            frequency=Frequency(row.frequency),
            sharing=Sharing(row.sharing),
            sharing_terms=row.sharing_terms,
            is_open=row.is_open,
            contact=row.contact,
            telephone=row.telephone,
            columns=tuple(columns.get(row.schema_id or 0, ())),
        )
        for row in rows
    ]


def lists_of(entries: Iterable[Entry]) -> list[ListEntry]:
    """Give the code lists that entries use."""
    used = {column.code_list for entry in entries for column in entry.columns}
    items = CodeItem.objects.order_by("position", "code")
    lists = CodeList.objects.filter(code__in=used - {""}).order_by("code")
    return [
        ListEntry(
            code=one.code,
            name=one.name,
            source=one.source,
            items=tuple((item.code, item.label) for item in one.items.all()),
        )
        for one in lists.prefetch_related(Prefetch("items", items))
    ]
