"""Which orders may be about the same matter: near in place, near in time, alike in words."""

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Polygon
from django.contrib.gis.measure import D
from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db import connection
from django.db.models import Prefetch, Q, QuerySet, Value, prefetch_related_objects
from django.db.models.functions import Coalesce, Greatest

from governance.lib.masking import mask_text
from grids.enums import AreaLevel
from grids.models import Boundary
from grids.selectors import Scope
from workorders.enums import State
from workorders.models import Photo, WorkOrder
from workorders.querysets import WorkOrderQuerySet
from workorders.workflow import ENDED

NEAR_METRES = 300
BESIDE_METRES = 100  # as near as this, the same category is enough
WINDOW = timedelta(days=30)
BESIDE_TIME = timedelta(days=3)
SIMILAR = 0.3
PER_AREA = 100  # the newest orders of each area nearby that are compared
WEIGHED = 60  # the most alike of them
SHOWN = 10
WORDS_LENGTH = 200  # of this order's text that are compared
DEGREE_METRES = 111_320
# What cannot be the same matter still or again: ended before anybody handled it, or merged already.
APART = (State.REJECTED, State.CANCELLED, State.MERGED)

AREA_WORDS = (("grid_id", "同网格"), ("community_id", "同社区"), ("street_id", "同街道"))

NEWEST = """
SELECT nearby.id
FROM unnest(%(areas)s::bigint[]) AS area (id)
CROSS JOIN LATERAL (
    SELECT id FROM workorders_workorder
    WHERE {column} = area.id AND registered_at BETWEEN %(since)s AND %(until)s
    ORDER BY registered_at DESC, id DESC LIMIT %(limit)s
) AS nearby
"""


@dataclass(frozen=True)
class Duplicate:
    """An order that may be about the same matter, and why."""

    order: WorkOrder
    reason: str
    similarity: int  # per cent
    metres: int | None
    can_take: bool  # whether it is open, so that another may be merged into it


def duplicates_of(*, order: WorkOrder, scope: Scope) -> list[Duplicate]:
    """List the likeliest duplicates that the scope may view, the likeliest first."""
    if order.part:
        return []
    nearby = WorkOrder.objects.visible_to(scope).filter(pk__in=nearby_ids(order), part="")
    nearby = nearby.exclude(pk=order.pk).exclude(state__in=APART).filter(is_demo=order.is_demo)
    found = [row for row in _compared(nearby, order)[:WEIGHED] if _is_likely(row, order)]
    found.sort(key=lambda row: _score(row, order), reverse=True)
    shown = found[:SHOWN]
    prefetch_related_objects(shown, Prefetch("photos", Photo.objects.order_by("pk")))
    return [_duplicate(row, order) for row in shown]


def nearby_ids(order: WorkOrder) -> set[int]:
    """Find the newest orders around a place, area by area, each by the area's own index."""
    if order.grid_id is None:
        for column in ("community_id", "street_id", "district_id"):
            if area_id := getattr(order, column):
                return _newest(column, [area_id], order, PER_AREA * 3)
    around = _newest("grid_id", _grids_around(order), order, PER_AREA)
    return around | _newest("community_id", [order.community_id], order, PER_AREA)


def _newest(column: str, areas: list[Any], order: WorkOrder, limit: int) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            NEWEST.format(column=column),
            {
                "areas": [area for area in areas if area],
                "since": order.registered_at - WINDOW,
                "until": order.registered_at + WINDOW,
                "limit": limit,
            },
        )
        return {pk for (pk,) in cursor.fetchall()}


def _grids_around(order: WorkOrder) -> list[int]:
    """List the order's grid and those that a square of 300 m around its point touches."""
    grids = {order.grid_id} if order.grid_id else set()
    if order.point is not None:
        lat = NEAR_METRES / DEGREE_METRES
        lon = lat / math.cos(math.radians(order.point.y))
        box = Polygon.from_bbox(
            (order.point.x - lon, order.point.y - lat, order.point.x + lon, order.point.y + lat)
        )
        box.srid = order.point.srid
        touched = Boundary.objects.filter(geometry__bboverlaps=box, area__level=AreaLevel.GRID)
        grids |= set(touched.values_list("area_id", flat=True))
    return sorted(grids)


def _compared(orders: WorkOrderQuerySet, order: WorkOrder) -> QuerySet[WorkOrder]:
    words = mask_text(f"{order.title} {order.text}")[:WORDS_LENGTH]
    alike = Greatest(
        TrigramSimilarity("search__text", words), TrigramWordSimilarity(words, "search__text")
    )
    likely = Q(alike__gte=SIMILAR)
    if order.category_id:
        likely |= Q(category=order.category_id)
    # A whole community is wide; where nothing finer is known, the words must do.
    near = Q() if order.grid_id is None else Q(grid=order.grid_id) | Q(grid=None)
    if order.point:
        orders = orders.annotate(away=Distance("point", order.point))
        near |= Q(away__lte=D(m=NEAR_METRES)) if near else Q()
    compared = orders.annotate(alike=Coalesce(alike, Value(0.0)))
    return compared.filter(near, likely).order_by("-alike", "-pk")


def _metres(row: WorkOrder) -> int | None:
    away = getattr(row, "away", None)
    return None if away is None else round(away.m)


def _is_likely(row: WorkOrder, order: WorkOrder) -> bool:
    metres = _metres(row)
    is_beside = metres is not None and metres <= BESIDE_METRES
    is_same = row.category_id is not None and row.category_id == order.category_id
    is_soon = abs(row.registered_at - order.registered_at) <= BESIDE_TIME
    return row.alike >= SIMILAR or (is_beside and is_same and is_soon)  # type: ignore[attr-defined]


def _score(row: WorkOrder, order: WorkOrder) -> tuple[bool, float]:
    metres = _metres(row)
    near = 0.15 if metres is None else max(0.0, 0.3 * (1 - metres / NEAR_METRES))
    days = abs(row.registered_at - order.registered_at) / WINDOW
    alike = row.alike + 0.1 * (row.category_id == order.category_id)  # type: ignore[attr-defined]
    return State(row.state) not in ENDED, alike + near - 0.1 * days


def _duplicate(row: WorkOrder, order: WorkOrder) -> Duplicate:
    similarity = round(100 * row.alike)  # type: ignore[attr-defined]
    can_take = State(row.state) not in ENDED
    return Duplicate(row, _reason(row, order, similarity), similarity, _metres(row), can_take)


def _reason(row: WorkOrder, order: WorkOrder, similarity: int) -> str:
    metres = _metres(row)
    parts = [
        _same_area(row, order),
        f"{max(10, math.ceil(metres / 10) * 10)} 米内" if metres is not None else "",
        _apart(row, order),
        "同类别" if row.category_id and row.category_id == order.category_id else "",
        f"文字相似 {similarity}%",
    ]
    return "、".join(part for part in parts if part)


def _same_area(row: WorkOrder, order: WorkOrder) -> str:
    return next(
        (
            words
            for column, words in AREA_WORDS
            if getattr(order, column) and getattr(row, column) == getattr(order, column)
        ),
        "",
    )


def _apart(row: WorkOrder, order: WorkOrder) -> str:
    gap = row.registered_at - order.registered_at
    hours = abs(gap) // timedelta(hours=1)
    side = "前" if gap <= timedelta() else "后"
    if hours < 1:
        return "1 小时内"
    return f"{hours} 小时{side}" if hours < 24 else f"{hours // 24} 天{side}"
