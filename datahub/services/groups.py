"""Groups of rows that tell about people, or leave as a file: on record."""

from datetime import datetime

from accounts.enums import AccessKind
from accounts.models import User
from datahub.columns.grouping import Grouping
from datahub.selectors.grouping import Groups, group_rows, holds_people
from datahub.selectors.rows import RowsQuery
from datahub.services.rows import PURPOSE_LENGTH, record_reading

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
        why = f"{purpose[:PURPOSE_LENGTH]}（统计 {told}）"
        kind = AccessKind.PERSONAL_VIEWED
        record_reading(query=query, kind=kind, why=why, by=by, address=address, at=at)
    return found


def export_groups(
    *, query: RowsQuery, grouping: Grouping, by: User, address: str | None, at: datetime
) -> Groups:
    """Group masked rows for a file, and write down who takes it."""
    found = group_rows(query, grouping)
    kind = AccessKind.EXPORTED
    record_reading(query=query, kind=kind, why="导出统计", by=by, address=address, at=at)
    return found
