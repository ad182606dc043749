"""Groups of rows that tell about people, or leave as a file: on record."""

from datetime import datetime

from accounts.enums import AccessKind
from accounts.models import User
from accounts.services import record_access
from datahub.columns.grouping import Grouping
from datahub.selectors.grouping import Groups, group_rows, holds_people
from datahub.selectors.rows import RowsQuery
from datahub.selectors.sharing import delivery_mark

COLUMNS_LENGTH = 60


def reveal_groups(
    *,
    query: RowsQuery,
    grouping: Grouping,
    by: User,
    purpose: str,
    address: str | None,
    at: datetime,
) -> Groups:
    """Group rows as they are, small groups too; write down who did, of which columns, and why."""
    found = group_rows(query, grouping)
    if holds_people(query.resource):
        personal = [column.name for column in grouping.columns if column.is_personal]
        told = f"{len(found.found)} 组：{'、'.join(personal)[:COLUMNS_LENGTH] or '含小组'}"
        record_access(
            kind=AccessKind.PERSONAL_VIEWED,
            at=at,
            user=by,
            address=address,
            subject=f"resource {query.resource.code}",
            purpose=f"{_marks(query)}{purpose[:120]}（统计 {told}）",
        )
    return found


def export_groups(
    *, query: RowsQuery, grouping: Grouping, by: User, address: str | None, at: datetime
) -> Groups:
    """Group masked rows for a file, and write down who takes it."""
    found = group_rows(query, grouping)
    record_access(
        kind=AccessKind.EXPORTED,
        at=at,
        user=by,
        address=address,
        subject=f"resource {query.resource.code}",
        purpose=f"{_marks(query)}导出统计",
    )
    return found


def _marks(query: RowsQuery) -> str:
    return "".join(map(delivery_mark, query.delivered_to))
