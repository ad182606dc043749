"""Keyset pages: the cursor names the last row seen, so page 1,000 costs what page 1 costs."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, Q, QuerySet

from governance.lib.errors import InvalidError

PAGE_SIZE = 50
PAGE_SIZE_LIMIT = 200


@dataclass(frozen=True)
class Page:
    """One page of rows with the cursor of the next one (empty on the last)."""

    rows: list[Any]
    next_cursor: str


def take_page(
    *, queryset: QuerySet[Any], key: str, cursor: str = "", size: int = PAGE_SIZE
) -> Page:
    """Read rows by `key` (an instant, newest first when prefixed with "-"), then by id.

    Rows without that instant come last.
    """
    is_descending = key.startswith("-")
    name = key.lstrip("-")
    value, row_id = _decode(cursor) if cursor else (None, 0)
    rows: list[Any] = []
    if not cursor or value is not None:
        dated = queryset.filter(**{f"{name}__isnull": False})
        if value is not None:
            dated = dated.filter(_after(name, is_descending, value, row_id))
        rows = _take(dated, (name, "id"), is_descending, size + 1)
    if len(rows) <= size and queryset.model._meta.get_field(name).null:
        undated = queryset.filter(**{f"{name}__isnull": True})
        if cursor and value is None:
            undated = undated.filter(**{f"id__{'lt' if is_descending else 'gt'}": row_id})
        rows += _take(undated, ("id",), is_descending, size + 1 - len(rows))
    return Page(rows[:size], _encode(rows[size - 1], name) if len(rows) > size else "")


def _take(
    queryset: QuerySet[Any], names: tuple[str, ...], is_descending: bool, count: int
) -> list[Any]:
    sign = "-" if is_descending else ""
    return list(queryset.order_by(*(f"{sign}{name}" for name in names))[:count])


def _after(name: str, is_descending: bool, value: datetime, row_id: int) -> Q:
    # A row comparison, written so that PostgreSQL can start the index scan at the cursor.
    side = "lt" if is_descending else "gt"
    return Q(**{f"{name}__{side}e": value}) & (
        Q(**{f"{name}__{side}": value}) | Q(**{f"id__{side}": row_id})
    )


def _encode(row: Model, name: str) -> str:
    value: datetime | None = getattr(row, name)
    place = [value.isoformat() if value else None, row.pk]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _decode(cursor: str) -> tuple[datetime | None, int]:
    try:
        value, row_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        instant = None if value is None else datetime.fromisoformat(value)
        if (instant is not None and instant.tzinfo is None) or not 0 < int(row_id) < 2**63:
            raise ValueError("out of range")
        return instant, int(row_id)
    except (ValueError, TypeError, binascii.Error, OverflowError, RecursionError) as error:
        raise InvalidError("翻页标记无效。", fields={"cursor": ["无效"]}) from error
