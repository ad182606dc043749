"""Indicator values of one area."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dashboards.api.serializers.parts import SignSerializer
from dashboards.api.serializers.walls import AreaQuerySerializer
from dashboards.selectors import area_for
from dashboards.selectors.tiles import indicators_of, tiles_of
from governance.lib.schema import ERRORS
from grids.services import current_scope

REFUSALS = {status: ERRORS[status] for status in (400, 401, 404)}


class IndicatorsView(APIView):
    @extend_schema(
        parameters=[AreaQuerySerializer],
        responses={200: SignSerializer(many=True), **REFUSALS},
    )
    def get(self, request: Request) -> Response:
        """Read the newest indicator values of an area."""
        asked = AreaQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        scope = current_scope(user=request.user)  # type: ignore[arg-type]
        area = area_for(code=asked.validated_data["area"], scope=scope)
        signs = tiles_of(area=area, indicators=indicators_of(area=area), at=timezone.now())
        return Response(SignSerializer(signs, many=True).data)
