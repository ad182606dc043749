"""Open orders of a map as vector tiles."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request

from governance.lib.errors import InvalidError, flatten_fields
from governance.lib.schema import ERRORS
from governance.lib.tiles import CONTENT_TYPE, answer_tile, read_tile
from workorders.filters import OrderFilter, filter_names
from workorders.models import WorkOrder
from workorders.selectors.queues import VIEWS, QueueView, view_orders
from workorders.selectors.tiles import OrderView, order_tile, order_tile_tag
from workorders.services import Actor

ALL = "open"


class OrderTileView(generics.GenericAPIView[WorkOrder]):
    queryset = WorkOrder.objects.none()
    filterset_class = OrderFilter
    pagination_class = None

    @extend_schema(
        operation_id="tiles_orders",
        parameters=[OpenApiParameter("view", str, description="工单台的视图，缺省为全部在办")],
        responses={(200, CONTENT_TYPE): OpenApiTypes.BINARY, **ERRORS},
        tags=["tiles"],
    )
    def get(self, request: Request, z: str, x: str, y: str) -> HttpResponse:
        """Draw the caller's open orders in one tile: layers `orders` and `heat`; with an ETag."""
        tile, at = read_tile(z=z, x=x, y=y), timezone.now()
        actor: Any = Actor.from_user(request.user)  # type: ignore[arg-type]
        view, params = asked_view(request.query_params.get("view", ALL)), request.query_params
        asked = {name: tuple(params.getlist(name)) for name in filter_names() & params.keys()}
        shown = OrderView(view.key, asked)

        def make() -> bytes:
            orders = view_orders(view=view, scope=actor.scope, at=at)
            narrowed = OrderFilter(params, queryset=orders, request=request, scope=actor.scope)
            if not narrowed.is_valid():
                raise InvalidError(fields=flatten_fields(narrowed.errors))
            return order_tile(tile=tile, orders=narrowed.qs, at=at)

        tag = order_tile_tag(tile=tile, scope=actor.scope, shown=shown, at=at)
        return answer_tile(request._request, tag=tag, make=make)


def asked_view(key: str) -> QueueView:
    """Find a view by its key; raise InvalidError for what is none."""
    found = next((view for view in VIEWS if view.key == key), None)
    if found is None:
        raise InvalidError(fields={"view": ["没有这个视图"]})
    return found
