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
    """Read rows by `key` (an instant, newest first when prefixed with "-"), then by id."""
    is_descending = key.startswith("-")
    name = key.lstrip("-")
    sign = "-" if is_descending else ""
    if queryset.model._meta.get_field(name).null:
        # What has no instant has no place in an order by instants, and no cursor.
        queryset = queryset.filter(**{f"{name}__isnull": False})
    if cursor:
        queryset = queryset.filter(_after(name, is_descending, *_decode(cursor)))
    rows = list(queryset.order_by(f"{sign}{name}", f"{sign}id")[: size + 1])
    more = rows[:size] if len(rows) > size else []
    return Page(rows[:size], _encode(more[-1], name) if more else "")


def _after(name: str, is_descending: bool, value: datetime, row_id: int) -> Q:
    # A row comparison, written so that PostgreSQL can start the index scan at the cursor.
    side = "lt" if is_descending else "gt"
    return Q(**{f"{name}__{side}e": value}) & (
        Q(**{f"{name}__{side}": value}) | Q(**{f"id__{side}": row_id})
    )


def _encode(row: Model, name: str) -> str:
    value: datetime = getattr(row, name)
    return base64.urlsafe_b64encode(json.dumps([value.isoformat(), row.pk]).encode()).decode()


def _decode(cursor: str) -> tuple[datetime, int]:
    try:
        value, row_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None or not 0 < int(row_id) < 2**63:
            raise ValueError("out of range")
        return instant, int(row_id)
    except (ValueError, TypeError, binascii.Error, OverflowError, RecursionError) as error:
        raise InvalidError("翻页标记无效。", fields={"cursor": ["无效"]}) from error
