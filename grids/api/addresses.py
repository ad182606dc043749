"""Standard addresses through the API: what a free text may mean, how surely, and why."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.lib.fields import CleanCharField
from governance.lib.schema import ERRORS
from grids.models import Area
from grids.selectors import AddressMatch, match_addresses

MATCHES_LIMIT = 20


class MatchQuerySerializer(serializers.Serializer[Any]):
    address = CleanCharField(max_length=200, help_text="任意写法的地址")
    limit = serializers.IntegerField(min_value=1, max_value=MATCHES_LIMIT, default=5)


class AddressMatchSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="标准地址编码", allow_null=True)
    address = serializers.CharField(help_text="标准地址")
    lon = serializers.FloatField(help_text="WGS-84")
    lat = serializers.FloatField()
    score = serializers.FloatField(help_text="1 为写法完全相同")
    reasons = serializers.ListField(child=serializers.CharField())
    grid = serializers.CharField(allow_null=True, help_text="网格编码")
    grid_name = serializers.CharField(allow_null=True)


class AddressMatchesSerializer(serializers.Serializer[Any]):
    results = AddressMatchSerializer(many=True)


class AddressMatchView(APIView):
    @extend_schema(
        operation_id="addresses_match",
        parameters=[MatchQuerySerializer],
        responses={200: AddressMatchesSerializer, **ERRORS},
        tags=["grids"],
    )
    def get(self, request: Request) -> Response:
        """Match a free text to standard addresses, the surest first, with score and reasons."""
        asked = MatchQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        known = asked.validated_data
        found = match_addresses(text=known["address"], limit=known["limit"])
        grids = Area.objects.in_bulk([one.location.grid_id for one in found])
        rows = [_row(one, grids) for one in found]
        return Response({"results": AddressMatchSerializer(rows, many=True).data})


def _row(match: AddressMatch, grids: dict[Any, Area]) -> dict[str, Any]:
    grid = grids.get(match.location.grid_id)
    return {
        "code": match.address.code,
        "address": match.address.text,
        "lon": match.address.point.x,
        "lat": match.address.point.y,
        "score": match.score,
        "reasons": match.reasons,
        "grid": grid.code if grid else None,
        "grid_name": grid.name if grid else None,
    }
