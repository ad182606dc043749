"""What stands beside a call while it is written down: drafts, earlier orders, places."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.gis.geos import Point
from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast

from accounts.enums import Right
from accounts.models import User
from governance.lib.crypto import decrypt, digests
from governance.lib.masking import mask_phone, mask_text
from governance.lib.phones import plain_phone
from grids.models import PatrolPoint
from grids.selectors import Scope, find_addresses
from grids.selectors.scopes import beneath
from workorders.enums import Action
from workorders.models import CallDraft, Event, Reporter, WorkOrder
from workorders.querysets import visible
from workorders.selectors.search import search_orders
from workorders.selectors.suggestions import Choice, find_any_areas

CHANNEL = "hotline"
EARLIER_SHOWN = 6
DRAFTS_SHOWN = 20
SAID_LENGTH = 16
PLACES_EACH = 6
SEARCHED_ORDERS = 40
SHORTEST_PLACE = 2


@dataclass(frozen=True)
class Draft:
    """A call not yet registered: what was typed, by field, and since when."""

    uuid: UUID
    typed: Mapping[str, str]
    turn: int
    begun_at: datetime

    @property
    def said(self) -> str:
        """Give a few words to know it by."""
        words = mask_text(" ".join(self.typed.get("text", "").split()))[:SAID_LENGTH]
        return words or mask_phone(self.typed.get("phone", "")) or "（还没有内容）"


def own_drafts(*, user: User) -> list[Draft]:
    """List one's calls that are not registered yet, the newest first.

    A save that was on its way while its call was registered may have left a row behind.
    """
    registered = WorkOrder.objects.filter(
        channel__code=CHANNEL, external_number=OuterRef("written")
    )
    rows = CallDraft.objects.filter(user=user).annotate(written=Cast("uuid", CharField()))
    rows = rows.filter(~Exists(registered)).order_by("-begun_at", "-pk")[:DRAFTS_SHOWN]
    return [
        Draft(row.uuid, json.loads(decrypt(row.content_cipher) or "{}"), row.turn, row.begun_at)
        for row in rows
    ]


def registered_call(*, uuid: UUID, user: User) -> WorkOrder | None:
    """Find the order that this person has made of a call, wherever it is now."""
    made = Event.objects.filter(order=OuterRef("pk"), action=Action.REGISTER, actor=user)
    orders = WorkOrder.objects.filter(channel__code=CHANNEL, external_number=str(uuid))
    return orders.filter(Exists(made)).first()


def orders_of_caller(*, phone: str, scope: Scope) -> list[WorkOrder]:
    """List the newest orders of this very telephone, among those whose persons one may see."""
    rows = Reporter.objects.filter(phone_digest__in=digests(plain_phone(phone)))
    rows = rows.filter(visible(scope, "order__", Right.VIEW_PERSONAL))
    rows = rows.select_related("order__category", "order__street", "order__community")
    return [row.order for row in rows.order_by("-order__registered_at", "-pk")[:EARLIER_SHOWN]]


def find_places(*, words: str, scope: Scope) -> list[Choice]:
    """Find places by a part of their name: areas, addresses, patrol points, earlier orders.

    A choice carries the code of a grid (`grid`), a point as "lon,lat" in WGS-84 (`spot`), or
    nothing but its name (`name`).
    """
    words = words[:40].strip()
    if len(words) < SHORTEST_PLACE:
        return []
    found = [
        *find_any_areas(words=words)[:PLACES_EACH],
        *(_spot(row.text, row.point, "标准地址") for row in find_addresses(words=words)),
        *_patrol_points(words, scope),
        *_earlier_addresses(words, scope),
    ]
    return list({choice.name: choice for choice in reversed(found)}.values())[::-1]


def _patrol_points(words: str, scope: Scope) -> list[Choice]:
    points = PatrolPoint.objects.filter(beneath(scope, Right.VIEW_ORDERS, "area"))
    points = points.filter(is_active=True, name__icontains=words).order_by("code")
    return [_spot(row.name, row.point, "巡查点") for row in points[:PLACES_EACH]]


def _earlier_addresses(words: str, scope: Scope) -> list[Choice]:
    """Find addresses of orders that one may see, by the index of all their words."""
    orders = WorkOrder.objects.visible_to(scope).filter(point__isnull=False)
    orders = search_orders(orders=orders, words=words).order_by("-registered_at", "-id")
    rows = orders.values_list("address", "point")[:SEARCHED_ORDERS]
    named = [(mask_text(address), point) for address, point in rows if point and words in address]
    return [_spot(address, point, "以往工单") for address, point in named][:PLACES_EACH]


def _spot(name: str, point: Point, detail: str) -> Choice:
    return Choice("spot", f"{point.x:.6f},{point.y:.6f}", name, detail)
