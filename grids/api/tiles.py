"""Areas of a map as vector tiles."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from governance.lib.schema import ERRORS
from governance.lib.tiles import CONTENT_TYPE, answer_tile, read_tile
from grids.selectors.tiles import area_tile, area_tile_tag
from grids.services import current_scope


class AreaTileView(APIView):
    @extend_schema(
        operation_id="tiles_areas",
        responses={(200, CONTENT_TYPE): OpenApiTypes.BINARY, **ERRORS},
        tags=["tiles"],
    )
    def get(self, request: Request, z: str, x: str, y: str) -> HttpResponse:
        """Draw the caller's areas in one tile: layers `areas` and `labels`; with an ETag."""
        tile = read_tile(z=z, x=x, y=y)
        scope = current_scope(user=request.user)  # type: ignore[arg-type]
        return answer_tile(
            request._request,
            tag=area_tile_tag(tile=tile, scope=scope),
            make=lambda: area_tile(tile=tile, scope=scope),
        )
