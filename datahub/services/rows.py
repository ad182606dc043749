"""Reading rows as they are: only with a purpose, and on record."""

from datetime import datetime

from django.db import transaction

from accounts.enums import AccessKind
from accounts.models import User
from accounts.services import record_access
from datahub.selectors.rows import RowsPage, RowsQuery, read_rows


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
        record_access(
            kind=AccessKind.PERSONAL_VIEWED,
            at=at,
            user=by,
            address=address,
            subject=f"resource {query.resource.code}",
            purpose=f"{purpose[:120]}（{len(page.rows)} 行：{'、'.join(personal) or '筛选'}）",
        )
    return page
