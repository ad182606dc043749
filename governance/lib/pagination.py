"""Keyset pages: the cursor names the last row seen, so page 1,000 costs what page 1 costs.

An index on (column, instant, id) gives a page for one value of one column. A reader who sees
several values, or rows by one column or another, has several such lanes: each gives its first rows
by its own index, and the page is taken from these, never by sorting all that the reader sees.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Func, OuterRef, Q, QuerySet

from governance.lib.errors import InvalidError

PAGE_SIZE = 50
PAGE_SIZE_LIMIT = 200


@dataclass(frozen=True)
class Lanes:
    """The foreign keys, each with ids, by any of which a reader sees a row.

    `rows` gives the asked rows without that condition, which would hide from the planner how many
    rows a lane has. It only finds candidates: the page is still cut from the reader's own rows.
    """

    columns: Mapping[str, Sequence[int]]
    rows: Callable[[], QuerySet[Any, Any]]


@dataclass(frozen=True)
class Page:
    """One page of rows with the cursors of its neighbours (empty where there is none)."""

    rows: list[Any]
    next_cursor: str
    previous_cursor: str = ""


@dataclass(frozen=True)
class _Place:
    """The row that a cursor names, and whether the page before it is wanted."""

    value: datetime | None
    row_id: int
    is_back: bool = False


def take_page(
    *,
    queryset: QuerySet[Any, Any],
    key: str,
    cursor: str = "",
    size: int = PAGE_SIZE,
    lanes: Lanes | None = None,
) -> Page:
    """Read rows by `key` (an instant, newest first when prefixed with "-"), then by id.

    Rows without that instant come last. Rows may be model objects or named tuples with an `id`.
    `lanes` changes nothing but the cost. The way back ends at the first page, which is read anew:
    what has come meanwhile belongs to it.
    """
    name, place = key.lstrip("-"), _decode(cursor) if cursor else None
    rows: list[Any] = []
    for cut in _cuts(queryset, key, place):
        if len(rows) <= size:
            rows += _take(cut.upto(size + 1 - len(rows)), queryset, lanes)
    has_more = len(rows) > size
    rows = rows[:size]
    if place is None or not place.is_back:
        previous = _encode(rows[0], name, is_back=True) if place and rows else ""
        return Page(rows, _encode(rows[-1], name) if has_more else "", previous)
    if not has_more:
        return take_page(queryset=queryset, key=key, size=size, lanes=lanes)
    rows.reverse()
    return Page(rows, _encode(rows[-1], name), _encode(rows[0], name, is_back=True))


def _cuts(queryset: QuerySet[Any, Any], key: str, place: _Place | None) -> "list[_Cut]":
    """Part the rows beyond a place into those with the instant and those without, as read."""
    name, is_back = key.lstrip("-"), place is not None and place.is_back
    is_descending = key.startswith("-") != is_back
    dated, undated = Q(**{f"{name}__isnull": False}), Q(**{f"{name}__isnull": True})
    if place is not None and place.value is not None:
        dated &= _after(name, is_descending, place.value, place.row_id)
    elif place is not None:
        undated &= Q(**{f"id__{'lt' if is_descending else 'gt'}": place.row_id})
    cuts = [_Cut(dated, (name, "id"), is_descending)]
    if queryset.model._meta.get_field(name).null:
        cuts.append(_Cut(undated, ("id",), is_descending))
    if place is None:
        return cuts
    # Where the reading begins: what lies on the other side of the place is not read at all.
    is_undated = place.value is None
    return cuts[::-1] if is_back and is_undated else cuts[:1] if is_back else cuts[is_undated:]


@dataclass(frozen=True)
class _Cut:
    """Which rows in which order, and how many of them."""

    condition: Q
    names: tuple[str, ...]
    is_descending: bool
    count: int = 0

    def upto(self, count: int) -> "_Cut":
        return replace(self, count=count)

    def of(self, queryset: QuerySet[Any, Any], **lane: int) -> QuerySet[Any, Any]:
        sign = "-" if self.is_descending else ""
        ordered = queryset.order_by(*(f"{sign}{name}" for name in self.names))
        return ordered.filter(self.condition, **lane)


def _take(cut: _Cut, queryset: QuerySet[Any, Any], lanes: Lanes | None) -> list[Any]:
    columns = {column: ids for column, ids in lanes.columns.items() if ids} if lanes else {}
    pairs = [(column, pk) for column, ids in columns.items() for pk in ids]
    if len(pairs) == 1:
        return list(cut.of(queryset, **dict(pairs))[: cut.count])
    rows = cut.of(queryset)
    if lanes and pairs:
        found = cut.of(lanes.rows())
        firsts = [_firsts(found, column, ids, cut.count) for column, ids in columns.items()]
        rows = rows.filter(pk__in=firsts[0].union(*firsts[1:]) if firsts[1:] else firsts[0])
    return list(rows[: cut.count])


def _firsts(
    rows: QuerySet[Any, Any], column: str, ids: Sequence[int], count: int
) -> QuerySet[Any, Any]:
    """Give the ids of the first rows of each of a column's lanes, one index range for each."""
    related = rows.model._meta.get_field(column).related_model
    lane = rows.filter(**{column: OuterRef("pk")}).values("pk")[:count]
    unnested = Func(ArraySubquery(lane), function="unnest", output_field=BigIntegerField())
    return related._default_manager.filter(pk__in=ids).values_list(unnested)


def _after(name: str, is_descending: bool, value: datetime, row_id: int) -> Q:
    # A row comparison, written so that PostgreSQL can start the index scan at the cursor.
    side = "lt" if is_descending else "gt"
    return Q(**{f"{name}__{side}e": value}) & (
        Q(**{f"{name}__{side}": value}) | Q(**{f"id__{side}": row_id})
    )


def _encode(row: Any, name: str, *, is_back: bool = False) -> str:
    value: datetime | None = getattr(row, name)
    place = [value.isoformat() if value else None, row.id, *(["back"] if is_back else [])]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _decode(cursor: str) -> _Place:
    try:
        value, row_id, *back = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        instant = None if value is None else datetime.fromisoformat(value)
        if instant is not None and instant.tzinfo is None:
            raise ValueError("no time zone")
        if not 0 < int(row_id) < 2**63 or back not in ([], ["back"]):
            raise ValueError("out of range")
        return _Place(instant, int(row_id), bool(back))
    except (ValueError, TypeError, binascii.Error, OverflowError, RecursionError) as error:
        raise InvalidError("翻页标记无效。", fields={"cursor": ["无效"]}) from error
