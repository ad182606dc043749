"""Figures API: what a wall shows, the map's states, and indicator values of one area."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dashboards.api.serializers import (
    AreaQuerySerializer,
    FiguresErrorSerializer,
    GridStateSerializer,
    IndicatorTileSerializer,
    WallSerializer,
)
from dashboards.selectors import (
    area_for,
    as_tile,
    values_by_area,
    wall_content,
    wall_for,
    wall_grids,
)
from grids.selectors import Scope
from grids.services import current_scope

ERRORS: dict[int, Any] = dict.fromkeys((400, 401, 404), FiguresErrorSerializer)


class WallView(APIView):
    @extend_schema(responses={200: WallSerializer, **ERRORS})
    def get(self, request: Request, slug: str) -> Response:
        """Read all of a wall's figures."""
        wall = wall_for(slug=slug, scope=_scope(request))
        return Response(WallSerializer(wall_content(wall=wall, at=timezone.now())).data)


class WallGridsView(APIView):
    @extend_schema(responses={200: GridStateSerializer(many=True), **ERRORS})
    def get(self, request: Request, slug: str) -> Response:
        """Read the state of every grid on a wall's map."""
        wall = wall_for(slug=slug, scope=_scope(request))
        return Response(wall_grids(wall=wall, at=timezone.now()))


class IndicatorsView(APIView):
    @extend_schema(
        parameters=[AreaQuerySerializer],
        responses={200: IndicatorTileSerializer(many=True), **ERRORS},
    )
    def get(self, request: Request) -> Response:
        """Read the newest indicator values of an area."""
        asked = AreaQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        area = area_for(code=asked.validated_data["area"], scope=_scope(request))
        values = values_by_area(area_ids=[area.pk]).get(area.pk, [])
        tiles = [as_tile(value) for value in values]
        return Response(IndicatorTileSerializer(tiles, many=True).data)


def _scope(request: Request) -> Scope:
    return current_scope(user=request.user)  # type: ignore[arg-type]
