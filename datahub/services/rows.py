"""Reading rows as they are: only with a purpose, and on record."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.enums import AccessKind
from accounts.models import User
from accounts.services import record_access
from datahub.selectors.rows import RowsPage, RowsQuery, count_rows, read_rows
from datahub.selectors.sharing import delivery_mark
from governance.lib.errors import InvalidError

EXPORT_LIMIT, EXPORT_PART = 100_000, 1000
PURPOSE_LENGTH = 120  # so that the log has room for what was read


@transaction.atomic
def reveal_rows(
    *,
    query: RowsQuery,
    by: User,
    purpose: str,
    address: str | None,
    at: datetime,
    cursor: str = "",
    size: int,
) -> RowsPage:
    """Read a page of rows unmasked and write down who did, of which columns, and why."""
    page = read_rows(query, cursor=cursor, size=size)
    personal = [column.name for column in query.columns if column.is_personal]
    asked = {column.name for column, _, _ in query.conditions if column.is_personal}
    if personal or asked:
        told = f"{len(page.rows)} 行：{'、'.join(personal) or '筛选'}"
        why = f"{purpose[:PURPOSE_LENGTH]}（{told}）"
        kind = AccessKind.PERSONAL_VIEWED
        record_reading(query=query, kind=kind, why=why, by=by, address=address, at=at)
    return page


def export_rows(
    *, query: RowsQuery, by: User, address: str | None, at: datetime
) -> Iterator[list[Any]]:
    """Read all rows, masked, and write down who takes them; raise InvalidError for too many."""
    if count_rows(query, limit=EXPORT_LIMIT) > EXPORT_LIMIT:
        raise InvalidError(f"超过 {EXPORT_LIMIT} 行，请加筛选条件分次导出。")
    why, kind = "导出数据（个人信息已遮盖）", AccessKind.EXPORTED
    record_reading(query=query, kind=kind, why=why, by=by, address=address, at=at)
    return _all_rows(query)


def record_reading(
    *,
    query: RowsQuery,
    kind: AccessKind,
    why: str,
    by: User,
    address: str | None,
    at: datetime,
) -> None:
    """Write down who read a resource's rows, why, and by which areas' deliveries."""
    record_access(
        kind=kind,
        at=at,
        user=by,
        address=address,
        subject=f"resource {query.resource.code}",
        purpose=f"{''.join(map(delivery_mark, query.delivered_to))}{why}",
    )


def _all_rows(query: RowsQuery) -> Iterator[list[Any]]:
    cursor = ""
    while True:
        page = read_rows(query, cursor=cursor, size=EXPORT_PART)
        for row in page.rows:
            yield [row[column.name] for column in query.columns]
        if not (cursor := page.next_cursor):
            return
