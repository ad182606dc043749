"""What the pages of a wall read, by people with the right and by screens with a pass."""

from typing import Any

from django.http import HttpResponseNotModified
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dashboards.api.serializers.drilldown import (
    HoursQuerySerializer,
    IndicatorOrdersSerializer,
    IndicatorPageSerializer,
    PlaybackQuerySerializer,
    PlaybackSerializer,
    RowsQuerySerializer,
)
from dashboards.api.serializers.walls import (
    GridStateSerializer,
    WallPageSerializer,
    WallSerializer,
)
from dashboards.permissions import IsPersonOrDisplay, Viewer, viewer_of
from dashboards.selectors import wall_content, wall_grids
from dashboards.selectors.drilldown import area_beneath, indicator_at, indicator_content
from dashboards.selectors.outlines import draw_layers, layers_tag, wall_layers
from dashboards.selectors.pages import wall_page
from dashboards.selectors.playback import playback_content
from dashboards.selectors.rows import order_numbers, order_rows
from dashboards.selectors.shared import shared
from dashboards.selectors.themes import page_content
from governance.lib.errors import InvalidError
from governance.lib.schema import ERRORS

REFUSALS: dict[int, Any] = {status: ERRORS[status] for status in (400, 401, 404)}


class WallAPIView(APIView):
    permission_classes = [IsPersonOrDisplay]

    def viewer(self) -> Viewer:
        """Find the wall of this address for whoever asks."""
        return viewer_of(self.request, slug=self.kwargs["slug"])


class WallView(WallAPIView):
    @extend_schema(responses={200: WallSerializer, **REFUSALS})
    def get(self, request: Request, slug: str) -> Response:
        """Read all of a wall's first page."""
        wall, at = self.viewer().wall, timezone.now()
        data = shared(
            kind="wall",
            wall=wall,
            at=at,
            read=lambda: WallSerializer(wall_content(wall=wall, at=at)).data,
        )
        return Response({**data, "server_time": timezone.localtime(at).isoformat()})


class WallGridsView(WallAPIView):
    @extend_schema(responses={200: GridStateSerializer(many=True), **REFUSALS})
    def get(self, request: Request, slug: str) -> Response:
        """Read the state of every grid on a wall's map."""
        wall, at = self.viewer().wall, timezone.now()
        grids = shared(kind="grids", wall=wall, at=at, read=lambda: wall_grids(wall=wall, at=at))
        return Response(grids)


class WallOutlinesView(WallAPIView):
    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT, **REFUSALS})
    def get(self, request: Request, slug: str) -> Any:
        """Draw a wall's area, its parts and its grids: three GeoJSON collections in WGS-84.

        An ETag saves what is unchanged.
        """
        layers = wall_layers(wall=self.viewer().wall)
        headers = {
            "ETag": f'"{layers_tag(layers=layers)}"',
            "Cache-Control": "private, no-cache",
        }
        if headers["ETag"] in request.headers.get("If-None-Match", ""):
            return HttpResponseNotModified(headers=headers)
        return Response(draw_layers(layers=layers), headers=headers)


class WallPageView(WallAPIView):
    @extend_schema(responses={200: WallPageSerializer, **REFUSALS})
    def get(self, request: Request, slug: str, page: str) -> Response:
        """Read a page of a domain or a theme with all its indicators."""
        content = page_content(
            wall=self.viewer().wall, page=wall_page(slug=page), at=timezone.now()
        )
        return Response(WallPageSerializer(content).data)


class WallIndicatorView(WallAPIView):
    @extend_schema(
        parameters=[HoursQuerySerializer],
        responses={200: IndicatorPageSerializer, **REFUSALS},
    )
    def get(self, request: Request, slug: str, code: str) -> Response:
        """Read one indicator: what it means, how it went, and where it stands so."""
        asked = HoursQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        wall = self.viewer().wall
        content = indicator_content(
            wall=wall,
            indicator=indicator_at(wall=wall, code=code),
            hours=asked.validated_data["hours"],
            at=timezone.now(),
        )
        return Response(IndicatorPageSerializer(content).data)


class WallIndicatorRowsView(WallAPIView):
    @extend_schema(
        parameters=[RowsQuerySerializer],
        responses={200: IndicatorOrdersSerializer, **REFUSALS},
    )
    def get(self, request: Request, slug: str, code: str) -> Response:
        """Read the orders behind an indicator that the reader may view, without personal data."""
        asked = RowsQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        viewer = self.viewer()
        indicator = indicator_at(wall=viewer.wall, code=code)
        area = area_beneath(wall=viewer.wall, code=asked.validated_data.get("area", ""))
        now = timezone.now()
        if viewer.is_display:
            found = order_numbers(indicator=indicator, area=area, at=now)
        else:
            found = order_rows(indicator=indicator, area=area, scope=viewer.scope, at=now)
        return Response(IndicatorOrdersSerializer(found).data)


class WallPlaybackView(WallAPIView):
    @extend_schema(
        parameters=[PlaybackQuerySerializer],
        responses={200: PlaybackSerializer, **REFUSALS},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Read how the vital signs stood at a past instant, and what changed in the time after."""
        asked = PlaybackQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        start, minutes = asked.validated_data["from"], asked.validated_data["minutes"]
        if start > timezone.now():
            raise InvalidError(fields={"from": ["只能回放已过去的时间"]})
        content = playback_content(wall=self.viewer().wall, start=start, minutes=minutes)
        return Response(PlaybackSerializer(content).data)
